package replay

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// A class is calls of many records on which this API differs by intent.
type class struct {
	why string
	of  func(r *Record, err error) bool
}

// classes are asked, one after the other, about records that do not agree.
var classes = []class{
	{"computed here, an error there", failsThere(`Not supported for|oes not yet support|Only inexact types|dtype must be float32|Unsupported type|urrently only supports|Not implemented|NYI`)},
	{"a list beside an array is an operand here", failsThere(`array and (list|tuple)`)},
	{"a norm over no axes is that of each number", failsThere(`Received 0 axes`)},
	{"the types of arguments are Go's", failsThere(`incompatible function arguments|bad_cast|nb_func_error|^Cannot index mlx array using`)},
	{"an array of numpy is weak there; here a slice is an array of its own dtype", hasNumpy},
	{"what is no number is no operand here", func(r *Record, _ error) bool {
		return (strings.HasSuffix(r.Op, "__eq__") || strings.HasSuffix(r.Op, "__ne__")) && len(r.Args) > 1 &&
			slices.Contains([]byte("\"["), r.Args[1][0])
	}},
	{"sums with infinities depend on their order", func(r *Record, _ error) bool {
		return strings.HasPrefix(r.Op, "core.fft.") && len(r.Args) > 0 && (bytes.Contains(r.Args[0], []byte(`inf"`)) || bytes.Contains(r.Args[0], []byte(`"nan"`)))
	}},
	{"the value is cast to the dtype that is asked for", func(r *Record, err error) bool {
		return r.Op == "core.full" && strings.Contains(err.Error(), "got ")
	}},
	{"a complex transform keeps its imaginary part", func(r *Record, err error) bool {
		return r.Op == "core.hadamard_transform" && bytes.Contains(r.Args[0], []byte("complex64"))
	}},
	{"the order of the results is free, and cotangents follow it", func(r *Record, _ error) bool {
		return r.Kind == "grad" && slices.Contains([]string{"core.partition", "core.array.partition", "core.topk", "core.array.topk"}, r.Op)
	}},
	{"axes of length 1 in front of a value are dropped, as in an assignment", failsThere(`^Cannot broadcast array of shape \(1,`)},
	{"vectors broadcast", failsThere(`^\[vecdot\] axis is out of bounds`)},
	{"a protocol of Python", failsThere(`^Unable to avoid copy`)},
	{"the median over no axes is the array", failsThere(`^\[flatten\] start_axis must be less`)},
	{"NaN keeps both of its parts", func(r *Record, err error) bool {
		return (strings.HasSuffix(r.Op, ".min") || strings.HasSuffix(r.Op, ".max")) && bytes.Contains(r.Args[0], []byte("complex64")) && bytes.Contains(r.Args[0], []byte("nan"))
	}},
	{"an infinite number is close to itself", func(r *Record, _ error) bool {
		return strings.HasSuffix(r.Op, "close") && bytes.Contains(r.Args[0], []byte("complex64")) && bytes.Contains(r.Args[0], []byte("inf"))
	}},
	{"a tangent has the shape of its result", func(r *Record, err error) bool {
		return strings.HasPrefix(r.Op, "core.fft.irfft") && strings.HasPrefix(err.Error(), "jvp 0: got float32 [")
	}},
	{"each axis has a stride", reason("strides for")},
	{"an axis of the result is one of an operand", reason("is no axis of an operand")},
	{"a bool is no index here; a mask is", reason("bool index")},
	{"a negative length is an error", reason("has a negative length")},
	{"an axis without elements has no edge", reason("pad: axis 0 has no elements")},
	{"indices are integers", reason("put_along_axis: the indices must be an array of integers")},
	{"the eigenvalues have no order", func(r *Record, err error) bool {
		return r.Kind != "" && strings.HasPrefix(r.Op, "core.linalg.eig") && strings.Contains(err.Error(), "want")
	}},
	{"the signs of the vectors of the decomposition inside are free", func(r *Record, _ error) bool {
		return r.Compare == "decomposition-dependent"
	}},
	{"a complex quotient has no floor", reason("floor_divide does not take complex64")},
}

// failsThere matches errors of MLX of calls that have gone well here.
func failsThere(pattern string) func(*Record, error) bool {
	match := regexp.MustCompile(pattern)
	return func(r *Record, err error) bool {
		return r.Err != nil && match.MatchString(r.Err.Text) && strings.HasPrefix(err.Error(), "no error")
	}
}

func reason(part string) func(*Record, error) bool {
	return func(_ *Record, err error) bool { return strings.Contains(err.Error(), part) }
}

func hasNumpy(r *Record, _ error) bool {
	for _, a := range r.Args {
		if bytes.Contains(a, []byte(`"numpy"`)) {
			return true
		}
	}
	return bytes.Contains(r.Out, []byte(`"numpy"`))
}

// deliberately is err, or why the difference is meant.
func (r *Record) deliberately(err error) error {
	for _, c := range classes {
		if c.of(r, err) {
			return Deliberate(c.why)
		}
	}
	return err
}
