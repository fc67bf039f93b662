package cli

import (
	"fmt"
	"runtime/debug"
)

// Release is the version that the tree is, or will be when it is released. Here it
// stands for everything: what programs say, packages, and the manual.
const Release = "0.9.0"

// Version is Release with what the build recorded: the Go it was made by, and the
// revision it was made from; one from a changed tree says so.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Release
	}
	return version(info)
}

func version(info *debug.BuildInfo) string {
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = ", modified"
			}
		}
	}
	if len(revision) > 12 {
		revision = revision[:12]
	}
	if revision != "" {
		revision = ", revision " + revision
	}
	return fmt.Sprintf("%s (%s%s%s)", Release, info.GoVersion, revision, dirty)
}
