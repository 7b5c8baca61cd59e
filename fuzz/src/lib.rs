//! Targets of the fuzzers.
//!
//! Each [`Target`] is a reader of bytes that a user may have from anybody. It takes any bytes and returns: an error of
//! the library is as good as a value, a panic is a fault. What could be read is used as a program would use it, since an
//! accepted file whose use panics is a fault too.
//!
//! cargo-fuzz runs them with the coverage of a nightly compiler (`targets/`), `tests/` runs them over the committed
//! corpora and over [mutations](mutate::Mutations) of them with any compiler.
#![forbid(unsafe_code)]

mod checkpoints;
mod exchanged;
mod files;
mod governed;
#[path = "../../tests/exchange/graph.rs"]
mod graph;
#[path = "../../tests/exchange/graphs.rs"]
mod graphs;
mod models;
pub mod mutate;
mod network;
mod pictures;
mod scalers;
pub mod seal;
mod studies;
mod tables;

/// A reader, and bytes to begin with.
pub struct Target {
    /// The name of the target and of its folder in `corpus/`.
    pub name: &'static str,
    /// Files that today's writers write, beside those of the corpus, so that no seed is of a format that is gone.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads and uses; returns whatever the bytes are.
    pub run: fn(&[u8]),
}

/// All readers.
pub const TARGETS: &[Target] = &[
    Target { name: "csv", seeds: Vec::new, run: tables::csv },
    Target { name: "idx", seeds: tables::idx_seeds, run: tables::idx },
    Target { name: "folder", seeds: tables::folder_seeds, run: tables::folder },
    Target { name: "cifar", seeds: tables::cifar_seeds, run: tables::cifar },
    Target { name: "pictures", seeds: Vec::new, run: pictures::run },
    Target { name: "network", seeds: Vec::new, run: network::expand },
    Target { name: "scalers", seeds: scalers::seeds, run: scalers::run },
    Target { name: "weights", seeds: checkpoints::weights_seeds, run: checkpoints::weights },
    Target { name: "state_dict", seeds: exchanged::state_dict_seeds, run: exchanged::state_dict },
    Target { name: "onnx", seeds: exchanged::onnx_seeds, run: exchanged::onnx },
    Target { name: "npz", seeds: exchanged::npz_seeds, run: exchanged::npz },
    Target { name: "compact", seeds: exchanged::compact_seeds, run: exchanged::compact },
    Target { name: "embedded", seeds: exchanged::embedded_seeds, run: exchanged::embedded },
    Target { name: "model", seeds: models::seeds, run: models::run },
    Target { name: "encoder", seeds: models::encoder_seeds, run: models::encoder },
    Target { name: "attached", seeds: models::attached_seeds, run: models::attached },
    Target { name: "run", seeds: checkpoints::card_seeds, run: checkpoints::card },
    Target { name: "checkpoint", seeds: checkpoints::seeds, run: checkpoints::run },
    Target { name: "study", seeds: studies::seeds, run: studies::run },
    Target { name: "manifest", seeds: governed::manifest_seeds, run: governed::manifest },
    Target { name: "drift", seeds: governed::drift_seeds, run: governed::drift },
    Target { name: "guard", seeds: governed::guard_seeds, run: governed::guard },
];

/// The target of that name.
///
/// # Panics
/// If there is none.
pub fn target(name: &str) -> &'static Target {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("`{name}` is no target: {:?}", TARGETS.iter().map(|t| t.name).collect::<Vec<_>>()))
}
