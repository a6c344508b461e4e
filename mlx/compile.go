package mlx

import (
	"fmt"
	"strings"
	"sync"
)

// Compile is f, called only once for arguments of the same shapes and dtypes:
// later calls repeat the graph that the first one made. What f captures or
// prints is that of the first call. f must not read or print the arrays.
func Compile(f func(*Array) *Array) func(*Array) *Array {
	g := CompileN(func(a ...*Array) []*Array { return []*Array{f(a[0])} })
	return func(x *Array) *Array { return g(x)[0] }
}

// CompileN is [Compile] for functions of several arrays with several results.
func CompileN(f func(...*Array) []*Array) func(...*Array) []*Array {
	const name = "compile"
	var mu sync.Mutex
	programs := map[string]*program{}
	return func(args ...*Array) []*Array {
		var key strings.Builder
		for _, a := range args {
			n := a.node(name)
			fmt.Fprint(&key, n.dtype, n.shape)
		}
		mu.Lock()
		p := programs[key.String()]
		mu.Unlock()
		if p == nil {
			p = record(name, f, args)
			mu.Lock()
			programs[key.String()] = p
			mu.Unlock()
		}
		return p.replay(args)
	}
}

// program is a recorded call: the nodes between its arguments and results.
type program struct {
	args, order, results []*node
}

func record(name string, f func(...*Array) []*Array, args []*Array) *program {
	tr := &trace{}
	t := &tape{trace: tr, set: &traces{[]*trace{tr}}}
	defer t.end()
	p := &program{}
	traced := make([]*Array, len(args))
	for i, a := range args {
		n := placeholder(t.set, a.n.dtype, a.n.shape)
		p.args = append(p.args, n)
		traced[i] = wrap(n)
	}
	for _, o := range f(traced...) {
		p.results = append(p.results, o.result(name))
	}
	t.walk(p.results, true)
	p.order = t.order
	return p
}

// replay makes the recorded nodes again for other arguments.
func (p *program) replay(args []*Array) []*Array {
	now := make(map[*node]*node, len(p.order)+len(args))
	for i, n := range p.args {
		now[n] = args[i].n
	}
	for _, n := range p.order {
		if now[n] != nil {
			continue
		}
		in := make([]*node, len(n.in))
		for k, x := range n.in {
			if in[k] = now[x]; in[k] == nil {
				in[k] = x
			}
		}
		now[n] = n.with(in)
	}
	out := make([]*Array, len(p.results))
	for i, y := range p.results {
		if n := now[y]; n != nil {
			y = n
		}
		out[i] = wrap(y)
	}
	return out
}
