#!/usr/bin/env bash
# The suites with the engine at opt-levels that neither `cargo test` nor the profile `suites` has, on threads with little native stack.
#
# Without optimisation there is no tail machine, and translation takes more stack. Everything is built once for each level. More can be named:
# `tests/tools/native-stack.sh --test guests` runs the programs, too, which takes six minutes without optimisation.
set -euo pipefail
cd "$(dirname "$0")/../.."

suites() { # suites OPT_LEVEL KIB [ARGUMENT...]
    echo "== opt-level $1, $2 KiB"
    ERMINE_STACK_KIB=$2 cargo test -q -p ermine-tests --config "profile.dev.package.ermine.opt-level=$1" \
        --test spec --test scripts --test bug_classes --test api "${@:3}"
}

ERMINE_NO_TAIL=1 suites 0 256 "$@"
suites '"s"' 64 "$@"
