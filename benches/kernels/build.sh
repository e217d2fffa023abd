#!/usr/bin/env bash
# Compiles every kernel to WebAssembly: kernels/NAME.c -> kernels/NAME.wasm.
#
# usage: build.sh [NAME...]        (all kernels without names)
#
# Needs `pip install ziglang==0.17.0` (clang 22), or another clang for wasm32 given as CC. The outputs are checked in;
# the same compiler gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")"

read -ra cc <<<"${CC:-python3 -m ziglang cc -target wasm32-freestanding}"
flags=(
  -O2 -std=c11 -Wall -Wextra -Werror -ffreestanding -nostdlib
  -fno-builtin          # keep loops as loops; bulk.c asks for memory.copy and memory.fill by name
  -ffp-contract=off     # no fused multiply-add, so that native and wasm results agree to the bit
  -fno-optimize-sibling-calls  # fib stays recursive; clang would make a loop of one of its calls
  -mno-simd128 -mno-relaxed-simd -mno-tail-call -mno-extended-const
  -mbulk-memory -mbulk-memory-opt -msign-ext -mnontrapping-fptoint -mmutable-globals
  -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=16384
)

(($#)) || set -- $(basename -s .c -- *.c)
for name in "$@"; do
  "${cc[@]}" "${flags[@]}" "$name.c" -o "$name.wasm"
  chmod a-x "$name.wasm"
done
