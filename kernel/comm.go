package kernel

import (
	"encoding/json"

	"github.com/ingot-go/ingot/kernel/transport"
)

// No comm targets exist, so there are no comms either.

func (k *kernel) commInfo(*request) (content, error) { return content{"comms": content{}}, nil }

// commOpen closes what a client opens, as the protocol demands for a target
// that the kernel does not know.
func (k *kernel) commOpen(r *request) (content, error) {
	var q struct {
		ID json.RawMessage `json:"comm_id"`
	}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	topic := [][]byte{[]byte("kernel." + k.id + ".comm_close")}
	k.send(transport.IOPub, topic, r.RawHeader, "comm_close", content{"comm_id": q.ID, "data": content{}}, nil)
	return nil, nil
}

// commIgnore takes messages to comms that were closed.
func (k *kernel) commIgnore(*request) (content, error) { return nil, nil }
