//! Ermine needs no memory that is executable but what the loader maps of its file.
//!
//! Here: what the file says, that of this very binary or of the one that `ERMINE_BINARY` names; and that the tool which takes executable memory away from a process
//! does so. `.ci/run` runs the suites, the guests and the command with that tool.

#![cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]

use std::path::PathBuf;
use std::{env, fs};

use ermine_tests::elf::{EXECUTE, LOAD, STACK, Segment, WRITE, segments};

#[test]
fn no_segment_can_be_written_and_executed_and_the_stack_is_data() {
    let binary = env::var_os("ERMINE_BINARY").map(PathBuf::from);
    let binary = binary.unwrap_or_else(|| env::current_exe().expect("this binary"));
    println!("{}", binary.display());
    let segments = segments(&fs::read(binary).expect("the binary")).expect("an ELF file");
    let loaded = |segment: &&Segment| segment.kind == LOAD;
    assert!(segments.iter().filter(loaded).any(|segment| segment.flags & EXECUTE != 0), "{segments:?}");
    assert!(segments.iter().all(|segment| segment.flags & (EXECUTE | WRITE) != EXECUTE | WRITE), "{segments:?}");
    // Without such a header the kernel makes the stack executable.
    assert!(segments.iter().any(|segment| segment.kind == STACK && segment.flags & EXECUTE == 0), "{segments:?}");
}

#[cfg(target_arch = "x86_64")]
mod tool {
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::{env, fs, process};

    use ermine_tests::tools;

    const WAYS: [&str; 5] = ["mmap", "mmap-writable", "mprotect", "pkey_mprotect", "personality"];

    /// A program that asks for executable memory, in a folder of its own.
    fn program() -> PathBuf {
        let folder = env::temp_dir().join(format!("ermine-executable-memory-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let program = folder.join("ask");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/executable_memory.c");
        let status = Command::new("cc").arg("-o").arg(&program).arg(source).status();
        assert!(status.expect("cc starts").success());
        program
    }

    /// Runs the program under the tool: how it ended, and what was said.
    fn run(program: &Path, options: &[&str], way: &str) -> (Option<i32>, String) {
        let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/no-executable-memory.py");
        let output = Command::new("python3").arg(tool).args(options).arg(program).arg(way).output();
        let output = output.expect("python3 starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    #[test]
    fn the_tool_lets_nothing_through() {
        if !tools::program("python3") || !tools::program("cc") {
            return;
        }
        let program = program();
        if tools::no_executable_memory().is_some() {
            let (code, said) = run(&program, &[], "none");
            assert_eq!(code, Some(0), "{said}");
            for way in WAYS {
                let (code, said) = run(&program, &[], way);
                assert!(
                    code == Some(1) && said.contains("asked for executable memory and was killed"),
                    "{way}: {said}"
                );
            }
            // A child is killed; its parent lives to tell.
            assert_eq!(run(&program, &[], "child").0, Some(1));
        }
        let (_, said) = run(&program, &["--mdwe"], "none");
        if tools::available("PR_SET_MDWE", !said.contains("no PR_SET_MDWE")) {
            for (way, code) in [("none", 0), ("mmap-writable", 1), ("mprotect", 1), ("pkey_mprotect", 1), ("child", 1)]
            {
                assert_eq!(run(&program, &["--mdwe"], way).0, Some(code), "{way}");
            }
        }
        fs::remove_dir_all(program.parent().expect("its folder")).expect("the folder goes");
    }
}
