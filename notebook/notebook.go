// Package notebook reads, runs and writes Jupyter notebooks without Jupyter,
// and compares two of them output by output.
//
//	nb, err := notebook.Read(file)
//	err = nb.Run(ctx, session, nil)
//	err = nb.Write(out)
//
// The format is nbformat 4 (https://nbformat.readthedocs.io). Fields that this
// package does not know are kept as they are.
package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Notebook is a document of cells.
type Notebook struct {
	Cells    []*Cell        `json:"cells"`
	Metadata map[string]any `json:"metadata"`
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
}

// Cell is one cell. Count and Outputs belong to code cells only.
type Cell struct {
	Type     string
	ID       string
	Metadata map[string]any
	Source   string
	Count    int // 0: not executed
	Outputs  []Output
	rest     map[string]json.RawMessage // attachments and the like
}

// Output is one output of a code cell; which fields are used depends on Type.
type Output struct {
	Type      string         `json:"output_type"` // stream, display_data, execute_result or error
	Name      string         `json:"name,omitempty"`
	Text      string         `json:"text,omitempty"`
	Data      map[string]any `json:"data,omitempty"`
	Metadata  map[string]any `json:"metadata,omitempty"`
	Count     int            `json:"execution_count,omitempty"`
	EName     string         `json:"ename,omitempty"`
	EValue    string         `json:"evalue,omitempty"`
	Traceback []string       `json:"traceback,omitempty"`
	id        string         // display id, while running
}

// Read reads a notebook of format 4.
func Read(r io.Reader) (*Notebook, error) {
	var nb Notebook
	if err := json.NewDecoder(r).Decode(&nb); err != nil {
		return nil, fmt.Errorf("notebook: not a notebook: %w", err)
	}
	if nb.Format != 4 {
		return nil, fmt.Errorf("notebook: format %d is not supported, only 4", nb.Format)
	}
	return &nb, nil
}

// Write writes the notebook the way Jupyter does: one space of indentation and
// text as lists of lines, so that differences read well.
func (nb *Notebook) Write(w io.Writer) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(nb); err != nil {
		return fmt.Errorf("notebook: %w", err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Cell) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &c.rest); err != nil {
		return err
	}
	var source text
	var count *int
	fields := map[string]any{"cell_type": &c.Type, "id": &c.ID, "metadata": &c.Metadata,
		"source": &source, "execution_count": &count, "outputs": &c.Outputs}
	for name, to := range fields {
		if raw, ok := c.rest[name]; ok {
			if err := json.Unmarshal(raw, to); err != nil {
				return fmt.Errorf("cell field %s: %w", name, err)
			}
			delete(c.rest, name)
		}
	}
	c.Source = string(source)
	if count != nil {
		c.Count = *count
	}
	return nil
}

// MarshalJSON implements [json.Marshaler].
func (c *Cell) MarshalJSON() ([]byte, error) {
	m := map[string]any{}
	for k, v := range c.rest {
		m[k] = v
	}
	m["cell_type"], m["source"], m["metadata"] = c.Type, text(c.Source), c.Metadata
	if c.Metadata == nil {
		m["metadata"] = map[string]any{}
	}
	if c.ID != "" {
		m["id"] = c.ID
	}
	if c.Type == "code" {
		m["outputs"], m["execution_count"] = c.Outputs, nil
		if c.Outputs == nil {
			m["outputs"] = []Output{}
		}
		if c.Count > 0 {
			m["execution_count"] = c.Count
		}
	}
	return marshal(m)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (o *Output) UnmarshalJSON(data []byte) error {
	type plain Output
	aux := struct {
		*plain
		Text  text            `json:"text"`
		Data  map[string]any  `json:"data"`
		Count json.RawMessage `json:"execution_count"`
	}{plain: (*plain)(o)}
	if err := json.Unmarshal(data, &aux); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	o.Text = string(aux.Text)
	if len(aux.Count) > 0 && string(aux.Count) != "null" {
		if err := json.Unmarshal(aux.Count, &o.Count); err != nil {
			return fmt.Errorf("output: execution_count: %w", err)
		}
	}
	o.Data = aux.Data
	for k, v := range o.Data {
		if lines, ok := v.([]any); ok && !strings.HasSuffix(k, "json") {
			s, err := join(lines)
			if err != nil {
				return fmt.Errorf("output: %s: %w", k, err)
			}
			o.Data[k] = s
		}
	}
	return nil
}

// MarshalJSON implements [json.Marshaler]. Each output type has exactly the
// fields that the format requires of it.
func (o Output) MarshalJSON() ([]byte, error) {
	m := map[string]any{"output_type": o.Type}
	switch o.Type {
	case "stream":
		m["name"], m["text"] = o.Name, text(o.Text)
	case "error":
		m["ename"], m["evalue"], m["traceback"] = o.EName, o.EValue, o.Traceback
		if o.Traceback == nil {
			m["traceback"] = []string{}
		}
	default:
		data := map[string]any{}
		for k, v := range o.Data {
			data[k] = v
			if s, ok := v.(string); ok && (strings.HasPrefix(k, "text/") || k == "image/svg+xml") {
				data[k] = text(s)
			}
		}
		m["data"], m["metadata"] = data, o.Metadata
		if o.Metadata == nil {
			m["metadata"] = map[string]any{}
		}
		if o.Type == "execute_result" {
			m["execution_count"] = o.Count
		}
	}
	return marshal(m)
}

// text is a string that JSON may hold as a list of lines.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*t = ""
		return nil
	case string:
		*t = text(v)
		return nil
	case []any:
		s, err := join(v)
		*t = text(s)
		return err
	}
	return fmt.Errorf("text is %T, want a string or a list of strings", v)
}

func (t text) MarshalJSON() ([]byte, error) {
	lines := strings.SplitAfter(string(t), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		lines = []string{}
	}
	return marshal(lines)
}

func join(lines []any) (string, error) {
	var b strings.Builder
	for _, l := range lines {
		s, ok := l.(string)
		if !ok {
			return "", fmt.Errorf("a line is %T, want a string", l)
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// marshal is json.Marshal without escaping <, > and &.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(buf.Bytes()), err
}
