#!/usr/bin/env bash
# Builds the guests from their sources: wasm, and images for boards. Needs clang with lld, and the target wasm32-unknown-unknown.
#
# usage: build.sh [ERMINE]
#   ERMINE  the command (by default the one that `cargo build -p ermine-cli` makes)
set -euo pipefail
cd "$(dirname "$0")"
ermine=${1:-../../target/debug/ermine}

compile() { # compile FILE [OPTIONS]: an image beside it
    "$ermine" compile --fuel --no-map "${@:2}" "$1" >/dev/null
}

cargo build --quiet --release --locked
built=${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/release
cp "$built/blinky.wasm" blinky/blinky-rust.wasm
cp "$built/display.wasm" display/display.wasm
cp "$built/thermometer.wasm" thermometer/thermometer.wasm
clang --target=wasm32 -mcpu=mvp -Oz -nostdlib -I ../guest/include -Wl,--no-entry -Wl,-z,stack-size=512 -Wl,--stack-first -Wl,--strip-all \
    -o blinky/blinky-c.wasm blinky/blinky.c
chmod -x ./*/*.wasm

compile blinky/blinky.wat
compile thermostat/thermostat.wat
compile blinky/blinky-rust.wasm --memory 1K
compile blinky/blinky-c.wasm --memory 512
compile thermometer/thermometer.wasm --memory 2K
compile display/display.wasm --memory 2K
