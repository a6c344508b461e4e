package worker

import (
	"os"
	"testing"
)

func TestLimitMemory(t *testing.T) {
	t.Setenv(MemoryVariable, "")
	for size, want := range map[string]string{
		"4GiB": "4294967296", "500MB": "500000000", "1.5 g": "1610612736", "100": "100", "64k": "65536", "0": "0", "7B": "7",
	} {
		if err := LimitMemory(size); err != nil || os.Getenv(MemoryVariable) != want {
			t.Errorf("%s: %s, want %s (%v)", size, os.Getenv(MemoryVariable), want, err)
		}
	}
	for _, size := range []string{"", "GiB", "-1", "much", "4 GiB or so", "1e300", "NaN", "9999999TiB"} {
		if err := LimitMemory(size); err == nil {
			t.Errorf("%q is taken", size)
		}
	}
}
