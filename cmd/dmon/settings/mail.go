package settings

import (
	"slices"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/proc"
)

// parseAddresses reads ADDRESS[,ADDRESS]. What a mail server could take for anything
// but an address, such as the name of a program or a file, is none.
func parseAddresses(s string) ([]string, error) {
	var list []string
	for word := range strings.SplitSeq(s, ",") {
		word = strings.TrimSpace(word)
		if !isAddress(word) {
			return nil, cli.Invalidf("%q is no address, like root or admin@example.org", word)
		}
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list, nil
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	// longestAddress is what SMTP has room for.
	longestAddress = 254
)

func isAddress(s string) bool {
	name, domain, at := strings.Cut(s, "@")
	only := func(part, others string) bool {
		return part != "" && strings.Trim(part, letters+others) == "" && strings.ContainsAny(part[:1], letters+"_")
	}
	if len(s) > longestAddress || !only(name, "._%+=~-'&#") || strings.HasSuffix(name, ".") {
		return false
	}
	return !at || only(domain, ".-") && !strings.Contains(domain, "..")
}

// Sendmail is the program that mail is given to: from PATH, which that of cron and of
// service managers may lack, or from where it always is; "" where there is none.
func (s *Settings) Sendmail() string {
	for _, name := range []string{"sendmail", "/usr/sbin/sendmail", "/usr/lib/sendmail"} {
		if path := proc.Find(name, proc.Environ(nil), ""); path != "" {
			return path
		}
	}
	return ""
}

func (s *Settings) mailWords() string {
	if s.MailTo == nil {
		return ""
	}
	path := s.Sendmail()
	if path == "" {
		return "to " + strings.Join(s.MailTo, ", ") + ", but there is no sendmail"
	}
	return "to " + strings.Join(s.MailTo, ", ") + " by " + cli.Quote(path)
}
