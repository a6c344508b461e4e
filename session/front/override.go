package front

import (
	"embed"
	"strings"
)

// override holds generic code that cannot be lowered from the standard
// library's own source: it uses unsafe pointers, runtime coroutines or bodies
// in assembly. Declarations here replace those of the same name.
//
//go:embed override/*.txt
var overrideFiles embed.FS

func override(path string) string {
	b, err := overrideFiles.ReadFile("override/" + strings.ReplaceAll(path, "/", "_") + ".txt")
	if err != nil {
		return ""
	}
	return string(b)
}
