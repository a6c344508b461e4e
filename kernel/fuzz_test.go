package kernel_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/ingot-go/ingot/kernel"
	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
	"github.com/ingot-go/ingot/session/sessiontest"
)

// FuzzRequests sends well-signed requests with contents of any kind. Whatever
// they say, the kernel answers the next question.
func FuzzRequests(f *testing.F) {
	for _, s := range []struct{ kind, content, metadata string }{
		{"execute_request", `{"code":"value 1","user_expressions":{"a":"get x"}}`, `{"cellId":"c"}`},
		{"execute_request", `{"code":1,"silent":"x"}`, `{"cellId":[]}`},
		{"complete_request", `{"code":"é pri","cursor_pos":-3}`, `{}`},
		{"inspect_request", `{"code":"print","cursor_pos":1e99}`, `{}`},
		{"is_complete_request", `{"code":null}`, `{}`},
		{"history_request", `{"hist_access_type":"search","pattern":"[","n":-1,"session":-9}`, `{}`},
		{"history_request", `{"hist_access_type":"range","start":9,"stop":-9}`, `{}`},
		{"comm_open", `{"comm_id":7,"target_name":{}}`, `{"version":1}`},
		{"comm_msg", `{"comm_id":"k1","data":[]}`, `{}`},
		{"debug_request", `{"seq":-1,"command":"variables","arguments":{"variablesReference":-7}}`, `{}`},
		{"debug_request", `{"command":"dumpCell","arguments":[]}`, `{}`},
		{"interrupt_request", `{}`, `{}`},
		{"usage_request", `{"x":1}`, `{}`},
	} {
		f.Add(s.kind, []byte(s.content), []byte(s.metadata), false)
	}
	signer, err := wire.NewSigner("", key)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind string, content, metadata []byte, control bool) {
		if kind == "shutdown_request" {
			return
		}
		conn, end := transport.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			kernel.Serve(t.Context(), conn, kernel.Config{Session: sessiontest.New(), Key: key})
		}()
		ch := transport.Shell
		if control {
			ch = transport.Control
		}
		header, _ := json.Marshal(map[string]string{"msg_id": "1", "msg_type": kind})
		end.Send(ch, signed(signer, header, metadata, content))
		end.Send(transport.Control, signed(signer, []byte(`{"msg_id":"2","msg_type":"shutdown_request"}`), []byte("{}"), []byte("{}")))
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatalf("%s %s: the kernel hangs", kind, content)
		}
	})
}

func signed(s wire.Signer, header, metadata, content []byte) [][]byte {
	parts := [][]byte{header, []byte("{}"), metadata, content}
	return append([][]byte{[]byte("client"), []byte("<IDS|MSG>"), s.Sign(parts)}, parts...)
}
