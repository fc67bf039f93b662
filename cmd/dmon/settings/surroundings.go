package settings

import (
	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/supervise"
)

// Placed are the conditions about the contents of files.
func (c *Conditions) Placed() (list []condition.Placed) {
	for i, k := range c.all() {
		if k.path != "" {
			list = append(list, condition.Placed{Condition: i, Path: k.path})
		}
	}
	return list
}

func readChanged(k *rule, value string) error {
	k.Why, k.path = supervise.ByChanged, value
	return nil
}

func changedWords(k *rule) string { return cli.Quote(k.path) + " has changed" }
