#!/usr/bin/env bash
# Fetches the large modules that loading is measured with: resvg (2.5 MB, Rust) and esbuild (20 MB, Go), from npm.
#
# usage: modules.sh FOLDER
set -euo pipefail
(($# == 1)) || { sed -n '2,4p' "$0"; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# module PACKAGE FILE NAME
module() {
  [[ -f $folder/$3.wasm ]] && return
  (cd "$work" && tar xzf "$(npm pack --silent "$1")" "package/$2" && mv "package/$2" "$folder/$3.wasm")
}

module @resvg/resvg-wasm@2.6.2 index_bg.wasm resvg
module @esbuild/wasi-preview1@0.27.2 esbuild.wasm esbuild
ls -l "$folder"
