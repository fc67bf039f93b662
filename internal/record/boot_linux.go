package record

import (
	"os"
	"strings"
)

// BootID is the kernel's name for this boot of the machine; "" where it says none.
func BootID() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(text))
}
