//! The symbol map of an image: made from the module that the image was compiled from.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{ItemIndex, Module, ModuleInner, get, names};
use crate::{
    image::{Inspection, SymbolMap},
    types::ExternType,
};

impl Module {
    /// The names and module offsets for the places in an image's code. Nothing if the image was not compiled from this module, with the settings of this
    /// module's engine.
    #[must_use]
    pub fn symbol_map(&self, image: &Inspection) -> Option<SymbolMap> {
        let module = &*self.inner;
        let names = func_names(module);
        let mut map = SymbolMap::new(image.checksum());
        let imports = module.imports.iter().filter(|import| matches!(import.ty, ExternType::Func(_)));
        for (index, import) in (0..).zip(imports) {
            map.push(index, Some(&alloc::format!("{}.{}", import.module, import.name)), None, Vec::new());
        }
        let mut defined = 0;
        while let Some(body) = get(&module.bodies, defined) {
            let index = module.env.imported_funcs.checked_add(defined)?;
            let mut listing = module.list(defined)?;
            // A function's header is made for no operator.
            listing.offsets.retain(|(_, offset)| body.contains(offset));
            if !image.has_code(index, &listing.code) {
                return None;
            }
            map.push(index, names.get(&index).copied(), Some(body.start), listing.offsets);
            defined += 1;
        }
        image.defined().eq(module.env.imported_funcs..map.end()).then_some(map)
    }
}

/// The name of each function that has one: that of the name section, or the first that it is exported under.
fn func_names(module: &ModuleInner) -> BTreeMap<u32, &str> {
    let mut all = BTreeMap::new();
    names::each_func_name(module, |index, name| {
        all.entry(index).or_insert(name);
        true
    });
    for export in &module.exports {
        if let ItemIndex::Func(index) = export.item {
            all.entry(index).or_insert(&*export.name);
        }
    }
    all
}
