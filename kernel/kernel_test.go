package kernel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingot-go/ingot/kernel"
	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
	"github.com/ingot-go/ingot/session/sessiontest"
)

const key = "the key"

// client is the other end of a kernel in memory. Its methods are the verbs of
// the scripts below.
type client struct {
	t      *testing.T
	pipe   *transport.Client
	signer wire.Signer
	in     [4]chan *wire.Message // by channel; closed with the connection
	sent   int
	ended  chan error
	log    logBuffer
}

func start(t *testing.T) *client {
	t.Helper()
	return startWith(t, "")
}

// startWith starts a kernel that keeps its history in a file.
func startWith(t *testing.T, history string) *client {
	t.Helper()
	s, err := wire.NewSigner("", key)
	if err != nil {
		t.Fatal(err)
	}
	conn, end := transport.Pipe()
	c := &client{t: t, pipe: end, signer: s, ended: make(chan error, 1)}
	for ch := range c.in {
		c.in[ch] = make(chan *wire.Message, 100000)
		go c.receive(transport.Channel(ch))
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c.ended <- kernel.Serve(ctx, conn, kernel.Config{Session: sessiontest.New(), Key: key, Version: "test", Log: &c.log, History: history,
			At: transport.Endpoint{Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}})
	}()
	t.Cleanup(func() { cancel(); c.waitEnd() })
	c.expect(transport.IOPub, "status starting parent:-")
	return c
}

// logBuffer is a buffer that is written to and read from at the same time.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (c *client) receive(ch transport.Channel) {
	defer close(c.in[ch])
	for {
		frames, err := c.pipe.Recv(ch)
		if err != nil {
			return
		}
		m, err := wire.Decode(c.signer, frames)
		if err != nil {
			c.t.Errorf("%s: %v", ch, err)
			return
		}
		c.in[ch] <- m
	}
}

func (c *client) waitEnd() {
	select {
	case err := <-c.ended:
		c.ended <- err
	case <-time.After(5 * time.Second):
		c.t.Error("the kernel does not end")
	}
}

// send sends a request and returns its id.
func (c *client) send(ch transport.Channel, kind, content string) string {
	c.t.Helper()
	if err := c.pipe.Send(ch, c.frames(kind, content)); err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprintf("m%d", c.sent)
}

// frames makes a request.
func (c *client) frames(kind, content string) [][]byte {
	c.sent++
	id := fmt.Sprintf("m%d", c.sent)
	h := fmt.Sprintf(`{"msg_id":%q, "msg_type":%q, "session":"client", "extra":[1, 2]}`, id, kind)
	parts := [][]byte{[]byte(h), []byte("{}"), []byte("{}"), []byte(content)}
	return append([][]byte{[]byte("client"), []byte("<IDS|MSG>"), c.signer.Sign(parts)}, parts...)
}

func (c *client) execute(code string, fields ...string) string {
	c.t.Helper()
	b, _ := json.Marshal(code)
	return c.send(transport.Shell, "execute_request", "{"+strings.Join(append([]string{`"code":` + string(b)}, fields...), ",")+"}")
}

// next is the next message of a channel.
func (c *client) next(ch transport.Channel) *wire.Message {
	c.t.Helper()
	select {
	case m, ok := <-c.in[ch]:
		if !ok {
			c.t.Fatalf("%s is closed", ch)
		}
		return m
	case <-time.After(5 * time.Second):
		c.t.Fatalf("nothing arrives on %s; log:\n%s", ch, c.log.String())
	}
	return nil
}

// expect wants the next messages of a channel, in the form of show.
func (c *client) expect(ch transport.Channel, want ...string) {
	c.t.Helper()
	for _, w := range want {
		if got := show(c.next(ch)); got != w {
			c.t.Errorf("%s:\n got  %s\n want %s", ch, got, w)
		}
	}
}

// silent wants nothing on a channel for a moment.
func (c *client) silent(ch transport.Channel) {
	c.t.Helper()
	select {
	case m := <-c.in[ch]:
		if m != nil {
			c.t.Errorf("%s: unexpected %s", ch, show(m))
		}
	case <-time.After(30 * time.Millisecond):
	}
}

// show writes a message as its type, the values of its content in the order of
// their keys, and its parent.
func show(m *wire.Message) string {
	var c map[string]any
	json.Unmarshal(m.Content, &c)
	kind := strings.TrimSuffix(m.Header.Type, "_data")
	parts := []string{m.Header.Type}
	for _, k := range slices.Sorted(maps.Keys(c)) {
		if k == "execution_state" || kind == "status" {
			parts = append(parts, fmt.Sprint(c[k]))
			continue
		}
		v, _ := json.Marshal(c[k])
		parts = append(parts, k+"="+string(v))
	}
	var parent struct {
		ID string `json:"msg_id"`
	}
	json.Unmarshal(m.Parent, &parent)
	if parent.ID == "" {
		parent.ID = "-"
	}
	return strings.Join(append(parts, "parent:"+parent.ID), " ")
}

func TestExecute(t *testing.T) {
	c := start(t)
	c.execute("print hi\nvalue 42")
	c.expect(transport.IOPub,
		"status busy parent:m1",
		`execute_input code="print hi\nvalue 42" execution_count=1 parent:m1`,
		`stream name="stdout" text="hi\n" parent:m1`,
		`execute_result data={"text/plain":"42"} execution_count=1 metadata={} parent:m1`,
		"status idle parent:m1")
	m := c.next(transport.Shell)
	if got, want := show(m), `execute_reply execution_count=1 payload=[] status="ok" user_expressions={} parent:m1`; got != want {
		t.Errorf("got %s", got)
	}
	if want := `{"msg_id":"m1", "msg_type":"execute_request", "session":"client", "extra":[1, 2]}`; string(m.Parent) != want {
		t.Errorf("parent header %s is not the request's header byte for byte", m.Parent)
	}
	var meta struct{ Started time.Time }
	if err := json.Unmarshal(m.Metadata, &meta); err != nil || time.Since(meta.Started) > time.Minute {
		t.Errorf("metadata %s: %v", m.Metadata, err)
	}
	if len(m.IDs) != 1 || string(m.IDs[0]) != "client" {
		t.Errorf("reply goes to %q", m.IDs)
	}
	if m.Header.Session == "client" || m.Header.Session == "" {
		t.Errorf("session %q is not the kernel's own", m.Header.Session)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000000Z07:00", m.Header.Date); err != nil {
		t.Error(err)
	}
}

func TestSilentAndUnstored(t *testing.T) {
	c := start(t)
	c.execute("value 1", `"silent":true`)
	c.expect(transport.IOPub, "status busy parent:m1", "status idle parent:m1")
	c.expect(transport.Shell, `execute_reply execution_count=0 payload=[] status="ok" user_expressions={} parent:m1`)
	c.execute("value 1", `"store_history":false`)
	c.expect(transport.IOPub, "status busy parent:m2",
		`execute_input code="value 1" execution_count=0 parent:m2`,
		`execute_result data={"text/plain":"1"} execution_count=0 metadata={} parent:m2`,
		"status idle parent:m2")
	c.expect(transport.Shell, `execute_reply execution_count=0 payload=[] status="ok" user_expressions={} parent:m2`)
}

func TestErrorIsPublishedOnce(t *testing.T) {
	c := start(t)
	c.execute("print a\nget x")
	tb := `["\u001b[31mTypeError\u001b[0m: undefined: x (\u001b[32mIn[1]:1:5\u001b[0m)","get x","\u001b[31m    ^\u001b[0m","  at \u001b[32mIn[1]:1:5\u001b[0m","\u001b[2mhint: set it first\u001b[0m"]`
	c.expect(transport.IOPub, "status busy parent:m1", `execute_input code="print a\nget x" execution_count=1 parent:m1`,
		`stream name="stdout" text="a\n" parent:m1`,
		`error ename="TypeError" evalue="undefined: x" traceback=`+tb+" parent:m1",
		"status idle parent:m1")
	c.expect(transport.Shell, `execute_reply ename="TypeError" evalue="undefined: x" execution_count=1 status="error" traceback=`+tb+" parent:m1")
}

func TestUserExpressions(t *testing.T) {
	c := start(t)
	c.execute("set x 3", `"user_expressions":{"a":"get x","b":"get y","c":"print nobody hears this"}`)
	c.expect(transport.IOPub, "status busy parent:m1", `execute_input code="set x 3" execution_count=1 parent:m1`, "status idle parent:m1")
	var r struct {
		Exprs map[string]struct {
			Status string
			Data   map[string]string
			Ename  string
		} `json:"user_expressions"`
	}
	json.Unmarshal(c.next(transport.Shell).Content, &r)
	if a := r.Exprs["a"]; a.Status != "ok" || a.Data["text/plain"] != "3" {
		t.Errorf("a: %+v", a)
	}
	for _, k := range []string{"b", "c"} {
		if e := r.Exprs[k]; e.Status != "error" || e.Ename != "TypeError" {
			t.Errorf("%s: %+v", k, e)
		}
	}
}

func TestStopOnErrorAbortsWhatWaits(t *testing.T) {
	c := start(t)
	c.execute("sleep 50\nfail now")
	c.execute("value 2")
	c.send(transport.Shell, "history_request", `{"hist_access_type":"tail","n":1}`)
	c.execute("value 3")
	for _, want := range []string{"error", "aborted", "ok", "aborted"} {
		var r struct{ Status string }
		m := c.next(transport.Shell)
		if json.Unmarshal(m.Content, &r); r.Status != want {
			t.Errorf("%s, want %s", show(m), want)
		}
	}
	c.execute("value 4")
	c.expect(transport.Shell, `execute_reply execution_count=2 payload=[] status="ok" user_expressions={} parent:m5`)
	c.execute("sleep 50\nfail now", `"stop_on_error":false`)
	c.execute("value 5")
	c.next(transport.Shell)
	c.expect(transport.Shell, `execute_reply execution_count=4 payload=[] status="ok" user_expressions={} parent:m7`)
}

func TestDisplays(t *testing.T) {
	c := start(t)
	c.execute("print a\nshow one\nupdate two\nwipe\nbadmime\npng")
	c.expect(transport.IOPub, "status busy parent:m1", `execute_input code="print a\nshow one\nupdate two\nwipe\nbadmime\npng" execution_count=1 parent:m1`,
		`stream name="stdout" text="a\n" parent:m1`,
		`display_data data={"text/html":"\u003cb\u003eone\u003c/b\u003e","text/plain":"one"} metadata={} transient={"display_id":"d1"} parent:m1`,
		`update_display_data data={"text/html":"\u003cb\u003etwo\u003c/b\u003e","text/plain":"two"} metadata={} transient={"display_id":"d1"} parent:m1`,
		`clear_output wait=true parent:m1`,
		`stream name="stderr" text="display: \"no type\" is not a MIME type\n" parent:m1`,
		`display_data data={"text/plain":"\u003c\u003e"} metadata={} transient={} parent:m1`,
		`execute_result data={"image/png":"iVBORwD/","text/plain":"picture"} execution_count=1 metadata={"image/png":{"width":3}} parent:m1`,
		"status idle parent:m1")
}

func TestPayloads(t *testing.T) {
	c := start(t)
	c.execute("help text", `"store_history":false`)
	c.expect(transport.Shell, `execute_reply execution_count=0 payload=[{"data":{"text/plain":"text"},"source":"page","start":0}] status="ok" user_expressions={} parent:m1`)
	c.execute("load x := 1", `"store_history":false`)
	c.expect(transport.Shell, `execute_reply execution_count=0 payload=[{"replace":true,"source":"set_next_input","text":"x := 1"}] status="ok" user_expressions={} parent:m2`)
	c.silent(transport.Shell)
	for range 6 {
		if m := c.next(transport.IOPub); m.Header.Type == "execute_result" {
			t.Errorf("help is shown as a result: %s", show(m))
		}
	}
}

func TestNaNIsNull(t *testing.T) {
	c := start(t)
	c.execute("nan")
	c.next(transport.IOPub)
	c.next(transport.IOPub)
	c.expect(transport.IOPub, `execute_result data={"application/json":{"x":null},"text/plain":"NaN"} execution_count=1 metadata={} parent:m1`)
}

func TestStreamsKeepOrderAndCharacters(t *testing.T) {
	c := start(t)
	c.execute(`raw "a\xc3"` + "\n" + `raw "\xa9b"` + "\neprint err\n" + `raw "\xe2\x82"` + "\nsleep 80\n" + `raw "\xac!"` + "\n" + `raw "\xff\xe2"`)
	c.next(transport.IOPub)
	c.next(transport.IOPub)
	c.expect(transport.IOPub,
		`stream name="stdout" text="aéb" parent:m1`,
		`stream name="stderr" text="err\n" parent:m1`,
		`stream name="stdout" text="€!�" parent:m1`,
		`stream name="stdout" text="�" parent:m1`,
		"status idle parent:m1")
}

func TestBurstIsBatched(t *testing.T) {
	c := start(t)
	c.execute("burst 100000")
	var text strings.Builder
	messages := 0
	for {
		m := c.next(transport.IOPub)
		if m.Header.Type == "status" && strings.Contains(string(m.Content), "idle") {
			break
		}
		var s struct{ Text string }
		if json.Unmarshal(m.Content, &s); m.Header.Type == "stream" {
			messages++
			text.WriteString(s.Text)
		}
	}
	if n := strings.Count(text.String(), "\n"); n != 100000 || !strings.HasSuffix(text.String(), "99999\n") {
		t.Errorf("%d of 100000 lines arrived", n)
	}
	if messages > 200 {
		t.Errorf("%d messages", messages)
	}
}

func TestLateOutputHasItsParent(t *testing.T) {
	c := start(t)
	c.execute("late news")
	c.next(transport.Shell)
	c.execute("sleep 200")
	for {
		if m := c.next(transport.IOPub); m.Header.Type == "stream" {
			if got := show(m); got != `stream name="stdout" text="news\n" parent:m1` {
				t.Error(got)
			}
			return
		}
	}
}

func TestInput(t *testing.T) {
	c := start(t)
	c.execute("print before\ninput name?", `"allow_stdin":true`)
	m := c.next(transport.Stdin)
	if got := show(m); got != `input_request password=false prompt="name?" parent:m1` || string(m.IDs[0]) != "client" {
		t.Errorf("%s to %q", got, m.IDs)
	}
	c.send(transport.Stdin, "input_reply", `{"value":"Ada"}`)
	c.expect(transport.Shell, `execute_reply execution_count=1 payload=[] status="ok" user_expressions={} parent:m1`)
	c.send(transport.Stdin, "input_reply", `{"value":"stale"}`)
	time.Sleep(20 * time.Millisecond)
	c.execute("input again", `"allow_stdin":true`)
	c.next(transport.Stdin)
	c.send(transport.Stdin, "input_reply", "{\"value\":\"\\u0004\"}")
	c.next(transport.Shell)
	c.execute("input never", `"allow_stdin":true`)
	c.next(transport.Stdin)
	c.send(transport.Control, "interrupt_request", "{}")
	if m := c.next(transport.Shell); !strings.Contains(string(m.Content), "Interrupted") {
		t.Error(show(m))
	}
	c.execute("input nobody")
	if m := c.next(transport.Shell); !strings.Contains(string(m.Content), "nobody to ask") {
		t.Error(show(m))
	}
	var results []string
	for len(c.in[transport.IOPub]) > 0 {
		if m := c.next(transport.IOPub); m.Header.Type == "execute_result" {
			results = append(results, show(m))
		}
	}
	if got := strings.Join(results, " "); !strings.Contains(got, "Ada") || !strings.Contains(got, "end of file") || strings.Contains(got, "stale") {
		t.Errorf("results: %s", got)
	}
}

func TestWhileACellRuns(t *testing.T) {
	c := start(t)
	c.execute("sleep 60000")
	c.next(transport.IOPub)
	c.next(transport.IOPub)
	ask := func(ch transport.Channel, kind, content, want string) {
		t.Helper()
		id := c.send(ch, kind, content)
		c.expect(ch, want+" parent:"+id)
		c.expect(transport.IOPub, "status busy parent:"+id, "status idle parent:"+id)
	}
	ask(transport.Shell, "complete_request", `{"code":"é prin", "cursor_pos":6}`,
		`complete_reply cursor_end=6 cursor_start=2 matches=["print"] metadata={"_jupyter_types_experimental":[{"end":6,"signature":"()","start":2,"text":"print","type":"function"}]} status="ok"`)
	ask(transport.Shell, "complete_request", `{"code":"zzz"}`,
		`complete_reply cursor_end=3 cursor_start=0 matches=[] metadata={"_jupyter_types_experimental":[]} status="ok"`)
	ask(transport.Shell, "inspect_request", `{"code":"print", "cursor_pos":2, "detail_level":1}`,
		`inspect_reply data={"text/plain":"print is a word (detail 1)"} found=true metadata={} status="ok"`)
	ask(transport.Shell, "inspect_request", `{"code":"nothing", "cursor_pos":99}`,
		`inspect_reply data={} found=false metadata={} status="ok"`)
	ask(transport.Shell, "is_complete_request", `{"code":"x\\"}`, `is_complete_reply indent="\t" status="incomplete"`)
	ask(transport.Shell, "is_complete_request", `{"code":"x"}`, `is_complete_reply status="complete"`)
	ask(transport.Shell, "comm_info_request", `{}`, `comm_info_reply comms={} status="ok"`)
	for _, ch := range []transport.Channel{transport.Shell, transport.Control} {
		id := c.send(ch, "kernel_info_request", "{}")
		m := c.next(ch)
		for _, want := range []string{`"protocol_version":"5.5"`, `"mimetype":"text/x-go"`, `"file_extension":".go"`, `"implementation_version":"test"`, `"status":"ok"`} {
			if !strings.Contains(string(m.Content), want) {
				t.Errorf("%s is missing in %s", want, m.Content)
			}
		}
		c.expect(transport.IOPub, "status busy parent:"+id, "status idle parent:"+id)
	}
	begin := time.Now()
	id := c.send(transport.Control, "interrupt_request", "{}")
	c.expect(transport.Control, `interrupt_reply status="ok" parent:`+id)
	if m := c.next(transport.Shell); !strings.Contains(string(m.Content), `"ename":"Interrupted"`) {
		t.Error(show(m))
	}
	if d := time.Since(begin); d > 200*time.Millisecond {
		t.Errorf("the interrupt took %v", d)
	}
}

func TestHistory(t *testing.T) {
	c := start(t)
	c.run("value a/b", "print x", "value a/b")
	c.execute("value secret", `"store_history":false`)
	c.next(transport.Shell)
	for _, q := range []struct{ ask, want string }{
		{`{"hist_access_type":"tail","n":2,"output":false}`, `[[1,2,"print x"],[1,3,"value a/b"]]`},
		{`{"hist_access_type":"tail","n":1,"output":true}`, `[[1,3,["value a/b","a/b"]]]`},
		{`{"hist_access_type":"range","session":0,"start":1,"stop":3}`, `[[1,1,"value a/b"],[1,2,"print x"]]`},
		{`{"hist_access_type":"range","session":7,"start":1,"stop":3}`, `[]`},
		{`{"hist_access_type":"search","pattern":"val*b"}`, `[[1,1,"value a/b"],[1,3,"value a/b"]]`},
		{`{"hist_access_type":"search","pattern":"*","unique":true}`, `[[1,2,"print x"],[1,3,"value a/b"]]`},
		{`{"hist_access_type":"search","pattern":"*","n":1}`, `[[1,3,"value a/b"]]`},
	} {
		c.history(q.ask, q.want)
	}
}

func TestComms(t *testing.T) {
	c := start(t)
	comms := func(target, want string) {
		t.Helper()
		id := c.send(transport.Shell, "comm_info_request", target)
		c.expect(transport.Shell, "comm_info_reply comms="+want+` status="ok" parent:`+id)
		c.expect(transport.IOPub, "status busy parent:"+id, "status idle parent:"+id)
	}
	c.send(transport.Shell, "comm_open", `{"comm_id":"u1","target_name":"nobody","data":{}}`)
	c.expect(transport.IOPub, "status busy parent:m1", `comm_close comm_id="u1" data={} parent:m1`, "status idle parent:m1")
	comms("{}", "{}")
	c.send(transport.Shell, "comm_open", `{"comm_id":"u2","target_name":"echo","data":{}}`)
	c.expect(transport.IOPub, "status busy parent:m3", "status idle parent:m3")
	c.send(transport.Shell, "comm_msg", `{"comm_id":"u2","data":{"a":[1]}}`)
	c.expect(transport.IOPub, "status busy parent:m4", `comm_msg comm_id="u2" data={"a":[1]} parent:m4`, "status idle parent:m4")
	c.send(transport.Shell, "comm_msg", `{"comm_id":"u2"}`)
	c.expect(transport.IOPub, "status busy parent:m5", `stream name="stderr" text="\u001b[31mPanic\u001b[0m: no data\n" parent:m5`, "status idle parent:m5")
	c.execute("open my.target", `"silent":true`)
	c.expect(transport.IOPub, "status busy parent:m6")
	m := c.next(transport.IOPub)
	if got := show(m); got != `comm_open comm_id="k1" data={"v":null} target_name="my.target" parent:m6` ||
		string(m.Metadata) != `{"version":"2.1.0"}` || len(m.Buffers) != 1 || len(m.Buffers[0]) != 2 {
		t.Errorf("%s, metadata %s, buffers %v", got, m.Metadata, m.Buffers)
	}
	c.expect(transport.IOPub, "status idle parent:m6")
	c.next(transport.Shell)
	comms("{}", `{"k1":{"target_name":"my.target"},"u2":{"target_name":"echo"}}`)
	comms(`{"target_name":"echo"}`, `{"u2":{"target_name":"echo"}}`)
	c.send(transport.Shell, "comm_close", `{"comm_id":"u2","data":{}}`)
	c.expect(transport.IOPub, "status busy parent:m9", "status idle parent:m9")
	c.execute("die out of memory", `"silent":true`) // and the channel with it
	c.expect(transport.IOPub, "status busy parent:m10", `comm_close comm_id="k1" data={} parent:m10`)
	for c.next(transport.IOPub).Header.Type != "status" {
	}
	c.next(transport.Shell)
	comms("{}", "{}")
}

// debug sends a command and returns the body of its response.
func (c *client) debug(command, arguments string) (body map[string]any, message string) {
	c.t.Helper()
	id := c.send(transport.Control, "debug_request", fmt.Sprintf(`{"type":"request","seq":7,"command":%q,"arguments":%s}`, command, arguments))
	m := c.next(transport.Control)
	var r struct {
		Type, Command, Message string
		Seq                    int `json:"request_seq"`
		Success                bool
		Body                   map[string]any
	}
	if err := json.Unmarshal(m.Content, &r); err != nil || r.Type != "response" || r.Command != command || r.Seq != 7 || r.Success != (r.Message == "") {
		c.t.Errorf("%s: %s, %v", command, m.Content, err)
	}
	c.expect(transport.IOPub, "status busy parent:"+id, "status idle parent:"+id)
	return r.Body, r.Message
}

func TestVariablePanel(t *testing.T) {
	c := start(t)
	c.execute("set x 3\nset w array", `"silent":true`)
	c.next(transport.IOPub)
	c.next(transport.IOPub)
	for _, q := range []struct{ command, arguments, want string }{
		{"inspectVariables", "null", `{"variables":[` +
			`{"evaluateName":"w","name":"w","type":"*mlx.Array (2,3) float32","value":"(2,3) float32","variablesReference":1},` +
			`{"evaluateName":"x","name":"x","type":"string","value":"3","variablesReference":0}]}`},
		{"variables", `{"variablesReference":1}`, `{"variables":[` +
			`{"name":"shape","type":"[]int","value":"(2,3)","variablesReference":0},` +
			`{"name":"dtype","type":"mlx.Dtype","value":"float32","variablesReference":0},` +
			`{"name":"device","type":"string","value":"cpu","variablesReference":0},` +
			`{"name":"bytes","type":"int","value":"24","variablesReference":0}]}`},
		{"variables", `{"variablesReference":9}`, "no variable has reference 9; the list has 2"},
		{"richInspectVariables", `{"variableName":"x"}`, `{"data":{"text/plain":"3"},"metadata":{}}`},
		{"richInspectVariables", `{"variableName":"fail()"}`, `no variable is called "fail()"`},
		{"setBreakpoints", `{"breakpoints":[{"line":4}]}`, `{"breakpoints":[{"line":4,"message":"Ingot has no debugger that stops cells yet","verified":false}]}`},
		{"evaluate", `{}`, "evaluate is not supported: Ingot has no debugger that stops cells yet"},
	} {
		body, message := c.debug(q.command, q.arguments)
		b, _ := json.Marshal(body)
		if got := string(b); message != q.want && got != q.want {
			t.Errorf("%s %s:\n got  %s %s\n want %s", q.command, q.arguments, got, message, q.want)
		}
	}
	for _, want := range []bool{false, true, false} {
		if body, _ := c.debug("debugInfo", "{}"); body["isStarted"] != want || body["hashMethod"] != "Murmur2" {
			t.Errorf("debugInfo %v, want started %v", body, want)
		}
		c.debug(map[bool]string{false: "attach", true: "disconnect"}[want], "{}")
	}
	if body, _ := c.debug("dumpCell", `{"code":"x := 1\nx"}`); !strings.HasSuffix(fmt.Sprint(body["sourcePath"]), "/1941970703.go") {
		t.Errorf("dumpCell %v", body)
	}
}

// The panel is answered while a cell runs; what needs an evaluation waits.
func TestVariablePanelDuringACell(t *testing.T) {
	c := start(t)
	c.execute("set x 3\nsleep 100", `"silent":true`)
	c.next(transport.IOPub)
	rich := c.send(transport.Control, "debug_request", `{"seq":1,"command":"richInspectVariables","arguments":{"variableName":"x"}}`)
	info := c.send(transport.Control, "debug_request", `{"seq":1,"command":"inspectVariables"}`)
	for _, want := range []string{info, rich} {
		if m := c.next(transport.Control); !strings.HasSuffix(show(m), "parent:"+want) {
			t.Errorf("%s, want the answer to %s", show(m), want)
		}
	}
}

func TestUsageAndPorts(t *testing.T) {
	c := start(t)
	c.send(transport.Control, "usage_request", "{}")
	var u struct {
		PID    int                              `json:"pid"`
		CPUs   int                              `json:"cpu_count"`
		Memory int64                            `json:"kernel_memory"`
		CPU    *float64                         `json:"kernel_cpu"`
		Host   struct{ Total, Available int64 } `json:"host_virtual_memory"`
	}
	if err := json.Unmarshal(c.next(transport.Control).Content, &u); err != nil || u.PID != os.Getpid() || u.CPUs < 1 {
		t.Errorf("%+v, %v", u, err)
	}
	if runtime.GOOS == "linux" && (u.Memory < 1<<20 || u.CPU == nil || u.Host.Total < u.Host.Available || u.Host.Available == 0) {
		t.Errorf("%+v", u)
	}
	c.send(transport.Shell, "connect_request", "{}")
	c.expect(transport.Shell, `connect_reply control_port=2 hb_port=5 iopub_port=4 shell_port=1 status="ok" stdin_port=3 parent:m2`)
}

func TestWelcome(t *testing.T) {
	c := start(t)
	c.pipe.Subscribe("")
	c.expect(transport.IOPub, `iopub_welcome subscription="" parent:-`)
	c.pipe.Subscribe("kernel.x")
	m := c.next(transport.IOPub)
	if show(m) != `iopub_welcome subscription="kernel.x" parent:-` || string(m.IDs[0]) != "kernel.x" {
		t.Errorf("%s with topic %q", show(m), m.IDs)
	}
}

func TestShutdown(t *testing.T) {
	c := start(t)
	c.execute("sleep 60000")
	c.next(transport.IOPub)
	c.next(transport.IOPub)
	c.send(transport.Control, "shutdown_request", `{"restart":true}`)
	c.expect(transport.Control, `shutdown_reply restart=true status="ok" parent:m2`)
	c.expect(transport.IOPub, "status busy parent:m2", `shutdown_reply restart=true status="ok" parent:m2`, "status idle parent:m2")
	begin := time.Now()
	c.waitEnd()
	if d := time.Since(begin); d > 500*time.Millisecond {
		t.Errorf("the kernel took %v to end", d)
	}
}

func TestBadMessagesAreDroppedAndNamed(t *testing.T) {
	c := start(t)
	for _, frames := range [][][]byte{
		{},
		{[]byte("client")},
		{[]byte("<IDS|MSG>")},
		{[]byte("client"), []byte("<IDS|MSG>"), []byte("0000"), []byte(`{"msg_type":"execute_request"}`), []byte("{}"), []byte("{}"), []byte("{}")},
	} {
		for _, ch := range []transport.Channel{transport.Shell, transport.Control, transport.Stdin} {
			c.pipe.Send(ch, frames)
		}
	}
	replay := c.frames("execute_request", `{"code":"value 1"}`)
	c.pipe.Send(transport.Shell, replay)
	c.next(transport.Shell)
	c.pipe.Send(transport.Shell, replay)
	c.pipe.Send(transport.Control, replay)
	c.send(transport.Shell, "no_such_request", `{}`)
	c.send(transport.Shell, "execute_request", `{"code":42}`)
	if m := c.next(transport.Shell); !strings.Contains(string(m.Content), "BadRequest") || !strings.Contains(string(m.Content), "code") {
		t.Error(show(m))
	}
	c.send(transport.Shell, "execute_request", `{}`)
	c.expect(transport.Shell, `execute_reply execution_count=2 payload=[] status="ok" user_expressions={} parent:m4`)
	for _, want := range []string{"delimiter", "signature", "used before", "dropped, the 14. so far", `"no_such_request" is not known`} {
		for deadline := time.Now().Add(5 * time.Second); !strings.Contains(c.log.String(), want); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%q is missing in the log:\n%s", want, c.log.String())
			}
		}
	}
}

// A sink may be left waiting by its session; that must not block later cells.
func TestInputLeftBehind(t *testing.T) {
	c := start(t)
	c.execute("inputlater who?", `"allow_stdin":true`)
	c.next(transport.Stdin)
	c.next(transport.Shell)
	c.execute("input next", `"allow_stdin":true`)
	c.expect(transport.Stdin, `input_request password=false prompt="next" parent:m2`)
	c.send(transport.Stdin, "input_reply", `{"value":"x"}`)
	c.expect(transport.Shell, `execute_reply execution_count=2 payload=[] status="ok" user_expressions={} parent:m2`)
}

// A cell that the client sent along with the failed one may arrive after the
// error, but before the client has seen the reply.
func TestStopOnErrorWaitsForWhatIsUnderWay(t *testing.T) {
	c := start(t)
	c.execute("fail now")
	for c.next(transport.IOPub).Header.Type != "error" {
	}
	c.execute("value 2")
	c.next(transport.Shell)
	c.expect(transport.Shell, `execute_reply execution_count=1 status="aborted" parent:m2`)
}
