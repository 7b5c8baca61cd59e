//! The callback that measures.

mod writing;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use typednet_layers::{Layer, Network, PassContext, Path, Workspace, pass};
use typednet_tensor::{Buffer, Key, Model, flat, ops};
use typednet_train::{
    Callback, CallbackResult, Column, Control, EpochView, History, NonFiniteSource, Record, RunView, StepView,
    TrainError,
};

use crate::diagnosis::Diagnosis;
use crate::layers::{is_called, watched};
use crate::log::{Kept, Waiting};
use crate::measurement::{Activations, Parameters};
use crate::{
    Finding, LayerMeasurement, Log, Measurement, Mistake, Problem, Sink, Thresholds, WatchError, WatchedLayer,
};

/// Measures what happens in each layer while a network is trained, says what is wrong, and writes it to [sinks](Sink)
/// (lecture section 9).
///
/// A clone is another handle to the same monitor: one goes to the trainer, the other is asked afterwards.
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Chain, Dense, Network, Relu, Sigmoid, loss::BinaryCrossEntropy};
/// use typednet_optim::Adam;
/// use typednet_train::Trainer;
/// use typednet_watch::Monitor;
///
/// type Xor = Chain<Dense<2, 8, Relu>, Dense<8, 1, Sigmoid>>;
/// let data = Dataset::new([[0.0_f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0_f32], [1.0], [1.0], [0.0]])?;
///
/// let monitor = Monitor::new().every(10);
/// let mut trainer = Trainer::new(Xor::seeded(3), BinaryCrossEntropy, Adam::new(0.05)).epochs(200).quiet();
/// trainer = trainer.callback(monitor.clone());
/// trainer.fit(&data)?;
///
/// let log = monitor.log();
/// assert_eq!(log.layers[0].name, "first");
/// let hidden = log.measurements[0].layers[0];
/// println!("‖g‖ = {}", hidden.parameters.map_or(0.0, |parameters| parameters.gradient_norm));
/// for finding in &log.findings {
///     println!("{finding}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Cost
/// It measures the first step of a run and then every 50th, in memory that is taken before the first step: a copy of the weights,
/// and what a pass over up to 128 rows needs. What is written is on disk after each epoch, and at most some seconds after it
/// was measured. An epoch of the 784-128-64-10 network in batches of 64 became 2.0 % longer, and 2.6 % with sinks to files,
/// on one core of an AMD EPYC (Zen 4); `cargo run --release -p typednet-watch --example monitor_cost` measures it.
///
/// # What the numbers are of
/// Gradients are those that the optimiser gets: with penalties, after clipping and accumulation. Activations are those of
/// a pass in use over the first rows of the batch: without dropout, with the running statistics of normalisations.
pub struct Monitor<M: Layer> {
    shared: Arc<Mutex<Shared<M>>>,
    every: u64,
    /// Whether the first step after `start` is over.
    begun: bool,
    /// Whether something measured waits to be written, so that every step is looked at for the time.
    waits: bool,
}

/// What all handles share.
struct Shared<M: Layer> {
    layers: Vec<WatchedLayer>,
    rows: usize,
    diagnosis: Diagnosis,
    findings: Vec<Finding>,
    records: Vec<Record>,
    sinks: Vec<Box<dyn Sink>>,
    /// Whether the sinks know the run.
    told: bool,
    /// When something was written last.
    written: Option<Instant>,
    /// The memory that measuring takes, from the first start on.
    work: Option<Work<M>>,
}

struct Work<M: Layer> {
    /// The weights before the step, and then ΔW.
    before: Model<M>,
    memory: Buffer<M::Elem>,
    alive: Vec<bool>,
    current: Measurement,
    kept: Kept,
    waiting: Waiting,
}

impl<M: Layer> Monitor<M> {
    /// A monitor that measures the first step and then every 50th.
    pub fn new() -> Self {
        let shared = Shared {
            layers: watched::<M>(),
            rows: 128,
            diagnosis: Diagnosis::default(),
            findings: Vec::new(),
            records: Vec::new(),
            sinks: Vec::new(),
            told: false,
            written: None,
            work: None,
        };
        Self { shared: Arc::new(Mutex::new(shared)), every: 50, begun: false, waits: false }
    }

    /// Measures the first step and then every `steps`th; with 0, only the losses of epochs are looked at.
    #[must_use]
    pub fn every(self, steps: u64) -> Self {
        Self { every: steps, ..self }
    }

    /// Looks at the activations of up to `rows` rows of a batch; 128 unless told otherwise. At least 1.
    #[must_use]
    pub fn rows(self, rows: usize) -> Self {
        self.lock().rows = rows.max(1);
        self
    }

    /// Calls something ill from these numbers on.
    #[must_use]
    pub fn thresholds(self, thresholds: Thresholds) -> Self {
        self.lock().diagnosis.thresholds = thresholds;
        self
    }

    /// Writes to `sink` too. A sink that fails ends the training with its error, and is left out from then on.
    #[must_use]
    pub fn sink(self, sink: impl Sink + 'static) -> Self {
        self.lock().sinks.push(Box::new(sink));
        self
    }

    /// What was seen so far.
    pub fn log(&self) -> Log {
        let shared = self.lock();
        Log {
            layers: shared.layers.clone(),
            measurements: shared.work.as_ref().map(|work| work.kept.all()).unwrap_or_default(),
            records: shared.records.clone(),
            findings: shared.findings.clone(),
        }
    }

    /// What is wrong, as far as it was seen so far.
    pub fn findings(&self) -> Vec<Finding> {
        self.lock().findings.clone()
    }

    /// Takes in the error that a training ended with: a number that is not finite becomes a finding with its step and
    /// layer. What waits to be written is written. [`fit`](typednet_train::Trainer::fit) calls it by itself.
    ///
    /// # Errors
    /// If a sink cannot write.
    pub fn failed(&self, error: &TrainError) -> Result<(), WatchError> {
        let mut shared = self.lock();
        if let TrainError::NotFinite(error) = error {
            let problem = Problem::NotFinite;
            let (layer, found) = match &error.what {
                NonFiniteSource::Input { row } => (Some(format!("sample {row} of the data")), f64::NAN),
                NonFiniteSource::Parameter { name } | NonFiniteSource::Gradient { name } => {
                    (Some(name.clone()), f64::NAN)
                }
                NonFiniteSource::Loss { found, gradient } => (gradient.clone(), *found),
                _ => (None, f64::NAN),
            };
            let (epoch, step, threshold) = (error.epoch, error.step, f64::INFINITY);
            let finding = Finding { problem, severity: problem.severity(), layer, epoch, step, found, threshold };
            shared.found(finding)?;
        }
        if let TrainError::Sample { row, found, .. } = *error {
            let problem = Problem::NotFinite;
            let epoch = shared.records.last().map_or(0, |record| record.epoch) + 1;
            let step = shared.work.as_ref().map_or(0, |work| work.current.step);
            let (layer, threshold) = (Some(format!("sample {row} of the data")), f64::INFINITY);
            shared.found(Finding { problem, severity: problem.severity(), layer, epoch, step, found, threshold })?;
        }
        shared.write_all()
    }

    /// Writes the pictures of mistakes to the sinks that can show them.
    ///
    /// # Errors
    /// If a sink cannot write.
    pub fn show_mistakes(&self, mistakes: &[Mistake]) -> Result<(), WatchError> {
        let mut shared = self.lock();
        let step = shared.work.as_ref().map_or(0, |work| work.current.step);
        shared.write(|sink| sink.mistakes(step, mistakes))?;
        shared.write(|sink| sink.flush())
    }

    /// Whether step `step` is one of those that are measured.
    fn is_measured(&self, step: u64) -> bool {
        !self.begun || step.is_multiple_of(self.every)
    }

    fn lock(&self) -> MutexGuard<'_, Shared<M>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Layer> Default for Monitor<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Layer> Clone for Monitor<M> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), ..*self }
    }
}

/// About how many bytes of measurements are kept.
const KEPT_BYTES: usize = 8 << 20;

impl<M: Layer> Shared<M> {
    /// Takes the memory that steps need.
    fn prepare(&mut self) {
        let layers = self.layers.len();
        let bytes = size_of::<LayerMeasurement>() * layers.max(1);
        let slots = (KEPT_BYTES / bytes).clamp(8, 128);
        self.diagnosis.reserve(layers);
        self.findings.reserve(64);
        self.records.reserve(256);
        let rows = self.rows;
        let work = self.work.get_or_insert_with(|| Work {
            before: M::zeroed(),
            memory: Buffer::new(),
            alive: vec![true; self.layers.iter().map(|layer| layer.width).max().unwrap_or(0)],
            current: Measurement { layers: vec![LayerMeasurement::default(); layers], ..Measurement::default() },
            kept: Kept::new(slots, layers),
            waiting: Waiting::new(if self.sinks.is_empty() { 0 } else { slots / 2 }, layers),
        });
        work.memory.grow(pass::inference_need::<M>().of(rows));
    }

    fn before_step(&mut self, view: &StepView<'_, M>) {
        let Some(Work { before, memory, alive, current, .. }) = &mut self.work else { return };
        before.copy_from(view.model);
        current.epoch = view.epoch;
        current.step = view.step;
        current.loss = view.loss;
        current.learning_rate = view.learning_rate;
        let (weights, gradient) = (view.model.as_flat(), view.gradient.as_flat());
        for (layer, measured) in self.layers.iter().zip(&mut current.layers) {
            measured.parameters = (layer.parameters > 0).then(|| Parameters::of(layer, weights, gradient));
            measured.activations = None;
        }

        let x = &view.x[..view.x.len().min(self.rows)];
        // Rank 0 of several may have no row of a small batch, and of no values there is nothing to measure.
        if x.is_empty() {
            return;
        }
        let mut space = Workspace::new(memory.as_mut_slice(), x.len());
        let (y, scratch) = (space.samples::<M::Out>(), space.rest());
        let mut place = 0;
        let run = PassContext::new(Key::new(0));
        view.model.visit_outputs(x, y, scratch, run, &Path::ROOT, &mut |output| {
            let named = self.layers[place..].iter().position(|layer| is_called(output.path, &layer.name));
            if let Some(found) = named.map(|offset| place + offset) {
                current.layers[found].activations = Some(Activations::of(&self.layers[found], output.values, alive));
                place = found + 1;
            }
        });
        // A network that is one layer has no layers inside it that would be shown.
        if let (Some(layer), Some(measured)) = (self.layers.last(), current.layers.last_mut())
            && M::TREE.children.is_empty()
        {
            measured.activations = Some(Activations::of(layer, flat(y), alive));
        }
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        let Some(Work { before, current, kept, waiting, .. }) = &mut self.work else { return Ok(Control::Continue) };
        ops::sub(view.model.as_flat(), before.as_flat_mut());
        for (layer, measured) in self.layers.iter().zip(&mut current.layers) {
            if let Some(parameters) = &mut measured.parameters {
                parameters.updated(layer, before.as_flat());
            }
        }
        self.diagnosis.measured(&self.layers, current);
        kept.push(current);
        waiting.push(current);
        if !self.sinks.is_empty() && waiting.is_full() {
            self.write_waiting()?;
        }
        self.write_in_time()
    }

    fn epoch(&mut self, record: &Record, columns: &[Column], step: u64) -> CallbackResult {
        self.records.push(*record);
        self.diagnosis.recorded(&self.records, step);
        self.write_waiting()?;
        self.write(|sink| sink.epoch(record, step))?;
        if !columns.is_empty() {
            self.write(|sink| sink.metrics(record, step, columns))?;
        }
        let findings: Vec<Finding> = self.diagnosis.take(&self.layers).collect();
        for finding in findings {
            self.write(|sink| sink.finding(&finding))?;
            self.findings.push(finding);
        }
        self.write_all()?;
        Ok(Control::Continue)
    }
}

impl<M: Layer> Callback<M> for Monitor<M> {
    fn start(&mut self) {
        self.lock().prepare();
    }

    fn resume(&mut self, history: &History, _: Option<&M>) -> Control {
        let mut shared = self.lock();
        shared.prepare();
        shared.records = history.records().to_vec();
        Control::Continue
    }

    fn run(&mut self, view: &RunView<'_>) -> CallbackResult {
        // The first step of a run that goes on was measured when it began.
        self.begun |= view.step > 0;
        self.lock().run(view)
    }

    fn failed(&mut self, error: &TrainError) -> CallbackResult {
        Monitor::failed(self, error)?;
        Ok(Control::Continue)
    }

    fn pause(&mut self) -> CallbackResult {
        self.lock().write_all()?;
        Ok(Control::Continue)
    }

    fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
        self.lock().epoch(view.record(), view.history.columns(), view.step)
    }

    fn every_steps(&self) -> u64 {
        if self.begun && !self.waits || self.every == 0 { self.every } else { 1 }
    }

    fn before_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        if self.is_measured(view.step) {
            self.lock().before_step(view);
        }
        Ok(Control::Continue)
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        let is_measured = self.is_measured(view.step);
        let mut shared = self.lock();
        let said = if is_measured { shared.after_step(view) } else { shared.write_in_time() };
        let waits = shared.waits();
        drop(shared);
        (self.begun, self.waits) = (true, waits);
        said
    }
}
