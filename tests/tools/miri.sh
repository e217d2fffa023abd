#!/usr/bin/env bash
# The engine under Miri: buffers, cells and images by unit tests, a guest with host functions and scripts of the official suite on both machines, the tail machine on
# the compiler's guarantee (`become`), which is the one that Miri knows.
#
# Miri takes a minute for a test that loads a module, a quarter of an hour for the scripts. Others can be named: `tests/tools/miri.sh --test resume suspended`.
set -euo pipefail
cd "$(dirname "$0")/../.."

export MIRIFLAGS="-Zmiri-disable-isolation ${MIRIFLAGS:-}"

if (($#)); then
    cargo +nightly miri test -q -p ermine --features nightly "$1" "$2" -- "${@:3}"
else
    cargo +nightly miri test -q -p ermine --lib -- store:: code:: checksum format::
    cargo +nightly miri test -q -p ermine --features nightly --test calls -- many_parameters
    cargo +nightly miri test -q -p ermine-tests --features nightly --test subset
fi
