package events

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestEveryMemberIsWritten: what is added to record is to be told, too.
func TestEveryMemberIsWritten(t *testing.T) {
	var r record
	v := reflect.ValueOf(&r).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer {
			f.Set(reflect.New(f.Type().Elem()))
			f = f.Elem()
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Uint32, reflect.Uint64:
			f.SetUint(7)
		default:
			f.SetInt(7)
		}
	}
	var members map[string]any
	if err := json.Unmarshal(marshal(noon, r), &members); err != nil || len(members) != v.NumField()+1 { // and the time
		t.Errorf("%d members of %d: %v, %v", len(members), v.NumField()+1, members, err)
	}
	if err := json.Unmarshal(marshal(noon, record{}), &members); err != nil {
		t.Error(err)
	}
}
