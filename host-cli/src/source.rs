//! Programs and libraries: read, then translated or verified.

use crate::backtrace::Sources;
use crate::exit::Failure;
use crate::fault;
use crate::load::{self, Program};
use crate::progress;
use crate::symbols::MapFile;
use crate::trace::Tracer;
use crate::trace::calls::{self, Traceable};
use ermine::image::Inspection;
use ermine::{Engine, Module};
use std::path::Path;

/// A program, read.
pub(crate) struct Source<'a> {
    path: &'a Path,
    /// What messages call it.
    pub(crate) name: String,
    program: Program,
    /// Facts about it, if it is an image.
    image: Option<Inspection>,
}

impl<'a> Source<'a> {
    /// Reads a file, or standard input.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is no program.
    pub(crate) fn load(path: &'a Path) -> Result<Self, Failure> {
        let program = load::load(path)?;
        let name = load::name(path);
        let image = match &program {
            Program::Wasm(_) => None,
            Program::Image(bytes) => Some(Inspection::open(bytes).map_err(|error| fault::refused(&name, &error))?),
        };
        Ok(Self { path, name, program, image })
    }

    /// Whether it pays fuel; nothing if that is up to whoever translates it.
    pub(crate) fn is_metered(&self) -> Option<bool> {
        self.image.as_ref().map(Inspection::is_metered)
    }

    /// Whether it is an image.
    pub(crate) fn is_image(&self) -> bool {
        self.image.is_some()
    }

    /// Its size.
    pub(crate) fn bytes(&self) -> usize {
        self.program.bytes().len()
    }

    /// The module. What explains its backtraces is added to `sources`.
    ///
    /// # Errors
    ///
    /// If it is not valid, or beyond a bound.
    pub(crate) fn module(&self, engine: &Engine, sources: &mut Sources) -> Result<Module, Failure> {
        let module = progress::during(&format!("loading {}", self.name), self.bytes(), || match &self.program {
            Program::Wasm(wasm) => Module::new(engine, wasm),
            Program::Image(image) => Module::deserialize(engine, image),
        });
        let module = module.map_err(|error| fault::cannot_load(&self.name, &error))?;
        if let Some(image) = &self.image {
            sources.add(&module, MapFile::beside(self.path, image.checksum()));
        }
        Ok(module)
    }
}

/// A program or a library that can be instantiated.
pub(crate) struct Loaded<'a> {
    pub(crate) source: &'a Source<'a>,
    pub(crate) module: Module,
}

impl<'a> Loaded<'a> {
    /// Loads it. What explains its backtraces is added to `sources`.
    ///
    /// # Errors
    ///
    /// As [`Source::module`].
    pub(crate) fn new(source: &'a Source<'a>, engine: &Engine, sources: &mut Sources) -> Result<Self, Failure> {
        Ok(Self { source, module: source.module(engine, sources)? })
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> &'a str {
        &self.source.name
    }

    /// Lets its functions report their calls to `tracer`, those of a library under the name that it is linked by.
    ///
    /// # Errors
    ///
    /// If it is an image, or is too large to have anything added.
    pub(crate) fn trace(
        &mut self,
        library: Option<&str>,
        sources: &mut Sources,
        tracer: &mut Tracer,
    ) -> Result<(), Failure> {
        let Source { name, program, .. } = self.source;
        let Traceable { module, names, functions, places } =
            calls::traceable(self.module.engine(), name, program, tracer.next_function())?;
        tracer.name(library, names, functions);
        sources.add_rewritten(&module, &self.module, places);
        self.module = module;
        Ok(())
    }
}
