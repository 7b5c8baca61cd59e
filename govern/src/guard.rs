//! A network that hands the cases it is not sure of to a human.

use std::fmt;
use std::path::Path;
use std::slice;

use serde::{Deserialize, Serialize};
use typednet_data::{Content, Source};
use typednet_formats::JsonFormat;
use typednet_layers::{AsNetwork, Layer, PassContext, pass};
use typednet_tensor::{Buffer, Class, Flat, Key, Sample, Scalar, flat};

use crate::inputs::{Inputs, Strange};
use crate::scores::decision;
use crate::{Classifies, Curve, CurvePoint, GovernError, Scores, Target, Temperature, Truth, weights_hash};

/// What a guarded network says about a case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision<const N: usize> {
    /// The class, and the probability from 0 to 1 that it is right.
    Decided(Class<N>, f64),
    /// A human must decide.
    HandOver {
        /// Why.
        reason: Reason<N>,
    },
}

/// Why a case is handed to a human.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason<const N: usize> {
    /// The network is less sure than it must be.
    Unsure {
        /// What it would have decided.
        class: Class<N>,
        /// Its confidence.
        confidence: f64,
        /// The least confidence at which it decides.
        threshold: f64,
    },
    /// A feature is infinite or not a number.
    NotFinite {
        /// The feature, from 0.
        feature: usize,
    },
    /// A feature is far from all training data.
    OutOfRange {
        /// The feature, from 0.
        feature: usize,
        /// Its value.
        found: f64,
        /// The least value that is let in.
        low: f64,
        /// The largest value that is let in.
        high: f64,
    },
    /// The network's scores are not finite.
    NoScore,
}

impl<const N: usize> fmt::Display for Reason<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsure { class, confidence, threshold } => write!(
                f,
                "class {class} has a confidence of {:.1} %, but {:.1} % are needed",
                100.0 * confidence,
                100.0 * threshold
            ),
            Self::NotFinite { feature } => write!(f, "feature {feature} is not a finite number"),
            Self::OutOfRange { feature, found, low, high } => {
                write!(f, "feature {feature} is {found}, far from the training data ({low} to {high})")
            }
            Self::NoScore => write!(f, "the network's scores are not finite"),
        }
    }
}

/// Lets a network decide where it may, and hands all other cases to a human (lecture section 11).
///
/// [`Guard::fit`] finds a [`Temperature`] and, from the [`Curve`] of coverage and accuracy on validation data, the
/// confidence below which nothing is decided. Inputs that are not finite, or farther outside of the range of the training
/// data than that range is wide, are not decided at all.
///
/// The accuracy that was found on the validation data can be expected only of cases of the same kind: see
/// [`CurvePoint::least_accuracy`] and [`DriftMonitor`](crate::DriftMonitor).
///
/// Nothing is allocated in a decision after the first one.
pub struct Guard<M: Layer, const N: usize> {
    facts: Facts,
    memory: Buffer<M::Elem>,
}

/// What is saved of a guard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    network: String,
    /// The hash of the weights that temperature and threshold were found for.
    weights: String,
    classes: usize,
    temperature: f64,
    wish: Target,
    chosen: CurvePoint,
    inputs: Inputs,
}

const FORMAT: JsonFormat = JsonFormat::new("guard", 2);

impl<M, const N: usize> Guard<M, N>
where
    M: Layer<Head: Classifies<M::Out, N>, Elem: Content, In: Sample<Elem: Scalar>>,
{
    /// The guard of a trained network: ranges from the training data, temperature and threshold from validation data,
    /// which the weights were not fitted to.
    ///
    /// # Errors
    /// If data are empty, not finite or cannot be read, the network is no better than chance, or the wish cannot be had.
    pub fn fit<S, V, Y>(
        model: &impl AsNetwork<Network = M>,
        training: &S,
        validation: &V,
        wish: Target,
    ) -> Result<Self, GovernError>
    where
        S: Source<M::In, Y> + ?Sized,
        V: Source<M::In, Y> + ?Sized,
        Y: Truth<N>,
    {
        let scores = Scores::of(model, validation)?;
        let temperature = Temperature::fit(&scores)?;
        let chosen = Curve::of(&scores, temperature).choose(wish)?;
        let facts = Facts {
            network: M::TREE.to_string(),
            weights: weights_hash(model),
            classes: N,
            temperature: temperature.value(),
            wish,
            chosen,
            inputs: Inputs::fit::<M::In, S, Y>(training)?,
        };
        Ok(Self { facts, memory: Buffer::new() })
    }

    /// The class of a case, or why a human must find it.
    ///
    /// `model` must have the weights that the guard was fitted to.
    pub fn decide(&mut self, model: &M, x: &M::In) -> Decision<N> {
        let Facts { inputs, chosen, temperature, .. } = &self.facts;
        if let Some(Strange { feature, found, low, high }) = inputs.strange(flat(slice::from_ref(x))) {
            let reason = if found.is_finite() {
                Reason::OutOfRange { feature, found, low, high }
            } else {
                Reason::NotFinite { feature }
            };
            return Decision::HandOver { reason };
        }
        let memory = self.memory.grow(pass::inference_need::<M>().of(1));
        let run = PassContext::new(Key::new(0)).stop_at_logits(true);
        let logits = M::Head::logits(&pass::infer(model, slice::from_ref(x), memory, run)[0]);
        if logits.iter().any(|z| !z.is_finite()) {
            return Decision::HandOver { reason: Reason::NoScore };
        }
        let (class, confidence) = decision(&logits, *temperature);
        let threshold = chosen.threshold;
        if confidence >= threshold {
            Decision::Decided(class, confidence)
        } else {
            Decision::HandOver { reason: Reason::Unsure { class, confidence, threshold } }
        }
    }

    /// The temperature.
    pub fn temperature(&self) -> f64 {
        self.facts.temperature
    }

    /// The least confidence at which the network decides.
    pub fn threshold(&self) -> f64 {
        self.facts.chosen.threshold
    }

    /// What the threshold does to the validation data.
    pub fn chosen(&self) -> CurvePoint {
        self.facts.chosen
    }

    /// Writes the guard to a JSON file, to stand beside the weights.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), GovernError> {
        Ok(FORMAT.write(path, &self.facts)?)
    }

    /// Reads the guard of `model`.
    ///
    /// # Errors
    /// If the file cannot be read or is no guard, or was fitted to another network or other weights.
    pub fn read(path: impl AsRef<Path>, model: &M) -> Result<Self, GovernError> {
        let path = path.as_ref();
        let facts: Facts = FORMAT.read(path)?;
        let other = |reason| Err(GovernError::OtherModel { reason });
        let network = M::TREE.to_string();
        if facts.network != network || facts.classes != N || facts.inputs.low.len() != M::In::LEN {
            return other(format!(
                "the guard is for {} with {} inputs and {} classes, but the network is {network} with {} and {N}",
                facts.network,
                facts.inputs.low.len(),
                facts.classes,
                M::In::LEN
            ));
        }
        if facts.weights != weights_hash(model) {
            return other("the guard was fitted to other weights of this network; fit it again".into());
        }
        Temperature::new(facts.temperature)?;
        let malformed =
            |reason: &str| Err(GovernError::Malformed { path: path.display().to_string(), reason: reason.to_owned() });
        if facts.inputs.high.len() != M::In::LEN {
            return malformed("there are not as many upper as lower ends of ranges");
        }
        if !(0.0..=1.0).contains(&facts.chosen.threshold) {
            return malformed("the threshold is not from 0 to 1");
        }
        Ok(Self { facts, memory: Buffer::new() })
    }
}

impl<M: Layer, const N: usize> Clone for Guard<M, N> {
    fn clone(&self) -> Self {
        Self { facts: self.facts.clone(), memory: Buffer::new() }
    }
}

impl<M: Layer, const N: usize> fmt::Debug for Guard<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guard of {}: {self}", self.facts.network)
    }
}

/// As in `decides at 93.1 % confidence or more (temperature 1.3200): of 400 validation cases 361 (90.2 %), 358 of them
/// right (99.2 %, at least 97.6 % to be expected)`.
impl<M: Layer, const N: usize> fmt::Display for Guard<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CurvePoint { threshold, decided, cases, right } = self.facts.chosen;
        write!(
            f,
            "decides at {:.1} % confidence or more (temperature {:.4}): of {cases} validation cases {decided} ({:.1} %), \
             {right} of them right ({:.1} %, at least {:.1} % to be expected)",
            100.0 * threshold,
            self.facts.temperature,
            100.0 * self.facts.chosen.coverage(),
            100.0 * self.facts.chosen.accuracy(),
            100.0 * self.facts.chosen.least_accuracy()
        )
    }
}
