package settings

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/proc"
)

// Users are the names that the credentials of the two specs come from.
type Users struct {
	cmdUser, cmdGroup string
	logUser, logGroup string
}

// define adds the options, within a group of others.
func (u *Users) define(f *cli.Flags, s *Settings) {
	const users = "USER[:GROUP]..."
	f.Add(word(&u.cmdUser, users, "user"), "cmd-user", "u", "run COMMAND as this user")
	f.Add(word(&u.cmdGroup, "GROUP", "group"), "cmd-group", "g", "and with this primary group")
	f.Add(word(&u.logUser, users, "user"), "log-user", "U", "the same for LOGCOMMAND").Needs("a log command")
	f.Add(word(&u.logGroup, "GROUP", "group"), "log-group", "G", "the same for LOGCOMMAND").Needs("a log command")
	f.Line("user", func() string { return credentialWords(s.Cmd.User) })
	f.Line("log user", func() string {
		if !s.hasLogger() {
			return ""
		}
		return credentialWords(s.Log.User)
	})
}

// word makes the value of a name that must not be empty, as a variable of a
// shell script may be.
func word(dst *string, kind, what string) cli.Setting {
	return cli.Value(dst, kind, func(s string) (string, error) {
		if s == "" {
			return "", cli.Invalidf("an empty word names no %s", what)
		}
		return s, nil
	})
}

func (s *Settings) resolveUsers() (err error) {
	if s.Cmd.User, err = credential("cmd", s.cmdUser, s.cmdGroup); err != nil {
		return err
	}
	s.Log.User, err = credential("log", s.logUser, s.logGroup)
	return err
}

func credential(whose, user, group string) (*proc.Credential, error) {
	if user == "" && group == "" {
		return nil, nil
	}
	// Alone first, so that the option named is the one that is wrong.
	if _, err := proc.LookupUser("", group); err != nil {
		return nil, cli.Misusef("--%s-group: %v", whose, err)
	}
	c, err := proc.LookupUser(user, group)
	if err != nil {
		return nil, cli.Misusef("--%s-user: %v", whose, err)
	}
	if c != nil && os.Geteuid() != 0 && int(c.UID) != os.Geteuid() {
		return nil, cli.Misusef("--%s-user: only root can become another user", whose)
	}
	return c, nil
}

// credentialWords says who somebody is, by name where there is one.
func credentialWords(c *proc.Credential) string {
	if c != nil {
		return fmt.Sprintf("%s (uid %d, gid %d, groups %s)", userName(c), c.UID, c.GID, strings.Trim(fmt.Sprint(c.Groups), "[]"))
	}
	uid := os.Geteuid()
	own, err := proc.LookupUser(strconv.Itoa(uid), "")
	if err != nil {
		return fmt.Sprintf("dmon's own (uid %d)", uid)
	}
	return fmt.Sprintf("dmon's own, %s (uid %d)", userName(own), uid)
}

func userName(c *proc.Credential) string {
	for _, e := range c.Env {
		if name, ok := strings.CutPrefix(e, "USER="); ok {
			return cli.Quote(name)
		}
	}
	return cli.Quote(c.Text)
}
