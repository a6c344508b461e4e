// The kernel under libzmq by way of zeromq.js, started and spoken to as VS Code
// does without a Jupyter server: connection file and process of its own,
// heartbeats of the transport on, kernel_info until something arrives on iopub,
// silent set-up cells, interrupt on the shell channel, shutdown.
//
// usage: node raw.mjs KERNEL.json   (with zeromq in the module path)
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const zmq = createRequire(join(process.env.NODE_MODULES ?? process.cwd(), "x.js"))("zeromq");
const TIMEOUT = 15000;
let checks = 0;

function check(ok, what) {
  if (!ok) throw new Error(`check failed: ${what}`);
  checks++;
}

async function freePorts(n) {
  const servers = await Promise.all(Array.from({ length: n }, () => new Promise((done) => {
    const s = createServer().listen(0, "127.0.0.1", () => done(s));
  })));
  const ports = servers.map((s) => s.address().port);
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
  return ports;
}

class Kernel {
  constructor(spec, connection, file) {
    this.key = connection.key;
    this.session = randomUUID();
    this.waiting = []; // {test, done}
    this.seen = [];
    const argv = spec.argv.map((a) => a.replace("{connection_file}", file));
    this.process = spawn(argv[0], argv.slice(1), { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...spec.env, JPY_PARENT_PID: String(process.pid) } });
    this.exit = new Promise((done) => this.process.on("exit", (code, signal) => done(code ?? signal)));
    const at = (port) => `tcp://${connection.ip}:${connection[port + "_port"]}`;
    const options = { heartbeatInterval: 300, heartbeatTimeout: 1000, linger: 0 };
    this.shell = new zmq.Dealer({ ...options, routingId: this.session });
    this.control = new zmq.Dealer({ ...options, routingId: this.session });
    this.stdin = new zmq.Dealer({ ...options, routingId: this.session });
    this.iopub = new zmq.Subscriber({ ...options, receiveHighWaterMark: 0 });
    this.hb = new zmq.Request(options);
    this.disconnects = 0;
    for (const name of ["shell", "control", "stdin", "iopub", "hb"]) {
      this[name].connect(at(name));
      this[name].events.on("disconnect", () => this.disconnects++);
    }
    this.iopub.subscribe();
    for (const name of ["shell", "control", "stdin", "iopub"]) this.listen(name);
  }

  sign(parts) {
    const mac = createHmac("sha256", this.key);
    parts.forEach((p) => mac.update(p));
    return mac.digest("hex");
  }

  async listen(name) {
    for await (const frames of this[name]) {
      const at = frames.findIndex((f) => f.toString() === "<IDS|MSG>");
      const parts = frames.slice(at + 2, at + 6);
      check(frames[at + 1].toString() === this.sign(parts), "the signature of a message");
      const [header, parent, metadata, content] = parts.map((p) => JSON.parse(p.toString()));
      const m = { channel: name, type: header.msg_type, header, parent, metadata, content };
      this.seen.push(m);
      this.waiting = this.waiting.filter((w) => !(w.test(m) && (w.done(m), true)));
    }
  }

  // wait finds a message that was seen or will be.
  wait(test, what, timeout = TIMEOUT) {
    const early = this.seen.find(test);
    if (early) return Promise.resolve(early);
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`nothing arrives: ${what}`)), timeout);
      this.waiting.push({ test, done: (m) => { clearTimeout(timer); done(m); } });
    });
  }

  async send(channel, type, content, parent = {}) {
    const header = { msg_id: randomUUID(), msg_type: type, session: this.session, username: "vscode", date: new Date().toISOString(), version: "5.3" };
    const parts = [header, parent, {}, content].map((p) => JSON.stringify(p));
    await this[channel].send(["<IDS|MSG>", this.sign(parts), ...parts]);
    return header.msg_id;
  }

  async request(channel, type, content, timeout) {
    const id = await this.send(channel, type, content);
    const reply = await this.wait((m) => m.channel === channel && m.parent.msg_id === id, `${type} on ${channel}`, timeout);
    await this.idle(id);
    return reply.content;
  }

  idle(id) {
    return this.wait((m) => m.channel === "iopub" && m.parent.msg_id === id && m.content.execution_state === "idle", "idle");
  }

  outputs(id, type) {
    return this.seen.filter((m) => m.channel === "iopub" && m.parent.msg_id === id && m.type === type).map((m) => m.content);
  }

  execute(code, options = {}) {
    return this.send("shell", "execute_request", { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: false, ...options });
  }
}

async function run(k) {
  // Until a message arrives on iopub nothing tells that it is connected.
  let connected = false;
  k.wait((m) => m.channel === "iopub" && m.type === "status" && m.parent.msg_id, "first status").then(() => (connected = true));
  for (let i = 0; i < 100 && !connected; i++) {
    await k.send("shell", "kernel_info_request", {});
    await new Promise((r) => setTimeout(r, 100));
  }
  check(connected, "iopub is connected");
  const info = (await k.wait((m) => m.type === "kernel_info_reply", "kernel_info")).content;
  check(info.language_info.mimetype === "text/x-go" && info.language_info.file_extension === ".go", "language_info");

  await k.hb.send("beat");
  check((await k.hb.receive())[0].toString() === "beat", "heartbeat");

  let id = await k.execute('import "os"', { silent: true, store_history: false });
  await k.idle(id);
  check(k.outputs(id, "execute_input").length === 0, "a silent cell is not shown");

  id = await k.execute('x := 6 * 7; fmt.Println("printed"); x');
  await k.idle(id);
  check(k.outputs(id, "execute_result")[0].data["text/plain"] === "42", "the value of a cell");
  check(k.outputs(id, "stream")[0].text === "printed\n", "the output of a cell");

  const completion = await k.request("shell", "complete_request", { code: "strings.ToUpp", cursor_pos: 13 });
  check(completion.matches.includes("ToUpper"), "completion");
  check((await k.request("shell", "comm_info_request", { target_name: "jupyter.widget" })).status === "ok", "comm_info");

  id = await k.execute('var who string\nfmt.Scanln(&who)\nwho');
  const asked = await k.wait((m) => m.channel === "stdin" && m.parent.msg_id === id, "input_request");
  await k.send("stdin", "input_reply", { value: "Ada", status: "ok" }, asked.header);
  await k.idle(id);
  check(k.outputs(id, "execute_result")[0].data["text/plain"] === '"Ada"', "input");

  for (const channel of ["shell", "control"]) {
    id = await k.execute("for {\n}");
    await k.wait((m) => m.type === "execute_input" && m.parent.msg_id === id, "the loop begins");
    await new Promise((r) => setTimeout(r, 200));
    check((await k.request(channel, "interrupt_request", {}, 1000)).status === "ok", `interrupt on ${channel}`);
    await k.idle(id);
    check(k.outputs(id, "error")[0].ename === "Interrupted", `the loop is interrupted on ${channel}`);
  }

  await new Promise((r) => setTimeout(r, 2500)); // some heartbeats of the transport
  check(k.disconnects === 0, `${k.disconnects} disconnects`);

  const bye = await k.send("control", "shutdown_request", { restart: false });
  await k.wait((m) => m.type === "shutdown_reply" && m.parent.msg_id === bye && m.channel === "control", "shutdown_reply");
  const code = await Promise.race([k.exit, new Promise((r) => setTimeout(() => r("alive"), 3000))]);
  check(code === 0, `exit status 0, not ${code}`);
}

const spec = JSON.parse(readFileSync(process.argv[2]));
const dir = mkdtempSync(join(tmpdir(), "ingot-raw-"));
const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
const connection = { transport: "tcp", ip: "127.0.0.1", key: randomUUID(), signature_scheme: "hmac-sha256", kernel_name: "ingot", shell_port, iopub_port, stdin_port, control_port, hb_port };
const file = join(dir, "kernel.json");
writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
const kernel = new Kernel(spec, connection, file);
let failed;
try {
  await run(kernel);
} catch (e) {
  failed = e;
}
kernel.process.kill("SIGKILL");
rmSync(dir, { recursive: true });
console.log(failed ? `failed after ${checks} checks: ${failed.message}` : `count: ${checks} checks of libzmq ${zmq.version} and VS Code's sequence passed`);
process.exit(failed ? 1 : 0);
