#!/usr/bin/env bash
# The engine under Miri: unit tests, calls, resumption, bounds, and the tail machine on the compiler's guarantee.
#
# Left out is what takes Miri hours and touches nothing unsafe: walks over the op table and thousands of hostile images (`mutations` has
# these under AddressSanitizer).
set -euo pipefail
cd "$(dirname "$0")/../.."

export MIRIFLAGS="-Zmiri-disable-isolation ${MIRIFLAGS:-}"
slow=(--skip hostile --skip isa:: --skip stack::tests --skip verify::tests --skip deeply --skip constant_space --skip rounds)

cargo +nightly miri test -q -p ermine --lib -- "${slow[@]}"
cargo +nightly miri test -q -p ermine --tests -- "${slow[@]}"
cargo +nightly miri test -q -p ermine --features nightly --test calls --test resume -- "${slow[@]}"
