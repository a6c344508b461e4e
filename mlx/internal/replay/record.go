// Package replay makes recorded calls of MLX again with this API and compares
// the results. The records are JSON objects, one a line; which function of this
// API answers for which name of MLX is said by one table, in the files table_*.go.
//
//	err := replay.Read(file, func(r *replay.Record) error {
//		fmt.Println(r.Name(), r.Replay())
//		return nil
//	})
package replay

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Record is one recorded call, derivative, vectorised call or expression.
type Record struct {
	ID     string                     `json:"id"`
	Kind   string                     `json:"kind"` // empty for a call, else "grad", "vmap" or "expr"
	Op     string                     `json:"op"`
	Args   []json.RawMessage          `json:"args"`
	Kwargs map[string]json.RawMessage `json:"kwargs"`
	Out    json.RawMessage            `json:"out"`
	Err    *Failure                   `json:"err"`
	Seed   *uint64                    `json:"seed"`

	InitInput json.RawMessage `json:"init_input"` // what an initialiser was applied to
	Compare   string          `json:"compare"`
	Oddity    string          `json:"oddity"`

	Wrt        [][]any           `json:"wrt"`
	Mapped     []json.RawMessage `json:"mapped"`
	Cotangents []json.RawMessage `json:"cotangents"`
	Vjp        []json.RawMessage `json:"vjp"`
	Tangents   json.RawMessage   `json:"tangents"` // a list, in an expression an object
	Jvp        json.RawMessage   `json:"jvp"`      // a list, in an expression one value
	Hvp        json.RawMessage   `json:"hvp"`      // a list, in an expression an object

	Expr      json.RawMessage            `json:"expr"`
	Inputs    map[string]json.RawMessage `json:"inputs"`
	Value     json.RawMessage            `json:"value"`
	Cotangent json.RawMessage            `json:"cotangent"`
	Grads     map[string]json.RawMessage `json:"grads"`
}

// Failure is an error that MLX raised.
type Failure struct{ Type, Text string }

// Name is MLX's name of what is recorded: of the call, or "expr".
func (r *Record) Name() string {
	if r.Op == "" {
		return r.Kind
	}
	return r.Op
}

// Module is the part of the name before the last dot, with the kind of record
// where it is not a plain call.
func (r *Record) Module() string {
	m := r.Name()
	if i := strings.LastIndexByte(m, '.'); i >= 0 {
		m = m[:i]
	}
	if r.Kind != "" && r.Kind != m {
		m = r.Kind + " " + m
	}
	return m
}

// Read reads gzipped records and calls f with each, until it returns an error.
func Read(from io.Reader, f func(*Record) error) error {
	z, err := gzip.NewReader(from)
	if err != nil {
		return err
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<24)
	for line := 1; s.Scan(); line++ {
		r := &Record{}
		if err := json.Unmarshal(s.Bytes(), r); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return s.Err()
}
