//! Search for hyper-parameters (lecture section 10): grid, random and TPE, with median pruning.
//!
//! A [`Space`] names the parameters, a [`Sampler`] chooses what is tried, and a [`Study`] runs the trials, side by side if
//! asked, ends those that go badly, keeps them in a file, and gives [`Results`] with a table and a picture:
//!
//! ```
//! use typednet_data::tabular;
//! use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
//! use typednet_optim::Adam;
//! use typednet_tensor::Key;
//! use typednet_train::Trainer;
//! use typednet_tune::{MedianPruner, Space, Study, Tpe};
//!
//! type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
//! let [train, validation] = tabular::iris()?.split_stratified([0.7, 0.3], Key::new(0))?;
//!
//! let space = Space::new().log_uniform("rate", 1e-4, 1.0)?.choice("batch", [8, 16, 32])?;
//! let study = Study::new(space, Tpe::new()).pruner(MedianPruner::new().warm_up(5)).trials(15).seed(1).quiet();
//! let results = study.run(|trial| {
//!     let mut trainer = Trainer::new(Net::seeded(trial.seed()), CrossEntropy, Adam::new(trial.get("rate")?))
//!         .batch(trial.get("batch")?)
//!         .epochs(20)
//!         .callback(trial.watch())
//!         .quiet();
//!     let history = trainer.fit_validated(&train, &validation)?;
//!     Ok(history.best().and_then(|epoch| epoch.validation).map_or(f64::NAN, |found| found.loss))
//! })?;
//! println!("{results}");
//! let picture = results.to_svg();
//! # let _ = picture;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | what | how |
//! | --- | --- |
//! | every point of a grid, points at random, points where good ones were | [`Grid`], [`Random`], [`Tpe`], a [`Sampler`] of one's own |
//! | the end of trials that go badly | [`MedianPruner`], a [`Pruner`] of one's own; [`Trial::watch`], [`Trial::report`] |
//! | a choice among networks, whose widths and depths are types | [`variants!`] |
//! | several trials at a time | [`Study::threads`], on several processes and machines [`Study::run_on`] |
//! | a study that goes on after it was stopped | [`Study::file`] |
//! | what was found | [`Results::best`], its table, [`Results::write_csv`], [`Results::write_svg`] |
//!
//! The settings that do best on validation data look better there than they are: measure the chosen network on test data
//! that the search has not seen.
#![forbid(unsafe_code)]

mod error;
mod finished;
mod line;
mod log;
mod picture;
mod pruner;
mod ranks;
mod results;
mod sampler;
mod show;
mod space;
mod study;
mod trial;
mod value;
mod variants;
mod work;

pub use error::TuneError;
pub use finished::{Finished, Outcome};
pub use pruner::{MedianPruner, Pruner};
pub use results::Results;
pub use sampler::{Grid, Random, Sampler, Tpe};
pub use space::{Parameter, Range, Setting, Space};
pub use study::Study;
pub use trial::{Pruned, Trial, TrialResult, Watch};
pub use value::{FromValue, Value};
pub use variants::Variants;
