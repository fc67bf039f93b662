package events

import (
	"errors"
	"fmt"
	"os"
	"time"

	"dmon/internal/logfile"
)

// patience is how long another dmon that writes to the same file is waited for. It
// holds its lock for one write(2); whoever else holds one is not waited for again
// for a minute.
const patience = 50 * time.Millisecond

// openFile opens the file, and makes it where there is none.
func (s *Stream) openFile() error {
	file, err := logfile.Open(s.path, logfile.Options{
		MaxSize: s.o.MaxSize, Keep: logfile.Keep{Files: s.o.Files}, Inline: true,
		Regular: true, Mode: 0o644, Patience: patience, Tell: s.trouble,
	})
	if err != nil {
		return err
	}
	s.file, s.kind = file, kindFile
	return nil
}

// add appends a line to the file, to the one that has the name now; false where
// there is no room for all of it, and nothing of it is there.
func (s *Stream) add(line []byte) bool {
	err := s.file.WriteAll(line)
	s.file.Settle()
	return err == nil
}

// trouble tells once for as long as it lasts what is wrong with the file.
func (s *Stream) trouble(about string, err error) {
	switch {
	case err == nil:
		delete(s.ill, about)
		return
	case s.ill[about] || s.o.Trouble == nil:
		return
	case s.ill == nil:
		s.ill = map[string]bool{}
	}
	s.ill[about] = true
	s.o.Trouble(fmt.Errorf("events: %w", err))
}

// refuseRotation says why what is no file of its own name cannot be rotated.
func (s *Stream) refuseRotation() error {
	if s.o.MaxSize == 0 || s.file != nil {
		return nil
	}
	return fmt.Errorf("cannot rotate %s: it is not a regular file of its own name", s.path)
}

// missing reports whether err says that there is no file where one may be made.
func (s *Stream) missing(err error) bool {
	return errors.Is(err, os.ErrNotExist) && (s.kind == 0 || s.is(kindFile))
}
