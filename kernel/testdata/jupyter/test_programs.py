"""Programs that people use kernels with: jupyter console, papermill, nbclient.

usage: python test_programs.py
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import nbformat
import pexpect
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

KERNEL = os.environ.get("INGOT_KERNEL", "ingot")
TIMEOUT = 20
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[()=>].?)")


def notebook(*cells):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nb.metadata.kernelspec = {"name": KERNEL, "display_name": "Go (Ingot)", "language": "go"}
    return nb


class Console(unittest.TestCase):
    """jupyter console on a terminal of its own."""

    def setUp(self):
        self.term = pexpect.spawn(sys.executable, ["-m", "jupyter", "console", "--kernel", KERNEL, "--simple-prompt"], encoding="utf-8",
                                  timeout=TIMEOUT, env={**os.environ, "TERM": "dumb"}, dimensions=(40, 120))
        self.addCleanup(self.term.close, force=True)
        self.sees(r"In \[\d+\]: ")

    def sees(self, pattern):
        try:
            self.term.expect(pattern)
        except (pexpect.TIMEOUT, pexpect.EOF) as e:
            self.fail(f"{pattern!r} does not appear but {ESCAPES.sub('', self.term.before)!r} ({type(e).__name__})")

    def enter(self, text):
        self.term.sendline(text)

    def test_session(self):
        self.enter("x := 6 * 7; x")
        self.sees(r"Out\[1\]: 42")
        self.enter('fmt.Println("printed")')
        self.sees("printed")
        self.enter("undefinedName")
        self.sees("undefined: undefinedName")
        self.sees(r"In \[\d+\]: ")
        self.enter('var name string; fmt.Scanln(&name); "hello " + name')
        self.term.expect("name.*\n")
        self.term.expect(pexpect.TIMEOUT, timeout=0.5)
        self.enter("Ada")
        self.sees('"hello Ada"')
        self.sees(r"In \[\d+\]: ")
        self.enter("for { }")
        self.term.expect(pexpect.TIMEOUT, timeout=1)
        self.term.sendintr()
        self.sees("Interrupted")
        self.sees(r"In \[\d+\]: ")
        self.enter("x + 1")
        self.sees("43")
        self.sees(r"In \[\d+\]: ")
        self.term.sendeof()
        i = self.term.expect([pexpect.EOF, r"\[y\]/n\)\?"])
        if i == 1:
            self.enter("y")
            self.term.expect(pexpect.EOF)


class Notebooks(unittest.TestCase):
    def test_nbclient(self):
        nb = notebook("x := 20", 'display.Show(display.HTML("<b>x</b>"))\nx + 22', 'fmt.Fprint(os.Stderr, "warned")')
        NotebookClient(nb, timeout=TIMEOUT, kernel_name=KERNEL).execute()
        first, second = nb.cells[1].outputs
        self.assertEqual((first.data["text/html"], second.data["text/plain"]), ("<b>x</b>", "42"))
        self.assertEqual(dict(nb.cells[2].outputs[0]), {"output_type": "stream", "name": "stderr", "text": "warned"})
        self.assertIn("ingot_version", nb.metadata.language_info)
        nbformat.validate(nb)

    def test_nbclient_stops_at_an_error(self):
        nb = notebook("1", "var s []int; s[5]", "2")
        with self.assertRaises(CellExecutionError) as failed:
            NotebookClient(nb, timeout=TIMEOUT, kernel_name=KERNEL).execute()
        self.assertIn("index out of range", str(failed.exception))
        self.assertEqual(nb.cells[2].outputs, [])

    def test_nbclient_gives_up_on_a_cell(self):
        """A cell that takes too long is interrupted, and the next one runs."""
        nb = notebook("kept := 7", "for { }", "kept")
        NotebookClient(nb, timeout=2, interrupt_on_timeout=True, allow_errors=True, kernel_name=KERNEL).execute()
        self.assertEqual(nb.cells[1].outputs[0].ename, "Interrupted")
        self.assertEqual(nb.cells[2].outputs[0].data["text/plain"], "7")

    def papermill(self, nb, *options):
        with tempfile.TemporaryDirectory() as d:
            source, target = os.path.join(d, "in.ipynb"), os.path.join(d, "out.ipynb")
            nbformat.write(nb, source)
            run = subprocess.run([sys.executable, "-m", "papermill", "--no-progress-bar", *options, source, target], capture_output=True, text=True, timeout=60)
            return run, nbformat.read(target, 4)

    def test_papermill(self):
        nb = notebook("n := 2", "n * 21")
        run, out = self.papermill(nb)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(out.cells[1].outputs[0].data["text/plain"], "42")
        self.assertEqual(out.metadata.papermill.exception, None)

    def test_papermill_tells_of_an_error(self):
        run, out = self.papermill(notebook("1", 'panic("no")', "2"))
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("no", run.stderr)
        self.assertTrue(out.metadata.papermill.exception)


if __name__ == "__main__":
    unittest.main(verbosity=2)
