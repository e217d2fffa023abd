//! Where code of a rewritten module was in the module as it came.

/// Offsets of the rewritten module with those they had before.
///
/// Code is copied in pieces, so there is one entry for the start of each piece.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Sorted by the offset now.
    pieces: Vec<Piece>,
}

/// A piece of code.
#[derive(Debug, Clone, Copy)]
struct Piece {
    now: usize,
    was: usize,
    /// Whether it was put in between: all of it is where it was put.
    added: bool,
}

impl Places {
    /// From here on code is a copy of what was there. Pieces come in order.
    pub(super) fn copied(&mut self, now: usize, was: usize) {
        self.pieces.push(Piece { now, was, added: false });
    }

    /// From here on code is new, put in front of what was there.
    pub(super) fn added(&mut self, now: usize, was: usize) {
        self.pieces.push(Piece { now, was, added: true });
    }

    /// Takes over the pieces of a part that lies at `base`.
    pub(super) fn append(&mut self, part: Self, base: usize) {
        self.pieces.extend(part.pieces.into_iter().map(|piece| Piece { now: piece.now + base, ..piece }));
    }

    /// Where this offset of the rewritten module was before.
    pub(crate) fn before(&self, now: usize) -> Option<usize> {
        let behind = self.pieces.partition_point(|piece| piece.now <= now);
        let piece = self.pieces.get(behind.checked_sub(1)?)?;
        Some(if piece.added { piece.was } else { piece.was + (now - piece.now) })
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn pieces_lead_back() {
        let mut body = Places::default();
        body.added(2, 102);
        body.copied(10, 102);
        let mut places = Places::default();
        places.append(body, 1000);
        let before: Vec<Option<usize>> = [1001, 1002, 1009, 1010, 1015].map(|now| places.before(now)).into();
        assert_eq!(before, [None, Some(102), Some(102), Some(102), Some(107)]);
    }
}
