//! The tests of typednet-train in one program: the library's generic code is compiled once for all of them.
#![allow(missing_docs, reason = "a test")]

mod allocation;
mod around;
mod bytes;
mod callbacks;
mod checkpoint;
mod ending;
mod gradient;
mod hostile_checkpoints;
mod metrics;
mod named_metrics;
mod on_disk;
mod precision;
mod runs;
mod sequences;
mod shards;
#[cfg(all(unix, feature = "signals"))]
mod signals;
mod threads;
mod trainer;
