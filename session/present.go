package session

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session/rt"
)

// present turns the values that the cell ended in into a bundle.
func (s *inProcess) present(r *run) (res Result) {
	shown := r.cell.TakeShown()
	if len(shown) == 1 {
		if _, ok := shown[0].Value.(display.Handle); ok { // it has been shown
			return Result{}
		}
	}
	if len(shown) == 0 {
		return Result{}
	}
	defer func() {
		if v := recover(); v != nil {
			res = Result{Err: s.showError(r, v)}
		}
	}()
	if len(shown) == 1 {
		b, rich, err := display.Rich(r.cell.Context(), s.exec.View(shown[0].Value))
		if err != nil {
			return Result{Err: s.showError(r, err)}
		}
		if rich {
			if _, ok := b.Data["text/plain"]; !ok {
				b.Data["text/plain"] = s.text(shown[0])
			}
			return Result{Value: &b}
		}
	}
	var texts []string
	for _, v := range shown {
		texts = append(texts, s.text(v))
	}
	return Result{Value: &display.Bundle{Data: map[string]any{"text/plain": strings.Join(texts, " ")}}}
}

// showError says that a value could not be shown; an array's own error, which
// appears only now that it is evaluated, stays what it is.
func (s *inProcess) showError(r *run, v any) *Error {
	v = rt.Unwrap(v)
	e := s.panicError(r, v, r.cell.Trace())
	if e.Name == Panic {
		e.Name = DisplayFailure
	}
	return e
}

// text writes one value with Go's own formatting; its static type tells
// functions.
func (s *inProcess) text(v rt.Shown) string {
	v.Value = rt.Bare(v.Value)
	if display.ContainsItself(rt.Raw(v.Value)) {
		return "<" + v.Type + " that contains itself>"
	}
	switch x := v.Value.(type) {
	case string:
		if v.Type == "string" {
			return strconv.Quote(x)
		}
	case error:
		return x.Error()
	}
	if reflect.ValueOf(rt.Raw(v.Value)).Kind() == reflect.Func {
		return v.Type
	}
	return s.exec.Text(v.Value)
}
