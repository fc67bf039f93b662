package place

import "golang.org/x/sys/unix"

// Exchange has two names in the directory stand for each other's files. Not every
// file system can.
func (d *Dir) Exchange(a, b string) error {
	return d.failed("rename", a, unix.Renameat2(d.fd, a, d.fd, b, unix.RENAME_EXCHANGE))
}
