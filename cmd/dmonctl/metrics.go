package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"dmon/internal/record"
)

// metric is one of those that metrics prints; value says it of a name, false
// where there is none.
type metric struct {
	name, kind, unit, help string
	value                  func(t *target) (float64, bool)
}

// Two kinds of readers have to take them: OpenMetrics, and the older text format,
// which is what node_exporter reads in files. So nothing has a type that only one of
// them knows, and counters, whose families they name differently, have none. The texts
// are for ever: collectors refuse a name whose help has changed.
var metrics = []metric{
	{"dmon_up", "gauge", "", "Whether the command runs.", func(t *target) (float64, bool) { return truth(isUp(&t.View)), true }},
	{"dmon_ready", "gauge", "", "Whether the command runs and is ready.", func(t *target) (float64, bool) { return truth(isUp(&t.View) && t.Ready), true }},
	{"dmon_healthy", "gauge", "", "Whether the command's check succeeds.", func(t *target) (float64, bool) { return truth(t.Healthy == "yes"), t.Healthy != "" }},
	{"dmon_runs_total", "", "", "Runs of the command so far.", func(t *target) (float64, bool) { return float64(t.Run), true }},
	{"dmon_respawns_total", "", "", "Respawns of the command so far.", func(t *target) (float64, bool) { return float64(t.Respawns), true }},
	{"dmon_since_timestamp_seconds", "gauge", "seconds", "When the state began.", func(t *target) (float64, bool) { return stamp(t.Since), !t.Since.IsZero() }},
	{"dmon_last_end_timestamp_seconds", "gauge", "seconds", "When the last run ended.", func(t *target) (float64, bool) { return stamp(t.Last.At), !t.Last.At.IsZero() }},
	{"dmon_last_end_code", "gauge", "", "Exit status of the last run, 128 and the signal where one ended it.", func(t *target) (float64, bool) { return float64(endCode(&t.Last)), t.Last.Run > 0 }},
	{"dmon_last_run_duration_seconds", "gauge", "seconds", "How long the last run lasted.", func(t *target) (float64, bool) { return t.Last.Lasted.Seconds(), t.Last.Run > 0 }},
	{"dmon_last_run_max_memory_bytes", "gauge", "bytes", "Peak memory of the last run's largest process.", func(t *target) (float64, bool) { return float64(t.Last.MaxRSS) * 1024, t.Last.Run > 0 }},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func stamp(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// metrics prints all names in OpenMetrics text.
func (c *ctl) metrics() (int, error) {
	return c.each(func(all []*target) (int, error) {
		_, err := io.WriteString(c.stdout, openMetrics(all))
		return 0, err
	})
}

func openMetrics(all []*target) string {
	var b strings.Builder
	for _, m := range metrics {
		if m.kind != "" {
			fmt.Fprintf(&b, "# TYPE %s %s\n", m.name, m.kind)
		}
		if m.unit != "" {
			fmt.Fprintf(&b, "# UNIT %s %s\n", m.name, m.unit)
		}
		fmt.Fprintf(&b, "# HELP %s %s\n", m.name, m.help)
		for _, t := range all {
			if v, ok := m.value(t); ok {
				fmt.Fprintf(&b, "%s{%s} %s\n", m.name, labels(t), number(v))
			}
		}
	}
	fmt.Fprintf(&b, "# TYPE dmon_state gauge\n# HELP dmon_state Whether the dmon is in that state: one of them is 1.\n")
	for _, t := range all {
		for _, state := range states {
			fmt.Fprintf(&b, "dmon_state{%s,state=\"%s\"} %s\n", labels(t), state, number(truth(t.State == state)))
		}
	}
	b.WriteString("# EOF\n")
	return b.String()
}

// labels are the same for all metrics: a name is one only together with its user.
func labels(t *target) string {
	return fmt.Sprintf("name=\"%s\",user=\"%s\"", escape(t.Name), escape(userName(t.uid)))
}

// escape is for user names: /etc/passwd may hold anything.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(s, "?"))
}

func number(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.6f", v), "0"), ".")
}

// endCode is the exit status that stands for an end.
func endCode(e *record.End) int {
	if e.Signal != "" {
		return signalCode(e.Signal)
	}
	return e.Code
}
