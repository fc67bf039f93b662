package main

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"dmon/internal/record"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// everyKind are names in every state, with whatever a record may hold.
func everyKind() (all []*target) {
	now := time.Unix(1_700_000_000, 123_456_789)
	for i, state := range states {
		t := &target{uid: i * 70_001}
		t.Name, t.State, t.Lives = fmt.Sprintf("web.@_+-/%s%d", strings.Repeat("x", 40), i), state, i%2 == 0
		t.Text = "a \x1b[2J\n# EOF\n\"}\\ \xff"
		t.View.Record.Text, t.Gate = t.Text, t.Text
		t.Since, t.Run, t.Respawns, t.Healthy = now, i, math.MaxInt, []string{"", "yes", "no", "\x00"}[i%4]
		t.Last = record.End{Run: i, Code: 255, Signal: []string{"", "KILL", "no such", "34"}[i%4], At: now, Lasted: time.Duration(i) * time.Hour * 1e5, MaxRSS: math.MaxInt32}
		all = append(all, t)
	}
	return append(all, &target{})
}

// Both readers take what is printed: the text format, with promtool's rules on
// names, and OpenMetrics.
func TestMetrics(t *testing.T) {
	for _, all := range [][]*target{nil, everyKind()} {
		text := openMetrics(all)
		parser := expfmt.NewTextParser(model.LegacyValidation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(text))
		if err != nil {
			t.Fatalf("the parser says %v of\n%s", err, text)
		}
		if len(all) > 0 && (len(families) != len(metrics)+1 || len(families["dmon_state"].Metric) != len(states)*len(all)) {
			t.Errorf("it found %d families, %d states", len(families), len(families["dmon_state"].GetMetric()))
		}
		problems, err := promlint.New(strings.NewReader(text)).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("promtool says of %s: %s", p.Metric, p.Text)
		}
		if err := openMetricsFault(text); err != nil {
			t.Error(err)
		}
	}
}

var (
	metaLine   = regexp.MustCompile(`^# (TYPE|UNIT|HELP) ([a-z_]+) (.+)$`)
	sampleLine = regexp.MustCompile(`^([a-z_]+)\{([a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*)\} (\S+)$`)
)

// openMetricsFault is what OpenMetrics 1.0 finds wrong with a text, as far as that can
// be wrong here: a family in several places or twice described, a suffix that its type
// or unit does not have, a sample twice, an end that is not one.
func openMetricsFault(text string) error {
	body, ended := strings.CutSuffix(text, "# EOF\n")
	if !ended || strings.Contains(body, "# EOF") {
		return fmt.Errorf("# EOF is not the end, or not alone")
	}
	described, samples, closed := map[string]string{}, map[string]bool{}, map[string]bool{}
	family, begun := "", false // the family under way, and whether it has samples
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if m := metaLine.FindStringSubmatch(line); m != nil {
			kind, name, value := m[1], m[2], m[3]
			if name != family {
				closed[family], family, begun = true, name, false
			}
			key := kind + " " + name
			switch {
			case closed[name] || described[key] != "" || begun:
				return fmt.Errorf("%s is described twice, or too late", name)
			case kind == "TYPE" && value != "gauge":
				return fmt.Errorf("%s has the type %s", name, value)
			case kind == "TYPE" && strings.HasSuffix(name, "_total"):
				return fmt.Errorf("%s is no counter's name", name)
			case kind == "UNIT" && !strings.HasSuffix(name, "_"+value):
				return fmt.Errorf("%s does not end with its unit %s", name, value)
			}
			described[key] = value
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("%q is no line of OpenMetrics", line)
		}
		if _, err := strconv.ParseFloat(m[3], 64); err != nil || m[1] != family || samples[m[1]+m[2]] {
			return fmt.Errorf("%q stands twice, or in a family that is not its own, or has no number", line)
		}
		samples[m[1]+m[2]], begun = true, true
	}
	return nil
}

func TestOpenMetricsFaultNotices(t *testing.T) {
	good := "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# HELP a_seconds A.\na_seconds{x=\"1\"} 1\n# EOF\n"
	if err := openMetricsFault(good); err != nil {
		t.Fatal(err)
	}
	for _, row := range [][2]string{
		{"# EOF\n", ""}, {"# EOF\n", "# EOF\n\n"}, {"gauge", "stateset"}, {"seconds seconds", "seconds bytes"}, {"} 1\n", "} 1\na_seconds{x=\"1\"} 2\n"},
		{"# HELP a_seconds A.\n", "# HELP a_seconds A.\n# HELP a_seconds A.\n"}, {"\na_seconds{", "\na{"}, {"} 1", "} one"}, {`"1"`, `"1`}, {"} 1\n", "} 1\n\n"},
	} {
		if openMetricsFault(strings.Replace(good, row[0], row[1], 1)) == nil {
			t.Errorf("%q for %q is not noticed", row[1], row[0])
		}
	}
}

// A user may be called anything in /etc/passwd.
func TestLabelsAreEscaped(t *testing.T) {
	for _, name := range []string{`a"b`, `a\`, "a\nb", "\xff\xfe", "", `\n`} {
		line := "x{user=\"" + escape(name) + "\"} 1\n"
		var parsed map[string]*dto.MetricFamily
		parser := expfmt.NewTextParser(model.UTF8Validation)
		parsed, err := parser.TextToMetricFamilies(bytes.NewBufferString(line))
		if err != nil || len(parsed) != 1 {
			t.Errorf("%q: %v", line, err)
			continue
		}
		if got := parsed["x"].Metric[0].Label[0].GetValue(); got != strings.ToValidUTF8(name, "?") {
			t.Errorf("%q came back as %q", name, got)
		}
	}
}
