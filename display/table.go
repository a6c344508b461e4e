package display

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Tables show so many rows and columns, and so much of a cell.
const (
	maxRows    = 60
	maxColumns = 20
	maxCell    = 200 // characters
)

// ofTable shows a slice of structs, one row each, or a map, as an HTML table.
func ofTable(_ context.Context, v any) (b Bundle, ok bool, err error) {
	if ContainsItself(v) {
		return b, false, nil
	}
	part, n := v, -1
	if c, isCell := v.(cellValue); isCell {
		part, n = c.Plain(maxElems)
	} else if printsItself(v) {
		return b, false, nil
	}
	rv := reflect.ValueOf(part)
	var t table
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		t, ok = listTable(rv, max(n, rv.Len()))
	case reflect.Map:
		t, ok = mapTable(rv)
	}
	if !ok {
		return b, false, nil
	}
	return Bundle{Data: map[string]any{"text/html": t.html()}}, true, nil
}

// printsItself tells whether a value says itself how it is written.
func printsItself(v any) bool {
	switch v.(type) {
	case fmt.Stringer, error, fmt.Formatter:
		return true
	}
	return false
}

// table is the text of a table. -1 in place of a number of a row or column
// stands for those that are left out.
type table struct {
	caption string
	head    []string
	rows    [][]string
}

// listTable has a row for each struct of a list of n, and its number. The list
// may lack those in the middle.
func listTable(list reflect.Value, n int) (t table, ok bool) {
	if list.Len() == 0 {
		return t, false
	}
	columns := fields(list.Index(0))
	for i := range min(list.Len(), maxElems) {
		if len(columns) == 0 || !slices.Equal(fields(list.Index(i)), columns) {
			return t, false // other things are in it, too
		}
	}
	keep := chosen(len(columns), maxColumns)
	t.head = append([]string{""}, pick(columns, keep)...)
	for _, i := range chosen(list.Len(), maxRows) {
		if i < 0 {
			t.rows = append(t.rows, []string{"…"})
			continue
		}
		number := i
		if i >= maxRows/2 {
			number += n - list.Len()
		}
		t.rows = append(t.rows, append([]string{fmt.Sprint(number)}, pick(values(list.Index(i)), keep)...))
	}
	t.caption = fmt.Sprintf("%d × %d", n, len(columns))
	return t, true
}

// mapTable has a row for each key; values that are structs fill columns.
func mapTable(m reflect.Value) (t table, ok bool) {
	if m.Len() == 0 || m.Len() > 100*maxElems {
		return t, false
	}
	type row struct {
		key   string
		value reflect.Value
	}
	var rows []row
	for it := m.MapRange(); it.Next(); {
		rows = append(rows, row{fmt.Sprint(it.Key().Interface()), it.Value()})
	}
	slices.SortFunc(rows, func(a, b row) int { return natural(a.key, b.key) })
	columns := fields(rows[0].value)
	for _, r := range rows {
		if !slices.Equal(fields(r.value), columns) {
			columns = nil
		}
	}
	keep := chosen(len(columns), maxColumns)
	t.head = append([]string{"key"}, pick(columns, keep)...)
	if columns == nil {
		t.head = []string{"key", "value"}
	}
	for _, i := range chosen(len(rows), maxRows) {
		switch {
		case i < 0:
			t.rows = append(t.rows, []string{"…"})
		case columns == nil:
			t.rows = append(t.rows, []string{rows[i].key, brief(rows[i].value)})
		default:
			t.rows = append(t.rows, append([]string{rows[i].key}, pick(values(rows[i].value), keep)...))
		}
	}
	t.caption = fmt.Sprintf("%d × %d", len(rows), max(1, len(columns)))
	return t, true
}

// natural orders numbers by their value and other text by its letters.
func natural(a, b string) int {
	if d := len(a) - len(b); d != 0 && digits(a) && digits(b) {
		return d
	}
	return strings.Compare(a, b)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// structOf finds the struct that a value is or points to.
func structOf(v reflect.Value) (reflect.Value, bool) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return v, false
		}
		v = v.Elem()
	}
	return v, v.Kind() == reflect.Struct
}

// fields are the names of the exported fields of a struct; nil of other values.
func fields(v reflect.Value) (names []string) {
	s, ok := structOf(v)
	if !ok || s.CanInterface() && printsItself(s.Interface()) {
		return nil
	}
	for i := range s.NumField() {
		if f := s.Type().Field(i); f.IsExported() {
			names = append(names, f.Name)
		}
	}
	return names
}

// values are the texts of the exported fields of a struct.
func values(v reflect.Value) (list []string) {
	s, _ := structOf(v)
	for i := range s.NumField() {
		if s.Type().Field(i).IsExported() {
			list = append(list, brief(s.Field(i)))
		}
	}
	return list
}

// brief is the text of one cell.
func brief(v reflect.Value) string {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "<nil>"
	}
	s := text(v.Interface())
	if utf8.RuneCountInString(s) > maxCell {
		s = string([]rune(s)[:maxCell]) + "…"
	}
	return s
}

// chosen are the numbers up to n, of which the middle is left out if there are
// more than limit.
func chosen(n, limit int) (list []int) {
	for i := range n {
		switch {
		case n <= limit || i < limit/2 || i >= n-limit/2:
			list = append(list, i)
		case i == limit/2:
			list = append(list, -1)
		}
	}
	return list
}

func pick(list []string, which []int) (out []string) {
	for _, i := range which {
		if i < 0 {
			out = append(out, "…")
		} else {
			out = append(out, list[i])
		}
	}
	return out
}

func (t table) html() string {
	var b strings.Builder
	b.WriteString(`<table class="ingot-table"><caption>` + Escape(t.caption) + "</caption><thead><tr>")
	for _, h := range t.head {
		b.WriteString("<th>" + Escape(h) + "</th>")
	}
	b.WriteString("</tr></thead><tbody>")
	for _, r := range t.rows {
		b.WriteString("<tr>")
		for i, c := range r {
			if i == 0 {
				b.WriteString("<th>" + Escape(c) + "</th>")
				continue
			}
			b.WriteString("<td>" + Escape(c) + "</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}
