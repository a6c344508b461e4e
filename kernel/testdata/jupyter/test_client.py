"""What jupyter_kernel_test does not ask of a kernel, asked through jupyter_client.

usage: python test_client.py
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import psutil
import zmq
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager, start_new_kernel
from jupyter_client.session import Session

KERNEL = os.environ.get("INGOT_KERNEL", "ingot")
TIMEOUT = 15
LOOP = "for {\n}"


class Kernel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=KERNEL)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel(now=True)

    def run_cell(self, code, **options):
        """Run a cell to its end: the content of its reply and its outputs."""
        return self.outcome(self.kc.execute(code, **options))

    def outcome(self, msg_id):
        reply = self.reply_to(msg_id)
        outputs = []
        while True:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
                return reply["content"], outputs
            outputs.append(m)

    def reply_to(self, msg_id, get=None):
        while True:
            m = (get or self.kc.get_shell_msg)(timeout=TIMEOUT)
            if m["parent_header"].get("msg_id") == msg_id:
                return m

    def wait_for_input_of(self, msg_id):
        """Wait until the cell runs."""
        while True:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if m["msg_type"] == "execute_input" and m["parent_header"]["msg_id"] == msg_id:
                time.sleep(0.1)
                return

    def value(self, code):
        reply, outputs = self.run_cell(code)
        self.assertEqual(reply["status"], "ok", reply)
        return [o["content"]["data"]["text/plain"] for o in outputs if o["msg_type"] == "execute_result"]

    def stopped(self, stop):
        """Run an endless loop, stop it, and return how long that took."""
        self.value("kept := 7\nkept")
        msg_id = self.kc.execute(LOOP)
        self.wait_for_input_of(msg_id)
        begin = time.monotonic()
        stop()
        reply = self.reply_to(msg_id)
        took = time.monotonic() - begin
        self.assertEqual((reply["content"]["status"], reply["content"]["ename"]), ("error", "Interrupted"))
        self.assertEqual(self.value("kept"), ["7"], "the interrupt lost a variable")
        return took

    def test_interrupt_by_message(self):
        self.assertLess(self.stopped(self.km.interrupt_kernel), 0.2)

    def test_interrupt_by_signal(self):
        if sys.platform == "win32":
            self.skipTest("Windows has no SIGINT for processes")
        self.assertLess(self.stopped(lambda: self.km.provisioner.process.send_signal(signal.SIGINT)), 0.2)

    def test_interrupt_on_shell(self):
        def send():
            self.kc.shell_channel.send(self.kc.session.msg("interrupt_request", {}))
        self.assertLess(self.stopped(send), 0.2)

    def test_interrupt_when_idle_is_harmless(self):
        self.km.interrupt_kernel()
        self.assertEqual(self.value("1 + 1"), ["2"])

    def test_stop_on_error(self):
        ids = [self.kc.execute(c) for c in ('import "time"\ntime.Sleep(100*time.Millisecond)\npanic("no")', "1", "2")]
        self.assertEqual([self.reply_to(i)["content"]["status"] for i in ids], ["error", "aborted", "aborted"])
        self.assertEqual(self.value("3"), ["3"])
        ids = [self.kc.execute(c, stop_on_error=False) for c in ("undefinedName", "1")]
        self.assertEqual([self.reply_to(i)["content"]["status"] for i in ids], ["error", "ok"])

    def test_questions_while_busy(self):
        msg_id = self.kc.execute(LOOP)
        self.wait_for_input_of(msg_id)
        try:
            for name, ask in (
                ("complete", lambda: self.kc.complete("strings.ToUpp")),
                ("inspect", lambda: self.kc.inspect("strings.ToUpper")),
                ("is_complete", lambda: self.kc.is_complete("x")),
                ("kernel_info", self.kc.kernel_info),
            ):
                begin = time.monotonic()
                reply = self.reply_to(ask())
                self.assertLess(time.monotonic() - begin, 0.1, name)
                self.assertEqual(reply["msg_type"], name + "_reply")
            self.assertTrue(self.kc.is_alive())
            control = self.kc.session.msg("kernel_info_request", {})
            self.kc.control_channel.send(control)
            self.assertEqual(self.reply_to(control["header"]["msg_id"], self.kc.get_control_msg)["content"]["status"], "ok")
        finally:
            self.km.interrupt_kernel()
            self.reply_to(msg_id)

    def test_completion_counts_code_points(self):
        code = '"𝒳é"; strings.ToUpp'
        reply = self.reply_to(self.kc.complete(code, len(code)))["content"]
        self.assertIn("ToUpper", reply["matches"])
        self.assertEqual(code[reply["cursor_start"]:reply["cursor_end"]], "ToUpp")
        types = reply["metadata"]["_jupyter_types_experimental"]
        self.assertEqual(types[reply["matches"].index("ToUpper")]["type"], "function")

    def test_stdin(self):
        code = 'import "fmt"\nvar name string\nfmt.Scanln(&name)\nname'
        msg_id = self.kc.execute(code, allow_stdin=True)
        self.kc.get_stdin_msg(timeout=TIMEOUT)
        self.kc.input("Ada")
        _, outputs = self.outcome(msg_id)
        self.assertEqual([o["content"]["data"]["text/plain"] for o in outputs if o["msg_type"] == "execute_result"], ['"Ada"'])

    def test_ways_to_ask(self):
        for code, answer, want in (
            ('s, err := bufio.NewReader(os.Stdin).ReadString(10)\nfmt.Sprint(s, err)', "one two", '"one two\\n<nil>"'),
            ('var a, b int\nfmt.Print("two numbers: ")\nfmt.Scan(&a, &b)\na * b', "6 7", "42"),
            ('sc := bufio.NewScanner(os.Stdin)\nok := sc.Scan()\nfmt.Sprint(ok, sc.Text())', "\x04", '"false"'),
            ('w, err := display.Password("word? ")\nfmt.Sprint(w, err)', "secret", '"secret<nil>"'),
            ('_, err = display.Input("")\nerr.Error()', "\x04", '"EOF"'),
        ):
            msg_id = self.kc.execute(code, allow_stdin=True)
            question = self.kc.get_stdin_msg(timeout=TIMEOUT)["content"]
            self.assertEqual(question["password"], "Password" in code)
            self.kc.input(answer)
            _, outputs = self.outcome(msg_id)
            self.assertEqual([o["content"]["data"]["text/plain"] for o in outputs if o["msg_type"] == "execute_result"], [want], code)

    def test_interrupted_input(self):
        msg_id = self.kc.execute('import "fmt"\nvar word string\nfmt.Scanln(&word)', allow_stdin=True)
        self.kc.get_stdin_msg(timeout=TIMEOUT)
        self.km.interrupt_kernel()
        self.assertEqual(self.reply_to(msg_id)["content"]["ename"], "Interrupted")

    def test_one_error_with_place(self):
        reply, outputs = self.run_cell("a := 1\nb := a + undefinedName\nb")
        errors = [o for o in outputs if o["msg_type"] == "error"]
        self.assertEqual(len(errors), 1)
        text = "\n".join(reply["traceback"])
        self.assertIn("b := a + undefinedName", text)
        self.assertIn("^", text)
        self.assertIn(":2:10", text)
        self.assertEqual(errors[0]["content"]["traceback"], reply["traceback"])

    def test_user_expressions(self):
        self.value("u := 3\nu")
        reply, _ = self.run_cell("u++", user_expressions={"good": "u * 2", "bad": "undefinedName"})
        self.assertEqual(reply["user_expressions"]["good"]["data"]["text/plain"], "8")
        self.assertEqual(reply["user_expressions"]["bad"]["status"], "error")

    def test_output_is_complete_and_batched(self):
        _, outputs = self.run_cell('import "fmt"\nfor i := 0; i < 20000; i++ { fmt.Println(i) }')
        streams = [o["content"]["text"] for o in outputs if o["msg_type"] == "stream"]
        self.assertEqual("".join(streams), "".join(f"{i}\n" for i in range(20000)))
        self.assertLess(len(streams), 100)

    def test_worker_death_is_told(self):
        self.value("lost := 1\nlost")
        reply, _ = self.run_cell("var mu sync.Mutex\nmu.Unlock()")
        self.assertEqual(reply["ename"], "WorkerDied")
        self.assertIn("unlock of unlocked mutex", reply["evalue"])
        self.assertIn("all variables are lost", reply["evalue"])
        self.assertEqual(self.value("2 + 2"), ["4"])
        self.assertEqual(self.run_cell("lost")[0]["ename"], "TypeError")

    def test_goroutine_panic_costs_one_cell(self):
        self.value("still := 1\nstill")
        reply, _ = self.run_cell('go func() { panic("in a goroutine") }()\ntime.Sleep(time.Second)')
        self.assertEqual(reply["status"], "error")
        self.assertIn("in a goroutine", reply["evalue"])
        self.assertEqual(self.value("still"), ["1"])

    def test_os_exit_costs_one_cell(self):
        reply, _ = self.run_cell('import "os"\nos.Exit(3)')
        self.assertEqual(reply["status"], "error")
        self.assertEqual(self.value("2 + 2"), ["4"])

    def test_huge_allocation_costs_one_cell(self):
        reply, _ = self.run_cell("n := 1 << 42\nb := make([]byte, n)\nlen(b)")
        self.assertEqual(reply["status"], "error")
        self.assertEqual(self.value("2 + 2"), ["4"])

    def test_malformed_messages(self):
        """No bytes may end the kernel or keep it from answering."""
        s = self.kc.session
        parts = [json.dumps(x).encode() for x in ({"msg_type": "execute_request", "msg_id": "x"}, {}, {}, {"code": "evil := 1"})]
        info = self.km.get_connection_info()
        context = zmq.Context()
        for port in ("shell_port", "control_port", "stdin_port"):
            socket = context.socket(zmq.DEALER)
            socket.connect(f"tcp://{info['ip']}:{info[port]}")
            for frames in (
                [b""], [b"x"], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"sig"],
                [b"<IDS|MSG>", b"0" * 64, *parts],
                [b"<IDS|MSG>", s.sign([b"not json", *parts[1:]]), b"not json", *parts[1:]],
                [b"<IDS|MSG>", s.sign([*parts[:3], b"[1]"]), *parts[:3], b"[1]"],
            ):
                socket.send_multipart(frames)
            socket.close(linger=1000)
        context.term()
        self.assertEqual(self.value("6 * 7"), ["42"])
        reply, _ = self.run_cell("evil")
        self.assertEqual(reply["status"], "error", "a message with a wrong signature was run")
        msg = s.msg("execute_request", {"code": 42})
        self.kc.shell_channel.send(msg)
        self.assertIn("code", self.reply_to(msg["header"]["msg_id"])["content"]["evalue"])

    def test_unknown_comm_is_closed(self):
        msg = self.kc.session.msg("comm_open", {"comm_id": "c1", "target_name": "nothing", "data": {}})
        self.kc.shell_channel.send(msg)
        while True:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if m["msg_type"] == "comm_close":
                self.assertEqual(m["content"]["comm_id"], "c1")
                return

    def shown(self, code):
        """The data of what a cell shows or returns."""
        reply, outputs = self.run_cell(code)
        self.assertEqual(reply["status"], "ok", reply)
        return [o["content"]["data"] for o in outputs if "data" in o["content"]]

    def test_values_of_cells_show_themselves(self):
        self.run_cell("""type Reading struct { Place string; Value float64; note int }
            func (r Reading) HTML() string { return "<i>" + r.Place + "</i>" }
            func (r Reading) PNG() []byte { return []byte{1, 2} }
            type row struct { A int; B string }""")
        self.assertEqual(self.shown('Reading{"here", 1, 2}'),
                         [{"text/html": "<i>here</i>", "image/png": "AQI=", "text/plain": "{here 1 2}"}])
        data, = self.shown('display.Show([]row{{1, "<b>"}, {2, ""}})')
        self.assertIn("<th>A</th><th>B</th></tr></thead><tbody><tr><th>0</th><td>1</td><td>&lt;b&gt;</td></tr>", data["text/html"])
        self.assertEqual(data["text/plain"], "[{1 <b>} {2 }]")
        data, = self.shown("big := make([]row, 1000000)\nbig[999999].A = 7\ndisplay.Show(big)")
        self.assertIn("<tr><th>999999</th><td>7</td>", data["text/html"])
        self.assertLess(len(data["text/html"] + data["text/plain"]), 120000)
        data, = self.shown('map[string]row{"k": {1, "x"}}')
        self.assertIn("<tr><th>k</th><td>1</td><td>x</td></tr>", data["text/html"])
        data, = self.shown("self := make([]any, 1)\nself[0] = self\nself")
        self.assertEqual(data, {"text/plain": "<[]any that contains itself>"})
        data, = self.shown("display.Picture(mlx.Zeros(2, 3))")
        self.assertTrue(data["image/png"].startswith("iVBOR"))

    def test_array_that_cannot_be_evaluated_fails_its_cell(self):
        self.value("bad := mlx.Arange(3).Take(mlx.New([]int32{7}))\n1")
        reply, outputs = self.run_cell("bad")
        self.assertEqual((reply["status"], reply["ename"]), ("error", "ArrayError"), reply)
        self.assertFalse([o for o in outputs if o["msg_type"] == "execute_result"])

    def control(self, kind, content):
        msg = self.kc.session.msg(kind, content)
        self.kc.control_channel.send(msg)
        return self.reply_to(msg["header"]["msg_id"], self.kc.get_control_msg)["content"]

    def debug(self, command, **arguments):
        reply = self.control("debug_request", {"type": "request", "seq": 3, "command": command, "arguments": arguments})
        self.assertTrue(reply["success"], reply)
        return reply["body"]

    def test_variable_panel(self):
        self.value("panel := mlx.Ones(3, 4)\nword := \"<b>\"\npanel.NDim()")
        found = {v["name"]: v for v in self.debug("inspectVariables")["variables"]}
        self.assertEqual((found["word"]["type"], found["word"]["value"]), ("string", '"<b>"'))
        array = found["panel"]
        self.assertEqual((array["type"], array["value"]), ("*mlx.Array (3,4) float32", "(3,4) float32"))
        parts = self.debug("variables", variablesReference=array["variablesReference"])["variables"]
        self.assertEqual({p["name"]: p["value"] for p in parts},
                         {"shape": "(3,4)", "dtype": "float32", "device": "cpu", "bytes": "48"})
        self.assertIn("text/plain", self.debug("richInspectVariables", variableName="panel")["data"])

    def test_usage_counts_the_worker(self):
        usage = self.control("usage_request", {})
        self.assertGreater(usage["kernel_memory"], 30 << 20)

    def test_late_output_belongs_to_its_cell(self):
        """Also while another cell runs and prints."""
        late = self.kc.execute('go func() { time.Sleep(200*time.Millisecond); fmt.Println("late") }()')
        other = self.kc.execute('for range 8 { time.Sleep(50*time.Millisecond); fmt.Println("other") }')
        parents = set()
        while True:
            m = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if m["msg_type"] == "stream":
                for word in m["content"]["text"].split():
                    parents.add((word, m["parent_header"]["msg_id"]))
            if m["content"].get("execution_state") == "idle" and m["parent_header"]["msg_id"] == other:
                break
        self.assertEqual(parents, {("late", late), ("other", other)})

    def test_header_comes_back_whole(self):
        msg = self.kc.session.msg("kernel_info_request", {})
        msg["header"]["mine"] = {"nested": [1, {"deep": None}], "π": 1.50}
        self.kc.shell_channel.send(msg)
        self.assertEqual(self.reply_to(msg["header"]["msg_id"])["parent_header"]["mine"], msg["header"]["mine"])

    def test_inspection_at_both_levels(self):
        self.value("// half halves.\nfunc half(n int) int { return n / 2 }\nhalf(4)")
        brief, full = (self.reply_to(self.kc.inspect("half", 2, detail_level=n))["content"]["data"]["text/plain"] for n in (0, 1))
        self.assertIn("func half(n int) int", brief)
        self.assertIn("return n / 2", full)
        self.assertNotIn("return", brief)

    def test_comm_of_a_cell(self):
        self.run_cell("""display.Accept("echo", func(c *display.Channel, m display.Message) {
            c.OnMessage(func(m display.Message) {
                fmt.Println("heard", m.Data["n"])
                c.Send(map[string]any{"twice": 2 * m.Data["n"].(float64)}, m.Buffers...)
            })
            c.OnClose(func(display.Message) { panic("bye") })
        })""")
        def send(kind, content, buffers=()):
            msg = self.kc.session.msg(kind, {"comm_id": "e1", "data": {}, **content})
            self.kc.session.send(self.kc.shell_channel.socket, msg, buffers=list(buffers))
            outputs = []
            while True:
                m = self.kc.get_iopub_msg(timeout=TIMEOUT)
                if m["parent_header"].get("msg_id") == msg["header"]["msg_id"]:
                    if m["content"].get("execution_state") == "idle":
                        return outputs
                    outputs.append(m)
        send("comm_open", {"target_name": "echo"})
        self.assertEqual(self.reply_to(self.kc.comm_info())["content"]["comms"], {"e1": {"target_name": "echo"}})
        _, said, reply = send("comm_msg", {"data": {"n": 21}}, [b"blob"])
        self.assertEqual(said["content"]["text"], "heard 21\n")
        self.assertEqual((reply["content"]["data"], [bytes(b) for b in reply["buffers"]]), ({"twice": 42}, [b"blob"]))
        self.assertIn("Panic", send("comm_close", {})[1]["content"]["text"])
        self.assertEqual(self.reply_to(self.kc.comm_info())["content"]["comms"], {})

    def test_welcome(self):
        info = self.km.get_connection_info()
        context = zmq.Context()
        socket = context.socket(zmq.SUB)
        socket.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
        socket.subscribe(b"")
        self.assertTrue(socket.poll(TIMEOUT * 1000), "no iopub_welcome")
        session = Session(key=self.kc.session.key)  # the client's own refuses to see a message twice
        _, frames = session.feed_identities(socket.recv_multipart())
        self.assertEqual(session.deserialize(frames)["msg_type"], "iopub_welcome")
        socket.close()
        context.term()


class Life(unittest.TestCase):
    def test_restart_and_shutdown(self):
        km, kc = start_new_kernel(kernel_name=KERNEL)
        try:
            kc.execute_interactive("x := 1", output_hook=lambda m: None)
            before = kc.kernel_info(reply=True)["header"]["session"]
            begin = time.monotonic()
            km.restart_kernel()
            kc.wait_for_ready(timeout=TIMEOUT)
            self.assertLess(time.monotonic() - begin, 3)
            self.assertNotEqual(kc.kernel_info(reply=True)["header"]["session"], before)
            reply = kc.execute_interactive("x", output_hook=lambda m: None)
            self.assertEqual(reply["content"]["status"], "error", "a variable survived the restart")
            reply = kc.execute_interactive("1", output_hook=lambda m: None)
            self.assertEqual(reply["content"]["execution_count"], 2)
            process = km.provisioner.process
            begin = time.monotonic()
            kc.shutdown(restart=False)
            process.wait(timeout=5)
            self.assertLess(time.monotonic() - begin, 2)
            self.assertEqual(process.returncode, 0)
        finally:
            kc.stop_channels()
            km.shutdown_kernel(now=True)

    def test_program_replaced_while_it_runs(self):
        """A worker of another build than the kernel's is refused, in words."""
        ingot = KernelSpecManager().get_kernel_spec(KERNEL).argv[0]
        with tempfile.TemporaryDirectory() as d:
            mine = shutil.copy(ingot, os.path.join(d, "ingot"))
            subprocess.run([mine, "install", "--prefix", d], check=True, stdout=subprocess.DEVNULL)
            km = KernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[os.path.join(d, "share/jupyter/kernels")]), kernel_name="ingot")
            km.start_kernel()
            kc = km.client()
            kc.start_channels()
            try:
                kc.wait_for_ready(timeout=TIMEOUT)
                run = lambda code: kc.execute_interactive(code, output_hook=lambda m: None, timeout=TIMEOUT)["content"]
                self.assertEqual(run("x := 1")["status"], "ok")
                shutil.copy(ingot, mine + "2")
                os.replace(mine + "2", mine)
                self.assertEqual(run("x")["status"], "ok", "the running worker is not concerned")
                self.assertEqual(run("var mu sync.Mutex\nmu.Unlock()")["ename"], "WorkerDied")
                self.assertIn("the program was replaced while it ran", run("1 + 1")["evalue"])
                km.restart_kernel()
                kc.wait_for_ready(timeout=TIMEOUT)
                self.assertEqual(run("1 + 1")["status"], "ok")
            finally:
                kc.stop_channels()
                km.shutdown_kernel(now=True)

    def test_killed_kernel_leaves_no_worker(self):
        """Not even one that computes and asks nobody."""
        km, kc = start_new_kernel(kernel_name=KERNEL)
        kc.execute("for { }")
        time.sleep(0.3)
        kernel = psutil.Process(km.provisioner.process.pid)
        worker, = kernel.children()
        kernel.kill()
        _, alive = psutil.wait_procs([worker], timeout=5)
        self.assertEqual(alive, [], "the worker outlives the kernel")
        kc.stop_channels()
        km.shutdown_kernel(now=True)

    def test_encrypted_connections(self):
        """CURVE on all sockets; a client without it hears nothing."""
        km = KernelManager(kernel_name=KERNEL, transport_encryption="required")
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        try:
            kc.wait_for_ready(timeout=TIMEOUT)
            text = []
            def hook(m):
                text.append(m["content"].get("text", ""))
            code = 'var s string\nfmt.Scanln(&s)\nfmt.Println(len(strings.Repeat(s, 100000)), strings.Repeat("x", 100000))'
            reply = kc.execute_interactive(code, output_hook=hook, stdin_hook=lambda m: kc.input("ab"), allow_stdin=True, timeout=TIMEOUT)
            self.assertEqual(reply["content"]["status"], "ok", reply)
            self.assertEqual("".join(text), "200000 " + "x" * 100000 + "\n")
            self.assertTrue(kc.is_alive())
            context = zmq.Context()
            plain = context.socket(zmq.DEALER)
            plain.connect(f"tcp://{km.ip}:{km.shell_port}")
            Session(key=km.session.key).send(plain, "kernel_info_request", {})
            self.assertFalse(plain.poll(1000), "an open client is answered")
            plain.close(linger=0)
            context.term()
        finally:
            kc.stop_channels()
            km.shutdown_kernel(now=True)

    def test_shutdown_while_busy(self):
        km, kc = start_new_kernel(kernel_name=KERNEL)
        kc.execute(LOOP)
        time.sleep(0.3)
        begin = time.monotonic()
        kc.stop_channels()
        km.shutdown_kernel()
        self.assertLess(time.monotonic() - begin, 3)

    def test_dies_with_its_parent(self):
        """A client that is killed leaves no kernel behind."""
        if sys.platform == "win32":
            self.skipTest("needs kill -9")
        code = (
            "import sys, time\n"
            "from jupyter_client.manager import start_new_kernel\n"
            f"km, kc = start_new_kernel(kernel_name={KERNEL!r})\n"
            "print(km.provisioner.process.pid, flush=True)\n"
            "time.sleep(60)\n"
        )
        client = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        pid = int(client.stdout.readline())
        client.kill()
        client.wait()
        client.stdout.close()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                os.kill(pid, 0)
                with open(f"/proc/{pid}/stat") as f:
                    if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                        return
            except (ProcessLookupError, FileNotFoundError):
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        self.fail("the kernel outlived the client that started it")


if __name__ == "__main__":
    unittest.main(verbosity=2)
