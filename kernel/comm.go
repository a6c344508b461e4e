package kernel

import (
	"encoding/json"
	"maps"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/kernel/transport"
)

// comm hands a message of a channel to the session, in order with cells. The
// kernel itself knows only which channels are open.
func (k *kernel) comm(r *request) (content, error) {
	m := display.Comm{Type: r.Header.Type, Buffers: r.Buffers}
	if err := decode(r, &m.Content); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.Metadata, &m.Metadata); err != nil {
		return nil, err
	}
	out := newOutput(k, r, false)
	k.noteComm(m)
	if e := k.session.Comm(k.ctx, m, out); e != nil {
		for _, line := range e.Traceback() {
			out.Emit(display.Stream{Name: "stderr", Text: line + "\n"})
		}
	}
	out.finish()
	return nil, nil
}

// noteComm keeps the list of open channels up to date with what either side says.
func (k *kernel) noteComm(m display.Comm) {
	id, _ := m.Content["comm_id"].(string)
	target, _ := m.Content["target_name"].(string)
	k.state.update(func(s *stateFields) {
		switch m.Type {
		case "comm_open":
			s.comms[id] = target
		case "comm_close":
			delete(s.comms, id)
		}
	})
}

// comm publishes a message of a channel to the front end.
func (o *output) comm(m display.Comm) {
	o.k.noteComm(m)
	topic := [][]byte{[]byte("kernel." + o.k.id + "." + m.Type)}
	o.k.send(transport.IOPub, topic, o.parent, m.Type, m.Content, m.Metadata, m.Buffers...)
}

// closeComms tells the front end that the other end of its channels is gone.
func (o *output) closeComms() {
	var open map[string]string
	o.k.state.update(func(s *stateFields) { open = maps.Clone(s.comms) })
	for id := range open {
		o.comm(display.Comm{Type: "comm_close", Content: map[string]any{"comm_id": id, "data": content{}}})
	}
}

// commInfo lists the open channels, all or those of one target.
func (k *kernel) commInfo(r *request) (content, error) {
	var q struct {
		Target string `json:"target_name"`
	}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	list := content{}
	k.state.update(func(s *stateFields) {
		for id, target := range s.comms {
			if q.Target == "" || q.Target == target {
				list[id] = content{"target_name": target}
			}
		}
	})
	return content{"comms": list}, nil
}
