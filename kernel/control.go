package kernel

import "github.com/ingot-go/ingot/kernel/transport"

// interrupt stops the running cell; the reply does not wait for that. Some
// clients send it on the shell channel.
func (k *kernel) interrupt(*request) (content, error) {
	k.session.Interrupt()
	return nil, nil
}

// shutdown ends the kernel when its reply is sent. All clients hear of it, and
// whether a new kernel will follow.
func (k *kernel) shutdown(r *request) (content, error) {
	var q struct {
		Restart bool `json:"restart"`
	}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	reply := content{"status": "ok", "restart": q.Restart}
	topic := [][]byte{[]byte("kernel." + k.id + ".shutdown")}
	k.send(transport.IOPub, topic, r.RawHeader, "shutdown_reply", reply, nil)
	r.after = k.stop
	return reply, nil
}
