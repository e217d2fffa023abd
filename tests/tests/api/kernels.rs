//! Small computations with known results: the same on both machines, fuel or not.

use ermine::{Engine, Linker, Module, Store};
use ermine_tests::{MACHINES, config, fuel_config};

const FIB: &[u8] = include_bytes!("../data/fib.wasm");
const KERNELS: &[u8] = include_bytes!("../data/kernels.wasm");

const RESULTS: [(&[u8], &str, i32, u32); 7] = [
    (FIB, "fib", 24, 46_368),
    (KERNELS, "crc32", 20, 1_544_798_935),
    (KERNELS, "sieve", 10, 309),
    (KERNELS, "matf32", 40, 24_360),
    (KERNELS, "mix64", 20_000, 4_274_301_587),
    (KERNELS, "fsm", 20, 4_001_850_851),
    (KERNELS, "sort", 10, 3_174_150_582),
];

#[test]
fn kernels_return_their_known_results() {
    for machine in MACHINES {
        for config in [config(machine), fuel_config(machine)] {
            let engine = Engine::new(&config);
            for (wasm, name, argument, result) in RESULTS {
                let module = Module::new(&engine, wasm).unwrap();
                let mut store = Store::new(&engine, ());
                // Without metering there is no fuel to set.
                let _ = store.set_fuel(1 << 40);
                let linker = Linker::new(&engine);
                let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
                let kernel = instance.get_typed_func::<i32, u32>(&store, name).unwrap();
                let got = kernel.call(&mut store, argument).unwrap();
                assert_eq!(got, result, "{name} on {machine:?}");
            }
        }
    }
}
