package proc

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
)

// Credential is a user to become. It is the answer to LookupUser.
type Credential struct {
	UID, GID uint32
	Groups   []uint32 // supplementary, all of them
	Text     string   // as the user wrote it, for messages
	Env      []string // HOME USER LOGNAME SHELL, where the user has an entry
}

// LookupUser reads USER[:GROUP]..., names or numbers, and group, which where
// it is not empty is the primary group. An empty spec with a group keeps our
// user. It reads the system's user and group files. A nil answer without an
// error means that nothing changes.
func LookupUser(spec, group string) (*Credential, error) {
	if spec == "" && group == "" {
		return nil, nil
	}
	parts := strings.Split(spec, ":")
	groups := parts[1:]
	if group != "" {
		groups = append([]string{group}, groups...)
	}
	c := &Credential{UID: uint32(os.Geteuid()), Text: spec}
	var entry *user.User
	if spec == "" {
		c.Text = "group " + group
	} else {
		var err error
		if entry, c.UID, err = lookup(parts[0]); err != nil {
			return nil, err
		}
	}
	if err := c.join(groups, entry); err != nil {
		return nil, err
	}
	if entry != nil {
		c.Env = []string{
			"HOME=" + entry.HomeDir, "USER=" + entry.Username, "LOGNAME=" + entry.Username, "SHELL=" + shellOf(entry.Username),
		}
	}
	return c, nil
}

// lookup finds a user by name or number; one without an entry has a number only.
func lookup(name string) (*user.User, uint32, error) {
	entry, err := user.Lookup(name)
	if err != nil {
		n, nerr := strconv.ParseUint(name, 10, 32)
		if nerr != nil || n == 1<<32-1 {
			return nil, 0, fmt.Errorf("there is no user %q", name)
		}
		if entry, err = user.LookupId(name); err != nil {
			return nil, uint32(n), nil
		}
	}
	n, err := strconv.ParseUint(entry.Uid, 10, 32)
	if err != nil {
		return nil, 0, fmt.Errorf("user %q has the unusable number %q", name, entry.Uid)
	}
	return entry, uint32(n), nil
}

// join sets the groups: those given, or else those that entry has.
func (c *Credential) join(groups []string, entry *user.User) error {
	if len(groups) == 0 {
		if entry == nil {
			return errors.New("a user without an entry needs a group, as in 1234:1234")
		}
		ids, err := entry.GroupIds()
		if err != nil {
			return fmt.Errorf("cannot find the groups of %q: %w", entry.Username, err)
		}
		groups = append([]string{entry.Gid}, ids...)
	}
	for _, g := range groups {
		id, err := lookupGroup(g)
		if err != nil {
			return err
		}
		if !slices.Contains(c.Groups, id) {
			c.Groups = append(c.Groups, id)
		}
	}
	c.GID = c.Groups[0]
	return nil
}

func lookupGroup(name string) (uint32, error) {
	id := name
	if g, err := user.LookupGroup(name); err == nil {
		id = g.Gid
	}
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil || n == 1<<32-1 {
		return 0, fmt.Errorf("there is no group %q", name)
	}
	return uint32(n), nil
}

// passwd is where shellOf looks; os/user does not tell the shell.
const passwd = "/etc/passwd"

// shellOf is the login shell of a user, /bin/sh where none is known.
func shellOf(name string) string {
	data, err := os.ReadFile(passwd)
	if err != nil {
		return "/bin/sh"
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(f) == 7 && f[0] == name && f[6] != "" {
			return f[6]
		}
	}
	return "/bin/sh"
}

// Another reports whether c is another user than we are, for whom our terminal
// is not meant. The nil Credential is not.
func (c *Credential) Another() bool { return c != nil && int(c.UID) != os.Geteuid() }

// unchanged reports whether c is who we are already, so that a dmon without
// rights need not ask for any.
func (c *Credential) unchanged() bool {
	if os.Geteuid() == 0 || int(c.UID) != os.Geteuid() || int(c.GID) != os.Getegid() {
		return false
	}
	own, err := os.Getgroups()
	if err != nil {
		return false
	}
	for _, g := range c.Groups {
		if g != c.GID && !slices.Contains(own, int(g)) {
			return false
		}
	}
	return true
}
