package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// generation is a file that a logger has done with.
type generation struct {
	path string
	info os.FileInfo
}

// rotated are the rotated files of the log at path, which young is of, in the order
// in which they were written: what dlog and logrotate call so, and what multilog and
// svlogd do. Compressed ones are left out.
func rotated(path string, young os.FileInfo) (list []generation) {
	dir, _ := filepath.Split(path)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		name := e.Name()
		if !isRotated(dir+name, path) || strings.HasSuffix(name, ".gz") {
			continue
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && !os.SameFile(info, young) && !info.ModTime().After(young.ModTime()) {
			list = append(list, generation{dir + name, info})
		}
	}
	slices.SortFunc(list, func(a, b generation) int {
		return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), strings.Compare(a.path, b.path))
	})
	return list
}

// isRotated reports whether old is what a rotation of the log at path is called.
func isRotated(old, path string) bool {
	return strings.HasPrefix(old, path+".") || filepath.Base(path) == "current" && strings.HasPrefix(old, filepath.Dir(path)+"/@")
}
