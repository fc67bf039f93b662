package cli

import (
	"strings"
	"testing"
)

func TestParseCPUs(t *testing.T) {
	checkParser(t, ParseCPUs, [][2]string{
		{"0", "[0]"}, {"0-3", "[0 1 2 3]"}, {"0-3,5", "[0 1 2 3 5]"}, {"5,0-3", "[0 1 2 3 5]"}, {"1,1,0-2", "[0 1 2]"},
		{"2-2", "[2]"}, {"1023", "[1023]"}, {"01", "[1]"}, {strings.Repeat("7,", 5000) + "7", "[7]"},
		{"", "error: \"\" is not a list of CPUs: numbers and ranges from 0 to 1023, like 0-3,5"},
		{",", "error"}, {"0,", "error"}, {",0", "error"}, {"0,,1", "error"}, {"-", "error"}, {"0-", "error"}, {"-3", "error"},
		{"3-1", "error"}, {"0-1-2", "error"}, {"1024", "error"}, {"0-1024", "error"}, {"99999999999", "error"},
		{"0 -3", "error"}, {"0, 1", "error"}, {" 0", "error"}, {"0-7:2", "error"}, {"+1", "error"}, {"a", "error"}, {"0x1", "error"}, {"1.0", "error"},
	})
	if all, err := ParseCPUs("0-1023"); err != nil || len(all) != 1024 {
		t.Errorf("0-1023: got %d CPUs, %v", len(all), err)
	}
}

func TestParseDescriptors(t *testing.T) {
	checkParser(t, ParseDescriptors, [][2]string{
		{"3", "[3]"}, {"9,3-5", "[3 4 5 9]"}, {"65535", "[65535]"},
		{"2", "error: \"2\" is not a list of descriptors: numbers and ranges from 3 to 65535, like 3-6,8"},
		{"", "error"}, {"0", "error"}, {"1-5", "error"}, {"65536", "error"}, {"5-3", "error"}, {"3,", "error"}, {"a", "error"}, {"-3", "error"},
	})
}

func TestParseRange(t *testing.T) {
	checkParser(t, ParseRange(-20, 19), [][2]string{
		{"-20", "-20"}, {"19", "19"}, {"0", "0"}, {"-0", "0"}, {"+5", "5"}, {"007", "7"},
		{"", "error: \"\" is not a whole number from -20 to 19"},
		{"-21", "error"}, {"20", "error"}, {"1.5", "error"}, {"1e1", "error"}, {"0x5", "error"}, {"1_0", "error"},
		{" 5", "error"}, {"5 ", "error"}, {"--5", "error"}, {"-", "error"}, {"99999999999999999999", "error"},
	})
}

func TestParseMode(t *testing.T) {
	checkParser(t, ParseMode, [][2]string{
		{"0", "0"}, {"022", "18"}, {"22", "18"}, {"0022", "18"}, {"777", "511"}, {"0777", "511"},
		{"", "error: \"\" is not an octal mask from 0 to 777"},
		{"1000", "error"}, {"8", "error"}, {"-1", "error"}, {"+22", "error"}, {"0o22", "error"}, {"u=rwx", "error"}, {"22 ", "error"}, {"2_2", "error"},
	})
}

func TestParseFactor(t *testing.T) {
	type factor struct {
		N      float64
		PerCPU bool
	}
	parse := func(s string) (factor, error) {
		n, perCPU, err := ParseFactor(s)
		return factor{n, perCPU}, err
	}
	checkParser(t, parse, [][2]string{
		{"4", "{4 false}"}, {"4.0", "{4 false}"}, {"2.5x", "{2.5 true}"}, {"1x", "{1 true}"}, {".5", "{0.5 false}"}, {"5.", "{5 false}"}, {"0.01", "{0.01 false}"},
		{"", "error: \"\" is not a limit: a number above 0, or one with x"},
		{"0", "error"}, {"0.0", "error"}, {"0x", "error"}, {"-1", "error"}, {"+1", "error"}, {"x", "error"}, {".", "error"}, {"1..2", "error"},
		{"1e3", "error"}, {"0x10", "error"}, {"0x1p4", "error"}, {"inf", "error"}, {"Inf", "error"}, {"nan", "error"}, {"infinity", "error"},
		{"1xx", "error"}, {"2.5X", "error"}, {"1x ", "error"}, {" 1", "error"}, {"1 x", "error"}, {"1,5", "error"}, {"1_0", "error"}, {"50%", "error"},
		{strings.Repeat("9", 400), "error"}, {"0." + strings.Repeat("0", 400) + "1", "error"},
	})
}
