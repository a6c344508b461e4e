package mlx

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/mlx/hook"
)

// Error is what array functions panic with when they cannot do as asked.
// [Try] turns the panic into an ordinary error.
type Error struct {
	Op    string // the function, such as "matmul"
	Kind  string // "shape", "dtype", "axis", "index", "value", "transform", "device" or "interrupt"
	Msg   string // what is wrong with what
	Where string // the line of user code, such as "In[3]:7", or empty
	Err   error  // what caused it, or nil
}

// Error is the message, headed by the function's name.
func (e *Error) Error() string { return e.Op + ": " + e.Msg }

// Unwrap gives the cause, such as the error with which an evaluation was interrupted.
func (e *Error) Unwrap() error { return e.Err }

// ArrayError tells a session, which does not import this package, that a panic
// is an error of the user's cell and not a crash.
func (e *Error) ArrayError() bool { return true }

// Try calls f and returns the array error that it panics with, if any. Other
// panics pass.
func Try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			err = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

func fail(op, kind, format string, args ...any) {
	panic(newError(op, kind, format, args...))
}

func newError(op, kind, format string, args ...any) *Error {
	return &Error{Op: op, Kind: kind, Msg: fmt.Sprintf(format, args...), Where: hook.Where()}
}

// checkStop panics when the user has asked to stop.
func checkStop(op string) {
	if err := hook.Stop(); err != nil {
		panic(interrupted(op, err))
	}
}

func interrupted(op string, err error) *Error {
	return &Error{Op: op, Kind: "interrupt", Msg: "stopped: " + err.Error(), Where: hook.Where(), Err: err}
}

// asError puts an error of a backend into the form of the package.
func asError(op string, err error) *Error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	kind := "device"
	if strings.HasPrefix(err.Error(), "index ") {
		kind = "index"
	}
	return &Error{Op: op, Kind: kind, Msg: err.Error(), Where: hook.Where(), Err: err}
}

// shapeText writes a shape as (2,3).
func shapeText(s []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(d))
	}
	if len(s) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}
