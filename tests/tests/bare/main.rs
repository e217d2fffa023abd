//! Instances over borrowed buffers, without an allocator, as boards run them.

mod calls;
mod fuel;
mod hosts;
mod lent;
mod memory;
mod tables;
mod traps;

use ermine::bare::{Call, Error, Halt, Host, Instance, Resources};
use ermine::image::{Image, Import, Signature};
use ermine::{Config, Engine, Profile};
use ermine_tests::binary;
use ermine_tests::pack::Aligned;

/// Elements of guard on each side of what is lent.
const GUARD: usize = 16;

/// A buffer between guards that nobody may write.
struct Guarded<T> {
    items: Vec<T>,
    guard: T,
}

impl<T: Copy + PartialEq + std::fmt::Debug> Guarded<T> {
    fn new(length: usize, dirt: T, guard: T) -> Self {
        let mut items = vec![guard; GUARD];
        items.resize(GUARD + length, dirt);
        items.resize(GUARD + length + GUARD, guard);
        Self { items, guard }
    }

    fn lend(&mut self) -> &mut [T] {
        let end = self.items.len() - GUARD;
        &mut self.items[GUARD..end]
    }

    fn check(&self) {
        let end = self.items.len() - GUARD;
        assert!(
            self.items[..GUARD].iter().chain(&self.items[end..]).all(|item| *item == self.guard),
            "a guard is broken"
        );
    }
}

/// A guest's image, and buffers with guards for it. They are dirty: nothing may rely on zeros.
struct Board {
    image: Aligned,
    stack: Guarded<u32>,
    memory: Guarded<u8>,
    arena: Guarded<u64>,
    fuel: u64,
}

impl Board {
    /// A guest that pays nothing, with ample stack and arena, and two pages of memory.
    fn new(text: &str) -> Self {
        Self::of(&binary(text), false)
    }

    /// A guest that pays, with so much fuel.
    fn metered(text: &str, fuel: u64) -> Self {
        Self { fuel, ..Self::of(&binary(text), true) }
    }

    fn of(wasm: &[u8], metered: bool) -> Self {
        let mut config = Config::default();
        config.profile(Profile::Base).consume_fuel(metered).wasm_custom_page_sizes(true);
        let image = Engine::new(&config).precompile_module(wasm).expect("a module that compiles");
        let board = Self {
            image: Aligned::new(&image),
            stack: Guarded::new(0, 0, 0),
            memory: Guarded::new(0, 0, 0),
            arena: Guarded::new(0, 0, 0),
            fuel: 0,
        };
        board.with_stack(4096).with_memory(2 << 16).with_arena(256)
    }

    fn with_stack(mut self, words: usize) -> Self {
        self.stack = Guarded::new(words, 0xdead_beef, 0x5a5a_5a5a);
        self
    }

    fn with_memory(mut self, bytes: usize) -> Self {
        self.memory = Guarded::new(bytes, 0xdd, 0x5a);
        self
    }

    fn with_arena(mut self, words: usize) -> Self {
        self.arena = Guarded::new(words, 0xdead_beef_dead_beef, 0x5a5a_5a5a_5a5a_5a5a);
        self
    }

    /// Looks at the image.
    fn image<T>(&self, look: impl FnOnce(Image<'_>) -> T) -> T {
        let words = Image::scratch_words(self.image.bytes()).expect("an image");
        look(Image::verify(self.image.bytes(), &mut vec![0; words]).expect("an image that the verifier accepts"))
    }

    /// Does something with a new instance.
    fn with_host<H: Host, T>(
        &mut self,
        host: H,
        run: impl FnOnce(&mut Instance<'_, H>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { image, stack, memory, arena, fuel } = self;
        let image = Image::verify(image.bytes(), stack.lend()).expect("an image that the verifier accepts");
        let resources = Resources { stack: stack.lend(), memory: memory.lend(), arena: arena.lend(), fuel: *fuel };
        let outcome = Instance::new(image, resources, host).and_then(|mut instance| run(&mut instance));
        stack.check();
        memory.check();
        arena.check();
        outcome
    }

    /// The same without a host.
    fn with<T>(&mut self, run: impl FnOnce(&mut Instance<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.with_host((), run)
    }
}

/// A host whose globals are all 1.
struct Ones;

impl Host for Ones {
    fn resolve(&mut self, _: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
        None
    }

    fn call(&mut self, _: u32, _: &mut Call<'_>) -> Result<(), Halt> {
        Ok(())
    }

    fn global(&mut self, _: &Import<'_>) -> Option<u64> {
        Some(1)
    }
}

/// The function of this name.
fn export<H: Host>(instance: &Instance<'_, H>, name: &str) -> u32 {
    instance.image().exported_func(name).expect("an export")
}

/// What a trap looks like, without its place.
fn trap_of<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ermine::Trap {
    match outcome {
        Err(Error::Trap { trap, .. }) => trap,
        other => panic!("expected a trap, got {other:?}"),
    }
}
