//! Functions of a binary as `objdump` shows them, reduced to what matters for the stack and for control: x86-64 and AArch64.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;

/// A function: its instructions by address.
pub type Function = BTreeMap<u64, Instruction>;

/// What an instruction does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// The stack grows by so many bytes (or shrinks).
    Stack(i64),
    /// Calls something, by name where it has one.
    Call(String),
    /// Jumps to an address that a register or memory holds.
    IndirectJump,
    /// Jumps to an address, called so.
    Jump(u64, String),
    /// May jump there.
    Branch(u64),
    /// Returns.
    Return,
    /// Ends the process.
    Trap,
    /// None of these.
    Other,
}

/// All functions of a binary whose demangled name contains `part`.
///
/// # Panics
///
/// When `objdump` does not work, or an instruction changes the stack in a way that is not known here.
pub fn functions(objdump: &str, binary: &Path, part: &str) -> Vec<(String, Function)> {
    let text = output(Command::new(objdump).args(["-d", "-C", "--no-show-raw-insn"]).arg(binary));
    let kept = kept_addresses(objdump, binary, &text.lines().filter_map(head).collect());
    let mut functions = Vec::new();
    let mut wanted = false;
    for line in text.lines() {
        if let Some((_, name)) = head(line) {
            wanted = name.contains(part);
            if wanted {
                functions.push((name.to_owned(), Function::new()));
            }
        } else if let (true, Some((_, function))) = (wanted, functions.last_mut()) {
            function.extend(instruction(line, &kept));
        }
    }
    functions
}

/// How many symbols have a demangled name that contains `part`: also those that share their code with another.
///
/// # Panics
///
/// When `objdump` does not work.
pub fn symbols(objdump: &str, binary: &Path, part: &str) -> usize {
    let text = output(Command::new(objdump).args(["-t", "-C"]).arg(binary));
    text.lines().filter(|line| line.contains(part)).count()
}

/// `00000000001037b0 <leave>:`, before the instructions of a function.
fn head(line: &str) -> Option<(u64, &str)> {
    let (address, name) = line.strip_suffix(">:")?.split_once(" <")?;
    Some((u64::from_str_radix(address, 16).ok()?, name))
}

/// Names of functions, of other libraries or of this binary's `symbols`, by the place where their address is kept.
fn kept_addresses(objdump: &str, binary: &Path, symbols: &HashMap<u64, &str>) -> HashMap<u64, String> {
    let text = output(Command::new(objdump).arg("-R").arg(binary));
    let import = |line: &str| {
        let mut words = line.split_whitespace();
        let (at, value) = (words.next()?, words.nth(1)?);
        let name = match value.strip_prefix("*ABS*+0x") {
            Some(address) => (*symbols.get(&u64::from_str_radix(address, 16).ok()?)?).to_owned(),
            None => base_name(value),
        };
        Some((u64::from_str_radix(at, 16).ok()?, name))
    };
    text.lines().filter_map(import).collect()
}

/// `floor` of `floor@plt` and of `floor@GLIBC_2.2.5`.
fn base_name(name: &str) -> String {
    name.split('@').next().unwrap_or(name).to_owned()
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `  1570e0:  jmp    1037b0 <leave>`
fn instruction(line: &str, kept: &HashMap<u64, String>) -> Option<(u64, Instruction)> {
    let (address, text) = line.split_once(':')?;
    let address = u64::from_str_radix(address.trim(), 16).ok()?;
    let mut text = text.trim();
    for prefix in ["bnd ", "notrack ", "repz ", "rep ", "lock "] {
        text = text.strip_prefix(prefix).unwrap_or(text);
    }
    let (mnemonic, operands) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let operands = operands.trim();
    let what = x86(mnemonic, operands, kept).or_else(|| aarch64(mnemonic, operands));
    Some((address, what.unwrap_or_else(|| other(text))))
}

/// What does not touch the stack pointer.
fn other(text: &str) -> Instruction {
    let writes = [",%rsp", ", %rsp"].iter().any(|end| text.ends_with(end)) && !text.starts_with("cmp");
    assert!(!writes, "an unknown use of the stack: {text}");
    Instruction::Other
}

fn x86(mnemonic: &str, operands: &str, kept: &HashMap<u64, String>) -> Option<Instruction> {
    Some(match (mnemonic, operands.split_once(",%rsp")) {
        ("push", _) => Instruction::Stack(8),
        ("pop", _) => Instruction::Stack(-8),
        ("sub", Some((bytes, ""))) => Instruction::Stack(immediate(bytes)?),
        ("add", Some((bytes, ""))) => Instruction::Stack(-immediate(bytes)?),
        ("ret", _) => Instruction::Return,
        ("ud2" | "int3", _) => Instruction::Trap,
        ("call", _) => Instruction::Call(callee(operands, kept)),
        ("jmp", _) if operands.starts_with('*') => Instruction::IndirectJump,
        ("jmp", _) => jump(operands)?,
        _ if mnemonic.starts_with('j') => Instruction::Branch(target(operands)?),
        _ => return None,
    })
}

fn aarch64(mnemonic: &str, operands: &str) -> Option<Instruction> {
    Some(match mnemonic {
        "sub" if operands.starts_with("sp, sp, ") => Instruction::Stack(immediate(operands.rsplit(' ').next()?)?),
        "add" if operands.starts_with("sp, sp, ") => Instruction::Stack(-immediate(operands.rsplit(' ').next()?)?),
        // A store before which the stack grows, `[sp, #-16]!`; a load after which it shrinks, `[sp], #16`.
        "str" | "stp" if operands.ends_with(']') || operands.ends_with('!') => {
            let (_, bytes) = operands.split_once("[sp, ")?;
            Instruction::Stack(-immediate(bytes.strip_suffix("]!")?)?)
        }
        "ldr" | "ldp" => Instruction::Stack(-immediate(operands.split_once("[sp], ")?.1)?),
        "ret" => Instruction::Return,
        "brk" | "udf" => Instruction::Trap,
        "bl" => Instruction::Call(callee(operands, &HashMap::new())),
        "blr" => Instruction::Call("through a register".to_owned()),
        "br" => Instruction::IndirectJump,
        "b" => jump(operands)?,
        "cbz" | "cbnz" | "tbz" | "tbnz" => Instruction::Branch(target(operands.rsplit(", ").next()?)?),
        _ if mnemonic.starts_with("b.") => Instruction::Branch(target(operands)?),
        _ => return None,
    })
}

/// `$0x18`, `#0x18`, `#-16`
fn immediate(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['$', '#']);
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let value = match digits.strip_prefix("0x") {
        Some(hexadecimal) => i64::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(if negative { -value } else { value })
}

/// `1037b0 <leave>`
fn target(operands: &str) -> Option<u64> {
    u64::from_str_radix(operands.split_whitespace().next()?, 16).ok()
}

fn jump(operands: &str) -> Option<Instruction> {
    Some(Instruction::Jump(target(operands)?, name(operands)))
}

fn name(operands: &str) -> String {
    let name = operands.split_once('<').map_or(operands, |(_, name)| name.strip_suffix('>').unwrap_or(name));
    base_name(name)
}

/// What a call calls: also where its address is kept in a table, `*0x1de64a(%rip)        # 3334a0 <…>`.
fn callee(operands: &str, kept: &HashMap<u64, String>) -> String {
    let name_kept = operands.split_once("# ").and_then(|(_, place)| kept.get(&target(place)?));
    name_kept.cloned().unwrap_or_else(|| name(operands))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Instruction {
        let kept = HashMap::from([(0x3334a0, "floor".to_owned())]);
        instruction(line, &kept).expect("an instruction").1
    }

    #[test]
    fn lines_of_x86_64_are_understood() {
        assert_eq!(parsed("  10:\tpush   %rax"), Instruction::Stack(8));
        assert_eq!(parsed("  10:\tadd    $0x18,%rsp"), Instruction::Stack(-24));
        assert_eq!(parsed("  10:\tjmp    *0x8(%rdi)"), Instruction::IndirectJump);
        assert_eq!(parsed("  10:\tjne    2f <f+0x1f>"), Instruction::Branch(0x2f));
        assert_eq!(parsed("  10:\tjmp    2f <leave>"), Instruction::Jump(0x2f, "leave".to_owned()));
        assert_eq!(
            parsed("  10:\tcall   *0x1(%rip)        # 3334a0 <_DYNAMIC+0x2b0>"),
            Instruction::Call("floor".to_owned())
        );
        assert_eq!(parsed("  10:\tcall   *%rax"), Instruction::Call("*%rax".to_owned()));
        assert_eq!(parsed("  10:\tmov    (%rsp),%rax"), Instruction::Other);
    }

    #[test]
    fn lines_of_aarch64_are_understood() {
        assert_eq!(parsed("  10:\tstp\tx29, x30, [sp, #-32]!"), Instruction::Stack(32));
        assert_eq!(parsed("  10:\tldp\tx29, x30, [sp], #32"), Instruction::Stack(-32));
        assert_eq!(parsed("  10:\tsub\tsp, sp, #0x10"), Instruction::Stack(16));
        assert_eq!(parsed("  10:\tstr\tx8, [sp, #8]"), Instruction::Other);
        assert_eq!(parsed("  10:\tbr\tx8"), Instruction::IndirectJump);
        assert_eq!(parsed("  10:\ttbnz\tw8, #31, 2c <f+0x1c>"), Instruction::Branch(0x2c));
        assert_eq!(parsed("  10:\tbl\t2c <floor@plt>"), Instruction::Call("floor".to_owned()));
    }
}
