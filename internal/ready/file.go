package ready

import (
	"io/fs"
	"os"
)

// mark tells a file from what is at its name later.
type mark struct{ info fs.FileInfo } // nil: there is none

func markOf(path string) mark {
	info, err := os.Stat(path)
	if err != nil {
		return mark{}
	}
	return mark{info}
}

// probeFile is for a file that its owner may write anew in place, or leave behind
// when it is killed: one from before the run is none.
func probeFile(path func() string) func(*stretch) (bool, string) {
	return func(s *stretch) (bool, string) {
		now := markOf(path()).info
		switch before := s.before.info; {
		case now == nil:
			return false, "there is no " + path()
		case before != nil && os.SameFile(before, now) && before.ModTime().Equal(now.ModTime()) && before.Size() == now.Size():
			return false, path() + " is from before its start"
		}
		return true, ""
	}
}
