package notebook

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// scripted is a session that knows one answer per code.
type scripted struct {
	session.Session
	answers map[string]func(display.Sink) session.Result
}

func (s scripted) Eval(_ context.Context, c session.Cell, sink display.Sink) session.Result {
	return s.answers[c.Code](sink)
}

func parse(t *testing.T, cells string) *Notebook {
	t.Helper()
	nb, err := Read(strings.NewReader(`{"nbformat":4,"nbformat_minor":5,"metadata":{"x":1},"cells":[` + cells + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

func run(t *testing.T, cells string, answers map[string]func(display.Sink) session.Result) (*Notebook, error) {
	t.Helper()
	nb := parse(t, cells)
	return nb, nb.Run(context.Background(), scripted{answers: answers}, nil)
}

func TestReadKeepsWhatItDoesNotKnow(t *testing.T) {
	src := `{"cell_type":"markdown","id":"a","source":["# <Title>\n","text"],"attachments":{"p.png":{"image/png":"AA=="}},"metadata":{"tags":["t"]}},
		{"cell_type":"code","source":"1+1","metadata":{},"execution_count":null,"outputs":[
		 {"output_type":"execute_result","execution_count":7,"data":{"text/plain":["2\n","3"],"application/json":["a"]},"metadata":{}}]}`
	nb := parse(t, src)
	var first bytes.Buffer
	if err := nb.Write(&first); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"attachments"`, `# <Title>\n`, `"tags"`, `"x": 1`, `"execution_count": null`, `"execution_count": 7`} {
		if !strings.Contains(first.String(), want) {
			t.Errorf("%s is lost in\n%s", want, &first)
		}
	}
	if got := nb.Cells[1].Outputs[0].Data["text/plain"]; got != "2\n3" {
		t.Errorf("text is %q", got)
	}
	again, err := Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var second bytes.Buffer
	again.Write(&second)
	if first.String() != second.String() {
		t.Errorf("second writing differs:\n%s\n%s", &first, &second)
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	for src, want := range map[string]string{
		"nothing":                               "not a notebook",
		`{"nbformat": 3}`:                       "format 3",
		`{"nbformat":4,"cells":[{"source":3}]}`: "cell field source",
		`{"nbformat":4,"cells":[{"outputs":[{"text":{}}]}]}`: "output",
	} {
		if _, err := Read(strings.NewReader(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", src, err, want)
		}
	}
}

func TestRunCollectsOutputs(t *testing.T) {
	text := func(s string) display.Bundle {
		return display.Bundle{Data: map[string]any{"text/plain": s}}
	}
	nb, err := run(t, `{"cell_type":"code","source":"a"},{"cell_type":"code","source":" "},{"cell_type":"code","source":"b"}`,
		map[string]func(display.Sink) session.Result{
			"a": func(s display.Sink) session.Result {
				s.Emit(display.Stream{Name: "stdout", Text: "gone"})
				s.Emit(display.Clear{Wait: true})
				s.Emit(display.Stream{Name: "stdout", Text: "1"})
				s.Emit(display.Stream{Name: "stdout", Text: "2"})
				s.Emit(display.Data{Bundle: text("old"), ID: "id"})
				v := display.Bundle{Data: map[string]any{"image/png": []byte{1, 2}}}
				return session.Result{Value: &v, Warnings: []string{"f is old"}}
			},
			"b": func(s display.Sink) session.Result {
				s.Emit(display.Data{Bundle: text("new"), ID: "id", Update: true})
				return session.Result{}
			},
		})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, o := range nb.Cells[0].Outputs {
		got += fmt.Sprintln(o.Type, o.Name, o.Text, o.Data)
	}
	want := "stream stdout 12 map[]\ndisplay_data   map[text/plain:new]\n" +
		"stream stderr warning: f is old\n map[]\nexecute_result   map[image/png:AQI=]\n"
	if got != want {
		t.Errorf("outputs are\n%s, want\n%s", got, want)
	}
	if c := nb.Cells; c[0].Count != 1 || c[1].Count != 0 || c[2].Count != 2 {
		t.Errorf("counts %d %d %d", c[0].Count, c[1].Count, c[2].Count)
	}
}

func TestRunStopsAtErrorsUnlessExpected(t *testing.T) {
	fail := func(display.Sink) session.Result {
		return session.Result{Err: &session.Error{Name: session.Panic, Message: "boom", Cell: 1, Line: 2, Col: 3}}
	}
	fine := func(display.Sink) session.Result { return session.Result{} }
	answers := map[string]func(display.Sink) session.Result{"f": fail, "g": fine}
	nb, err := run(t, `{"cell_type":"code","source":"f"},{"cell_type":"code","source":"g"}`, answers)
	if err == nil || err.Error() != "cell 1: In[1]:2:3: Panic: boom" || nb.Cells[1].Count != 0 {
		t.Errorf("error %v, second cell ran: %v", err, nb.Cells[1].Count > 0)
	}
	if o := nb.Cells[0].Outputs; len(o) != 1 || o[0].EName != "Panic" || o[0].EValue != "boom" || len(o[0].Traceback) == 0 {
		t.Errorf("outputs %+v", o)
	}
	nb, err = run(t, `{"cell_type":"code","source":"f","metadata":{"tags":["raises-exception"]}},{"cell_type":"code","source":"g"}`, answers)
	if err != nil || nb.Cells[1].Count != 2 {
		t.Errorf("error %v, second cell has count %d", err, nb.Cells[1].Count)
	}
}

// picture is a notebook with one picture of a square of the given size.
func picture(size int) *Notebook {
	img := image.NewGray(image.Rect(0, 0, 100, 100))
	for y := range size {
		for x := range size {
			img.SetGray(x, y, color.Gray{255})
		}
	}
	var buf bytes.Buffer
	png.Encode(&buf, img)
	data := map[string]any{"image/png": base64.StdEncoding.EncodeToString(buf.Bytes()), "text/plain": "square in 12.5ms"}
	return &Notebook{Cells: []*Cell{{Type: "code", Outputs: []Output{{Type: "display_data", Data: data}}}}}
}

func TestComparePictures(t *testing.T) {
	if d := Compare(picture(50), picture(50)); d != nil {
		t.Errorf("equal pictures differ: %v", d)
	}
	if d := Compare(picture(50), picture(60)); len(d) != 1 || !strings.Contains(d[0], "image/png differs by 0.2292") {
		t.Errorf("the planted wrong picture gives %v", d)
	}
}

func TestCompareDrawings(t *testing.T) {
	const drawing = `<svg width="640"><title>loss 1</title><path stroke-width="2" d="M10.5 20L30-4.25"/><text x="7">1</text></svg>`
	for _, c := range []struct{ from, to, want string }{
		{"10.5", "10.5", ""},
		{"10.5", "10.56", ""},
		{"10.5", "10.7", "a coordinate of 10.7, want 10.5"},
		{"-4.25", "-4.5", "a coordinate of -4.5, want -4.25"},
		{"L30", "H30", "is \"<svg"},
		{"loss 1", "loss 2", "is \"<svg"},
		{"width=\"2\"", "width=\"2.01\"", "is \"<svg"},
		{">1<", ">2<", "is \"<svg"},
	} {
		got := differSVG(drawing, strings.Replace(drawing, c.from, c.to, 1))
		if got != c.want && (c.want == "" || !strings.Contains(got, c.want)) {
			t.Errorf("%s for %s: %q, want %q", c.to, c.from, got, c.want)
		}
	}
}

func TestCompareText(t *testing.T) {
	change := func(f func(c *Cell)) []string {
		nb := picture(50)
		f(nb.Cells[0])
		return Compare(picture(50), nb)
	}
	for want, f := range map[string]func(*Cell){
		"":                        func(c *Cell) { c.Outputs[0].Data["text/plain"] = "square in 1m3s" },
		`text/plain is "circle`:   func(c *Cell) { c.Outputs[0].Data["text/plain"] = "circle in 1s" },
		"image/png is missing":    func(c *Cell) { delete(c.Outputs[0].Data, "image/png") },
		"text/html was not there": func(c *Cell) { c.Outputs[0].Data["text/html"] = "" },
		"0 outputs":               func(c *Cell) { c.Outputs = nil },
		"want display_data":       func(c *Cell) { c.Outputs[0].Type = "execute_result" },
		"the cells differ":        func(c *Cell) { c.Source = "x" },
		"evalue is":               func(c *Cell) { c.Outputs[0].EValue = "x" },
	} {
		d := change(f)
		if want == "" && d != nil || want != "" && (len(d) != 1 || !strings.Contains(d[0], want)) {
			t.Errorf("differences %q, want %q", d, want)
		}
	}
}

func ExampleNotebook_Write() {
	nb, _ := Read(strings.NewReader(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}`))
	nb.Write(os.Stdout)
	// Output:
	// {
	//  "cells": [],
	//  "metadata": {},
	//  "nbformat": 4,
	//  "nbformat_minor": 5
	// }
}
