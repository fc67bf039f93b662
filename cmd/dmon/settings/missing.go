package settings

import (
	"os"
	"path/filepath"

	"dmon/internal/cli"
	"dmon/internal/proc"
)

// missing says what of all that was named is not there now, so that the start
// would fail: programs, and directories that files are to be in.
func (s *Settings) missing() (list []string) {
	if s.WorkDir != "" && !isDir(s.WorkDir) {
		return []string{"there is no directory " + cli.Quote(s.WorkDir)} // the rest is not to be seen from here
	}
	if proc.Find(s.Cmd.Argv[0], s.Cmd.Env, s.WorkDir) == "" {
		list = append(list, "the command "+cli.Quote(s.Cmd.Argv[0])+" is not to be found")
	}
	if s.hasLogger() && proc.Find(s.Log.Argv[0], s.Log.Env, s.WorkDir) == "" {
		list = append(list, "the log command "+cli.Quote(s.Log.Argv[0])+" is not to be found")
	}
	for _, argv := range s.jobs() {
		if proc.Find(argv[0], proc.Environ(nil), s.WorkDir) == "" {
			list = append(list, cli.Quote(argv[0])+" is not to be found")
		}
	}
	seen := map[string]bool{}
	for _, path := range []string{s.PidFile, s.CmdPidFile, s.InfoPath, s.Messages.Path, s.Cmd.Open[1], s.Cmd.Open[2]} {
		if path == "" {
			continue
		}
		if dir := filepath.Dir(s.InWorkDir(path)); !isDir(dir) && !seen[dir] {
			seen[dir] = true
			list = append(list, "there is no directory "+cli.Quote(dir))
		}
	}
	if path := s.Cmd.Open[0]; path != "" {
		if _, err := os.Stat(s.InWorkDir(path)); err != nil {
			list = append(list, "there is no file "+cli.Quote(path))
		}
	}
	return list
}

// jobs are the commands that are run beside the two.
func (s *Settings) jobs() (list [][]string) {
	if s.Policy.StopCommand != nil {
		list = append(list, s.Policy.StopCommand)
	}
	for _, h := range s.Policy.Hooks {
		list = append(list, h.Argv)
	}
	if k := s.Policy.Ready.Check; k != nil {
		list = append(list, k.Argv)
	}
	for _, c := range s.Policy.Conditions {
		if c.Check != nil {
			list = append(list, c.Check.Argv)
		}
	}
	return list
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
