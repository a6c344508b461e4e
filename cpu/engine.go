package cpu

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/jit"
	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// engine is how pointwise regions of float32 are computed.
type engine uint8

const (
	tiles  engine = iota // op by op over tiles, as all other regions
	interp               // as vector programs, evaluated in Go
	avx2                 // as vector programs, compiled for AVX2 and FMA
	avx512               // the same for AVX-512
)

var engines = map[string]engine{"tiles": tiles, "scalar": interp, "avx2": avx2, "avx512": avx512}

// Variable is the environment variable that chooses an engine: avx512, avx2,
// scalar (the bits of the first two, by slow Go code) or tiles (no machine code is
// generated). Without it the best one is taken that the processor has and the
// system permits.
const Variable = "INGOT_CPU"

// chosen is the engine to compile for.
func chosen() (engine, error) {
	name := os.Getenv(Variable)
	if name == "" {
		return fastest(), nil
	}
	e, ok := engines[name]
	switch {
	case !ok:
		return 0, fmt.Errorf("%s is %q, not one of avx512, avx2, scalar, tiles", Variable, name)
	case e >= avx2 && !jit.Supported(e == avx512):
		return 0, fmt.Errorf("%s is %q, which this processor does not have", Variable, name)
	}
	return e, nil
}

// fastest is the best engine here. It compiles and runs a program to see whether
// the system lets it.
var fastest = sync.OnceValue(func() engine {
	for e := avx512; e >= avx2; e-- {
		if jit.Supported(e == avx512) && works(e) {
			return e
		}
	}
	return tiles
})

func works(e engine) bool {
	p := vir.New(1, 0)
	p.Outputs = []vir.Value{p.Add(p.Input(0), p.Float(1))}
	c, err := jit.Compile(p, jit.Options{Wide: e == avx512})
	if err != nil {
		return false
	}
	x := [2]float32{1, 0}
	c.Run(&jit.Args{unsafe.Pointer(&x[0]), unsafe.Pointer(&x[1])}, 1)
	return x[1] == 2
}

// Describe says how pointwise work is done here, for people.
func Describe() string {
	e, err := chosen()
	if err != nil {
		return err.Error()
	}
	return [...]string{tiles: "tiles, no machine code generated", interp: "scalar Go code", avx2: "machine code for AVX2",
		avx512: "machine code for AVX-512"}[e]
}

// codes keeps compiled programs by what they do, so that equal regions share one.
var codes = struct {
	sync.Mutex
	m map[string]*jit.Code
}{m: map[string]*jit.Code{}}

// mostCodes bounds codes; beyond it all are forgotten, and live on as long as
// steps use them.
const mostCodes = 4096

// machineCode compiles a program, or finds it compiled.
func machineCode(p *vir.Program, o jit.Options) (*jit.Code, error) {
	key := programKey(p, o)
	codes.Lock()
	defer codes.Unlock()
	if c := codes.m[key]; c != nil {
		return c, nil
	}
	c, err := jit.Compile(p, o)
	if err != nil {
		return nil, err
	}
	if len(codes.m) >= mostCodes {
		clear(codes.m)
	}
	codes.m[key] = c
	return c, nil
}

func programKey(p *vir.Program, o jit.Options) string {
	head := []int32{int32(len(p.Code)), int32(p.Inputs), int32(p.Scalars), int32(p.Guard), int32(len(p.Outputs)), 0}
	if o.Wide {
		head[5] |= 1
	}
	if o.Stream {
		head[5] |= 2
	}
	for _, v := range p.Outputs {
		head = append(head, int32(v))
	}
	return rawBytes(head) + rawBytes(p.Code)
}

func rawBytes[T any](s []T) string {
	return string(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(*new(T)))))
}
