package safejson_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/ingot-go/ingot/display/safejson"
)

func Example() {
	b, _ := safejson.Marshal(map[string]any{"loss": math.NaN(), "name": "<b>"})
	fmt.Println(string(b))
	// Output: {"loss":null,"name":"<b>"}
}

func TestMarshal(t *testing.T) {
	type inner struct{ Y float64 }
	type row struct {
		inner
		X    float64 `json:"x"`
		Skip int     `json:"-"`
		Opt  string  `json:"opt,omitempty"`
		Raw  []byte
	}
	loop := map[string]any{"nan": math.NaN()}
	loop["self"], loop["again"] = loop, loop
	for _, c := range []struct {
		in   any
		want string
	}{
		{1.5, "1.5"},
		{math.Inf(-1), "null"},
		{[]float32{1, float32(math.NaN())}, "[1,null]"},
		{row{inner{2}, math.NaN(), 7, "", []byte("ab")}, `{"Raw":"YWI=","Y":2,"x":null}`},
		{map[int]float64{3: math.Inf(1)}, `{"3":null}`},
		{[]any{nil, &row{X: math.NaN()}}, `[null,{"Raw":null,"Y":0,"x":null}]`},
	} {
		b, err := safejson.Marshal(c.in)
		if err != nil || string(b) != c.want {
			t.Errorf("Marshal(%v) = %s, %v; want %s", c.in, b, err, c.want)
		}
	}
	if b, err := safejson.Marshal(loop); err != nil || string(b) != `{"again":null,"nan":null,"self":null}` {
		t.Errorf("cyclic value: %s, %v", b, err)
	}
	if _, err := safejson.Marshal(make(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
}
