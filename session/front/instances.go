package front

import (
	"go/types"
	"strings"
)

// bound returns the name in Core Go of a compiled instance of a generic
// function of a bound package, or "" if there is none for these types.
func (s *Session) bound(o *types.Func, targs []types.Type) string {
	if len(targs) == 0 {
		return ""
	}
	path := o.Pkg().Path()
	var l []string
	for _, t := range targs {
		l = append(l, types.TypeString(t, nil))
	}
	if n := s.imp.instances(path)[o.Name()+"["+strings.Join(l, ",")+"]"]; n != "" {
		return s.importName(path) + "." + n
	}
	return ""
}

// runtimeName is how Core Go calls the executor's runtime package.
const runtimeName = "rtᐧ"
