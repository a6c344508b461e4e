"""jupyter_kernel_test, every test of it, against the installed kernel `ingot`.

usage: python test_ingot.py

All tests of jupyter_kernel_test 0.7.0 run.
"""
import os
import unittest

import jupyter_kernel_test

KERNEL = os.environ.get("INGOT_KERNEL", "ingot")


class IngotTests(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'import "fmt"\nfmt.Println("hello, world")'
    code_stderr = 'import "os"\nos.Stderr.WriteString("oops\\n")'
    completion_samples = [
        {"text": "strings.ToUpp", "matches": {"ToUpper", "ToUpperSpecial"}},
        {"text": "no.such.thing", "matches": set()},
    ]
    complete_code_samples = ["1", "x := 1", "func f() int {\n\treturn 1\n}", ""]
    incomplete_code_samples = ["func f() {", "x := []int{1,", "f(1,"]
    invalid_code_samples = ["x := )", "}"]
    code_generate_error = "undefinedName"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": '"é" + "ü"', "result": '"éü"'},
    ]
    code_display_data = [
        {"code": 'import "github.com/ingot-go/ingot/display"\ndisplay.Show(display.HTML("<b>bold</b>"))', "mime": "text/html"},
        {"code": 'display.Show(display.Markdown("**bold**"))', "mime": "text/markdown"},
    ]
    code_clear_output = "display.ClearOutput(false)"
    code_history_pattern = "6 \\* 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "strings.ToUpper"
    code_page_something = "strings.ToUpper?"

if __name__ == "__main__":
    unittest.main(verbosity=2)
