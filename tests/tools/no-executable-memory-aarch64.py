#!/usr/bin/env python3
"""Runs an AArch64 Linux program in QEMU's user emulation, and fails if it asks for executable memory once it has started.

usage: no-executable-memory-aarch64.py COMMAND [ARGS...]

What this shows: every `mmap` and `mprotect` of the program, as the emulator was asked for it, is read off its trace. Those with PROT_EXEC have to be the dynamic loader's:
of a file, not writable, and made before Rust's runtime begins. What it does not show: that a kernel would deny it. The emulator keeps seccomp and MDWE from its guests,
and generates machine code of its own, so neither can be put around it; tests/tools/no-executable-memory.py does that on x86-64, with the same source.
"""
import os
import re
import subprocess
import sys
import tempfile

EMULATOR = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]
# The first that Rust's runtime does in a process: it looks after the standard descriptors, and ignores SIGPIPE.
RUNTIME_BEGINS = re.compile(r"^\d+ (ppoll|rt_sigaction)\(")
MAPS_A_FILE = re.compile(r"mmap\([^,]*,\d+,([A-Z_|]*),[^,]*,(\d+),")


def offences(trace):
    """Lines of the trace that should not be there, and how many mappings the loader made executable."""
    running, loaded, found = False, 0, []
    for line in trace:
        running = running or bool(RUNTIME_BEGINS.match(line))
        if "PROT_EXEC" not in line:
            continue
        file = MAPS_A_FILE.search(line)
        if running or not file or "PROT_WRITE" in file.group(1):
            found.append(line.strip())
        else:
            loaded += 1
    return found, loaded, running


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace")
        code = subprocess.run(EMULATOR + ["-D", path, "-strace"] + sys.argv[1:]).returncode
        with open(path, errors="replace") as trace:
            found, loaded, running = offences(trace)
    if found or not running:
        said = found or ["the trace does not show where the program began"]
        sys.exit("\n".join(f"no-executable-memory-aarch64: {line}" for line in said))
    print(f"no-executable-memory-aarch64: {loaded} libraries mapped by the loader, nothing after that", file=sys.stderr)
    sys.exit(code if code >= 0 else 128 - code)


main()
