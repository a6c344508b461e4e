package exec

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"reflect"
)

// wrapping tells for which interfaces an interpreted value is wrapped when it is
// passed as any to a function: those that the function looks for.
type wrapping struct {
	pkg   string
	names []string
	as    []reflect.Type
}

var wrappings = []wrapping{
	{"fmt", []string{"Errorf", "Fprint", "Fprintf", "Fprintln", "Print", "Printf", "Println", "Sprint", "Sprintf", "Sprintln"}, printed},
	{"fmt", []string{"Scan", "Scanf", "Scanln"}, []reflect.Type{reflect.TypeFor[fmt.Scanner]()}},
	{"log", []string{"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Print", "Printf", "Println"}, printed},
	{"encoding/json", []string{"Marshal", "MarshalIndent"}, []reflect.Type{reflect.TypeFor[json.Marshaler](), marshaled}},
	{"encoding/json", []string{"Unmarshal"}, []reflect.Type{reflect.TypeFor[json.Unmarshaler](), unmarshaled}},
	{"encoding/xml", []string{"Marshal", "MarshalIndent"}, []reflect.Type{reflect.TypeFor[xml.Marshaler](), marshaled}},
	{"encoding/xml", []string{"Unmarshal"}, []reflect.Type{reflect.TypeFor[xml.Unmarshaler](), unmarshaled}},
}

var (
	printed     = []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()}
	marshaled   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshaled = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// wrapped is what the interpreter wants to know of the wrappings in a package.
func wrapped(pkg string, table map[string]reflect.Value) map[reflect.Value][]reflect.Type {
	m := map[reflect.Value][]reflect.Type{}
	for _, w := range wrappings {
		if w.pkg != pkg {
			continue
		}
		for _, n := range w.names {
			if f, ok := table[n]; ok {
				m[f] = w.as
			}
		}
	}
	return m
}
