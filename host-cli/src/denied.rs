//! Remembers what a guest was refused, for a note at its end: few programs say it themselves.

use ermine_wasi::{Call, Errno};

/// The last path that a guest was refused access to.
#[derive(Debug, Default)]
pub(crate) struct Denied {
    path: Option<String>,
}

impl Denied {
    /// A WASI call is done.
    pub(crate) fn after(&mut self, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        if result == Err(Errno::Notcapable) {
            self.path = path(memory, call).or_else(|| self.path.take());
        }
    }

    /// What was refused, as a line that tells the user what to do.
    pub(crate) fn note(&self) -> Option<String> {
        let path = self.path.as_deref()?;
        Some(format!("it was refused access to {path:?}; --dir grants directories, without `:ro` also for writing"))
    }
}

/// The path among the arguments of a call, if it has one that can be shown.
#[cold]
fn path(memory: &[u8], call: Call<'_>) -> Option<String> {
    let at = call.function.params.iter().position(|(name, _)| name.ends_with("path"))?;
    let [start, len] = [at, at + 1].map(|index| call.args.get(index).and_then(|arg| usize::try_from(*arg).ok()));
    let start = start?;
    let bytes = memory.get(start..start.checked_add(len?)?)?;
    Some(std::str::from_utf8(bytes).ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ermine_wasi::FUNCTIONS;

    #[test]
    fn the_last_refused_path_is_told() {
        let function = FUNCTIONS.iter().find(|function| function.name == "path_unlink_file").expect("a function");
        let mut denied = Denied::default();
        let mut call = |args: &[u64], result| denied.after(b"../a..b", Call { function, args }, result);
        call(&[3, 0, 4], Err(Errno::Notcapable));
        call(&[3, 5, 2], Err(Errno::Noent));
        call(&[3, 5, 99], Err(Errno::Notcapable));
        assert!(denied.note().is_some_and(|note| note.starts_with("it was refused access to \"../a\"; --dir ")));
    }
}
