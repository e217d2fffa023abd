//! The rules, as what a refusal names.

use core::fmt;

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $text:literal;)*) => {
        /// A rule of the verifier that an image breaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$rule),*];
        }

        impl fmt::Display for Rule {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$rule => $text,)*
                })
            }
        }
    };
}

rules! {
    /// A string is not inside its section, or no UTF-8.
    Strings "a string is not complete, or no UTF-8";
    /// An import has no name or an unknown kind.
    Imports "an import without a name, or of unknown kind";
    /// There are other numbers of imports than index spaces have room for.
    ImportCounts "imports and index spaces do not agree";
    /// An export has no name, or there is no such item.
    Exports "an export without a name, or of something that does not exist";
    /// A signature is not complete, has an unknown type, or claims the wrong number of slots.
    Signatures "a signature that is not well-formed";
    /// A type has no signature.
    Types "a type without a signature";
    /// A function has no signature, or its code is not where that of the one before ends.
    Functions "a function without a signature, or not behind the one before";
    /// The start function does not exist, or takes or returns something.
    Start "a start function that does not exist, or takes or returns something";
    /// A table has an unknown type, or a minimum above its maximum.
    Tables "a table of unknown type, or with a minimum above its maximum";
    /// A memory has an unknown page size, too many pages, or a minimum above its maximum.
    Memories "a memory with a page size or a number of pages that it cannot have";
    /// A global has an unknown type, or no initial value.
    Globals "a global of unknown type, or without an initial value";
    /// A constant expression does not end, pops what is not there, or names what does not exist.
    Expressions "a constant expression that is not well-formed";
    /// An element segment has no place, no table, or not existing items behind those of the one before.
    Elements "an element segment without a table, an offset, or items behind those of the one before";
    /// A data segment has no place, no memory, or bytes outside of the section.
    Datas "a data segment without a memory or an offset, or outside of its section";

    /// A function does not start with a header, or with one that does not fit its signature.
    Header "a function without a header that fits its signature";
    /// An instruction is unknown to this profile or this build, or not complete.
    Instruction "an unknown instruction, or one that is not complete";
    /// An instruction that must not be among a function's.
    Misplaced "an instruction that is no function's";
    /// A slot is outside of the frame, not aligned, or touches the link.
    Slot "a slot outside of the frame, or on its link";
    /// The link is somewhere else.
    Link "a link that is not where the frame has it";
    /// A branch goes somewhere else than to an instruction of the function.
    Branch "a branch to something else than an instruction of its function";
    /// An accumulator is read that the instruction before has not written.
    Accumulator "an accumulator is read that was not just written";
    /// Control goes on behind the last instruction.
    End "control goes on behind the last instruction";
    /// A return has a value of another type than the function.
    Return "a return of something else than the function returns";
    /// A callee does not exist, or is called by an instruction for others.
    Callee "a call of something that does not exist";
    /// A callee's frame is not inside the caller's, behind its link.
    Frame "a callee's frame outside of its caller's, or on its link";
    /// A tail call hands over something else than the callee takes, or returns something else.
    TailCall "a tail call that does not fit its callee";
    /// A global does not exist, has another width, or must not be written.
    Global "a global that does not exist, has another width, or must not be written";
    /// A function, table, memory or segment does not exist.
    Index "a function, table, memory or segment that does not exist";
    /// Something is not paid for in metered code, or is in other code.
    Fuel "fuel that is not paid in metered code, or paid in other code";
}
