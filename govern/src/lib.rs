//! Answering for a model (lecture section 11): what it was made of, what it can do, and when a human must decide.
//!
//! | question | answer |
//! | --- | --- |
//! | how was it made, and can it be made again to the bit? | [`Manifest`] |
//! | what is it for, how good is it, where does it fail? | [`ModelCard`] |
//! | which probabilities can be believed? | [`Temperature`], [`Scores::calibration_error`] |
//! | which cases does it decide, and which does a human? | [`Curve`], [`Guard`], [`Decision`] |
//! | do the data of today look like those it was trained on, and is it still as often right? | [`DriftMonitor`], [`DriftReport`] |
//! | what in the input does a decision hang on? | [`integrated_gradients`], [`input_gradient`], [`saliency_svg`] |
//!
//! ```
//! use typednet_data::tabular;
//! use typednet_govern::{Decision, DriftMonitor, Guard, Manifest, Target};
//! use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
//! use typednet_optim::Adam;
//! use typednet_tensor::Key;
//! use typednet_train::Trainer;
//!
//! type Net = Chain<Dense<4, 16, Relu>, Dense<16, 3, Softmax>>;
//! let [train, validation] = tabular::iris()?.split_stratified([0.6, 0.4], Key::new(1))?;
//! let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).epochs(60).quiet();
//! let manifest = Manifest::of("iris", &trainer).data("training", &train).data("validation", &validation);
//! trainer.fit(&train)?;
//! let manifest = manifest.finished(&trainer);
//! assert_eq!(manifest.seed(), 0);
//!
//! let mut guard = Guard::fit(trainer.model(), &train, &validation, Target::Coverage(0.8))?;
//! match guard.decide(trainer.model(), &[5.1, 3.5, 1.4, 0.2]) {
//!     Decision::Decided(class, confidence) => println!("{} ({confidence:.2})", tabular::IRIS_CLASSES[class.index()]),
//!     Decision::HandOver { reason } => println!("a human must look at it: {reason}"),
//! }
//!
//! let monitor = DriftMonitor::fit(trainer.model(), &train, &validation)?.named(tabular::IRIS_FEATURES);
//! let report = monitor.check(trainer.model(), &validation)?;
//! println!("{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod attribution;
mod card;
mod curve;
mod curve_plot;
mod drift;
mod error;
mod guard;
mod heat_map;
mod inputs;
mod manifest;
mod proportion;
mod saliency;
mod scores;
mod temperature;

pub use attribution::integrated_gradients;
pub use card::ModelCard;
pub use curve::{Curve, CurvePoint, Target};
pub use drift::{
    DriftMonitor, DriftReport, DriftSettings, FeatureDrift, KolmogorovSmirnov, PerformanceDrift, PredictionDrift,
    Shift, kolmogorov_smirnov, population_stability_index,
};
pub use error::GovernError;
pub use guard::{Decision, Guard, Reason};
pub use heat_map::{SaliencyPanel, saliency_svg};
pub use manifest::{DataFacts, Difference, LayerFacts, Manifest, NetworkFacts, Value, weights_hash};
pub use saliency::input_gradient;
pub use scores::{Classifies, Scores, Truth};
pub use temperature::Temperature;
