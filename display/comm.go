package display

import (
	"maps"
	"sync"
)

// Channel is a line between a cell and code of the front end that knows the
// same target, such as a widget: a comm of the Jupyter protocol. Either side
// may open it.
//
//	c := display.Open("my.slider", map[string]any{"value": 3})
//	c.OnMessage(func(m display.Message) { fmt.Println("now", m.Data["value"]) })
//	c.Send(map[string]any{"value": 4})
//
// What a callback prints or shows appears where the front end's message came
// from. Messages are delivered one at a time, between cells.
type Channel struct {
	id, target string

	mu        sync.Mutex
	onMessage func(Message)
	onClose   func(Message)
	closed    bool
}

// Message is what one side of a channel tells the other.
type Message struct {
	Data     map[string]any // JSON: strings, float64, bool, nil, maps and slices of these
	Metadata map[string]any
	Buffers  [][]byte
}

// channels are those that are open, and the targets that the front end may open.
var channels = struct {
	sync.Mutex
	open    map[string]*Channel
	targets map[string]func(*Channel, Message)
}{open: map[string]*Channel{}, targets: map[string]func(*Channel, Message){}}

// Open opens a channel to the front end's target.
func Open(target string, data map[string]any, buffers ...[]byte) *Channel {
	return OpenMessage(target, Message{Data: data, Buffers: buffers})
}

// OpenMessage is Open for targets that also want metadata, such as the version
// of a widget protocol.
func OpenMessage(target string, m Message) *Channel {
	c := &Channel{id: newID(), target: target}
	channels.Lock()
	channels.open[c.id] = c
	channels.Unlock()
	c.emit("comm_open", m)
	return c
}

// Accept lets the front end open channels to target; open is called with each,
// and with what came along. A nil open refuses them again.
func Accept(target string, open func(c *Channel, m Message)) {
	channels.Lock()
	defer channels.Unlock()
	if open == nil {
		delete(channels.targets, target)
		return
	}
	channels.targets[target] = open
}

// ID names the channel in the protocol.
func (c *Channel) ID() string { return c.id }

// OnMessage says what to do with messages of the front end.
func (c *Channel) OnMessage(f func(Message)) { c.set(&c.onMessage, f) }

// OnClose says what to do when the front end closes the channel.
func (c *Channel) OnClose(f func(Message)) { c.set(&c.onClose, f) }

func (c *Channel) set(at *func(Message), f func(Message)) {
	c.mu.Lock()
	*at = f
	c.mu.Unlock()
}

// Send sends a message to the front end. After Close it does nothing.
func (c *Channel) Send(data map[string]any, buffers ...[]byte) {
	if !c.isClosed() {
		c.emit("comm_msg", Message{Data: data, Buffers: buffers})
	}
}

// Close ends the channel for both sides.
func (c *Channel) Close() {
	if c.forget() {
		c.emit("comm_close", Message{})
	}
}

func (c *Channel) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// forget closes this side and tells whether it was open.
func (c *Channel) forget() bool {
	c.mu.Lock()
	was := !c.closed
	c.closed = true
	c.mu.Unlock()
	channels.Lock()
	delete(channels.open, c.id)
	channels.Unlock()
	return was
}

func (c *Channel) emit(kind string, m Message) {
	content := map[string]any{"comm_id": c.id, "data": m.Data}
	if m.Data == nil {
		content["data"] = map[string]any{}
	}
	if kind == "comm_open" {
		content["target_name"] = c.target
	}
	current().Emit(Comm{Type: kind, Content: content, Metadata: maps.Clone(m.Metadata), Buffers: m.Buffers})
}

// Deliver hands a message of the front end to the channel that it is for. A
// session calls it, within the cell that callbacks shall find themselves in. A
// channel to a target that nobody accepts is closed again.
func Deliver(m Comm) {
	id, _ := m.Content["comm_id"].(string)
	data, _ := m.Content["data"].(map[string]any)
	msg := Message{Data: data, Metadata: m.Metadata, Buffers: m.Buffers}
	if m.Type == "comm_open" {
		accept(id, m.Content, msg)
		return
	}
	channels.Lock()
	c := channels.open[id]
	channels.Unlock()
	if c == nil {
		return // closed meanwhile
	}
	c.mu.Lock()
	f := c.onMessage
	if m.Type == "comm_close" {
		f = c.onClose
	}
	c.mu.Unlock()
	if m.Type == "comm_close" {
		c.forget()
	}
	if f != nil {
		f(msg)
	}
}

// accept opens a channel that the front end asks for.
func accept(id string, content map[string]any, m Message) {
	target, _ := content["target_name"].(string)
	c := &Channel{id: id, target: target}
	channels.Lock()
	open := channels.targets[target]
	if open != nil {
		channels.open[id] = c
	}
	channels.Unlock()
	if open == nil {
		c.emit("comm_close", Message{})
		return
	}
	open(c, m)
}

// ResetChannels forgets all channels and targets, as a new process would. A
// session calls it when it forgets its names.
func ResetChannels() {
	channels.Lock()
	defer channels.Unlock()
	clear(channels.open)
	clear(channels.targets)
}
