package display_test

import (
	"fmt"
	"testing"

	"github.com/ingot-go/ingot/display"
)

func comms(r *record) (list []string) {
	for _, e := range r.events {
		m := e.(display.Comm)
		list = append(list, fmt.Sprint(m.Type, " ", m.Content["target_name"], " ", m.Content["data"], " ", m.Metadata, " ", len(m.Buffers)))
	}
	r.events = nil
	return list
}

func TestChannelOpenedHere(t *testing.T) {
	r := use(t)
	c := display.OpenMessage("widget", display.Message{Data: map[string]any{"a": 1}, Metadata: map[string]any{"version": "2.1.0"}})
	var got []any
	c.OnMessage(func(m display.Message) { got = append(got, m.Data["v"], len(m.Buffers)); c.Send(m.Data, m.Buffers...) })
	c.OnClose(func(display.Message) { got = append(got, "closed") })
	deliver := func(kind string) {
		display.Deliver(display.Comm{Type: kind, Content: map[string]any{"comm_id": c.ID(), "data": map[string]any{"v": 2}}, Buffers: [][]byte{{1}}})
	}
	deliver("comm_msg")
	deliver("comm_close")
	deliver("comm_msg") // to nobody
	c.Send(nil)
	c.Close()
	if s := fmt.Sprint(got); s != "[2 1 closed]" {
		t.Errorf("callbacks saw %s", s)
	}
	if s := fmt.Sprint(comms(r)); s != "[comm_open widget map[a:1] map[version:2.1.0] 0 comm_msg <nil> map[v:2] map[] 1]" {
		t.Errorf("sent %s", s)
	}
}

func TestChannelOpenedThere(t *testing.T) {
	r := use(t)
	t.Cleanup(display.ResetChannels)
	open := func(id string) {
		display.Deliver(display.Comm{Type: "comm_open", Content: map[string]any{"comm_id": id, "target_name": "echo"}})
	}
	open("early")
	display.Accept("echo", func(c *display.Channel, _ display.Message) {
		c.OnMessage(func(display.Message) { c.Close() })
	})
	open("id")
	display.Deliver(display.Comm{Type: "comm_msg", Content: map[string]any{"comm_id": "id"}})
	display.Accept("echo", nil)
	open("late")
	if s := fmt.Sprint(comms(r)); s != "[comm_close <nil> map[] map[] 0 comm_close <nil> map[] map[] 0 comm_close <nil> map[] map[] 0]" {
		t.Errorf("sent %s", s)
	}
}
