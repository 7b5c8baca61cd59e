//! The trainer, its history and metrics.
//!
//! A [`Trainer`] owns a model, a loss and an optimiser, and takes the data when they are needed:
//!
//! ```
//! use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
//! use typednet_optim::Adam;
//! use typednet_data::Dataset;
//! use typednet_tensor::Class;
//! use typednet_train::Trainer;
//!
//! // Is a point nearer to the left, the right or the upper edge?
//! type Net = Chain<Dense<2, 16, Relu>, Dense<16, 3, Softmax>>;
//! let points: Vec<[f32; 2]> = (0..300).map(|i| [(i % 20) as f32 / 20.0, (i / 20) as f32 / 15.0]).collect();
//! let nearest = |&[x, y]: &[f32; 2]| Class::<3>::of_largest(&[-x, x - 1.0, y - 1.0]);
//! let targets: Vec<Class<3>> = points.iter().map(nearest).collect();
//! let train = Dataset::new(points, targets)?;
//!
//! let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(16).epochs(40).quiet();
//! let history = trainer.fit(&train)?;
//! println!("{history}");
//! assert!(trainer.evaluate(&train)?.accuracy > Some(0.9));
//! let [_, _, upper] = trainer.model().predict(&[0.5, 0.95]);
//! assert!(upper > 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | what | how |
//! | --- | --- |
//! | schedules, limits, penalties, groups, accumulation, averages | methods of the [`Trainer`] |
//! | threads, and data that are gathered ahead | [`Trainer::threads`], [`Trainer::gather_ahead`] |
//! | products of operands of half the width | [`Trainer::precision`] |
//! | the same bits on any number of processes | [`Trainer::shards`], [`Trainer::ranks`] |
//! | code of one's own after epochs and around steps | [`Callback`] |
//! | the end of a training that gets no better | [`EarlyStopping`] |
//! | trainings in files, and on from there with the same bits | [`Checkpoints`], [`Trainer::resume`] |
//! | Ctrl-C, or another request to end | [`Interrupt`], [`Trainer::stop_on`] |
//! | weights in files | [`Persist::save`], [`Persist::load`] |
//! | weights with an encoder or names of classes in one file | [`Persist::save_with`], [`Persist::load_with`] |
//! | metrics as columns of the history, and who follows them | [`Trainer::metric`], [`Metric`], [`Objective`] |
//! | gradients changed, and losses of one's own | [`Trainer::on_gradient`], [`Trainer::step_with`] |
//! | what was measured | [`History`], [`Confusion`], [`top_k`], [`roc_auc`], [`calibration_error`], [`Regression`] |
//! | how well a way of training works | [`cross_validate`] |
//!
//! What a step needs is allocated once. Two runs with one seed on one lane give the same bits, also when one of them was
//! stopped and went on from a checkpoint.
#![forbid(unsafe_code)]

mod around;
mod bar;
mod batch;
mod callback;
mod carry;
mod check;
mod checkpoint;
mod column;
mod confusion;
mod cross_validation;
mod date;
mod early_stopping;
mod engine;
mod epoch_order;
mod error;
mod evaluate;
mod fit;
mod gradient;
mod history;
#[doc(hidden)]
pub mod instances;
mod interrupt;
mod look;
mod metric;
mod objective;
mod own_step;
mod persist;
mod pipeline;
#[cfg(feature = "plot")]
mod plot;
mod position;
mod progress;
mod question;
mod ranks;
mod rule;
mod run;
mod scores;
mod seconds;
mod settings;
mod shards;
mod sharing;
mod statistics;
mod trainer;

pub use bar::Bar;
pub use callback::{Callback, CallbackResult, Control, EpochView, RunView, StepView};
pub use carry::CarriesState;
pub use checkpoint::{
    CheckpointError, Checkpoints, Difference, NonFinite, SavedRun, SettingDifference, load_attached, load_weights,
    load_weights_with, save_attached, save_weights,
};
pub use column::{Column, Values};
pub use confusion::{Confused, Confusion};
pub use cross_validation::{CrossValidation, cross_validate};
pub use early_stopping::EarlyStopping;
pub use error::{DataMark, Interrupted, NonFiniteSource, NotFinite, TrainError};
pub use gradient::{GradientTransform, GradientView};
pub use history::{Evaluation, History, Record};
pub use interrupt::{By, Interrupt};
pub use metric::{Auc, F1, MacroF1, MeanAbsoluteError, Metric, Perplexity, RSquared, TopK};
pub use objective::Objective;
pub use own_step::StepContext;
pub use persist::Persist;
pub use progress::Progress;
pub use question::{Data, Fits, Trains};
pub use ranks::{RankDifference, Ranks, RanksError, Star};
pub use run::Run;
pub use scores::{Regression, calibration_error, roc_auc, top_k};
pub use seconds::Seconds;
pub use trainer::Trainer;
