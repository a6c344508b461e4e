package exec

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"reflect"

	"github.com/traefik/yaegi/interp"
)

// wrapped tells for which interfaces an interpreted value is wrapped when it is
// passed as any to a function: those that the function looks for.
func wrapped(all interp.Exports) map[reflect.Value][]reflect.Type {
	m := map[reflect.Value][]reflect.Type{}
	set := func(key string, names []string, ts ...reflect.Type) {
		for _, n := range names {
			if f, ok := all[key][n]; ok {
				m[f] = ts
			}
		}
	}
	formatter, stringer := reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()
	set("fmt//fmt", []string{"Errorf", "Fprint", "Fprintf", "Fprintln", "Print", "Printf", "Println", "Sprint", "Sprintf", "Sprintln"}, formatter, stringer)
	set("fmt//fmt", []string{"Scan", "Scanf", "Scanln"}, reflect.TypeFor[fmt.Scanner]())
	set("log//log", []string{"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Print", "Printf", "Println"}, formatter, stringer)
	set("encoding/json//json", []string{"Marshal", "MarshalIndent"}, reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]())
	set("encoding/json//json", []string{"Unmarshal"}, reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]())
	set("encoding/xml//xml", []string{"Marshal", "MarshalIndent"}, reflect.TypeFor[xml.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]())
	set("encoding/xml//xml", []string{"Unmarshal"}, reflect.TypeFor[xml.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]())
	return m
}
