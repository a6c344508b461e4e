package kernel

import (
	"unicode/utf8"

	"github.com/ingot-go/ingot/kernel/wire"
)

// question is what completion and inspection ask about.
type question struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // in code points; the end if it is missing
	Detail int    `json:"detail_level"`
}

func (q *question) read(r *request) error {
	if err := decode(r, q); err != nil {
		return err
	}
	end := utf8.RuneCountInString(q.Code)
	if q.Cursor == nil || *q.Cursor > end || *q.Cursor < 0 {
		q.Cursor = &end
	}
	return nil
}

func (k *kernel) complete(r *request) (content, error) {
	var q question
	if err := q.read(r); err != nil {
		return nil, err
	}
	c := k.session.Complete(k.ctx, q.Code, *q.Cursor)
	matches := make([]string, len(c.Matches))
	types := make([]content, len(c.Matches))
	for i, m := range c.Matches {
		matches[i] = m.Text
		types[i] = content{"start": c.Start, "end": c.End, "text": m.Text, "type": m.Kind, "signature": m.Signature}
	}
	return content{
		"matches": matches, "cursor_start": c.Start, "cursor_end": c.End,
		"metadata": content{"_jupyter_types_experimental": types},
	}, nil
}

func (k *kernel) inspect(r *request) (content, error) {
	var q question
	if err := q.read(r); err != nil {
		return nil, err
	}
	i := k.session.Inspect(k.ctx, q.Code, *q.Cursor, q.Detail)
	if len(i.Data) == 0 {
		return content{"found": false, "data": content{}, "metadata": content{}}, nil
	}
	data, _ := wire.Bundle(i.Data)
	return content{"found": true, "data": data, "metadata": content{}}, nil
}

func (k *kernel) isComplete(r *request) (content, error) {
	var q question
	if err := q.read(r); err != nil {
		return nil, err
	}
	c := k.session.IsComplete(q.Code)
	reply := content{"status": c.Status}
	if c.Status == "incomplete" {
		reply["indent"] = c.Indent
	}
	return reply, nil
}
