//! Empty: this package exists for its lock file, which pins the crates with the programs' C sources.
