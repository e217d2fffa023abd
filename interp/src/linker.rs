//! Linkers: imports found by name.

use alloc::{boxed::Box, format, sync::Arc, vec::Vec};
use core::fmt;

use hashbrown::HashMap;

use crate::{
    engine::Engine,
    error::{Error, ErrorKind, MissingImport},
    func::{Caller, Func, HostFunc, IntoFunc},
    global::Global,
    instance::{Extern, Instance, instantiate},
    memory::Memory,
    module::{ImportType, Module},
    store::{AsContext, AsContextMut, Store},
    table::Table,
    types::{ExternType, FuncType},
    value::{Ref, Val},
};

/// Definitions by name, for the imports of modules.
///
/// Host functions that are defined here belong to no store; each instantiation puts those that the module wants into its store.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, Linker, Module, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::default();
/// let mut linker = Linker::<()>::new(&engine);
/// linker.func_wrap("math", "double", |x: i32| x * 2)?;
/// let wasm = wat::parse_str(
///     r#"(module (import "math" "double" (func $double (param i32) (result i32)))
///         (func (export "quadruple") (param i32) (result i32) (call $double (call $double (local.get 0)))))"#,
/// )?;
/// let mut store = Store::new(&engine, ());
/// let instance = linker.instantiate_and_start(&mut store, &Module::new(&engine, &wasm)?)?;
/// let quadruple = instance.get_typed_func::<i32, i32>(&store, "quadruple")?;
/// assert_eq!(quadruple.call(&mut store, 3)?, 12);
/// # Ok(())
/// # }
/// ```
pub struct Linker<T> {
    engine: Engine,
    /// By module, then by name.
    modules: HashMap<Box<str>, HashMap<Box<str>, Definition<T>>>,
    allow_shadowing: bool,
}

/// What a name stands for.
enum Definition<T> {
    Item(Extern),
    HostFunc(Arc<HostFunc<T>>),
}

impl<T> Clone for Definition<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Item(item) => Self::Item(*item),
            Self::HostFunc(func) => Self::HostFunc(func.clone()),
        }
    }
}

impl<T> Linker<T> {
    /// A linker that knows nothing yet.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), modules: HashMap::new(), allow_shadowing: false }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a definition may replace one of the same name. Default: no.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.allow_shadowing = allow;
        self
    }

    /// Defines an item of a store. Modules can then be instantiated in that store only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateDefinition`] if the name is taken.
    pub fn define(&mut self, module: &str, name: &str, item: impl Into<Extern>) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Item(item.into()))
    }

    /// Defines a host function with a type known at run time, see [`Func::new`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateDefinition`] if the name is taken.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::HostFunc(Arc::new(HostFunc::new(ty, func))))
    }

    /// Defines a host function from a closure, see [`Func::wrap`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateDefinition`] if the name is taken.
    pub fn func_wrap<Params, Results>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::HostFunc(Arc::new(func.into_func())))
    }

    fn insert(&mut self, module: &str, name: &str, definition: Definition<T>) -> Result<&mut Self, Error> {
        let names = self.modules.entry(module.into()).or_default();
        if !self.allow_shadowing && names.contains_key(name) {
            return Err(ErrorKind::DuplicateDefinition { module: module.into(), name: name.into() }.into());
        }
        names.insert(name.into(), definition);
        Ok(self)
    }

    /// Defines all exports of an instance.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateDefinition`] if a name is taken, or if the instance belongs to another store.
    pub fn instance(
        &mut self,
        ctx: impl AsContext<Data = T>,
        module_name: &str,
        instance: Instance,
    ) -> Result<&mut Self, Error> {
        let context = ctx.as_context();
        context.store.inner.instance_by(instance.0)?;
        for export in instance.exports(context) {
            self.define(module_name, export.name(), export.into_extern())?;
        }
        Ok(self)
    }

    /// Makes all definitions of one module name available under another.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateDefinition`] if a name is taken.
    pub fn alias_module(&mut self, module: &str, as_module: &str) -> Result<(), Error> {
        let names = self.modules.get(module).cloned().unwrap_or_default();
        for (name, definition) in names {
            self.insert(as_module, &name, definition)?;
        }
        Ok(())
    }

    /// Defines a function that traps for each function that the module imports and nothing provides: it runs as long as it calls none of them.
    ///
    /// # Errors
    ///
    /// As for [`Linker::func_new`]; but the names are free, so there is none.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<(), Error> {
        for import in module.imports() {
            if let (ExternType::Func(ty), None) = (import.ty(), self.find(import.module(), import.name())) {
                let message = format!("it called {}.{}, which nothing provides", import.module(), import.name());
                let trap = move |_: Caller<'_, T>, _: &[Val], _: &mut [Val]| Err(Error::new(message.as_str()));
                self.func_new(import.module(), import.name(), ty.clone(), trap)?;
            }
        }
        Ok(())
    }

    /// Defines all that the module imports and nothing provides: functions that return zeros and nulls, memories and tables of the least size, globals that are zero or
    /// null. All but the functions belong to this store.
    ///
    /// # Errors
    ///
    /// As for [`Memory::new`] and [`Table::new`].
    pub fn define_unknown_imports_as_default_values(
        &mut self,
        mut ctx: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<(), Error> {
        for import in module.imports() {
            if self.find(import.module(), import.name()).is_some() {
                continue;
            }
            let item: Extern = match import.ty() {
                ExternType::Func(ty) => {
                    let values: Box<[Val]> = ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
                    self.func_new(import.module(), import.name(), ty.clone(), move |_, _, results| {
                        results.copy_from_slice(&values);
                        Ok(())
                    })?;
                    continue;
                }
                ExternType::Memory(ty) => Memory::new(&mut ctx, *ty)?.into(),
                ExternType::Table(ty) => Table::new(&mut ctx, *ty, Ref::null(ty.element()))?.into(),
                ExternType::Global(ty) => {
                    Global::new(&mut ctx, Val::default_for_ty(ty.content()), ty.mutability()).into()
                }
            };
            self.define(import.module(), import.name(), item)?;
        }
        Ok(())
    }

    /// The item that was defined under this name. Nothing for host functions, which belong to no store yet.
    pub fn get(&self, ctx: impl AsContext<Data = T>, module: &str, name: &str) -> Option<Extern> {
        match self.find(module, name)? {
            Definition::Item(item) if Engine::same(ctx.as_context().engine(), &self.engine) => Some(*item),
            Definition::Item(_) | Definition::HostFunc(_) => None,
        }
    }

    fn find(&self, module: &str, name: &str) -> Option<&Definition<T>> {
        self.modules.get(module)?.get(name)
    }

    /// Instantiates a module with the definitions that its imports name, and runs its start function.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MissingImports`] lists all imports that are not defined; else as for [`Instance::new`].
    pub fn instantiate_and_start(
        &self,
        mut ctx: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        let store = ctx.as_context_mut().store;
        if !Engine::same(store.engine(), &self.engine) {
            return Err(ErrorKind::ForeignEngine.into());
        }
        let imports = self.resolve(store, module)?;
        instantiate(store, module, &imports)
    }

    /// The same as [`Linker::instantiate_and_start`], by the name that `wasmtime` has for it.
    ///
    /// # Errors
    ///
    /// As for [`Linker::instantiate_and_start`].
    pub fn instantiate(&self, ctx: impl AsContextMut<Data = T>, module: &Module) -> Result<Instance, Error> {
        self.instantiate_and_start(ctx, module)
    }

    /// Instantiates a module and defines its exports under a module name.
    ///
    /// # Errors
    ///
    /// As for [`Linker::instantiate_and_start`] and [`Linker::instance`].
    pub fn module(
        &mut self,
        mut ctx: impl AsContextMut<Data = T>,
        module_name: &str,
        module: &Module,
    ) -> Result<&mut Self, Error> {
        let mut context = ctx.as_context_mut();
        let instance = self.instantiate_and_start(&mut context, module)?;
        self.instance(&context, module_name, instance)
    }

    /// Finds the imports. Host functions are put into the store only when all have been found.
    fn resolve(&self, store: &mut Store<T>, module: &Module) -> Result<Vec<Extern>, Error> {
        let missing: Vec<MissingImport> = module
            .imports()
            .filter(|import| self.find(import.module(), import.name()).is_none())
            .map(|import| missing_import(&import))
            .collect();
        if !missing.is_empty() {
            return Err(ErrorKind::MissingImports(missing).into());
        }
        let definitions = module.imports().filter_map(|import| self.find(import.module(), import.name()));
        definitions.map(|definition| definition.item(store)).collect()
    }
}

impl<T> Definition<T> {
    /// The item, in this store.
    fn item(&self, store: &mut Store<T>) -> Result<Extern, Error> {
        match self {
            Self::Item(item) => Ok(*item),
            Self::HostFunc(func) => {
                let index = store.add_host_func(func.clone())?;
                Ok(Extern::Func(Func(store.inner.handle(index))))
            }
        }
    }
}

fn missing_import(import: &ImportType<'_>) -> MissingImport {
    MissingImport { module: import.module().into(), name: import.name().into(), ty: import.ty().clone() }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Self {
        Self { engine: self.engine.clone(), modules: self.modules.clone(), allow_shadowing: self.allow_shadowing }
    }
}

impl<T> Default for Linker<T> {
    fn default() -> Self {
        Self::new(&Engine::default())
    }
}

impl<T> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.modules.iter().map(|(module, names)| (module, names.len()))).finish()
    }
}
