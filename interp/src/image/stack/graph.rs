//! Who calls whom in an image.
//!
//! ```text
//! nodes:  functions, imports first; then signatures
//! edges:  caller ─ distance ─► callee                                      a call, with the bytes between the two frames; a tail call: 0
//!         caller ─ distance ─► signature ─ 0 ─► function                   an indirect call, and all that it may reach:
//!                                                                          the functions of that signature that references are made of
//! ```

use alloc::{vec, vec::Vec};

use crate::{
    code::decode::{Instruction, decode, get32},
    image::{
        Image, ItemKind,
        format::{Section, expr, mode},
    },
    isa::{Field, derive::RowId},
    val_type::ValType,
};

/// A call, or what an indirect call may reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: u32,
    /// Bytes from the caller's frame to the callee's.
    pub(super) distance: u32,
}

/// Who calls whom. Nodes are the functions, then the signatures.
pub(super) struct Graph {
    pub(super) functions: u32,
    /// Bytes that each node needs by itself.
    pub(super) frames: Vec<u32>,
    /// Where the edges of each node start; one entry more than nodes.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// The functions that references are made of, each once.
    referenced: Vec<u32>,
    /// Whether references leave the module.
    escapes: bool,
    /// Whether an indirect call may reach functions of others.
    pub(super) open: bool,
}

impl Graph {
    /// The graph of an image.
    pub(super) fn of(image: Image<'_>) -> Self {
        let functions = image.count(Section::Functions);
        let mut builder = Builder {
            image,
            signatures: signatures(image),
            is_referenced: vec![false; functions as usize],
            writes_tables: false,
            graph: Self {
                functions,
                frames: Vec::new(),
                starts: vec![0],
                edges: Vec::new(),
                referenced: Vec::new(),
                escapes: false,
                open: false,
            },
        };
        builder.functions();
        builder.segments();
        builder.outside();
        builder.indirect();
        builder.graph
    }

    /// What may be called from outside.
    pub(super) fn roots(&self, image: Image<'_>) -> Vec<u32> {
        let exported = image.exports().filter(|export| export.kind == ItemKind::Func).map(|export| export.index);
        let mut roots: Vec<u32> = image.start().into_iter().chain(exported).collect();
        if self.escapes {
            roots.extend(&self.referenced);
        }
        roots.retain(|&root| root < self.functions);
        roots
    }

    /// The edges that leave a node.
    pub(super) fn edges(&self, node: u32) -> &[Edge] {
        let bound = |index: usize| self.starts.get(index).map_or(0, |&at| at as usize);
        self.edges.get(bound(node as usize)..bound(node as usize + 1)).unwrap_or_default()
    }

    pub(super) fn is_signature(&self, node: u32) -> bool {
        node >= self.functions
    }
}

/// The places of all signatures, ascending.
fn signatures(image: Image<'_>) -> Vec<u32> {
    let mut places: Vec<u32> = image.section(Section::Types).to_vec();
    places.extend(image.functions().iter().map(|function| function.type_id));
    places.sort_unstable();
    places.dedup();
    places
}

/// Reads a graph from an image, node by node.
struct Builder<'a> {
    image: Image<'a>,
    signatures: Vec<u32>,
    is_referenced: Vec<bool>,
    /// Whether something writes references to tables.
    writes_tables: bool,
    graph: Graph,
}

impl Builder<'_> {
    fn end_node(&mut self, frame: u32) {
        self.graph.frames.push(frame);
        // More edges than 32 bits count do not fit an image.
        self.graph.starts.push(u32::try_from(self.graph.edges.len()).unwrap_or(u32::MAX));
    }

    /// The node of a signature, by its place.
    fn signature_node(&self, place: u32) -> Option<u32> {
        let index = u32::try_from(self.signatures.binary_search(&place).ok()?).ok()?;
        self.graph.functions.checked_add(index)
    }

    fn functions(&mut self) {
        let image = self.image;
        for func in 0..self.graph.functions {
            if func < image.imported_funcs() {
                let slots = image.signature(func).map_or(0, |signature| signature.slots());
                self.end_node(u32::from(slots) * 4);
            } else {
                self.function(image.code_of(func).unwrap_or_default());
            }
        }
    }

    fn function(&mut self, code: &[u16]) {
        let mut at = 0;
        while let Some(instruction) = decode(code, at) {
            self.instruction(&instruction);
            at += instruction.len();
        }
        // The header's first number, see `calls::Header`.
        self.end_node(get32(code, 1).unwrap_or(0));
    }

    /// An instruction with a place for a frame is a call; one that also ends its own frame is a tail call.
    fn instruction(&mut self, instruction: &Instruction<'_>) {
        let number = |wanted| get32(instruction.fields, unit_of(instruction, wanted)?);
        let defined = || number(Field::Func)?.checked_add(self.image.imported_funcs());
        let indirect = || {
            let ty = number(Field::Type)?;
            self.signature_node(*self.image.section(Section::Types).get(ty as usize)?)
        };
        let callee = defined().or_else(|| number(Field::AnyFunc)).or_else(indirect);
        let frame = unit_of(instruction, Field::Frame).and_then(|unit| instruction.fields.get(unit).copied());
        let tail = unit_of(instruction, Field::Link).is_some();
        if matches!(instruction.info.row, RowId::TableSet | RowId::TableGrow | RowId::TableFill) {
            self.writes_tables = true;
        }
        match (callee, frame) {
            (Some(to), Some(_)) if tail => self.graph.edges.push(Edge { to, distance: 0 }),
            (Some(to), Some(frame)) => self.graph.edges.push(Edge { to, distance: frame.into() }),
            (Some(func), None) => self.reference(func),
            (None, _) => {}
        }
    }

    /// A reference to this function exists.
    fn reference(&mut self, func: u32) {
        if let Some(known) = self.is_referenced.get_mut(func as usize)
            && !core::mem::replace(known, true)
        {
            self.graph.referenced.push(func);
        }
    }

    /// References in element segments and initial values.
    fn segments(&mut self) {
        for segment in 0..self.image.count(Section::Elements) {
            let Some([kind, .., first, count]) = self.image.record::<5>(Section::Elements, segment) else { return };
            if kind & mode::EXPRS == 0 {
                let items = self.image.section(Section::Items).get(first as usize..).unwrap_or_default();
                for item in items.iter().take(count as usize) {
                    if let Some(func) = item.checked_sub(1) {
                        self.reference(func);
                    }
                }
            }
        }
        // All expressions at once: those of items, of globals, and of offsets, in which there are no references.
        for at in 0..self.image.count(Section::Exprs) {
            match self.image.record(Section::Exprs, at) {
                Some([op, func, _]) if op & 0xff == expr::REF_FUNC => self.reference(func),
                // The item of a segment may be a global from outside.
                Some([op, ..]) if op & 0xff == expr::GLOBAL_GET => self.writes_tables = true,
                _ => {}
            }
        }
    }

    /// Whether references leave the module, and whether others come in.
    fn outside(&mut self) {
        let image = self.image;
        let imported = image.imports().map(|import| (import.kind, import.index));
        let exported = image.exports().map(|export| (export.kind, export.index));
        let (mut tables, mut values) = (false, false);
        for (kind, index) in imported.chain(exported) {
            match kind {
                ItemKind::Func => {
                    let is_reference = |ty| ty == ValType::FuncRef;
                    values |= image.signature(index).is_some_and(|signature| {
                        signature.params().any(is_reference) || signature.results().any(is_reference)
                    });
                }
                ItemKind::Table => tables |= holds_functions(image.record::<3>(Section::Tables, index)),
                ItemKind::Global => values |= holds_functions(image.record::<2>(Section::Globals, index)),
                ItemKind::Memory => {}
            }
        }
        self.graph.escapes = tables || values;
        self.graph.open = tables || values && self.writes_tables;
    }

    /// The nodes of signatures.
    fn indirect(&mut self) {
        let mut callees: Vec<(u32, u32)> = Vec::new();
        for &func in &self.graph.referenced {
            if let Some(record) = self.image.functions().get(func as usize) {
                callees.push((record.type_id, func));
            }
        }
        callees.sort_unstable();
        let mut callees = callees.into_iter().peekable();
        for index in 0..self.signatures.len() {
            let place = self.signatures.get(index).copied();
            while let Some((_, to)) = callees.next_if(|&(ty, _)| Some(ty) == place) {
                self.graph.edges.push(Edge { to, distance: 0 });
            }
            self.end_node(0);
        }
    }
}

/// Where a field of this kind is in an instruction, if it has one.
fn unit_of(instruction: &Instruction<'_>, wanted: Field) -> Option<usize> {
    let fields = instruction.info.layout.fields();
    let before = fields.get(..fields.iter().position(|&field| field == wanted)?)?;
    Some(before.iter().map(|field| field.bytes()).sum::<usize>() / 2)
}

/// Whether a table or global of this type holds references to functions.
fn holds_functions<const N: usize>(record: Option<[u32; N]>) -> bool {
    let ty = record.and_then(|record| record.first().copied());
    ty.is_some_and(|ty| Image::val_type(ty & 0xff) == Some(ValType::FuncRef))
}
