#!/usr/bin/env python3
"""Runs a command on x86-64 Linux in a process that cannot get executable memory, and fails if it asks for any.

usage: no-executable-memory.py [--mdwe] COMMAND [ARGS...]

Two walls of the kernel, both for the rest of the process's life (with --mdwe, the first alone):

* From before it starts, memory that can be written never becomes executable: `prctl(PR_SET_MDWE)`, Linux 6.3. Where the kernel does not have it, that is
  said, and the second wall stands alone.
* From its entry point on, `mmap`, `mprotect` and `pkey_mprotect` with PROT_EXEC kill it, whatever they map, and so do `shmat` with SHM_EXEC and changes of
  `personality`, which could make other mappings executable. It starts no other program then, since a program's loader maps libraries.

The entry point is where the dynamic loader has mapped the libraries, executable, and hands over; nothing of the program has run. The process is stopped there, what
it has mapped is looked at (executable means: from a file, and not writable), a seccomp filter is installed by one system call in its name, and it goes on without
a tracer. The binary is the one that is shipped: nothing is linked to it or loaded into it.
"""
import ctypes
import os
import platform
import signal
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
TRACEME, CONT, GETREGS, SETREGS, DETACH, SETOPTIONS, EXITKILL = 0, 7, 12, 13, 17, 0x4200, 0x100000

PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
SYS_SECCOMP, SECCOMP_SET_MODE_FILTER = 317, 1
AT_ENTRY = 9
# Places in `struct user_regs_struct`, 27 words.
RDX, RSI, RDI, RAX, ORIG_RAX, RIP, RSP = 12, 13, 14, 10, 15, 16, 19
SYSCALL_THEN_STOP = b"\x0f\x05\xcc"

AUDIT_ARCH_X86_64, X32_CALLS = 0xC000003E, 0x40000000
MMAP, MPROTECT, SHMAT, PERSONALITY, PKEY_MPROTECT = 9, 10, 30, 135, 329
PROT_EXEC, SHM_EXEC, PERSONALITY_QUERY = 4, 0o100000, 0xFFFFFFFF
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
NUMBER, ARCH, ARG0, ARG2 = 0, 4, 16, 32


# The filter: (label, code, label to jump to if so, if not, operand). No label: the next step.
FILTER = [
    ("", LOAD, "", "", ARCH),
    ("", EQUAL, "", "kill", AUDIT_ARCH_X86_64),
    ("", LOAD, "", "", NUMBER),
    ("", AT_LEAST, "kill", "", X32_CALLS),
    ("", EQUAL, "map", "", MMAP),
    ("", EQUAL, "map", "", MPROTECT),
    ("", EQUAL, "map", "", PKEY_MPROTECT),
    ("", EQUAL, "attach", "", SHMAT),
    ("", EQUAL, "change", "allow", PERSONALITY),
    ("map", LOAD, "", "", ARG2),
    ("", ANY_BIT, "kill", "allow", PROT_EXEC),
    ("attach", LOAD, "", "", ARG2),
    ("", ANY_BIT, "kill", "allow", SHM_EXEC),
    ("change", LOAD, "", "", ARG0),
    ("", EQUAL, "allow", "kill", PERSONALITY_QUERY),
    ("allow", RETURN, "", "", ALLOW),
    ("kill", RETURN, "", "", KILL_PROCESS),
]


def sock_filter():
    """The filter as the kernel reads it, and how many steps it has."""
    places = {label: place for place, (label, *_) in enumerate(FILTER) if label}
    code = b""
    for place, (_, operation, yes, no, operand) in enumerate(FILTER):
        jumps = [places[label] - place - 1 if label else 0 for label in (yes, no)]
        code += struct.pack("<HBBI", operation, *jumps, operand)
    return len(FILTER), code


def ptrace(request, pid, data=None):
    if libc.ptrace(request, pid, None, data) == -1:
        sys.exit(f"no-executable-memory: ptrace: {os.strerror(ctypes.get_errno())}")


def execute(command):
    """Becomes the command, behind the first wall."""
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0):
        print("no-executable-memory: this kernel has no PR_SET_MDWE", file=sys.stderr)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"no-executable-memory: {command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(127)


def start(command):
    """The command's process, before its first instruction."""
    pid = os.fork()
    if pid == 0:
        libc.ptrace(TRACEME, 0, None, None)
        execute(command)
    wait_for_stop(pid)
    ptrace(SETOPTIONS, pid, EXITKILL)
    return pid


def wait_for_stop(pid):
    """Waits until the process stops at a trap. Other signals are passed on."""
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else "no-executable-memory: it died while it started")
        if os.WSTOPSIG(status) == signal.SIGTRAP:
            return
        ptrace(CONT, pid, os.WSTOPSIG(status))


def registers(pid):
    regs = (ctypes.c_ulonglong * 27)()
    ptrace(GETREGS, pid, ctypes.addressof(regs))
    return regs


def entry_point(pid):
    with open(f"/proc/{pid}/auxv", "rb") as auxv:
        words = struct.iter_unpack("<QQ", auxv.read())
    return dict(words)[AT_ENTRY]


def run_to_entry_and_install(pid):
    entry = entry_point(pid)
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:

        def swap(address, bytes_):
            memory.seek(address)
            old = memory.read(len(bytes_))
            memory.seek(address)
            memory.write(bytes_)
            return old

        first = swap(entry, b"\xcc")
        ptrace(CONT, pid)
        wait_for_stop(pid)
        swap(entry, first)
        look_at_mappings(pid)

        kept = registers(pid)
        steps, code = sock_filter()
        at = (kept[RSP] - 4096) & ~15  # below the red zone, in the page that the kernel gives the stack on access
        program = struct.pack("<HxxxxxxQ", steps, at + 16) + code
        old_stack, old_text = swap(at, program), swap(entry, SYSCALL_THEN_STOP)
        call = registers(pid)
        call[RIP], call[RAX], call[ORIG_RAX] = entry, SYS_SECCOMP, 2**64 - 1
        call[RDI], call[RSI], call[RDX] = SECCOMP_SET_MODE_FILTER, 0, at
        ptrace(SETREGS, pid, ctypes.addressof(call))
        ptrace(CONT, pid)
        wait_for_stop(pid)
        if registers(pid)[RAX] != 0:
            sys.exit("no-executable-memory: the kernel refuses the filter")
        swap(at, old_stack)
        swap(entry, old_text)
    kept[RIP] = entry
    ptrace(SETREGS, pid, ctypes.addressof(kept))
    ptrace(DETACH, pid)


def look_at_mappings(pid):
    """Fails unless all that is executable is from a file, or the kernel's own, and cannot be written."""
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            fields = line.split(maxsplit=5)
            name = fields[5].strip() if len(fields) > 5 else ""
            if "x" in fields[1] and ("w" in fields[1] or not name.startswith(("/", "[vdso]", "[vsyscall]"))):
                sys.exit(f"no-executable-memory: mapped at its entry point: {line.strip()}")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if platform.machine() != "x86_64" or sys.platform != "linux":
        sys.exit("no-executable-memory: this tool knows x86-64 Linux only")
    if sys.argv[1] == "--mdwe":
        execute(sys.argv[2:] or sys.exit(__doc__))
    pid = start(sys.argv[1:])
    run_to_entry_and_install(pid)
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSYS:
        sys.exit(f"no-executable-memory: {sys.argv[1]} asked for executable memory and was killed")
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


if __name__ == "__main__":
    main()
