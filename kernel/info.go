package kernel

import (
	"runtime"
	"strings"

	"github.com/ingot-go/ingot/kernel/wire"
)

// info introduces the kernel. Clients ask again and again until they hear.
func (k *kernel) info(*request) (content, error) {
	return content{
		"protocol_version":       wire.Version,
		"implementation":         "ingot",
		"implementation_version": k.version,
		"language_info": content{
			"name":               "go",
			"version":            strings.TrimPrefix(runtime.Version(), "go"),
			"mimetype":           "text/x-go",
			"file_extension":     ".go",
			"pygments_lexer":     "go",
			"codemirror_mode":    "go",
			"nbconvert_exporter": "",
			"ingot_version":      k.version, // clients keep what is here in the notebook
		},
		"banner": "Ingot " + k.version + ": Go arrays, lazy and differentiable",
		"help_links": []content{
			{"text": "The Go language", "url": "https://go.dev/ref/spec"},
			{"text": "Go standard library", "url": "https://pkg.go.dev/std"},
		},
		"supported_features": []string{},
		"debugger":           false, // nothing stops cells; the panel of variables goes by the kernelspec
	}, nil
}
