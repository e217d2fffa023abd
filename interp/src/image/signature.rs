//! Parameters and results of a function, as an image has them.

use crate::val_type::ValType;

/// Parameters and results of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signature<'a> {
    params: u16,
    /// Slots of 4 bytes that the parameters take.
    pub(crate) param_slots: u16,
    /// Slots that the results take.
    pub(crate) result_slots: u16,
    /// A byte for each parameter, then for each result.
    types: &'a [u8],
}

impl<'a> Signature<'a> {
    /// The signature at the start of `bytes`.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<8>()?;
        let [a, b, c, d, e, f, g, h] = *head;
        let (params, results) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        let types = rest.get(..usize::from(params) + usize::from(results))?;
        let (param_slots, result_slots) = (u16::from_le_bytes([e, f]), u16::from_le_bytes([g, h]));
        Some(Self { params, param_slots, result_slots, types })
    }

    /// The types of the parameters.
    pub fn params(&self) -> impl ExactSizeIterator<Item = ValType> + use<'a> {
        Self::decode(self.types.get(..usize::from(self.params)).unwrap_or_default())
    }

    /// The types of the results.
    pub fn results(&self) -> impl ExactSizeIterator<Item = ValType> + use<'a> {
        Self::decode(self.result_bytes())
    }

    /// The bytes of the types of the results.
    pub(crate) fn result_bytes(&self) -> &'a [u8] {
        self.types.get(usize::from(self.params)..).unwrap_or_default()
    }

    fn decode(types: &'a [u8]) -> impl ExactSizeIterator<Item = ValType> + use<'a> {
        // Verified signatures have no other bytes.
        types.iter().map(|&byte| ValType::from_byte(byte).unwrap_or(ValType::I32))
    }

    /// Slots that arguments and results share.
    pub(crate) fn slots(&self) -> u16 {
        self.param_slots.max(self.result_slots)
    }

    /// Bytes that it takes, without padding.
    pub(crate) fn size(&self) -> usize {
        8 + self.types.len()
    }

    /// The bytes of all types, parameters first.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.types
    }
}
