"""The kernel in JupyterLab: a page in a headless Chromium, driven as a user would.

usage: python test_lab.py

Needs `chromium` on PATH, or the browser of `playwright install chromium`. The
tests share one page and run in the order of their names.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from playwright.sync_api import sync_playwright

KERNEL = os.environ.get("INGOT_KERNEL", "ingot")
TIMEOUT = int(os.environ.get("LAB_TIMEOUT", 30))
SETTINGS = {  # all cells stay in the page; no news, no questions about them
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
CELLS = [
    "x := 6 * 7; x",
    'import "fmt"\nfmt.Println("printed"); fmt.Fprintln(os.Stderr, "to stderr")',
    "picture := display.Picture(mlx.Arange(12).Reshape(3, 4) / 12); picture",
    'type row struct { Name string; N int }\n[]row{{"<a>", 1}, {"b", 2}}',
    'display.Show(display.SVG(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>`), display.LaTeX("$x^2$"), display.Markdown("**bold**"))',
    'display.Show(display.VegaLite(`{"data": {"values": [{"a": 1, "b": 2}]}, "mark": "bar", "encoding": {"x": {"field": "a", "type": "ordinal"}, "y": {"field": "b", "type": "quantitative"}}}`))',
    "for range display.Progress(3, \"steps\") { }",
]


def notebook():
    return {
        "cells": [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": s, "execution_count": None, "outputs": []} for i, s in enumerate(CELLS)],
        "metadata": {"kernelspec": {"name": KERNEL, "display_name": "Go (Ingot)", "language": "go"}}, "nbformat": 4, "nbformat_minor": 5,
    }


class Lab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="ingot-lab-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        for plugin, value in SETTINGS.items():
            path = os.path.join(cls.dir, "settings", plugin + ".jupyterlab-settings")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                json.dump(value, f)
        os.makedirs(os.path.join(cls.dir, "root"))
        cls.file = os.path.join(cls.dir, "root", "page.ipynb")
        with open(cls.file, "w") as f:
            json.dump(notebook(), f)
        cls.serve()
        cls.play = sync_playwright().start()
        cls.addClassCleanup(cls.play.stop)
        cls.browser = cls.play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        cls.addClassCleanup(cls.browser.close)
        cls.page = cls.open()

    @classmethod
    def serve(cls):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        cls.url = f"http://127.0.0.1:{port}"
        log = open(os.path.join(cls.dir, "log"), "w+")
        cls.addClassCleanup(log.close)
        cls.server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
             "--IdentityProvider.token=", f"--ServerApp.root_dir={cls.dir}/root", f"--LabApp.user_settings_dir={cls.dir}/settings",
             f"--LabApp.workspaces_dir={cls.dir}/workspaces", "--LabApp.extension_manager=readonly"],
            stdout=log, stderr=log, env={**os.environ, "JUPYTER_CONFIG_DIR": cls.dir + "/config", "JUPYTER_RUNTIME_DIR": cls.dir + "/runtime"})
        cls.addClassCleanup(cls.server.wait)
        cls.addClassCleanup(cls.server.terminate)
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                urllib.request.urlopen(cls.url + "/api", timeout=5).close()
                return
            except OSError:
                if time.monotonic() > deadline or cls.server.poll() is not None:
                    log.seek(0)
                    raise RuntimeError("the server does not start:\n" + log.read()[-3000:])
                time.sleep(0.1)

    @classmethod
    def open(cls):
        page = cls.browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
        page.set_default_timeout(TIMEOUT * 1000)
        page.goto(f"{cls.url}/lab/workspaces/w{time.monotonic_ns()}/tree/page.ipynb")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        cls.idle(page)
        return page

    @staticmethod
    def idle(page):
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', state="attached")
        # Before the tool bar names the kernel, a run asks which one to take.
        page.wait_for_function("() => /Ingot/.test(document.querySelector('.jp-Toolbar-kernelName')?.textContent)")

    # What a user does.

    def menu(self, name, command):
        self.page.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
        self.page.locator(f'.lm-Menu-item[data-command="{command}"]').click()

    def button(self, command):
        self.page.locator(f'.jp-NotebookPanel-toolbar [data-command="{command}"]').click()

    def again(self, act, done):
        """Act until it is done: a page that has just been opened may not listen yet."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            act()
            for _ in range(30):
                if done():
                    return
                time.sleep(0.1)
        self.fail("nothing has happened")

    def write(self, code):
        """Write code into a new last cell, and leave the cursor at its end."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        before = cells.count()
        cells.last.locator(".jp-InputPrompt").click()
        self.button("notebook:insert-cell-below")
        self.page.wait_for_function("n => document.querySelectorAll('.jp-Notebook .jp-CodeCell').length > n", arg=before)
        cells.last.locator(".cm-content").click()
        self.page.keyboard.insert_text(code)
        return cells.last

    def start(self, code):
        cell = self.write(code)
        self.page.keyboard.press("Control+Enter")
        return cell

    def run_cell(self, code):
        """Run code in a new cell to its end, and return the text of its outputs."""
        cell = self.start(code)
        self.ended(cell)
        return cell.locator(".jp-Cell-outputArea").inner_text()

    def ended(self, cell):
        self.page.wait_for_function("c => /\\[\\d+\\]/.test(c.querySelector('.jp-InputPrompt').textContent)", arg=cell.element_handle())

    def check_outputs(self, page):
        """The outputs of CELLS, as they are drawn."""
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        text = lambda i: cells.nth(i).locator(".jp-Cell-outputArea").inner_text()
        self.assertIn("42", text(0))
        self.assertIn("printed", text(1))
        self.assertIn("to stderr", text(1))
        image = cells.nth(2).locator("img")
        image.scroll_into_view_if_needed()
        page.wait_for_function("i => i.complete && i.naturalWidth", arg=image.element_handle())
        self.assertEqual(image.evaluate("i => [i.naturalWidth, i.naturalHeight]"), [4, 3])
        table = cells.nth(3).locator("table")
        self.assertEqual(table.evaluate("t => [...t.rows].map(r => [...r.cells].map(c => c.innerText))"), [["", "Name", "N"], ["0", "<a>", "1"], ["1", "b", "2"]])
        self.assertTrue(cells.nth(4).locator("svg, img").first.is_visible())
        cells.nth(4).locator("mjx-container, .MathJax").first.wait_for()
        self.assertEqual(cells.nth(4).locator("strong").inner_text(), "bold")
        cells.nth(5).locator("canvas, svg.marks, .vega-embed img").first.wait_for()
        self.assertEqual(cells.nth(6).locator("progress").evaluate("p => [p.value, p.max]"), [3, 3])

    # In this order.

    def test_1_run_all(self):
        first = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").first
        self.again(lambda: self.menu("Run", "runmenu:run-all"), lambda: re.search(r"\[(\*|\d+)\]", first.inner_text()))
        self.ended(self.page.locator(".jp-Notebook .jp-CodeCell").nth(len(CELLS) - 1))
        self.check_outputs(self.page)

    def test_2_completion_popup(self):
        cell = self.write("strings.ToUpp")
        self.page.keyboard.press("Tab")
        popup = self.page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item")
        popup.first.wait_for()
        self.assertEqual(popup.locator(".jp-Completer-match").all_inner_texts()[:2], ["ToUpper", "ToUpperSpecial"])
        self.page.keyboard.press("Enter")
        self.assertIn("strings.ToUpper", cell.locator(".cm-content").inner_text())
        self.page.keyboard.press("Escape")

    def test_3_tooltip(self):
        self.write("strings.ToUpper")
        tip = self.page.locator(".jp-Tooltip", has_text="ToUpper returns s with all Unicode letters")
        self.again(lambda: self.page.keyboard.press("Shift+Tab"), tip.is_visible)
        self.page.keyboard.press("Escape")

    def test_4_stop_button(self):
        self.assertIn("7", self.run_cell("kept := 7; kept"))
        cell = self.start("for {\n}")
        self.page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="busy"]', state="attached")
        time.sleep(0.3)
        begin = time.monotonic()
        self.button("notebook:interrupt-kernel")
        self.ended(cell)
        self.assertLess(time.monotonic() - begin, 2)
        self.assertIn("Interrupted", cell.locator(".jp-Cell-outputArea").inner_text())
        self.assertIn("7", self.run_cell("kept"))

    def test_5_stdin_box(self):
        cell = self.start('var name string\nfmt.Print("who? ")\nfmt.Scanln(&name)\n"hello " + name')
        box = self.page.locator(".jp-Stdin-input")
        box.wait_for()
        box.fill("Ada")
        box.press("Enter")
        self.ended(cell)
        self.assertIn('"hello Ada"', cell.locator(".jp-Cell-outputArea").inner_text())

    def test_6_variable_panel(self):
        self.run_cell("weights, count := mlx.Ones(3, 4), 5; 1")
        bug = self.page.locator(".jp-DebuggerBugButton")
        bug.click()
        self.page.locator('.jp-SideBar.jp-mod-right .lm-TabBar-tab[data-id="jp-debugger-sidebar"]').click()
        panel = self.page.locator(".jp-DebuggerVariables")
        panel.get_by_text("weights", exact=False).first.wait_for()
        text = panel.inner_text()
        self.assertIn("*mlx.Array (3,4) float32", text)
        self.assertRegex(text, r"count\s+5")
        panel.get_by_text("weights").first.click()
        self.page.keyboard.press("ArrowRight")
        panel.get_by_text("device").first.wait_for()
        self.assertRegex(panel.inner_text(), r"bytes\s+48")
        bug.click()

    def test_7_saved_and_reopened(self):
        self.page.keyboard.press("Escape")
        self.button("docmanager:save")
        deadline = time.monotonic() + TIMEOUT
        while True:
            with open(self.file) as f:
                saved = json.load(f)
            if saved["cells"][0].get("outputs"):
                break
            self.assertLess(time.monotonic(), deadline, "not saved")
            time.sleep(0.1)
        self.assertIn("ingot_version", saved["metadata"]["language_info"])
        self.assertIn("image/png", saved["cells"][2]["outputs"][0]["data"])
        again = self.open()
        self.check_outputs(again)
        again.context.close()

    def test_8_restart(self):
        self.button("notebook:restart-kernel")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")
        self.idle(self.page)
        self.assertIn("undefined: kept", self.run_cell("kept"))
        self.assertIn("42", self.run_cell("6 * 7"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
