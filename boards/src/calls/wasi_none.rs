//! Without the feature `wasi`, nothing offers `wasi_snapshot_preview1`.

use ermine::{
    bare::{Call, Halt},
    image::{Import, Signature},
};

use super::Ports;
use crate::refusal::Refusal;

pub(super) fn look_up(_: &[crate::Grant], _: &Import<'_>, _: &Signature<'_>) -> Option<Result<u32, Refusal>> {
    None
}

pub(super) fn call<B>(_: &mut Ports<'_, B>, _: u32, _: &mut Call<'_>) -> Option<Result<(), Halt>> {
    None
}
