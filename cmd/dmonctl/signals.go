package main

import "dmon/internal/cli"

// signalCode is the exit status that stands for a signal of that name.
func signalCode(name string) int {
	sig, err := cli.ParseSignal(name)
	if err != nil {
		return cli.ExitSignalled
	}
	return cli.ExitSignalled + int(sig)
}
