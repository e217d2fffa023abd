//! A desk that takes orders, and plug-ins of several authors that make offers for them. None of the authors is trusted.
//!
//! Each plug-in has a store of its own, with a bound on memory, fuel for each call, and a deadline that a watchdog thread keeps. What goes wrong in one
//! stops that one, with a report, until its file changes; the others go on. Strings and structures pass through the guests' memories; what they
//! say about them is checked by [`ermine::Memory`]. There is no unsafe code here.
//!
//! `cargo run -p ermine --example plugin_host` hands an order to the plug-ins in `examples/plugins`, mends one of the bad ones while it runs, and hands in another.
//! `… --example plugin_host -- FOLDER` takes the plug-ins (`.wat`, `.wasm`) of a folder, and an order each second, until it is ended: edit, and see.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime};
use std::{env, fs, process};

use ermine::{
    Caller, Config, Engine, Error, Extern, GuestValue, InterruptHandle, Limits, Linker, Memory, Module, Store,
    StoreLimits, StoreLimitsBuilder, TypedFunc,
};

/// Bytes of memory that a plug-in may have.
const MEMORY: usize = 1 << 20;
/// Operators that it may execute for one order.
const FUEL: u64 = 200_000;
/// How long it may take for one order.
const DEADLINE: Duration = Duration::from_millis(500);
/// Lines that it may log, and bytes of each, for one order.
const LINES: usize = 10;
const LINE: u32 = 80;

/// `struct { char *at; size_t len; }`: a string in a guest's memory, as the guest says.
#[derive(Clone, Copy)]
struct Text {
    at: u32,
    len: u32,
}

impl GuestValue for Text {
    const SIZE: usize = 8;

    fn from_guest(bytes: &[u8]) -> Self {
        let [at, len] = GuestValue::from_guest(bytes);
        Self { at, len }
    }

    fn to_guest(&self, bytes: &mut [u8]) {
        [self.at, self.len].to_guest(bytes);
    }
}

/// `struct { struct text article; uint32_t pieces; }`: from the host to guests.
struct Order {
    article: Text,
    pieces: u32,
}

impl GuestValue for Order {
    const SIZE: usize = 12;

    fn from_guest(bytes: &[u8]) -> Self {
        Self { article: GuestValue::from_guest(&bytes[..8]), pieces: GuestValue::from_guest(&bytes[8..]) }
    }

    fn to_guest(&self, bytes: &mut [u8]) {
        self.article.to_guest(&mut bytes[..8]);
        self.pieces.to_guest(&mut bytes[8..]);
    }
}

/// `struct { float percent; struct text reason; }`: from guests to the host.
struct Offer {
    percent: f32,
    reason: Text,
}

impl GuestValue for Offer {
    const SIZE: usize = 12;

    fn from_guest(bytes: &[u8]) -> Self {
        Self { percent: GuestValue::from_guest(&bytes[..4]), reason: GuestValue::from_guest(&bytes[4..]) }
    }

    fn to_guest(&self, bytes: &mut [u8]) {
        self.percent.to_guest(&mut bytes[..4]);
        self.reason.to_guest(&mut bytes[4..]);
    }
}

/// The host's side of one plug-in: what it may use, and what it has said for this order.
struct Desk {
    limits: StoreLimits,
    log: Vec<String>,
    offers: Vec<(f32, String)>,
}

/// The helper by which all functions below reach a guest's memory.
fn memory(caller: &Caller<'_, Desk>) -> Result<Memory, Error> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    memory.ok_or_else(|| Error::new("a plug-in exports its memory as `memory`"))
}

/// What a plug-in can do.
fn desk(engine: &Engine) -> Result<Linker<Desk>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("desk", "log", |mut caller: Caller<'_, Desk>, at: u32, len: u32| -> Result<(), Error> {
        let line = memory(&caller)?.read_str(&caller, at, len.min(LINE))?.to_owned();
        let log = &mut caller.data_mut().log;
        if log.len() == LINES {
            return Err(Error::new("a plug-in logs no more than ten lines for an order"));
        }
        log.push(line);
        Ok(())
    })?;
    linker.func_wrap("desk", "stock", |caller: Caller<'_, Desk>, at: u32, len: u32| -> Result<u32, Error> {
        let pieces = BTreeMap::from([("teapot", 12), ("tea cosy", 5_000)]);
        let article = memory(&caller)?.read_str(&caller, at, len)?;
        Ok(pieces.get(article).copied().unwrap_or(0))
    })?;
    linker.func_wrap("desk", "offer", |mut caller: Caller<'_, Desk>, at: u32| -> Result<(), Error> {
        let memory = memory(&caller)?;
        let Offer { percent, reason } = memory.read_value(&caller, at)?;
        let reason = memory.read_str(&caller, reason.at, reason.len.min(LINE))?.to_owned();
        // One offer for each plug-in: the last.
        caller.data_mut().offers = vec![(percent.clamp(0.0, 20.0), reason)];
        Ok(())
    })?;
    linker.func_wrap("desk", "wait", |milliseconds: u32| {
        thread::sleep(Duration::from_millis(milliseconds.min(10).into()));
    })?;
    Ok(linker)
}

/// A thread that interrupts the guest that runs for longer than [`DEADLINE`].
struct Watchdog(SyncSender<Option<InterruptHandle>>);

impl Watchdog {
    fn start() -> Self {
        // Without a buffer: who sends goes on when the thread has received.
        let (sender, guests) = sync_channel::<Option<InterruptHandle>>(0);
        thread::spawn(move || {
            while let Ok(guest) = guests.recv() {
                let Some(guest) = guest else { continue };
                if matches!(guests.recv_timeout(DEADLINE), Err(RecvTimeoutError::Timeout)) {
                    guest.interrupt();
                }
            }
        });
        Self(sender)
    }

    /// Watches over what a guest does.
    fn watch<R>(&self, guest: &InterruptHandle, work: impl FnOnce() -> R) -> Result<R, Box<dyn StdError>> {
        self.0.send(Some(guest.clone()))?;
        let result = work();
        self.0.send(None)?;
        // An interrupt that came too late for this call must not hit the next one.
        guest.clear();
        Ok(result)
    }
}

/// A plug-in that works.
struct Instance {
    store: Store<Desk>,
    memory: Memory,
    room: TypedFunc<u32, u32>,
    consider: TypedFunc<u32, ()>,
}

impl Instance {
    fn new(host: &Host, binary: &[u8]) -> Result<Self, Box<dyn StdError>> {
        let limits = StoreLimitsBuilder::new().memory_size(MEMORY).memories(1).tables(1).instances(1).build();
        let engine = host.linker.engine();
        let mut store = Store::new(engine, Desk { limits, log: Vec::new(), offers: Vec::new() });
        store.limiter(|desk| &mut desk.limits);
        let module = Module::new(engine, binary)?;
        // A start function is bounded as any call is.
        store.set_fuel(FUEL)?;
        let guest = store.interrupt_handle();
        let start = || host.linker.instantiate_and_start(&mut store, &module);
        let instance = host.watchdog.watch(&guest, start)??;
        let memory = instance.get_memory(&store, "memory").ok_or_else(|| Error::new("no memory called `memory`"))?;
        let room = instance.get_typed_func(&store, "room")?;
        let consider = instance.get_typed_func(&store, "consider")?;
        Ok(Self { store, memory, room, consider })
    }

    /// Puts the order into the guest's memory, where it wants to have it, and asks what it has to say.
    fn consider(&mut self, article: &str, pieces: u32) -> Result<(), Error> {
        let Self { store, memory, room, consider } = self;
        (store.data_mut().log, store.data_mut().offers) = (Vec::new(), Vec::new());
        store.set_fuel(FUEL)?;
        let len = u32::try_from(article.len()).map_err(|_| Error::new("the name of the article is too long"))?;
        let at = room.call(&mut *store, Order::SIZE as u32 + len)?;
        let text = Text { at: at.wrapping_add(Order::SIZE as u32), len };
        memory.write_value(&mut *store, at, &Order { article: text, pieces })?;
        memory.slice_mut(&mut *store, text.at, text.len)?.copy_from_slice(article.as_bytes());
        consider.call(store, at)
    }
}

/// The plug-in in a file.
struct Plugin {
    path: PathBuf,
    /// When the file was written, and how long it is: whether it has changed.
    version: Option<(SystemTime, u64)>,
    /// None if it cannot be loaded, or has misbehaved.
    instance: Option<Instance>,
}

impl Plugin {
    fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Loads the file if it is another one than last time. A new store, and nothing of the old one: that is dropped.
    fn reload(&mut self, host: &Host, out: &mut dyn Write) -> Result<(), Box<dyn StdError>> {
        // Gone meanwhile, or about to be written: next time.
        let Ok(file) = fs::metadata(&self.path) else { return Ok(()) };
        let version = Some((file.modified()?, file.len()));
        if self.version == version {
            return Ok(());
        }
        let again = self.version.is_some();
        self.version = version;
        let binary = wat::parse_file(&self.path);
        let instance = binary.map_err(Into::into).and_then(|binary| Instance::new(host, &binary));
        match &instance {
            Ok(_) => writeln!(out, "{}: {}", self.name(), if again { "loaded again" } else { "loaded" })?,
            Err(error) => writeln!(out, "{}: not loaded: {error}", self.name())?,
        }
        self.instance = instance.ok();
        Ok(())
    }

    /// Lets it consider an order. If it misbehaves, it is reported and dropped.
    fn consider(&mut self, host: &Host, out: &mut dyn Write, order: (&str, u32)) -> Result<(), Box<dyn StdError>> {
        let name = self.name();
        let Some(instance) = &mut self.instance else { return Ok(()) };
        let guest = instance.store.interrupt_handle();
        let result = host.watchdog.watch(&guest, || instance.consider(order.0, order.1))?;
        let desk = instance.store.data();
        for line in &desk.log {
            writeln!(out, "{name}: says {line:?}")?;
        }
        match result {
            Ok(()) => {
                for (percent, reason) in &desk.offers {
                    writeln!(out, "{name}: {percent} % off, {reason:?}")?;
                }
            }
            Err(error) => {
                writeln!(out, "{name}: stopped: {error}")?;
                if let Some(backtrace) = error.backtrace() {
                    writeln!(out, "{backtrace}")?;
                }
                self.instance = None;
            }
        }
        Ok(())
    }
}

/// All plug-ins of a folder, and what they share: no more than an engine, the definitions of functions, and a thread.
struct Host {
    folder: PathBuf,
    linker: Linker<Desk>,
    watchdog: Watchdog,
}

impl Host {
    fn new(folder: &Path) -> Result<Self, Error> {
        let mut limits = Limits::default();
        limits.module_bytes = 1 << 20;
        limits.stack_bytes = 64 << 10;
        let mut config = Config::default();
        config.consume_fuel(true).interruptible(true).limits(limits);
        let engine = Engine::new(&config);
        Ok(Self { folder: folder.into(), linker: desk(&engine)?, watchdog: Watchdog::start() })
    }

    /// Loads what is new or has changed in the folder, and forgets what is gone.
    fn refresh(&self, plugins: &mut Vec<Plugin>, out: &mut dyn Write) -> Result<(), Box<dyn StdError>> {
        plugins.retain(|plugin| plugin.path.is_file());
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let ending = path.extension().unwrap_or_default();
            if (ending == "wat" || ending == "wasm") && plugins.iter().all(|plugin| plugin.path != path) {
                plugins.push(Plugin { path, version: None, instance: None });
            }
        }
        plugins.sort_by(|a, b| a.path.cmp(&b.path));
        plugins.iter_mut().try_for_each(|plugin| plugin.reload(self, out))
    }

    fn order(
        &self,
        plugins: &mut Vec<Plugin>,
        out: &mut dyn Write,
        order: (&str, u32),
    ) -> Result<(), Box<dyn StdError>> {
        self.refresh(plugins, out)?;
        writeln!(out, "-- an order: {} of {:?}", order.1, order.0)?;
        plugins.iter_mut().try_for_each(|plugin| plugin.consider(self, out, order))
    }
}

/// Two orders; between them the author of `spinner.wat` mends it.
pub(crate) fn demonstrate(out: &mut dyn Write) -> Result<(), Box<dyn StdError>> {
    let folder = env::temp_dir().join(format!("plugin_host-{}", process::id()));
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugins"))? {
        let path = entry?.path();
        fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))?;
    }
    let (host, mut plugins) = (Host::new(&folder)?, Vec::new());
    host.order(&mut plugins, out, ("tea cosy", 120))?;
    let mended = fs::read_to_string(folder.join("spinner.wat"))?.replace("(br $again)", "nop");
    fs::write(folder.join("spinner.wat"), mended)?;
    host.order(&mut plugins, out, ("teapot", 3))?;
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn StdError>> {
    let Some(folder) = env::args_os().nth(1) else { return demonstrate(&mut io::stdout()) };
    let (host, mut plugins) = (Host::new(Path::new(&folder))?, Vec::new());
    loop {
        host.order(&mut plugins, &mut io::stdout(), ("tea cosy", 120))?;
        thread::sleep(Duration::from_secs(1));
    }
}
