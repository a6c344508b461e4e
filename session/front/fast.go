package front

import "go/types"

// fast names compiled instances of generic functions whose interpreted form is
// much slower, such as sorting. The key has the type arguments' names.
var fast = map[string]string{
	"slices.Sort([]int,int)":             "SortInts",
	"slices.Sort([]float64,float64)":     "SortFloat64s",
	"slices.Sort([]string,string)":       "SortStrings",
	"slices.Contains([]int,int)":         "ContainsInt",
	"slices.Contains([]string,string)":   "ContainsString",
	"slices.Contains([]float64,float64)": "ContainsFloat64",
	"slices.Index([]int,int)":            "IndexInt",
	"slices.Index([]string,string)":      "IndexString",
	"slices.Max([]int,int)":              "MaxInt",
	"slices.Max([]float64,float64)":      "MaxFloat64",
	"slices.Min([]int,int)":              "MinInt",
	"slices.Min([]float64,float64)":      "MinFloat64",
	"slices.Reverse([]int,int)":          "ReverseInts",
	"slices.Reverse([]float64,float64)":  "ReverseFloat64s",
	"slices.Reverse([]string,string)":    "ReverseStrings",
}

// fastInstance returns the runtime's name for a generic instance, or "".
func (s *Session) fastInstance(o *types.Func, targs []types.Type) string {
	if len(targs) == 0 {
		return ""
	}
	k := o.Pkg().Path() + "." + o.Name() + "("
	for i, t := range targs {
		if i > 0 {
			k += ","
		}
		k += t.String()
	}
	if n := fast[k+")"]; n != "" {
		return runtimeName + "." + n
	}
	return ""
}

// runtimeName is how Core Go calls the executor's runtime package.
const runtimeName = "rtᐧ"
