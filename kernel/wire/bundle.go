package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/ingot-go/ingot/display/safejson"
)

// isMIMEKey tells whether k has the form that the notebook format demands of a
// MIME type used as a key: parameters such as ";charset=utf-8" make a notebook
// invalid.
func isMIMEKey(k string) bool {
	kind, sub, _ := strings.Cut(k, "/")
	return isToken(kind) && isToken(sub)
}

func isToken(s string) bool {
	for _, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && !('0' <= c && c <= '9') && !strings.ContainsRune("_-+.", rune(c)) {
			return false
		}
	}
	return s != ""
}

// Bundle makes a MIME bundle fit for the wire: binary values become base64,
// parameters of MIME types are dropped, and text/plain is never missing. It
// also returns one complaint for each entry that had to be left out.
func Bundle(data map[string]any) (clean map[string]any, complaints []string) {
	clean = make(map[string]any, len(data)+1)
	for key, v := range data {
		k, _, _ := strings.Cut(key, ";")
		k = strings.TrimSpace(k)
		if !isMIMEKey(k) {
			complaints = append(complaints, fmt.Sprintf("display: %q is not a MIME type", key))
			continue
		}
		if b, ok := v.([]byte); ok {
			v = base64.StdEncoding.EncodeToString(b)
		}
		enc, err := safejson.Marshal(v)
		if err != nil {
			complaints = append(complaints, fmt.Sprintf("display: %s: %v", k, err))
			continue
		}
		clean[k] = json.RawMessage(enc)
	}
	if _, ok := clean["text/plain"]; !ok {
		clean["text/plain"] = "<" + strings.Join(keys(clean), ", ") + ">"
	}
	sort.Strings(complaints)
	return clean, complaints
}

func keys(m map[string]any) []string {
	ks := make([]string, 0, len(m))
	for k := range m {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	return ks
}
