package kernel_test

import (
	"context"
	"fmt"

	"github.com/ingot-go/ingot/kernel"
	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
	"github.com/ingot-go/ingot/session/sessiontest"
)

// A kernel without sockets, and a client that asks it to leave.
func ExampleServe() {
	conn, client := transport.Pipe()
	var unsigned wire.Signer
	ask := wire.Encode(unsigned, &wire.Message{
		IDs: [][]byte{[]byte("me")}, Header: wire.Header{ID: "1", Type: "shutdown_request"}, Content: []byte(`{"restart":false}`),
	})
	client.Send(transport.Control, ask)
	err := kernel.Serve(context.Background(), conn, kernel.Config{Session: sessiontest.New()})
	frames, _ := client.Recv(transport.Control)
	reply, _ := wire.Decode(unsigned, frames)
	fmt.Println(reply.Header.Type, string(reply.Content), err)
	// Output: shutdown_reply {"restart":false,"status":"ok"} <nil>
}
