#!/usr/bin/env bash
# Builds the guest programs: NAME/ -> NAME/NAME.wasm, then checks them.
#
# usage: build.sh [NAME...]        (all of them without names)
#
# README.md names the tools. The same tools give the same bytes; nothing of the machine ends up in them.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/../../target/guest-tools}

read -ra cc <<<"${CC:-python3 -m ziglang cc -target wasm32-wasi}"
cflags=(
  -O2 -std=gnu11 -DNDEBUG
  -fno-sanitize=all "-ffile-prefix-map=$here=."
  -mno-simd128 -mno-relaxed-simd -mno-tail-call -mno-exception-handling
  -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=1048576
)

# Where cargo keeps the sources of crate $1 (pinned by tools/Cargo.lock).
crate_source() {
  cargo metadata --locked --format-version 1 --manifest-path tools/Cargo.toml | python3 -c '
import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == sys.argv[1]:
        print(os.path.dirname(package["manifest_path"]))' "$1"
}

build_stdio-c() {
  "${cc[@]}" "${cflags[@]}" -Wall -Wextra -Werror stdio-c/main.c -o stdio-c/stdio-c.wasm
}

build_quickjs() {
  local source
  source=$(crate_source rquickjs-sys)/quickjs
  "${cc[@]}" "${cflags[@]}" "-ffile-prefix-map=$source=quickjs" -w -D_GNU_SOURCE -D_WASI_EMULATED_SIGNAL -I "$source" \
    quickjs/main.c "$source"/{quickjs,quickjs-libc,libregexp,libunicode,dtoa}.c -lwasi-emulated-signal -o quickjs/quickjs.wasm
}

build_sqlite() {
  local source options
  source=$(crate_source libsqlite3-sys)/sqlite3
  options=(
    -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0
    -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_DEPRECATED
    -DSQLITE_OMIT_LOCALTIME -DSQLITE_ENABLE_MATH_FUNCTIONS
  )
  "${cc[@]}" "${cflags[@]}" "-ffile-prefix-map=$source=sqlite" -w "${options[@]}" -I "$source" \
    sqlite/main.c "$source/sqlite3.c" -o sqlite/sqlite.wasm
}

# All of Lua but its two programs; wasi/ takes the place of what WASI has not.
build_lua() {
  local source
  source=$(crate_source lua-src)/lua-5.4.9
  "${cc[@]}" "${cflags[@]}" "-ffile-prefix-map=$source=lua" -w -D_WASI_EMULATED_PROCESS_CLOCKS -Ilua/wasi -include config.h -I "$source" \
    lua/main.c "$source"/l*.c -lwasi-emulated-process-clocks -o lua/lua.wasm
}

# Rust programs with the standard library: $1 is the guest.
rust_program() {
  rustc --edition 2024 --target wasm32-wasip1 -C opt-level=2 -C panic=abort -C strip=symbols -C lto=fat \
    -C codegen-units=1 -C target-feature=-simd128 --remap-path-prefix "$here=." "$1/main.rs" -o "$1/$1.wasm"
}

build_hello-rust() { rust_program hello-rust; }
build_walk-rust() { rust_program walk-rust; }
build_terminal() { rust_program terminal; }
build_http-server() { rust_program http-server; }

build_hello-zig() {
  python3 -m ziglang build-exe hello-zig/main.zig -target wasm32-wasi -O ReleaseSmall -fstrip \
    -mcpu=generic -femit-bin=hello-zig/hello-zig.wasm
}

# It imports WASI itself: a standard library would tidy up its paths.
build_sandbox-probe() {
  rustc --edition 2024 --target wasm32-unknown-unknown --crate-type cdylib -C opt-level=s -C panic=abort \
    -C strip=symbols -C lto=fat -C codegen-units=1 --remap-path-prefix "$here=." \
    sandbox-probe/main.rs -o sandbox-probe/sandbox-probe.wasm
}

# As the probe, for the same reason.
build_wasi-rules() {
  rustc --edition 2024 --target wasm32-unknown-unknown --crate-type cdylib -C opt-level=s -C panic=abort \
    -C strip=symbols -C lto=fat -C codegen-units=1 --remap-path-prefix "$here=." \
    wasi-rules/main.rs -o wasi-rules/wasi-rules.wasm
}

(($#)) || set -- hello-rust stdio-c quickjs sqlite lua walk-rust hello-zig terminal http-server sandbox-probe wasi-rules
wasm=()
for name in "$@"; do
  "build_$name"
  chmod a-x "$name/$name.wasm"
  wasm+=("$here/$name/$name.wasm")
done
cargo run --quiet --locked --manifest-path tools/Cargo.toml -- "${wasm[@]}"
