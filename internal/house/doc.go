// Package house holds the rules of the house that a machine can check: who
// imports whom, where system calls may be made, and manners that can be
// counted. It consists of tests; a rule that is to change changes there, and
// in DESIGN.md.
package house
