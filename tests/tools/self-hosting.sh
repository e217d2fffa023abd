#!/usr/bin/env bash
# Runs Ermine inside Ermine: the command, built for wasm32-wasip1, executes guests in it.
#
# usage: self-hosting.sh ERMINE      (the command of this host; the inner one is built here)
set -euo pipefail
ermine=$(realpath "$1")
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-$PWD/target}

cargo build -q --release --locked -p ermine-cli --target wasm32-wasip1
inner=$target/wasm32-wasip1/release/ermine.wasm
echo "the inner command: $(stat -c %s "$inner") bytes"

# What the inner command is given: one folder, to be read.
run() {
    "$ermine" --dir "$PWD/tests::/tests:ro" "$inner" "$@"
}

expect() { # expect WHAT WANTED GOT
    if [[ $2 != "$3" ]]; then
        printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
    echo "$1: ok"
}

time expect "fib(20) by --invoke" 6765 "$(run --invoke fib /tests/tests/data/fib.wasm 20)"

case=tests/guests/hello-rust/cases/prose
expect "a WASI program, its input and output" "$(cat $case.stdout)" \
    "$(run /tests/guests/hello-rust/hello-rust.wasm <$case.stdin)"

case=tests/guests/hello-rust/cases/greeting
mapfile -t arguments <$case.args
mapfile -t variables <$case.env
code=0
output=$(run run "${variables[@]/#/--env=}" /tests/guests/hello-rust/hello-rust.wasm "${arguments[@]}" <$case.stdin) || code=$?
expect "arguments and environment" "$(cat $case.stdout)" "$output"
expect "an exit code, through both" "$(cat $case.code)" "$code"

code=0
output=$(run --fuel 1000 --invoke fib /tests/tests/data/fib.wasm 20 2>&1) || code=$?
expect "an end for want of fuel" 124 "$code"

code=0
output=$(run /tests/no-such-file.wasm 2>&1) || code=$?
expect "a file that is not there" 1 "$((code != 0))"
