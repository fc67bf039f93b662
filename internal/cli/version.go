package cli

import (
	"fmt"
	"runtime/debug"
)

// Version is the module's version where the build recorded one, with the
// revision it was made from; a build from a dirty tree says so.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return version(info)
}

func version(info *debug.BuildInfo) string {
	version, revision, dirty := info.Main.Version, "", ""
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
	if version == "" || version == "(devel)" {
		version = "devel"
	}
	if len(revision) > 12 {
		revision = revision[:12]
	}
	if revision != "" {
		revision = ", revision " + revision
	}
	return fmt.Sprintf("%s (%s%s%s)", version, info.GoVersion, revision, dirty)
}
