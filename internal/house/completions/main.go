// Completions writes the completions of every program for every shell:
//
//	completions BIN DIR
//
// BIN holds the programs, which are asked for their options; DIR gets bash/NAME,
// zsh/_NAME and fish/NAME.fish.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"dmon/internal/cli"
	"dmon/internal/completion"
)

// operands says what stands behind the options of a program. One with verbs knows
// them best itself.
var operands = map[string]completion.Operands{
	"dmon":    completion.Command,
	"dlog":    completion.Files,
	"dsyslog": completion.Nothing,
	"dmonctl": completion.VerbAndNames,
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: completions BIN DIR")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "completions:", err)
		os.Exit(1)
	}
}

func generate(bin, dir string) error {
	names := map[string]string{"bash": "%s", "zsh": "_%s", "fish": "%s.fish"}
	for program, kind := range operands {
		for _, shell := range completion.Shells {
			text, err := text(filepath.Join(bin, program), kind, shell)
			if err != nil {
				return fmt.Errorf("%s: %w", program, err)
			}
			path := filepath.Join(dir, shell, fmt.Sprintf(names[shell], program))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func text(path string, kind completion.Operands, shell string) (string, error) {
	if kind == completion.VerbAndNames {
		out, err := exec.Command(path, "completion", shell).Output()
		return string(out), err
	}
	out, err := exec.Command(path, cli.ListOptions).Output()
	if err != nil {
		return "", err
	}
	options, err := cli.ReadOptions(string(out))
	if err != nil {
		return "", err
	}
	p := &completion.Program{Name: filepath.Base(path), Options: options, Operands: kind}
	return p.Text(shell)
}
