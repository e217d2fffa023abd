//! Images: written, read back, refused for every reason, and the same in every way as the module they were made from.

use ermine::image::{Image, ImageError, Inspection};
use ermine::{
    Bound, Config, Engine, Error, ErrorKind, Extern, Func, Global, ImageMismatch, Instance, Limits, Linker, Machine,
    Module, Mutability, Precompiled, Profile, Store, Val,
};
use ermine_tests::{MACHINES, binary, config, engine, fuel_config};

/// A bit of everything that a module may have.
const WHOLE: &str = r#"(module
  (type $unary (func (param i32) (result i32)))
  (type $same (func (param i32) (result i32)))
  (import "env" "double" (func $double (type $same)))
  (import "env" "base" (global $base i32))
  (import "env" "triple" (global $ref funcref))
  (import "env" "table" (table $outer 1 8 funcref))
  (memory (export "memory") 1 3)
  (memory 0)
  (table $inner 4 4 funcref)
  (table $objects 2 externref)
  (global $three i32 (i32.add (i32.const 1) (i32.const 2)))
  (global $above (export "above") (mut i32) (i32.add (global.get $base) (i32.mul (i32.const 4) (i32.const 5))))
  (global $also i32 (global.get $base))
  (global $wide i64 (i64.sub (i64.const 1) (i64.const 0x100000001)))
  (global $half f64 (f64.const 0.5))
  (global $own funcref (ref.func $triple))
  (elem (table $inner) (i32.const 1) func $double $triple)
  (elem (table $outer) (i32.sub (global.get $base) (i32.const 997)) func $triple)
  (elem $kept funcref (ref.null func) (global.get $ref) (ref.func $double))
  (elem declare func $answer)
  (data (i32.const 8) "abc")
  (data (i32.add (global.get $base) (i32.const 8)) "xyz")
  (data $rest "0123456789")
  (func $triple (type $unary) (i32.mul (local.get 0) (i32.const 3)))
  (func $answer (export "answer") (result i64 f64) (i64.add (global.get $wide) (i64.const 1)) (global.get $half))
  (func (export "indirect") (param i32 i32) (result i32)
    (call_indirect $inner (type $unary) (local.get 0) (local.get 1)))
  (func (export "init") (result i32)
    (memory.init $rest (i32.const 100) (i32.const 2) (i32.const 4))
    (table.init $inner $kept (i32.const 0) (i32.const 0) (i32.const 2))
    (i32.load (i32.const 100)))
  (func $start (global.set $above (i32.add (global.get $above) (i32.const 1))))
  (export "triple" (func $triple)) (export "outer" (table $outer)) (export "objects" (table $objects))
  (start $start))"#;

fn through_image(engine: &Engine, wasm: &[u8]) -> Result<Module, Error> {
    Module::deserialize(engine, engine.precompile_module(wasm)?)
}

fn image_of(text: &str) -> Vec<u8> {
    Engine::default().precompile_module(&binary(text)).unwrap()
}

/// What running [`WHOLE`] gives, as text.
fn outcome(engine: &Engine, module: &Module) -> String {
    let mut store = Store::new(engine, ());
    if engine.config().get_consume_fuel() {
        store.set_fuel(1_000_000).unwrap();
    }
    let mut linker = Linker::new(engine);
    linker.func_wrap("env", "double", |x: i32| x * 2).unwrap();
    let base = Global::new(&mut store, Val::I32(1000), Mutability::Const);
    linker.define("env", "base", base).unwrap();
    let triple = Func::wrap(&mut store, |x: i32| x * 3);
    let triple = Global::new(&mut store, Val::from(triple), Mutability::Const);
    linker.define("env", "triple", triple).unwrap();
    let ty = module.imports().find_map(|import| import.ty().table().copied()).unwrap();
    let table = ermine::Table::new(&mut store, ty_with(ty, 4), ermine::Ref::null(ermine::RefType::Func)).unwrap();
    linker.define("env", "table", table).unwrap();
    let instance = linker.instantiate_and_start(&mut store, module).unwrap();
    let mut text = String::new();
    for (name, arguments) in [
        ("answer", vec![]),
        ("triple", vec![7]),
        ("indirect", vec![5, 1]),
        ("indirect", vec![5, 2]),
        ("indirect", vec![5, 3]),
        ("init", vec![]),
        ("indirect", vec![5, 0]),
        ("indirect", vec![5, 1]),
    ] {
        let func = instance.get_func(&store, name).unwrap();
        let arguments: Vec<Val> = arguments.into_iter().map(Val::I32).collect();
        let mut results = vec![Val::I32(0); func.ty(&store).results().len()];
        let end = func.call(&mut store, &arguments, &mut results).map_err(|error| error.to_string());
        text += &format!("{name} {end:?} {results:?}\n");
    }
    let memory = instance.get_memory(&store, "memory").unwrap();
    let data = memory.data(&store);
    text += &format!("{:?} {:?} {}\n", &data[..16], &data[1000..1016], memory.size(&store));
    text += &format!("{:?}\n", instance.get_global(&store, "above").unwrap().get(&store));
    text + &format!("{:?}\n", store.get_fuel().ok())
}

/// The type of a table with so many elements.
fn ty_with(ty: ermine::TableType, minimum: u32) -> ermine::TableType {
    ermine::TableType::new(ty.element(), minimum, ty.maximum().map(|max| u32::try_from(max).unwrap()))
}

#[test]
fn an_image_is_the_module_it_was_made_from() {
    let wasm = binary(WHOLE);
    for machine in MACHINES {
        for config in [config(machine), fuel_config(machine)] {
            let engine = Engine::new(&config);
            let module = Module::new(&engine, &wasm).unwrap();
            let image = through_image(&engine, &wasm).unwrap();
            let imports = |module: &Module| {
                let import =
                    |import: ermine::ImportType<'_>| format!("{}.{}: {}", import.module(), import.name(), import.ty());
                module.imports().map(import).collect::<Vec<_>>()
            };
            let exports = |module: &Module| {
                module.exports().map(|export| format!("{}: {}", export.name(), export.ty())).collect::<Vec<_>>()
            };
            assert_eq!(imports(&module), imports(&image));
            assert_eq!(exports(&module), exports(&image));
            assert_eq!(image.get_export("memory"), module.get_export("memory"));
            assert_eq!(image.code_bytes(), module.code_bytes());
            let direct = outcome(&engine, &module);
            assert!(direct.contains("init Ok(()) [I32(892613426)]"), "{direct}");
            assert_eq!(outcome(&engine, &image), direct, "{machine:?}");
        }
    }
}

#[test]
fn the_same_module_and_settings_give_the_same_bytes() {
    let wasm = binary(WHOLE);
    let mut images = Vec::new();
    for machine in MACHINES {
        let engine = engine(machine);
        let bytes = engine.precompile_module(&wasm).unwrap();
        assert_eq!(bytes, engine.precompile_module(&wasm).unwrap());
        assert_eq!(bytes, Module::new(&engine, &wasm).unwrap().serialize().unwrap());
        assert_eq!(bytes, Module::deserialize(&engine, &bytes).unwrap().serialize().unwrap());
        images.push(bytes);
    }
    assert_eq!(images[0], images[1], "the machine does not matter");
    let metered = Engine::new(&fuel_config(Machine::Loop)).precompile_module(&wasm).unwrap();
    let base = Engine::new(config(Machine::Loop).profile(Profile::Base)).precompile_module(&wasm).unwrap();
    assert!(images[0] != metered && images[0] != base && metered != base);
}

/// The entries of a section.
fn entries(image: &[u8], section: &str) -> u32 {
    let inspection = Inspection::open(image).unwrap();
    inspection.sections().find(|found| found.name == section).unwrap().entries
}

#[test]
fn what_is_equal_is_in_an_image_once() {
    let image = image_of(
        r#"(module (type (func (param i32))) (type (func (param i32))) (type (func))
          (import "a" "a" (func (type 0))) (import "a" "b" (func (type 1))) (export "a" (func 0)) (export "b" (func 1))
          (memory 1) (data (i32.const 5) "x") (data (i32.const 5) "y") (data (i32.const 6) "z"))"#,
    );
    assert_eq!(entries(&image, "types"), 3);
    assert_eq!(entries(&image, "signatures"), (8 + 2) + 8);
    assert_eq!(entries(&image, "strings"), 2 * (2 + 2));
    assert_eq!(entries(&image, "exprs"), 2);
}

#[test]
fn constant_expressions_are_computed_when_compiled() {
    let image = image_of(
        r#"(module (import "" "" (global $outside i32))
          (global i32 (i32.mul (i32.add (i32.const 1) (i32.const 2)) (i32.const 3)))
          (global i32 (global.get $outside))
          (global i32 (i32.const 9))
          (global i32 (i32.add (i32.add (i32.const 4) (i32.const 5)) (global.get $outside))))"#,
    );
    // 9; outside; 9 again; 9, outside, add.
    assert_eq!(entries(&image, "exprs"), 1 + 1 + 3);
}

fn refusal(engine: &Engine, image: &[u8]) -> ImageError {
    match Module::deserialize(engine, image).unwrap_err().kind() {
        ErrorKind::Image(error) => *error,
        other => panic!("{other:?}"),
    }
}

fn mismatch(engine: &Engine, image: &[u8]) -> ImageMismatch {
    match Module::deserialize(engine, image).unwrap_err().kind() {
        ErrorKind::ImageMismatch(mismatch) => *mismatch,
        other => panic!("{other:?}"),
    }
}

/// Makes the checksum right again.
fn seal(image: &mut [u8]) {
    let mut crc = u32::MAX;
    for byte in &image[8..] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    image[4..8].copy_from_slice(&(!crc).to_le_bytes());
}

#[test]
fn a_part_of_an_image_is_refused() {
    let (engine, image) = (Engine::default(), image_of(WHOLE));
    for len in 0..image.len() {
        let error = refusal(&engine, &image[..len]);
        let want = if len < 4 { ImageError::NotAnImage } else { ImageError::Truncated };
        assert_eq!(error, want, "{len} of {} bytes", image.len());
    }
    let mut longer = image.clone();
    longer.extend([1, 2, 3, 4, 5]);
    assert_eq!(Module::deserialize(&engine, &longer).unwrap().serialize().unwrap(), image);
}

#[test]
fn a_damaged_image_is_refused() {
    let (engine, image) = (Engine::default(), image_of(WHOLE));
    for at in 0..image.len() {
        let mut damaged = image.clone();
        damaged[at] ^= 0x10;
        let error = refusal(&engine, &damaged);
        if at >= 16 {
            let known = matches!(error, ImageError::Checksum | ImageError::InstructionSet | ImageError::Truncated);
            assert!(known, "byte {at}: {error:?}");
        }
    }
}

#[test]
fn wasm_is_no_image() {
    assert_eq!(refusal(&Engine::default(), &binary("(module)")), ImageError::NotAnImage);
    assert!(Module::new(&Engine::default(), image_of("(module)")).is_err());
    assert_eq!(Engine::detect_precompiled(&image_of("(module)")), Some(Precompiled::Module));
    assert_eq!(Engine::detect_precompiled(&binary("(module)")), None);
    assert_eq!(Engine::detect_precompiled(b""), None);
}

#[test]
fn an_image_may_lie_anywhere_unless_it_runs_in_place() {
    let (engine, image) = (Engine::default(), image_of(WHOLE));
    let mut buffer = vec![0; image.len() + 8];
    let aligned = buffer.as_ptr().align_offset(4);
    for offset in 0..4 {
        let place = &mut buffer[aligned + offset..][..image.len()];
        place.copy_from_slice(&image);
        assert!(Module::deserialize(&engine, &*place).is_ok());
        let scratch = &mut [0; 1024];
        match offset {
            0 => assert!(Image::verify(place, scratch).is_ok()),
            _ => assert_eq!(Image::verify(place, scratch).unwrap_err(), ImageError::Misaligned),
        }
    }
}

#[test]
fn images_of_other_versions_are_refused() {
    let (engine, image) = (Engine::default(), image_of(WHOLE));
    let changed = |at: usize, value: u8| {
        let mut other = image.clone();
        other[at] ^= value;
        seal(&mut other);
        refusal(&engine, &other)
    };
    assert!(matches!(changed(13, 0x20), ImageError::Version { found } if found > 0x2000));
    assert_eq!(changed(14, 2), ImageError::Profile);
    assert_eq!(changed(16, 1), ImageError::InstructionSet);
    let text = changed(16, 1).to_string();
    assert!(text.contains("compile it again"), "{text}");
}

#[test]
fn hostile_images_are_refused_by_rule() {
    let (engine, mut image) = (Engine::default(), image_of("(module (func) (export \"f\" (func 0)))"));
    // The last unit of code is a field of the last instruction, or the instruction itself, or padding: nothing that may be 0xfff0.
    let end = image.len();
    image[end - 4..].copy_from_slice(&[0xf0, 0xff, 0xf0, 0xff]);
    seal(&mut image);
    let error = refusal(&engine, &image);
    assert!(matches!(error, ImageError::Code { func: 0, .. } | ImageError::Malformed { .. }), "{error:?}");
}

#[test]
fn metering_must_fit() {
    let wasm = binary(WHOLE);
    let (plain, metered) = (engine(Machine::Loop), Engine::new(&fuel_config(Machine::Loop)));
    let interruptible = Engine::new(config(Machine::Loop).interruptible(true));
    let with = metered.precompile_module(&wasm).unwrap();
    let without = plain.precompile_module(&wasm).unwrap();
    assert_eq!(mismatch(&metered, &without), ImageMismatch::NotMetered);
    assert_eq!(mismatch(&interruptible, &without), ImageMismatch::NotMetered);
    assert_eq!(mismatch(&plain, &with), ImageMismatch::Metered);
    assert!(Module::deserialize(&interruptible, &with).is_ok());
    let text = Module::deserialize(&metered, &without).unwrap_err().to_string();
    assert_eq!(text, "the image was compiled without fuel, and this engine wants to meter: compile it with metering");
}

#[test]
fn the_profile_must_fit() {
    let wasm = binary(WHOLE);
    for machine in MACHINES {
        let (full, base) = (engine(machine), Engine::new(config(machine).profile(Profile::Base)));
        assert_eq!((full.profile(), base.profile()), (Profile::Full, Profile::Base));
        let image = full.precompile_module(&wasm).unwrap();
        assert_eq!(mismatch(&base, &image), ImageMismatch::Profile);
        let image = base.precompile_module(&wasm).unwrap();
        let module = Module::deserialize(&full, &image).unwrap();
        assert_eq!(outcome(&full, &module), outcome(&full, &Module::new(&full, &wasm).unwrap()));
    }
}

#[test]
fn proposals_must_be_on() {
    type Case = (&'static str, &'static str, fn(&mut Config) -> &mut Config);
    let cases: [Case; 5] = [
        ("(module (memory 1) (memory 1))", "multi-memory", |config| config.wasm_multi_memory(false)),
        ("(module (func (drop (f32.abs (f32.const 1)))))", "floats", |config| config.floats(false)),
        ("(module (func (result f64) (f64.sqrt (f64.const 1))))", "floats", |config| config.floats(false)),
        ("(module (global (export \"g\") (mut i32) (i32.const 1)))", "mutable-global", |config| {
            config.wasm_mutable_global(false)
        }),
        ("(module (memory 1 (pagesize 1)))", "custom-page-sizes", |config| config),
    ];
    for (text, name, switch_off) in cases {
        let wasm = binary(text);
        let image = Engine::new(Config::default().wasm_custom_page_sizes(true)).precompile_module(&wasm).unwrap();
        let engine = Engine::new(switch_off(&mut Config::default()));
        assert_eq!(mismatch(&engine, &image), ImageMismatch::Proposal(name), "{text}");
    }
}

fn limited(change: impl Fn(&mut Limits)) -> Engine {
    let mut limits = Limits::default();
    change(&mut limits);
    Engine::new(Config::default().limits(limits))
}

/// The bound that an image meets.
fn met(engine: &Engine, image: &[u8]) -> Bound {
    match Module::deserialize(engine, image).unwrap_err().kind() {
        ErrorKind::Limit { bound, .. } => *bound,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bounds_are_those_of_wasm() {
    let image = image_of(WHOLE);
    let size = image.len();
    type Case = (fn(&mut Limits), Bound);
    let cases: [Case; 12] = [
        (|limits| limits.types = 5, Bound::Types),
        (|limits| limits.functions = 5, Bound::Functions),
        (|limits| limits.imports = 3, Bound::Imports),
        (|limits| limits.exports = 7, Bound::Exports),
        (|limits| limits.tables = 2, Bound::Tables),
        (|limits| limits.memories = 1, Bound::Memories),
        (|limits| limits.globals = 7, Bound::Globals),
        (|limits| limits.element_segments = 3, Bound::ElementSegments),
        (|limits| limits.data_segments = 2, Bound::DataSegments),
        (|limits| limits.code_bytes = 100, Bound::CodeBytes),
        (|limits| limits.frame_slots = 6, Bound::FrameSlots),
        (|limits| limits.module_bytes = 1000, Bound::ModuleBytes),
    ];
    for (change, bound) in cases {
        assert_eq!(met(&limited(change), &image), bound);
    }
    let just_enough = limited(|limits| {
        limits.types = 6;
        limits.functions = 6;
        limits.imports = 4;
        limits.exports = 8;
        limits.tables = 3;
        limits.memories = 2;
        limits.globals = 8;
        limits.element_segments = 4;
        limits.data_segments = 3;
        limits.module_bytes = size;
    });
    assert_eq!(Module::deserialize(&just_enough, &image).err().map(|error| error.to_string()), None);
}

#[test]
fn what_is_shared_counts_as_often_as_it_is_used() {
    let name = "n".repeat(2_000);
    let imports: String = (0..100).map(|_| format!("(import \"{name}\" \"{name}\" (func))")).collect();
    let image = image_of(&format!("(module {imports})"));
    assert!(image.len() < 10_000);
    assert_eq!(met(&limited(|limits| limits.module_bytes = 300_000), &image), Bound::ModuleBytes);
    assert!(Module::deserialize(&limited(|limits| limits.module_bytes = 500_000), &image).is_ok());
}

#[test]
fn what_the_format_has_no_room_for_is_an_error() {
    let wasm = binary(&format!("(module (func (export \"{}\")))", "x".repeat(70_000)));
    let engine = Engine::default();
    let module = Module::new(&engine, &wasm).unwrap();
    for error in [engine.precompile_module(&wasm).unwrap_err(), module.serialize().unwrap_err()] {
        assert!(matches!(error.kind(), ErrorKind::ImageBound(_)));
        assert_eq!(error.to_string(), "the module does not fit into an image: a name has more than 65,535 bytes");
    }
}

#[test]
fn invalid_modules_are_not_compiled() {
    let error = Engine::default().precompile_module(&binary("(module (func (result i32)))")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Wasm { .. }));
}

const TRAPPING: &str = r#"(module (import "host" "call" (func $call))
  (func $divide (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
  (func $outer (export "outer") (param i32) (result i32) (local i64)
    (call $call)
    (local.set 1 (i64.const 0x123456789abc))
    (if (i32.lt_s (local.get 0) (i32.const 0)) (then unreachable))
    (i32.add (i32.const 3) (call $divide (local.get 0)))))"#;

/// Frames of the trap of a call: function, code offset, module offset.
fn frames(engine: &Engine, module: &Module, argument: i32) -> (Vec<(u32, u32, Option<usize>)>, String) {
    let mut store = Store::new(engine, ());
    if engine.config().get_consume_fuel() {
        store.set_fuel(1_000).unwrap();
    }
    let call = Func::wrap(&mut store, || ());
    let instance = Instance::new(&mut store, module, &[Extern::Func(call)]).unwrap();
    let outer = instance.get_typed_func::<i32, i32>(&store, "outer").unwrap();
    let error = outer.call(&mut store, argument).unwrap_err();
    let backtrace = error.backtrace().unwrap();
    let frame = |frame: &ermine::FrameInfo| (frame.func_index(), frame.code_offset().unwrap(), frame.module_offset());
    (backtrace.frames().iter().map(frame).collect(), backtrace.to_string())
}

#[test]
fn traps_of_images_are_found_by_function_and_offset() {
    let wasm = binary(TRAPPING);
    for profile in [Profile::Base, Profile::Full] {
        for metered in [false, true] {
            let mut places = Vec::new();
            for machine in MACHINES {
                let engine = Engine::new(config(machine).profile(profile).consume_fuel(metered));
                let direct = Module::new(&engine, &wasm).unwrap();
                let bytes = engine.precompile_module(&wasm).unwrap();
                let image = Module::deserialize(&engine, &bytes).unwrap();
                let map = direct.symbol_map(&Inspection::open(&bytes).unwrap()).unwrap();
                for (argument, depth) in [(0, 2), (-1, 1)] {
                    let (known, _) = frames(&engine, &direct, argument);
                    let (found, text) = frames(&engine, &image, argument);
                    assert_eq!(found.len(), depth);
                    assert_eq!(text.lines().next().unwrap(), format!("   0: func {} + {:#x}", found[0].0, found[0].1));
                    for (known, found) in known.iter().zip(&found) {
                        assert_eq!((known.0, known.1), (found.0, found.1), "{machine:?}");
                        assert_eq!(found.2, None);
                        let symbol = map.look_up(found.0, found.1).unwrap();
                        assert_eq!(symbol.module_offset.map(|at| at as usize), known.2);
                        assert_eq!(symbol.name, Some(if found.0 == 1 { "divide" } else { "outer" }));
                    }
                    places.push(found);
                }
            }
            assert_eq!(places[..2], places[2..], "the same on both machines");
        }
    }
}

#[test]
fn fuel_is_the_same_from_an_image() {
    let wasm = std::fs::read(ermine_tests::golden::path("tests/data/fib.wasm")).unwrap();
    let mut spent = Vec::new();
    for machine in MACHINES {
        for profile in [Profile::Base, Profile::Full] {
            let engine = Engine::new(fuel_config(machine).profile(profile));
            for module in [Module::new(&engine, &wasm).unwrap(), through_image(&engine, &wasm).unwrap()] {
                let mut store = Store::new(&engine, ());
                store.set_fuel(1 << 40).unwrap();
                let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
                let fib = instance.get_typed_func::<i32, i32>(&store, "fib").unwrap();
                assert_eq!(fib.call(&mut store, 15).unwrap(), 610);
                spent.push((1_u64 << 40) - store.get_fuel().unwrap());
            }
        }
    }
    assert!(spent[0] > 1000 && spent.iter().all(|fuel| *fuel == spent[0]), "{spent:?}");
}

#[test]
fn names_and_custom_sections_stay_behind() {
    let engine = Engine::default();
    let wasm = binary("(module (@custom \"note\" \"text\") (func $named (export \"f\")))");
    let module = Module::new(&engine, &wasm).unwrap();
    let image = through_image(&engine, &wasm).unwrap();
    assert_eq!((module.func_name(0), image.func_name(0)), (Some("named"), None));
    assert_eq!((module.custom_sections().count(), image.custom_sections().count()), (2, 0));
    let lines = |module: &Module| module.disassemble(0).unwrap().into_iter().map(|line| line.text).collect::<Vec<_>>();
    assert_eq!(lines(&module), lines(&image));
}
