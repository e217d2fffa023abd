#!/usr/bin/env bash
# Fetches the official tests of WASI preview 1, compiled, and runs them.
#
# usage: wasi-testsuite.sh FOLDER      (the checkout; it is made if it is not there)
#
# They are not part of this repository: github.com/WebAssembly/wasi-testsuite, branch prod/testsuite-base, at the commit below.
# Exit code 3 says that they could not be fetched. The rules in tests/guests/wasi-rules cover the same ground without them.
set -euo pipefail
commit=9f80ca35444cfd9e63100725615140a346652e6c
folder=$(realpath -m "$1")
cd "$(dirname "$0")/../.."

if [[ ! -d $folder/tests ]]; then
    git init -q "$folder"
    timeout 300 git -C "$folder" fetch -q --depth 1 --filter=blob:none https://github.com/WebAssembly/wasi-testsuite "$commit" &&
        git -C "$folder" sparse-checkout set tests/{assemblyscript,c,rust}/testsuite/wasm32-wasip1 &&
        git -C "$folder" checkout -q FETCH_HEAD || {
        rm -rf "$folder"
        echo "wasi-testsuite: github.com cannot be reached; the official tests were not run" >&2
        exit 3
    }
fi
ERMINE_WASI_TESTSUITE=$folder cargo test -q --profile suites -p ermine-tests --test wasi_testsuite -- --nocapture
