#!/usr/bin/env python3
"""The figures that the kernel has to reach, beside ipykernel where a peer makes
sense, in one run.

usage: figures.py [--only REGEX] [--quick]

Prints one line a figure: what was measured, of ipykernel too, the limit, and
whether it holds. With --quick everything that is counted is a tenth. The exit
status is 1 if a figure is missed.
"""
import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time

import zmq
from jupyter_client.manager import KernelManager

from kernels import CELL, idle, receive, start, stop

US, PEER = os.environ.get("INGOT_KERNEL", "ingot"), "python3"
SCALE = 1


class Subscriber(threading.Thread):
    """Counts what a kernel publishes, without the cost of parsing headers."""

    def __init__(self, km):
        super().__init__(daemon=True)
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.socket.rcvhwm = 0
        self.socket.connect(f"tcp://{km.ip}:{km.iopub_port}")
        self.socket.subscribe(b"")
        self.messages = self.text = 0
        self.idles, self.ended = set(), False
        self.start()

    def run(self):
        while not self.ended:
            if not self.socket.poll(100):
                continue
            frames = self.socket.recv_multipart()
            at = frames.index(b"<IDS|MSG>")
            kind = json.loads(frames[at + 2])["msg_type"]
            if kind == "stream":
                self.text += len(json.loads(frames[at + 5])["text"])
            elif kind == "display_data":
                self.messages += 1
            elif kind == "status" and b"idle" in frames[at + 5]:
                self.idles.add(json.loads(frames[at + 3]).get("msg_id"))
        self.socket.close(linger=0)

    def wait_idle(self, msg_id, limit=120):
        deadline = time.monotonic() + limit
        while msg_id not in self.idles:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True


def tree(pid):
    """A process and its descendants."""
    kids = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [p for k in kids for p in tree(int(k))]


def memory(km, field):
    """MB of all processes of a kernel: VmRSS now, VmHWM at the most."""
    total = 0
    for pid in tree(km.provisioner.process.pid):
        with open(f"/proc/{pid}/status") as f:
            total += int(re.search(field + r":\s+(\d+)", f.read()).group(1))
    return total / 1024


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


class Running:
    """A kernel for the length of a with."""

    def __init__(self, name):
        self.km, self.kc, *_ = start(name)

    def __enter__(self):
        return self.km, self.kc

    def __exit__(self, *_):
        stop(self.km, self.kc)


# Figures with a peer: a function of the kernel's name.

def requests(share):
    def measure(names):
        kernels = {n: Running(n) for n in names}
        times = {n: [] for n in names}
        for _ in range(max(3, 40 // SCALE)):
            for n, k in kernels.items():
                idle(k.kc, CELL)
                times[n] += [idle(k.kc, CELL) for _ in range(30)]
        for k in kernels.values():
            stop(k.km, k.kc)
        return {n: 1000 * percentile(t, share) for n, t in times.items()}
    return measure


def starts(names):
    times = {n: [] for n in names}
    for _ in range(7):
        for n in names:
            km, kc, took, _ = start(n)
            times[n].append(1000 * took)
            stop(km, kc)
    return {n: statistics.median(t) for n, t in times.items()}


def restart(names):
    times = {n: [] for n in names}
    for n in names:
        with Running(n) as (km, kc):
            for _ in range(5):
                begin = time.perf_counter()
                km.restart_kernel(now=True)
                while True:  # as start does
                    kc.kernel_info()
                    if kc.shell_channel.socket.poll(50):
                        receive(kc.shell_channel)
                        break
                times[n].append(1000 * (time.perf_counter() - begin))
                time.sleep(0.2)
                while kc.shell_channel.socket.poll(50):
                    receive(kc.shell_channel)
    return {n: statistics.median(t) for n, t in times.items()}


def rss(names):
    out = {}
    for n in names:
        with Running(n) as (km, kc):
            idle(kc, CELL)
            out[n] = memory(km, "VmRSS")
    return out


SMALL = {
    US: "for range %d { display.Show(display.Text(\"0123456789\")) }",
    PEER: "p = get_ipython().display_pub.publish\nfor _ in range(%d): p({'text/plain': '0123456789'})",
}


def small_messages(names):
    out, count = {}, 20000 // SCALE
    for n in names:
        with Running(n) as (km, kc):
            s = Subscriber(km)
            time.sleep(0.3)
            begin = time.perf_counter()
            s.wait_idle(kc.execute(SMALL[n] % count))
            out[n] = s.messages / (time.perf_counter() - begin)
            s.ended = True
    return out


# Figures of ours alone.

def print_much(share):
    def measure(_):
        lines = 100000 // SCALE
        with Running(US) as (km, kc):
            s = Subscriber(km)
            time.sleep(0.3)
            done = s.wait_idle(kc.execute(f's := strings.Repeat("x", 9999) + "\\n"\nfor range {lines} {{ os.Stdout.WriteString(s) }}'), 300)
            s.ended = True
            return {US: 100 * s.text / (lines * 10000) if share and done else memory(km, "VmHWM") if done else -1}
    return measure


def flood(_):
    """Seconds from the interrupt of endless output to idle."""
    with Running(US) as (km, kc):
        s = Subscriber(km)
        time.sleep(0.3)
        msg_id = kc.execute('s := strings.Repeat("x", 999) + "\\n"\nfor { fmt.Print(s) }')
        time.sleep(2)
        begin = time.perf_counter()
        km.interrupt_kernel()
        ok = s.wait_idle(msg_id, 30)
        s.ended = True
        return {US: time.perf_counter() - begin if ok else 30}


def last_words(_):
    """Of runs that print, reply and are shut down at once, how many lost something."""
    lost, runs = 0, 200 // SCALE
    for _ in range(runs):
        km = KernelManager(kernel_name=US)
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        kc.wait_for_ready(timeout=30)
        s = Subscriber(km)
        time.sleep(0.05)
        msg_id = kc.execute('for i := range 5000 { fmt.Println(i) }\nfmt.Print("the end")')
        while receive(kc.shell_channel)["parent_header"].get("msg_id") != msg_id:
            pass
        kc.shutdown()
        km.provisioner.process.wait(timeout=10)
        want = sum(len(str(i)) + 1 for i in range(5000)) + len("the end")
        s.wait_idle(msg_id, 1)
        lost += s.text != want or msg_id not in s.idles
        s.ended = True
        kc.stop_channels()
        km.cleanup_connection_file()
    return {US: lost}


SPIN = "for range 400 { go func() { for { } }() }\ntime.Sleep(time.Hour)"


def control(_):
    """Milliseconds that kernel_info takes on control while 400 goroutines spin."""
    with Running(US) as (km, kc):
        kc.execute(SPIN)
        time.sleep(1)
        times = []
        for _ in range(300):
            begin = time.perf_counter()
            kc.control_channel.send(kc.session.msg("kernel_info_request", {}))
            receive(kc.control_channel)
            times.append(1000 * (time.perf_counter() - begin))
            time.sleep(0.01)
        return {US: percentile(times, 0.99)}


def rebirth(_):
    """Milliseconds from the error of a cell that killed its worker to the end of the next cell."""
    times = []
    with Running(US) as (km, kc):
        for _ in range(10):
            idle(kc, "var mu sync.Mutex\nmu.Unlock()")
            times.append(1000 * idle(kc, CELL))
    return {US: max(times)}


def heartbeat(_):
    """Milliseconds that a heartbeat takes while 400 goroutines spin."""
    with Running(US) as (km, kc):
        kc.execute(SPIN)
        time.sleep(1)
        hb = zmq.Context.instance().socket(zmq.REQ)
        hb.connect(f"tcp://{km.ip}:{km.hb_port}")
        times = []
        for _ in range(300):
            begin = time.perf_counter()
            hb.send(b"ping")
            if not hb.poll(10000):
                return {US: 10000}
            hb.recv()
            times.append(1000 * (time.perf_counter() - begin))
            time.sleep(0.01)
        hb.close(linger=0)
        return {US: percentile(times, 0.99)}


def many_clients(_):
    """Of 50 clients with 20 requests each, how many were not answered."""
    with Running(US) as (km, kc):
        missing, clients = [], []
        for _ in range(50):
            c = km.client()
            c.session = type(kc.session)(key=kc.session.key)
            c.start_channels(iopub=False, stdin=False, hb=False, control=False)
            clients.append(c)

        def work(c):
            ids = {c.execute(f"{i} * 2", store_history=False) for i in range(20)}
            while ids and c.shell_channel.socket.poll(30000):
                ids.discard(receive(c.shell_channel)["parent_header"].get("msg_id"))
            missing.append(len(ids))

        threads = [threading.Thread(target=work, args=(c,)) for c in clients]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for c in clients:
            c.stop_channels()
        return {US: sum(missing)}


KILLED = """
import sys, time, zmq
from jupyter_client import BlockingKernelClient
kc = BlockingKernelClient(connection_file=sys.argv[1])
kc.load_connection_file()
kc.start_channels()
for _ in range(int(sys.argv[2])):
    import os
    if os.fork() == 0:
        c = zmq.Context()
        socks = []
        for kind, port in ((zmq.DEALER, kc.shell_port), (zmq.SUB, kc.iopub_port), (zmq.DEALER, kc.control_port), (zmq.REQ, kc.hb_port)):
            s = c.socket(kind)
            s.connect(f"tcp://{kc.ip}:{port}")
            if kind == zmq.SUB:
                s.subscribe(b"")
            socks.append(s)
        msg = kc.session.msg("execute_request", {"code": "for i := range 50 { fmt.Println(i); time.Sleep(time.Millisecond) }"})
        kc.session.send(socks[0], msg)
        socks[1].poll(1000)
        os.kill(os.getpid(), 9)
    os.wait()
"""


def killed_clients(_):
    """Descriptors that clients left behind who were killed within a request."""
    with Running(US) as (km, kc):
        idle(kc, CELL)
        pid = km.provisioner.process.pid
        count = lambda: len(os.listdir(f"/proc/{pid}/fd"))
        before = count()
        subprocess.run([sys.executable, "-c", KILLED, km.connection_file, str(200 // SCALE)], check=True)
        idle(kc, CELL)
        deadline = time.monotonic() + 5
        while count() > before and time.monotonic() < deadline:
            time.sleep(0.05)
        return {US: max(0, count() - before)}


RATIO, MOST, LEAST = "ratio ≤", "≤", "≥"
FIGURES = [  # name, unit, function, kind of limit, limit
    ("request to idle, p50", "ms", requests(0.5), RATIO, 0.12),
    ("request to idle, p99", "ms", requests(0.99), RATIO, 0.2),
    ("start to ready", "ms", starts, RATIO, 0.6),
    ("restart", "ms", restart, RATIO, 0.5),
    ("small iopub messages", "1/s", small_messages, "ratio ≥", 10),
    ("memory after start", "MB", rss, RATIO, 1.0),
    ("1 GB printed, arrived", "%", print_much(True), LEAST, 100),
    ("1 GB printed, memory at most", "MB", print_much(False), MOST, 200),
    ("interrupt of endless output", "s", flood, MOST, 2),
    ("runs that lost their last words", "", last_words, MOST, 0),
    ("heartbeat p99, 400 goroutines spin", "ms", heartbeat, MOST, 50),
    ("control p99, 400 goroutines spin", "ms", control, MOST, 50),
    ("next cell after a death", "ms", rebirth, MOST, 300),
    ("requests of 50 clients unanswered", "", many_clients, MOST, 0),
    ("descriptors of killed clients", "", killed_clients, MOST, 0),
]


def main():
    global SCALE
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--only", default=".")
    p.add_argument("--quick", action="store_true")
    a = p.parse_args()
    SCALE = 10 if a.quick else 1
    missed = 0
    print(f"{'figure':<36} {'ingot':>9} {'ipykernel':>9} {'ratio':>6}  limit")
    for name, unit, measure, kind, limit in FIGURES:
        if not re.search(a.only, name):
            continue
        ratio = kind.startswith("ratio")
        got = measure([US, PEER] if ratio else [US])
        value = got[US] / got[PEER] if ratio else got[US]
        ok = value >= limit if kind.endswith(LEAST) else value <= limit
        missed += not ok
        peer = f"{got[PEER]:9.4g} {value:6.2f}" if ratio else " " * 16
        print(f"{name + ', ' + unit if unit else name:<36} {got[US]:9.4g} {peer}  {kind} {limit} {'' if ok else 'MISSED'}", flush=True)
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
