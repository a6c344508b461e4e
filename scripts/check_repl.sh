#!/usr/bin/env bash
# The REPL as a user meets it: in a terminal (tmux), in a pipe, as one-liners,
# and `ingot run` on programs.
set -euo pipefail
cd "$(dirname "$0")/.."
ingot=$PWD/build/ingot
tmp=$(mktemp -d)
printf '#!/bin/sh\nprintf "edited := 2 * 3\\n" >"$1"\n' >"$tmp/editor"
chmod +x "$tmp/editor"
export VISUAL=$tmp/editor
export HOME=$tmp/home XDG_STATE_HOME=$tmp/state TERM=xterm-256color
mkdir -p "$HOME"
socket=ingot-check-$$
trap 'tmux -L $socket kill-server 2>/dev/null || true; rm -rf "$tmp"' EXIT
checks=0

# is STATUS OUTPUT COMMAND…: the exit status and the whole standard output.
is() {
    local want=$1 text=$2 got status=0
    shift 2
    got=$("$@" 2>"$tmp/err") || status=$?
    if [ "$status" != "$want" ] || [ "$got" != "$text" ]; then
        printf 'check_repl: %s\n  status %s, want %s; output\n%s\n  want\n%s\n' "$*" "$status" "$want" "$got" "$text" >&2
        cat "$tmp/err" >&2
        exit 1
    fi
    checks=$((checks + 1))
}

piped() { printf '%s\n' "$1" | "$ingot"; }

is 0 42 "$ingot" -e '6 * 7'
is 0 $'3\n9' piped $'func f(n int) int {\n\treturn n * n\n}\n1 + 2\nf(3)'
is 1 1 piped $'1\nundefinedName\n2'
is 1 "" "$ingot" -e 'panic("x")'
is 0 'array([0.5, 1, 1.5], dtype=float32)' "$ingot" -e 'x := mlx.New([]float32{1, 2, 3}); (x + 2*x) / x.Sum()'
printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("ran") }\n' >"$tmp/p.go"
is 0 ran "$ingot" run "$tmp/p.go"
is 2 "" "$ingot" run "$tmp/none.txt"
is 1 "" "$ingot" run "$tmp/none.go"

key() { tmux -L $socket send-keys -t repl "$@"; }

# shows TEXT: the screen shows it within five seconds.
shows() {
    for _ in $(seq 50); do
        if tmux -L $socket capture-pane -t repl -p | grep -qF -- "$1"; then
            checks=$((checks + 1))
            return
        fi
        sleep 0.1
    done
    printf 'check_repl: the terminal does not show "%s" but\n' "$1" >&2
    tmux -L $socket capture-pane -t repl -p >&2
    exit 1
}

tmux -L $socket -f /dev/null new-session -d -s repl -x 100 -y 50 "$ingot"
shows 'In [1]:'
key 'x := 40' Enter
shows 'In [2]:'
key 'x + 3' BSpace 2 Enter # editing
shows 'Out[2]: 42'
shows 'In [3]:' # what is typed before the prompt is lost
key 'func twice(n int) int {' Enter 'return 2 * n' Enter '}' Enter # a cell of several lines
shows 'In [4]:'
key 'twice(x)' Enter
shows 'Out[4]: 80'
shows 'In [5]:'
key 'strings.ToUpp' Tab # completion
shows 'ToUpperSpecial'
key C-c
key Up # history
shows 'In [5]: twice(x)'
key C-u 'for {}' Enter
sleep 0.5
key C-c # interrupt
shows 'Interrupted: interrupted'
shows 'In [6]:'
key 'x' Enter # state kept
shows ': 40'
shows 'In [7]:'
key 'for range display.Progress(3, "bar") {}' Enter
shows '100% 3/3'
shows 'In [8]:'
key 'name, _ := display.Input("wh" + "o? "); name' Enter # the echo must not look like the prompt
shows 'who?'
key 'Ada' Enter
shows '"Ada"'
shows 'In [9]:'
key ':load 3' Enter # an earlier cell comes back, to be changed and run
shows 'In [10]: func twice(n int) int {'
key Enter
shows 'In [11]:'
key ':edit' Enter # written by $VISUAL, below
shows 'edited := 2 * 3'
key Enter
shows 'In [13]:'
key 'edited + 1' Enter
shows ': 7'
shows 'In [14]:'
key 'var mu sync.Mutex; mu.Unlock()' Enter # the worker dies, the REPL lives
shows 'WorkerDied: the process that ran the cell is gone'
shows 'In [15]:'
key '1 + 1' Enter
shows ': 2'
shows 'In [16]:'
key C-d
for _ in $(seq 50); do
    tmux -L $socket has-session -t repl 2>/dev/null || break
    sleep 0.1
done
if tmux -L $socket has-session -t repl 2>/dev/null; then
    echo 'check_repl: Ctrl-D does not end the REPL' >&2
    exit 1
fi
grep -q twice "$XDG_STATE_HOME/ingot/history" || { echo 'check_repl: the history was not kept' >&2; exit 1; }
echo "count: $((checks + 2)) checks of the REPL passed"
