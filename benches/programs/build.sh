#!/usr/bin/env bash
# Compiles every program to WebAssembly: programs/NAME/ -> programs/NAME/NAME.wasm.
#
# usage: build.sh [NAME...]        (all programs without names)
#
# Needs `pip install ziglang==0.17.0` (clang 22 and wasi-libc), or another clang for wasm32-wasi given as CC, for the programs in C, and
# `rustup target add wasm32-unknown-unknown` for those in Rust. Sources that are not ours come from crates that Cargo.lock
# pins. The outputs are checked in; the same compilers give the same bytes, in whatever folder they run.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/target}

read -ra cc <<<"${CC:-python3 -m ziglang cc -target wasm32-wasi}"
cflags=(
  -O2 -std=gnu23 -DNDEBUG -fno-sanitize=all "-ffile-prefix-map=$here=."
  # No more than wasm3 knows. Code for reference types is no part of it.
  -mcpu=mvp+bulk_memory+mutable_globals+nontrapping_fptoint+sign_ext
  -mexec-model=reactor -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=262144
)

# Where cargo keeps the sources of crate $1.
crate_source() {
  cargo metadata --locked --format-version 1 | python3 -c '
import json, os, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == sys.argv[1]:
        print(os.path.dirname(package["manifest_path"]))' "$1"
}

# c NAME SOURCE-FOLDER ARGUMENTS...: our main.c with sources of others, which may warn as they like.
c() {
  local name=$1 source=$2
  shift 2
  "${cc[@]}" "${cflags[@]}" "-ffile-prefix-map=$source=$name" -w -I "$source" "$@" "$name/main.c" alone.c -o "$name/$name.wasm"
}

build_lua() {
  local source files
  source=$(crate_source lua-src)/lua-5.4.9
  files=("$source"/{lapi,lauxlib,lbaselib,lcode,lcorolib,lctype,ldebug,ldo,ldump,lfunc,lgc,llex,lmathlib,lmem,lobject,lopcodes,lparser}.c
    "$source"/{lstate,lstring,lstrlib,ltable,ltablib,ltm,lundump,lutf8lib,lvm,lzio}.c)
  # No setjmp without exceptions: protected calls are plain calls, and an error that is raised ends in a trap. No seed from the clock.
  c lua "$source" -I lua/include -D_WASI_EMULATED_SIGNAL '-DLUAI_THROW(L,c)=__builtin_trap()' '-DLUAI_TRY(L,c,a)={a}' \
    -Dluai_jmpbuf=int '-Dluai_makeseed(L)=42' '-Dl_randomizePivot()=0' "${files[@]}"
}

build_hello() { c hello "$here"; }

build_quickjs() {
  local source
  source=$(crate_source rquickjs-sys)/quickjs
  c quickjs "$source" -D_GNU_SOURCE "$source"/{quickjs,libregexp,libunicode,dtoa}.c
}

build_sqlite() {
  local source
  source=$(crate_source libsqlite3-sys)/sqlite3
  c sqlite "$source" -DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0 \
    -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_LOCALTIME \
    "$source/sqlite3.c"
}

build_zstd() {
  local source
  source=$(crate_source zstd-sys)/zstd/lib
  c zstd "$source" -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM=1 "$source"/{common,compress,decompress}/*.c
}

build_bzip2() {
  local source
  source=$(echo "$(crate_source bzip2-sys)"/bzip2-*)
  c bzip2 "$source" -DBZ_NO_STDIO "$source"/{blocksort,bzlib,compress,crctable,decompress,huffman,randtable}.c
}

rust() {
  local flags="-C target-feature=-simd128 --remap-path-prefix $here=. --remap-path-prefix ${CARGO_HOME:-$HOME/.cargo}=cargo"
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags cargo build --quiet --locked --release --target wasm32-unknown-unknown -p "$1-program"
  cp "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/$1_program.wasm" "$1/$1.wasm"
}

build_regex() { rust regex; }
build_json() { rust json; }
build_images() { rust images; }
build_terms() { rust terms; }

(($#)) || set -- hello lua quickjs sqlite zstd bzip2 regex json images terms
for name in "$@"; do
  "build_$name"
  chmod a-x "$name/$name.wasm"
  cargo run --quiet --locked -p canonical -- "$name/$name.wasm"
  printf '%s: %d bytes\n' "$name" "$(stat -c %s "$name/$name.wasm")"
done
