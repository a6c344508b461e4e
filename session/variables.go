package session

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Variables lists the variables. While a cell runs their values are left out,
// for the cell may be changing them.
func (s *inProcess) Variables() []Variable {
	s.names.Lock()
	defer s.names.Unlock()
	idle := s.eval.TryLock()
	if idle {
		defer s.eval.Unlock()
	} else if s.running.Load() == nil {
		idle = true // a command of this session asks
	}
	var vars []Variable
	for _, v := range s.front.Variables() {
		out := Variable{Name: v.Name, Type: v.Type, Cell: v.Cell}
		if idle {
			if rv, ok := s.exec.Get(v.Low); ok {
				s.characterize(&out, rv, v.Code)
			}
		}
		vars = append(vars, out)
	}
	return vars
}

// maxElems is how long a slice or map may be whose elements are told.
const maxElems = 1000

// maxBrief is the length of a value in a list of variables.
const maxBrief = 60

// characterize fills in what is known of a value without evaluating it: a lazy
// array is told by shape and dtype.
func (s *inProcess) characterize(out *Variable, v reflect.Value, code string) {
	if !v.IsValid() || !v.CanInterface() {
		return
	}
	if a, ok := v.Interface().(interface{ Shape() []int }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		s.describeArray(out, a)
		return
	}
	out.Value, out.Bytes = s.brief(v, code)
}

// brief is a value in a few words, and the bytes it holds.
func (s *inProcess) brief(v reflect.Value, code string) (text string, bytes int64) {
	switch v.Kind() {
	case reflect.Func, reflect.Chan:
		return "", 0
	case reflect.Slice:
		bytes = int64(v.Len()) * int64(v.Type().Elem().Size())
		if v.Len() > maxElems {
			return fmt.Sprintf("%d elements", v.Len()), bytes
		}
	case reflect.Map:
		if v.Len() > maxElems {
			return fmt.Sprintf("%d elements", v.Len()), 0
		}
	case reflect.String:
		bytes = int64(v.Len())
		text = fmt.Sprintf("%q", cut(v.String()))
		return text, bytes
	default:
		bytes = int64(v.Type().Size())
	}
	return cut(strings.ReplaceAll(s.exec.TextAs(v, code), "\n", " ")), bytes
}

func (s *inProcess) describeArray(out *Variable, a interface{ Shape() []int }) {
	out.Shape = a.Shape()
	out.Value = "(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(out.Shape), " ", ","), "[]") + ")"
	m := reflect.ValueOf(a).MethodByName("Dtype")
	if m.IsValid() && m.Type().NumIn() == 0 && m.Type().NumOut() == 1 {
		out.Dtype = fmt.Sprint(m.Call(nil)[0])
		out.Value += " " + out.Dtype
	}
	if n, ok := a.(interface{ NBytes() int }); ok {
		out.Bytes = int64(n.NBytes())
	}
	if s.opts.Device != nil {
		out.Device = s.opts.Device()
	}
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxBrief {
		return s
	}
	return string([]rune(s)[:maxBrief-1]) + "…"
}
