package replay

import (
	"bytes"
	"fmt"

	"github.com/ingot-go/ingot/mlx"
)

// files is the rows of reading and writing files.
var files = table{
	"load": func(c *call) any {
		data, ok := c.args[0].([]byte)
		if !ok {
			panic(unsupported("no bytes"))
		}
		withNotes := c.flag(-1, "return_metadata")
		switch ext := c.args[1]; ext {
		case ".npy":
			a, err := mlx.ReadNPY(bytes.NewReader(data))
			return orFail(a, err)
		case ".npz":
			a, err := mlx.ReadNPZ(data)
			return orFail(a, err)
		case ".safetensors":
			a, notes, err := mlx.ReadSafetensors(data)
			orFail(a, err)
			if withNotes {
				return []any{a, notes}
			}
			return a
		case ".gguf":
			a, notes, err := mlx.ReadGGUF(data)
			orFail(a, err)
			if withNotes {
				return []any{a, notes}
			}
			return a
		default:
			panic(&mlx.Error{Op: "load", Kind: "value", Msg: fmt.Sprint(ext, " is no format")})
		}
	},
	"save":             func(c *call) any { return written{c.array(0)} },
	"savez":            func(c *call) any { return c.archive() },
	"savez_compressed": func(c *call) any { return c.archive() },
	"save_gguf": func(c *call) any {
		var b bytes.Buffer
		if err := mlx.WriteGGUF(&b, arraysOf(c.dict(0, "arrays")), c.dict(1, "metadata")); err != nil {
			orFail(0, err)
		}
		read := func(data []byte) (map[string]*mlx.Array, error) {
			a, notes, err := mlx.ReadGGUF(data)
			for k, v := range notes {
				if n, ok := v.(*mlx.Array); ok && err == nil {
					a["note "+k] = n
				}
			}
			return a, err
		}
		a, err := read(b.Bytes())
		return loaded{orFail(a, err), read}
	},
	"save_safetensors": func(c *call) any {
		var b bytes.Buffer
		notes := map[string]string{}
		for k, v := range c.dict(1, "metadata") {
			notes[k] = fmt.Sprint(v)
		}
		if err := mlx.WriteSafetensors(&b, arraysOf(c.dict(0, "arrays")), notes); err != nil {
			orFail(0, err)
		}
		a, _, err := mlx.ReadSafetensors(b.Bytes())
		return loaded{orFail(a, err), func(data []byte) (map[string]*mlx.Array, error) {
			a, _, err := mlx.ReadSafetensors(data)
			return a, err
		}}
	},
}

// written is an array to be compared with a recorded .npy file; loaded are
// arrays that were written and read again, and how a recorded file is read.
type (
	written struct{ a *mlx.Array }
	loaded  struct {
		arrays map[string]*mlx.Array
		read   func([]byte) (map[string]*mlx.Array, error)
	}
)

func orFail[T any](v T, err error) T {
	if err != nil {
		panic(&mlx.Error{Op: "file", Kind: "value", Msg: err.Error(), Err: err})
	}
	return v
}

func (c *call) dict(i int, name string) map[string]any {
	d, _ := c.or(i, name, nil).(map[string]any)
	return d
}

func arraysOf(d map[string]any) map[string]*mlx.Array {
	out := map[string]*mlx.Array{}
	for k, v := range d {
		out[k] = arr(v)
	}
	return out
}

// archive writes and reads a .npz file; recorded are its members.
func (c *call) archive() any {
	in := map[string]*mlx.Array{}
	for i, a := range c.args {
		if d, ok := a.(map[string]any); ok {
			in = arraysOf(d)
			continue
		}
		in[fmt.Sprintf("arr_%d", i)] = arr(a)
	}
	for k, v := range c.named {
		in[k] = arr(v)
		delete(c.named, k)
	}
	var b bytes.Buffer
	if err := mlx.WriteNPZ(&b, in); err != nil {
		orFail(0, err)
	}
	return orFail(mlx.ReadNPZ(b.Bytes()))
}

// sameFile compares arrays with a recorded file, or its members.
func sameFile(got any, want any) error {
	switch g := got.(type) {
	case written:
		var b bytes.Buffer
		if err := mlx.WriteNPY(&b, g.a); err != nil {
			return err
		}
		a, err := mlx.ReadNPY(&b)
		if err != nil {
			return err
		}
		w, err := mlx.ReadNPY(bytes.NewReader(want.([]byte)))
		if err != nil {
			return err
		}
		return same(a, w, false)
	case loaded:
		w, err := g.read(want.([]byte))
		if err != nil {
			return err
		}
		return sameArrays(g.arrays, w)
	}
	return fmt.Errorf("%T is no file", got)
}

func sameArrays(got, want map[string]*mlx.Array) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d arrays, want %d", len(got), len(want))
	}
	for k, w := range want {
		if got[k] == nil {
			return fmt.Errorf("no array %q", k)
		}
		if err := same(got[k], w, false); err != nil {
			return fmt.Errorf("%q: %w", k, err)
		}
	}
	return nil
}

// wantArrays makes arrays by name of a recorded dictionary or list of members.
func wantArrays(want any) (map[string]*mlx.Array, error) {
	out := map[string]*mlx.Array{}
	switch w := want.(type) {
	case map[string]any:
		return arraysOf(w), nil
	case []any:
		for _, m := range w {
			pair := untuple(m).([]any)
			a, err := mlx.ReadNPY(bytes.NewReader(pair[1].([]byte)))
			if err != nil {
				return nil, err
			}
			name := pair[0].(string)
			out[name[:len(name)-len(".npy")]] = a
		}
		return out, nil
	}
	return nil, fmt.Errorf("the record is a %T", want)
}
