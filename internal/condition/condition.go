// Package condition watches a command's tree and says which conditions are met:
// more memory, processor time or processes than allowed, or idleness. What
// follows from it is decided elsewhere.
package condition

// Kind is what a condition is about.
type Kind int

// The kinds that are measured.
const (
	Memory Kind = iota
	CPU
	Procs
	Idle
)
