package loadctl

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// CPUs returns how many processors share the load average. That is what the
// kernel counts in root/stat on Linux ("" is /proc): runtime.NumCPU would leave
// out those that we ourselves may not run on, though their queues are counted.
// Elsewhere root does not matter.
func CPUs(root string) (int, error) {
	if runtime.GOOS != "linux" {
		return runtime.NumCPU(), nil
	}
	if root == "" {
		root = "/proc"
	}
	file, err := os.Open(filepath.Join(root, "stat"))
	if err != nil {
		return 0, fmt.Errorf("cannot count the processors: %w", err)
	}
	defer file.Close()
	n := 0
	// The processors come first, after their sum, in short lines: what follows
	// is long, and slow to make for the kernel.
	lines := bufio.NewScanner(file)
	for lines.Scan() && bytes.HasPrefix(lines.Bytes(), []byte("cpu")) {
		n++
	}
	if n < 2 {
		return 0, fmt.Errorf("cannot count the processors: %s names none", file.Name())
	}
	return n - 1, nil
}
