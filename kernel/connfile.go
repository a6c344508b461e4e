package kernel

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/ingot-go/ingot/kernel/transport"
)

// ConnectionFile is what a client writes for a kernel that it starts.
type ConnectionFile struct {
	Transport       string `json:"transport"` // tcp (also when empty) or ipc
	IP              string `json:"ip"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	ShellPort       port   `json:"shell_port"`
	IOPubPort       port   `json:"iopub_port"`
	StdinPort       port   `json:"stdin_port"`
	ControlPort     port   `json:"control_port"`
	HBPort          port   `json:"hb_port"`
	CurvePublic     string `json:"curve_publickey"` // with CurveSecret: connections are encrypted
	CurveSecret     string `json:"curve_secretkey"`

	curve *transport.CurveKeys
}

// port accepts a number and, as some clients write, a string.
type port int

func (p *port) UnmarshalJSON(b []byte) error {
	s := string(b)
	if u, err := strconv.Unquote(s); err == nil {
		s = u
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("%s is not a port", b)
	}
	*p = port(n)
	return nil
}

// errOpen says why an address is refused.
const errOpen = "ip %s can be reached from other machines, and what clients and kernel say would not be encrypted: " +
	"use 127.0.0.1, or CURVE keys, or allow it with ingot kernel --allow-remote"

// checkAddress refuses an address that others than this machine can reach.
func (f *ConnectionFile) checkAddress() error {
	if f.Transport != "tcp" || f.IP == "localhost" || f.curve != nil {
		return nil
	}
	if ip := net.ParseIP(f.IP); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf(errOpen, f.IP)
	}
	return nil
}

// ReadConnectionFile reads and checks a connection file. Errors name the file
// and the key at fault.
func ReadConnectionFile(path string) (ConnectionFile, error) {
	var f ConnectionFile
	b, err := os.ReadFile(path)
	if err != nil {
		return f, fmt.Errorf("connection file: %w", err)
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return f, fmt.Errorf("connection file %s: %w", path, err)
	}
	if err := f.check(); err != nil {
		return f, fmt.Errorf("connection file %s: %w", path, err)
	}
	return f, nil
}

func (f *ConnectionFile) check() error {
	if f.Transport == "" {
		f.Transport = "tcp"
	}
	if f.Transport != "tcp" && f.Transport != "ipc" {
		return fmt.Errorf("transport %q is neither tcp nor ipc", f.Transport)
	}
	if f.IP == "" {
		return fmt.Errorf("ip is missing")
	}
	if f.CurvePublic != "" || f.CurveSecret != "" {
		var err error
		if f.curve, err = transport.ParseCurveKeys(f.CurvePublic, f.CurveSecret); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		key string
		n   port
	}{
		{"shell_port", f.ShellPort}, {"iopub_port", f.IOPubPort}, {"stdin_port", f.StdinPort},
		{"control_port", f.ControlPort}, {"hb_port", f.HBPort},
	} {
		if p.n < 1 || f.Transport == "tcp" && p.n > 65535 {
			return fmt.Errorf("%s is missing or out of range: %d", p.key, p.n)
		}
	}
	return nil
}

// Endpoint says where the sockets of the file are.
func (f ConnectionFile) Endpoint() transport.Endpoint {
	return transport.Endpoint{
		Transport: f.Transport, IP: f.IP,
		Shell: int(f.ShellPort), Control: int(f.ControlPort), Stdin: int(f.StdinPort),
		IOPub: int(f.IOPubPort), Heartbeat: int(f.HBPort), Curve: f.curve,
	}
}
