//! Run manifests: what a run was made of, so that it can be made again to the bit.

mod compare;
mod facts;

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use typednet_data::{Content, Dataset};
use typednet_formats::JsonFormat;
use typednet_layers::loss::Loss;
use typednet_layers::{AsNetwork, Layer};
use typednet_optim::Optimizer;
use typednet_train::Trainer;

pub use compare::Difference;
pub use facts::{DataFacts, LayerFacts, NetworkFacts, Value, weights_hash};
use facts::{Git, Program};

use crate::GovernError;

const FORMAT: JsonFormat = JsonFormat::new("run manifest", 2);

/// Everything that the bits of a trained network follow from: seed, data, hyper-parameters, network, program, processor
/// (lecture section 11).
///
/// It is made before the training, so that it knows the first weights, is [finished](Self::finished) after it, and is
/// kept as JSON beside the weights. Whoever wants the run again reads the file, takes the values from it, makes the
/// manifest of the present program and data, and asks [`verify`](Self::verify) what differs. After the second training
/// the hash of the weights says whether every bit is the same.
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_govern::Manifest;
/// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
/// use typednet_optim::Adam;
/// use typednet_train::Trainer;
///
/// let data = Dataset::new([[0.0_f32], [1.0], [2.0]], [[1.0_f32], [3.0], [5.0]])?;
/// let run = |seed, rate| -> Result<Manifest, Box<dyn std::error::Error>> {
///     let model = Dense::<1, 1, Linear>::seeded(seed);
///     let mut trainer = Trainer::new(model, SquaredError::Mean, Adam::new(rate)).seed(seed).batch(2).quiet();
///     let manifest = Manifest::of("line", &trainer).setting("learning rate", rate).data("training", &data);
///     trainer.fit(&data)?;
///     Ok(manifest.finished(&trainer))
/// };
/// let path = std::env::temp_dir().join("typednet-manifest.json");
/// run(7, 0.1)?.write(&path)?;
///
/// let was = Manifest::read(&path)?;
/// let again = run(was.seed(), was.number("learning rate")?)?;
/// was.verify(&again)?; // the same bits
///
/// let error = was.verify(&run(8, 0.1)?).unwrap_err().to_string();
/// assert!(error.contains("seed is 8 here and 7 in the manifest"), "{error}");
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    name: String,
    /// When it was made, in UTC.
    time: String,
    seed: u64,
    network: NetworkFacts,
    settings: BTreeMap<String, Value>,
    data: BTreeMap<String, DataFacts>,
    program: Program,
    /// How many threads computed, which does not change the bits.
    threads: Option<usize>,
    git: Option<Git>,
    first_weights: Option<String>,
    final_weights: Option<String>,
    results: BTreeMap<String, Value>,
}

impl Manifest {
    /// The manifest of a run with network `M` that a loop of one's own trains.
    ///
    /// It takes up the compiler, the processor's lane, and the git revision of the present folder where there is one.
    pub fn new<M: Layer>(name: impl Into<String>, seed: u64) -> Self {
        Self {
            name: name.into(),
            time: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            seed,
            network: NetworkFacts::of::<M>(),
            settings: BTreeMap::new(),
            data: BTreeMap::new(),
            program: Program::present(),
            threads: None,
            git: Git::of(Path::new(".")),
            first_weights: None,
            final_weights: None,
            results: BTreeMap::new(),
        }
    }

    /// The manifest of what a trainer is about to do: its seed, settings and threads, and, as long as it has made no
    /// step, the hash of the first weights.
    pub fn of<M, L, O>(name: impl Into<String>, trainer: &Trainer<M, L, O>) -> Self
    where
        M: Layer<Elem: Content>,
        L: Loss<M::Out>,
        O: Optimizer + Debug,
    {
        let mut settings: BTreeMap<String, Value> =
            trainer.settings().into_iter().map(|(name, value)| (name, Value::of_text(&value))).collect();
        let seed = match settings.remove("seed") {
            Some(Value::Integer(seed)) => seed,
            _ => 0,
        };
        let first_weights = (trainer.steps() == 0).then(|| weights_hash(trainer.last_model()));
        Self { settings, first_weights, threads: Some(trainer.thread_count()), ..Self::new::<M>(name, seed) }
    }

    /// Names a hyper-parameter that the trainer does not know by itself, or under a name of one's own.
    ///
    /// Augmentation is one: the data's hash is that of the samples before they are changed, and the trainer sees only a
    /// source. The wrappers around data print their settings exactly:
    ///
    /// ```
    /// use typednet_data::{Augment, Augmented, Mixup, mnist};
    /// use typednet_govern::Manifest;
    /// use typednet_layers::{Dense, Softmax};
    ///
    /// let digits = mnist::embedded()?.train;
    /// let manifest = Manifest::new::<Dense<784, 10, Softmax>>("digits", 1).data("training", &digits);
    /// let augment = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0);
    /// let manifest = manifest.setting("augmentation", augment.to_string());
    /// let digits = Mixup::new(Augmented::new(digits, augment)?, 0.2)?;
    /// let manifest = manifest.setting("mixup", digits.to_string());
    /// assert_eq!(manifest.settings()["augmentation"].to_string(), "28×28×1 images: shift 0.08, rotate 12°");
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.settings.insert(name.into(), value.into());
        self
    }

    /// Adds a part of the data with the hash of its content: what the network was trained, validated or tested on.
    #[must_use]
    pub fn data<X: Content, Y: Content>(self, part: impl Into<String>, data: &Dataset<X, Y>) -> Self {
        let hash = data.content_hash();
        self.data_hash(part, data.len(), hash)
    }

    /// As [`data`](Self::data), for data that are no [`Dataset`]: any hash of their content.
    #[must_use]
    pub fn data_hash(mut self, part: impl Into<String>, rows: usize, hash: impl Display) -> Self {
        self.data.insert(part.into(), DataFacts { rows, sha256: hash.to_string() });
        self
    }

    /// The name and version of a crate whose code decides about the run, such as one's own:
    /// `.program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))`.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.program.crates.insert(name.into(), version.into());
        self
    }

    /// Takes the git revision from another folder than the present one.
    #[must_use]
    pub fn git_in(mut self, folder: impl AsRef<Path>) -> Self {
        self.git = Git::of(folder.as_ref());
        self
    }

    /// A number that the run ended with, such as a test accuracy.
    #[must_use]
    pub fn result(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.results.insert(name.into(), value.into());
        self
    }

    /// After the training: the hash of the final weights, with the number of steps and epochs.
    #[must_use]
    pub fn finished<M, L, O>(self, trainer: &Trainer<M, L, O>) -> Self
    where
        M: Layer<Elem: Content>,
        L: Loss<M::Out>,
        O: Optimizer,
    {
        let epochs = trainer.history().last().map_or(0, |record| record.epoch);
        self.final_weights(trainer.model()).result("steps made", trainer.steps()).result("epochs made", epochs as u64)
    }

    /// The hash of the final weights of a loop of one's own.
    #[must_use]
    pub fn final_weights<M: Layer<Elem: Content>>(mut self, model: &impl AsNetwork<Network = M>) -> Self {
        self.final_weights = Some(weights_hash(model));
        self
    }

    /// The run's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was made, such as `2026-01-31T12:00:00Z`.
    pub fn time(&self) -> &str {
        &self.time
    }

    /// The seed of the training.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The network.
    pub const fn network(&self) -> &NetworkFacts {
        &self.network
    }

    /// All settings by name.
    pub const fn settings(&self) -> &BTreeMap<String, Value> {
        &self.settings
    }

    /// A setting that is a number, whole or not.
    ///
    /// # Errors
    /// If there is no setting of this name, or it is no number.
    pub fn number(&self, name: &str) -> Result<f64, GovernError> {
        match self.get(name)? {
            Value::Number(number) => Ok(*number),
            Value::Integer(number) => Ok(*number as f64),
            Value::Text(text) => Err(no_setting(name, format!("it is the text `{text}`, but a number is wanted"))),
        }
    }

    /// A setting that is a whole number.
    ///
    /// # Errors
    /// If there is no setting of this name, or it is no whole number.
    pub fn integer(&self, name: &str) -> Result<u64, GovernError> {
        match self.get(name)? {
            Value::Integer(number) => Ok(*number),
            other => Err(no_setting(name, format!("it is {other}, but a whole number is wanted"))),
        }
    }

    fn get(&self, name: &str) -> Result<&Value, GovernError> {
        self.settings.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.settings.keys().map(String::as_str).collect();
            no_setting(name, format!("the manifest has only {}", names.join(", ")))
        })
    }

    /// The parts of the data by name.
    pub const fn data_parts(&self) -> &BTreeMap<String, DataFacts> {
        &self.data
    }

    /// What the run ended with.
    pub const fn results(&self) -> &BTreeMap<String, Value> {
        &self.results
    }

    /// The hash of the final weights, once the run is [finished](Self::finished); see [`weights_hash`].
    pub fn final_weights_hash(&self) -> Option<&str> {
        self.final_weights.as_deref()
    }

    /// The compiler, such as `rustc 1.95.0 (…)`.
    pub fn compiler(&self) -> &str {
        &self.program.compiler
    }

    /// The processor's lane, such as `avx2`.
    pub fn lane(&self) -> &str {
        &self.program.lane
    }

    /// The names and versions of the crates.
    pub const fn crates(&self) -> &BTreeMap<String, String> {
        &self.program.crates
    }

    /// The git revision and whether files differed from it, where there is one.
    pub fn git(&self) -> Option<(&str, bool)> {
        self.git.as_ref().map(|git| (&*git.revision, git.dirty))
    }

    /// Writes the manifest to a JSON file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), GovernError> {
        Ok(FORMAT.write(path, self)?)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// If the file cannot be read, is no manifest, or is of another format.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, GovernError> {
        Ok(FORMAT.read(path)?)
    }
}

fn no_setting(name: &str, reason: String) -> GovernError {
    GovernError::NoSetting { name: name.to_owned(), reason }
}
