#!/usr/bin/env python3
"""Time the kernel beside ipykernel, in interleaved rounds, through one client.

usage: kernels.py [--runs N] [--starts N] [--only REGEX] [--kernels ingot,python3]

Prints one JSON line per workload and kernel: {"workload", "peer", "median_s",
"min_s", "runs", "version"}. kernel_idle is the time from an execute request of a trivial
cell to its idle; kernel_start is from the start of the process to the first
answer to kernel_info with the output channel up; kernel_first is from there to
the end of the first cell, so that work put off at the start does not hide.
"""
import argparse
import importlib.metadata
import json
import queue
import re
import statistics
import sys
import time

from jupyter_client.manager import KernelManager

PEERS = {"python3": "ipykernel"}
CELL = "6 * 7"  # the same text for all kernels
ROUND = 30  # requests in a row to one kernel


def receive(channel):
    """The next message, without the event loop of jupyter_client's own getters,
    which costs more than the kernel does."""
    if not channel.socket.poll(30000):
        sys.exit("kernels.py: a kernel does not answer")
    _, message = channel.session.recv(channel.socket, mode=0)
    return message


def idle(kc, code):
    """Run a cell and wait for its idle and its reply."""
    begin = time.perf_counter()
    msg_id = kc.execute(code, store_history=False)
    while True:
        m = receive(kc.iopub_channel)
        if m["parent_header"].get("msg_id") == msg_id and m["content"].get("execution_state") == "idle":
            break
    took = time.perf_counter() - begin
    while receive(kc.shell_channel)["parent_header"].get("msg_id") != msg_id:
        pass
    return took


def start(name):
    """A kernel that is ready, and how long that took."""
    begin = time.perf_counter()
    km = KernelManager(kernel_name=name)
    km.start_kernel()
    kc = km.client()
    kc.start_channels()
    while True:  # a question that came before the output channel was up is asked again
        kc.kernel_info()
        while True:
            try:
                m = kc.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                break
            if m["parent_header"].get("msg_id") and m["content"].get("execution_state") == "idle":
                version = kc.get_shell_msg(timeout=30)["content"]["implementation_version"]
                if name in PEERS:
                    version = importlib.metadata.version(PEERS[name])
                return km, kc, time.perf_counter() - begin, version


def stop(km, kc):
    kc.stop_channels()
    km.shutdown_kernel(now=True)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--runs", type=int, default=300)
    p.add_argument("--starts", type=int, default=7)
    p.add_argument("--only", default=".")
    p.add_argument("--kernels", default="ingot,python3")
    a = p.parse_args()
    names = a.kernels.split(",")
    wanted = [w for w in ("kernel_start", "kernel_first", "kernel_idle") if re.search(a.only, w)]
    times, versions = {}, {}

    def note(workload, name, seconds):
        if workload in wanted:
            times.setdefault((workload, name), []).append(seconds)

    if {"kernel_start", "kernel_first"} & set(wanted):
        for _ in range(a.starts):
            for name in names:
                km, kc, took, versions[name] = start(name)
                note("kernel_start", name, took)
                note("kernel_first", name, idle(kc, CELL))
                stop(km, kc)
    if "kernel_idle" in wanted:
        kernels = {name: start(name) for name in names}
        for name, (_, kc, _, versions[name]) in kernels.items():
            for _ in range(20):
                idle(kc, CELL)
        for _ in range(-(-a.runs // ROUND)):
            for name, (_, kc, *_) in kernels.items():
                idle(kc, CELL)  # while the other kernel still tidies up
                for _ in range(ROUND):
                    note("kernel_idle", name, idle(kc, CELL))
        for km, kc, *_ in kernels.values():
            stop(km, kc)
    for (workload, name), t in times.items():
        print(json.dumps({
            "workload": workload, "peer": PEERS.get(name, name), "median_s": statistics.median(t),
            "min_s": min(t), "runs": len(t), "version": versions[name],
        }))


if __name__ == "__main__":
    main()
