//! Ranks for [`Trainer::ranks`](typednet_train::Trainer::ranks): one training on several processes and machines, with the bits that
//! it has on one.
//!
//! ```
//! use typednet_data::Dataset;
//! use typednet_distributed::Tcp;
//! use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
//! use typednet_optim::Adam;
//! use typednet_train::Trainer;
//!
//! let data = Dataset::new([[0.0_f32], [1.0], [2.0], [3.0]], [[1.0_f32], [3.0], [5.0], [7.0]])?;
//! let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, Adam::new(0.1))
//!     .batch(4)
//!     .shards(4)
//!     .ranks(Tcp::from_env()?) // one process, unless it was started as one of several
//!     .epochs(20)
//!     .quiet();
//! trainer.fit(&data)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | ranks | started by | needs |
//! | --- | --- | --- |
//! | [`Tcp`] | `torchrun --no-python`, `srun`, or by hand with `RANK`, `WORLD_SIZE`, `MASTER_ADDR`, `MASTER_PORT` | nothing |
#![cfg_attr(feature = "mpi", doc = "| [`Mpi`] | `mpirun`, `srun` | the feature `mpi`, an MPI library |")]
#![cfg_attr(not(feature = "mpi"), doc = "| `Mpi` | `mpirun`, `srun` | the feature `mpi`, an MPI library |")]
//!
//! A study whose trials are shared out takes a star, over either of them:
//!
//! ```
//! use typednet::tune::{Space, Study, Tpe};
//! use typednet_distributed::Meeting;
//!
//! let space = Space::new().log_uniform("rate", 1e-4, 1.0)?;
//! let study = Study::new(space, Tpe::new()).trials(30).concurrent(8).quiet();
//! let star = Meeting::from_env()?.star()?; // one process, unless it was started as one of several
//! let results = study.run_on(star, |trial| Ok(trial.get::<f64>("rate")?.log10().abs()))?;
//! assert_eq!(results.trials().len(), 30);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/distributed.md` leads from one machine to a cluster.
#![forbid(unsafe_code)]

mod environment;
#[cfg(feature = "mpi")]
mod mpi;
mod tcp;

#[cfg(feature = "mpi")]
pub use crate::mpi::Mpi;
pub use tcp::{Meeting, Tcp, TcpStar};
