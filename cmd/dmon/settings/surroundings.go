package settings

import (
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/supervise"
)

// Surroundings are the conditions about files, the time of the day and power.
func (c *Conditions) Surroundings() (s condition.Surroundings, some bool) {
	for i, k := range c.all() {
		early := k.Do == supervise.DoStop || k.Do == supervise.DoPause
		switch {
		case k.path != "":
			s.Placed = append(s.Placed, condition.Placed{Condition: i, Path: k.path})
		case k.battery:
			s.Power = append(s.Power, condition.Powered{Condition: i, Early: early})
		case k.hours != nil:
			s.Timed = append(s.Timed, condition.Timed{Condition: i, Schedule: *k.hours, Early: early})
		default:
			continue
		}
		some = true
	}
	return s, some
}

func readChanged(k *rule, value string) error {
	k.Why, k.path = supervise.ByChanged, value
	return nil
}

func changedWords(k *rule) string { return cli.Quote(k.path) + " has changed" }

func readHours(k *rule, value string) error {
	list, err := condition.ParseSchedule(value)
	if err != nil {
		return cli.Invalidf("%v", err)
	}
	k.hours = &list
	return nil
}

func hoursWords(k *rule) string {
	_, list, _ := strings.Cut(k.Text, "=")
	zone, err := condition.LocalZone()
	if err != nil {
		return "the local time is in " + list + "; " + err.Error()
	}
	return "the local time, now " + time.Now().In(zone).Format("Mon 15:04 MST") + ", is in " + list
}

func readBattery(k *rule, _ string) error {
	if strings.Contains(k.Text, "=") {
		return cli.Invalidf("battery has no value")
	}
	k.battery = true
	return nil
}

func batteryWords(*rule) string {
	text := "the machine runs on a battery"
	switch on, has, err := condition.OnBattery(); {
	case err != nil:
		return text + "; " + err.Error()
	case !has:
		return text + ", of which it has none"
	case on:
		return text + ", as it does now"
	}
	return text + ", which it does not now"
}
