package main

import (
	"errors"
	"os"
	"path/filepath"

	"dmon/cmd/dmon/report"
	"dmon/internal/cli"
	"dmon/supervise"
)

// openMail finds the program that mail is given to.
func (w *world) openMail() error {
	if w.opts.MailTo == nil {
		return nil
	}
	path := w.opts.Sendmail()
	if path == "" {
		return errors.New("cannot mail: there is no sendmail here (of msmtp-mta, dma, postfix or another mail server)")
	}
	w.opts.Policy.Mail = []string{path, "-oi", "-t"}
	return nil
}

// letter is what sendmail is given.
func (w *world) letter(j *supervise.Job) ([]byte, error) {
	words := ""
	if e := &j.Digest.Event; ended[e.Kind] && !j.Digest.Well {
		var err error
		if words, err = w.lastWords(e); err != nil {
			return nil, err
		}
	}
	l := report.Letter{
		To: w.opts.MailTo, Name: w.called(), Command: cli.Quote(w.opts.Cmd.Argv...), Digest: j.Digest, Words: words, Pid: os.Getpid(),
	}
	l.Host, _ = os.Hostname()
	if l.Name == "" {
		l.Name = filepath.Base(w.opts.Cmd.Argv[0])
	}
	return l.Text(), nil
}
