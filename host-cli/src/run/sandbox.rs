//! `--sandbox`: Landlock, a second wall around the process.
//!
//! WASI's own checks keep a program inside of its directories. Should one of them fail, the kernel lets this process still do nothing but open what
//! lies below those directories, no program be started, and no socket be bound or connected. What is open already stays usable: streams, listeners,
//! symbol maps.

use crate::args::{DirGrant, GrantArgs, SandboxArg};
use crate::exit::{Exit, Failure};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};

/// What a kernel must have, or the wall is left out: the first version forbids to move a file from one directory to another whatever a rule says.
const LEAST: ABI = ABI::V2;

/// What is used where a kernel has it.
const BEST: ABI = ABI::V6;

/// Puts the process behind the wall, for good.
///
/// # Errors
///
/// If `strict` is asked for and the kernel does not have Landlock.
pub(super) fn enter(mode: SandboxArg, grants: &GrantArgs) -> Result<(), Failure> {
    let strict = match mode {
        SandboxArg::Off => return Ok(()),
        SandboxArg::Auto => false,
        SandboxArg::Strict => true,
    };
    match restrict(strict, &grants.dir) {
        Ok(RulesetStatus::NotEnforced) if strict => Err(missing()),
        Err(_) if strict => Err(missing()),
        // Without a second wall there is still the first.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn missing() -> Failure {
    let message = "--sandbox=strict: this kernel has no Landlock (of Linux 5.19 or later), or does not let us use it; --sandbox=auto runs the program without";
    Failure::new(Exit::CannotLoad, message)
}

fn restrict(strict: bool, dirs: &[DirGrant]) -> Result<RulesetStatus, RulesetError> {
    let least = if strict { CompatLevel::HardRequirement } else { CompatLevel::SoftRequirement };
    let mut ruleset = Ruleset::default()
        .set_compatibility(least)
        .handle_access(AccessFs::from_all(LEAST))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(BEST))?
        .handle_access(AccessNet::from_all(BEST))?
        .scope(Scope::from_all(BEST))?
        .create()?;
    for DirGrant { host, read_only, .. } in dirs {
        // The guest has it open: a directory that is gone by now has nothing in it.
        if let Ok(place) = PathFd::new(host) {
            ruleset = ruleset.add_rule(PathBeneath::new(place, allowed(*read_only)))?;
        }
    }
    Ok(ruleset.restrict_self()?.ruleset)
}

/// What may be done below a directory.
fn allowed(read_only: bool) -> BitFlags<AccessFs> {
    if read_only {
        AccessFs::ReadFile | AccessFs::ReadDir
    } else {
        AccessFs::from_all(BEST) & !BitFlags::from(AccessFs::Execute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::path::Path;

    #[test]
    fn nothing_but_the_directories_can_be_opened_behind_the_wall() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let (inside, outside) = (data.join("run.rs"), Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
        let grant = DirGrant { host: data, guest: ".".to_owned(), read_only: true };
        // The wall is around one thread.
        let behind = std::thread::spawn(move || match restrict(false, &[grant]) {
            Ok(RulesetStatus::NotEnforced) | Err(_) => None,
            Ok(_) => Some([
                File::open(&inside).is_ok(),
                File::options().append(true).open(&inside).is_ok(),
                File::open(&outside).is_ok(),
                std::net::TcpListener::bind("127.0.0.1:0").is_ok(),
            ]),
        });
        match behind.join().expect("no panic") {
            // Older kernels leave the network open.
            Some([inside, write, outside, _]) => assert_eq!([inside, write, outside], [true, false, false]),
            None => assert_eq!(
                enter(SandboxArg::Strict, &GrantArgs::default()).map_err(|failure| failure.exit),
                Err(Exit::CannotLoad)
            ),
        }
    }
}
