//! One step of training, and one batch of evaluation.

use std::io;

use typednet_layers::loss::{CheckedLoss, Loss, LossFor};
use typednet_layers::{Layer, Network, PassContext, pass};
use typednet_optim::{MovingAverage, OptimError, Optimizer, State};
use typednet_tensor::{Buffer, Flat, Key, Model, Parallel, Precision, Sample, ThreadPool, ops, size};

use crate::around::Around;
use crate::callback::{self, Callbacks};
use crate::carry::Carry;
use crate::metric::Meters;
use crate::rule::Rule;
use crate::shards::{Room, Rows, Team, Written};
use crate::sharing::Sharing;
use crate::{CallbackResult, Control, GradientView, NonFiniteSource, NotFinite, RanksError, StepView, TrainError};

/// The model with everything that a step needs beside the batch. Nothing grows after the first step.
pub(crate) struct Engine<M: Layer, L: Loss<M::Out>, O> {
    pub(crate) model: Model<M>,
    pub(crate) loss: CheckedLoss<L, M::Out>,
    pub(crate) optimizer: O,
    /// The stream of random numbers for layers that draw some.
    pub(crate) key: Key,
    /// What is done with the gradient before a step, and with the weights after it.
    pub(crate) around: Around<M>,
    pub(crate) state: State<M, O>,
    pub(crate) rule: Rule<M, O>,
    /// What is measured beside the loss.
    pub(crate) meters: Meters<M::Out, L::Target>,
    /// The learning rate of the last step.
    pub(crate) learning_rate: f64,
    /// The shards of a batch, and who computes them.
    pub(crate) team: Team<M::Elem>,
    gradient: Model<M>,
    memory: Buffer<M::Elem>,
    /// The outputs of a batch that is computed shard by shard.
    outputs: Buffer<M::Elem>,
    /// The threads beside the caller's, if there are any.
    pool: Option<ThreadPool>,
    pub(crate) precision: Precision,
    sharing: Sharing,
}

/// What a pass over a batch has found.
#[derive(Clone, Copy, Default)]
pub(crate) struct Passed {
    /// The sum of the loss over its terms.
    pub(crate) loss: f64,
    /// How many terms those are: the rows, or what [`Loss::terms`] says.
    pub(crate) terms: usize,
    /// In how many of them the network decides as the target says.
    pub(crate) correct: Option<usize>,
}

impl Passed {
    /// Adds what another pass has found.
    pub(crate) fn add(&mut self, other: &Self) {
        self.loss += other.loss;
        self.terms += other.terms;
        self.correct = self.correct.zip(other.correct).map(|(here, there)| here + there);
    }
}

/// Why a step was not made.
pub(crate) enum NoStep {
    /// A number on the way is not finite.
    NotFinite(NonFiniteSource),
    /// The ranks cannot go on together.
    Ranks(RanksError),
}

impl From<RanksError> for NoStep {
    fn from(error: RanksError) -> Self {
        Self::Ranks(error)
    }
}

/// A batch that a step is made from.
pub(crate) struct Batch<'a, M: Layer> {
    /// Its samples, or none where they are the caller's own affair.
    pub(crate) x: &'a [M::In],
    pub(crate) rows: usize,
    pub(crate) epoch: usize,
    /// Whether the step is not to wait for more of them.
    pub(crate) complete: bool,
}

/// What a pass of training is made with.
pub(crate) struct StepPass<'a, M> {
    pub(crate) model: &'a M,
    pub(crate) gradient: &'a mut M,
    pub(crate) run: PassContext<'a>,
    /// The key of `run`.
    pub(crate) key: Key,
}

/// What the engine lends to a pass, beside the memory.
pub(crate) struct Lent<'a, M: Layer, L: Loss<M::Out>> {
    pub(crate) pass: StepPass<'a, M>,
    pub(crate) loss: &'a CheckedLoss<L, M::Out>,
    pub(crate) meters: &'a mut Meters<M::Out, L::Target>,
    pub(crate) team: &'a mut Team<M::Elem>,
}

/// What a step over a batch has done.
pub(crate) struct Stepped {
    pub(crate) passed: Passed,
    /// What the callbacks say.
    pub(crate) said: CallbackResult,
}

impl<M: Layer, L: Loss<M::Out>, O> Engine<M, L, O> {
    pub(crate) fn new(model: Model<M>, loss: L, optimizer: O, key: Key) -> Self
    where
        L: LossFor<M::Head, M::Out>,
        O: Optimizer,
    {
        let loss = CheckedLoss::new(loss);
        let (state, rule, gradient) = (State::new(&optimizer), Rule::new(), M::zeroed());
        let (around, learning_rate) = (Around::new(), optimizer.learning_rate());
        let (meters, team, memory, outputs) = (Meters::default(), Team::new(), Buffer::new(), Buffer::new());
        Self {
            model,
            loss,
            optimizer,
            key,
            around,
            state,
            rule,
            meters,
            learning_rate,
            team,
            gradient,
            memory,
            outputs,
            pool: None,
            precision: Precision::F32,
            sharing: Sharing::new(),
        }
    }

    /// Makes the memory as large as a pass over `rows` needs it.
    pub(crate) fn reserve(&mut self, rows: usize) {
        let share = self.team.share();
        let training = pass::training_need::<M>().of(share.largest(rows));
        self.memory.grow(training.max(pass::inference_need::<M>().of(rows)));
        if !share.is_whole() {
            let outputs = size::product(&[rows, M::Out::LEN]);
            self.outputs.grow(outputs);
            self.team.reserve(M::LEN, outputs);
        }
        self.meters.reserve(rows, &self.loss);
    }

    /// Lets the work run on `threads` threads, the caller's among them.
    ///
    /// # Errors
    /// If the system has no more threads to give.
    pub(crate) fn use_threads(&mut self, threads: usize) -> io::Result<()> {
        if self.parallel().threads() != threads {
            self.pool = if threads > 1 { Some(ThreadPool::new(threads)?.in_precision(self.precision)) } else { None };
        }
        Ok(())
    }

    /// Where the work runs: the one place that decides it.
    pub(crate) fn parallel(&self) -> Parallel<'_> {
        on(self.pool.as_ref(), self.precision)
    }

    /// Lets products read so much of their operands.
    pub(crate) fn set_precision(&mut self, precision: Precision) {
        // A pool has the precision that it was made with.
        self.pool = None;
        self.precision = precision;
    }

    /// The learning rate of the next step: the one place for a schedule.
    pub(crate) fn next_learning_rate(&self, epoch: usize) -> f64 {
        (self.rule.learning_rate)(&self.optimizer) * self.around.options.factor(self.state.count(), epoch)
    }

    /// The model as it is used and measured: the average of the weights where one is kept.
    pub(crate) fn in_use(&self) -> &M {
        in_use(&self.model, self.around.average.as_ref())
    }

    /// Puts other weights in the place of the model's and of their average.
    pub(crate) fn put(&mut self, weights: &M) {
        self.model.copy_from(weights);
        self.state.weights_changed();
        if let Some(average) = self.around.average.as_mut().filter(|average| average.count() > 0) {
            let count = average.count();
            average.restore(count).as_flat_mut().copy_from_slice(weights.as_flat());
        }
    }

    /// One step on a batch: forward, backward, update. If loss, gradient or what the update would make of the weights are
    /// not finite, there is no update, and no batch waits any longer.
    ///
    /// Where a step is made of several batches, the update comes with the last of them, or with one that is `complete`.
    ///
    /// Over several ranks, all make the same step at the same time. The states behind the batch go to `carry`.
    pub(crate) fn step(
        &mut self,
        batch: &Rows<'_, M::In, L::Target>,
        epoch: usize,
        complete: bool,
        callbacks: &mut Callbacks<M>,
        carry: Option<&mut Carry<M>>,
    ) -> Result<Stepped, NoStep> {
        let mut passed = Passed::default();
        let this = Batch { x: batch.x, rows: batch.x.len(), epoch, complete };
        let (_, said) = self.step_by(&this, callbacks, |lent, room| {
            let written = lent.gradient(batch, &mut passed, room)?;
            if let Some(carry) = carry {
                carry.take(written.outputs, true);
            }
            Ok(written)
        })?;
        Ok(Stepped { passed, said })
    }

    /// One step from the gradient that `pass` writes, and the mean loss that it gives, with the outputs if there are some to
    /// show. See [`step`](Self::step).
    pub(crate) fn step_by<F>(
        &mut self,
        batch: &Batch<'_, M>,
        callbacks: &mut Callbacks<M>,
        pass: F,
    ) -> Result<(f64, CallbackResult), NoStep>
    where
        F: for<'m> FnOnce(Lent<'_, M, L>, Room<'m, M::Elem>) -> Result<Written<'m, M::Out>, RanksError>,
    {
        let &Batch { x, rows, epoch, complete } = batch;
        let learning_rate = self.next_learning_rate(epoch);
        let Self { model, around, gradient, loss: fitted, meters, team, .. } = self;
        let parallel = self.sharing.begin(on(self.pool.as_ref(), self.precision), rows, flops::<M>(rows));
        let count = self.state.count();
        team.notes.step = count + 1;
        let key = match around.waiting() {
            0 => self.key.child(count),
            block => self.key.child(count).child(block as u64),
        };
        let run = PassContext::new(key).on(parallel);
        let own = StepPass { model: &**model, gradient: &mut **gradient, run, key };
        let room = Room { memory: &mut self.memory, outputs: &mut self.outputs };
        let Written { loss, weight, outputs } = pass(Lent { pass: own, loss: fitted, meters, team }, room)?;

        let view = GradientView { epoch, step: count + 1, loss, model: &**model };
        if !around.complete(gradient, &view, weight, complete, parallel) {
            self.sharing.end();
            return Ok((loss, Ok(Control::Continue)));
        }
        if !(loss.is_finite() && self.state.look(gradient, parallel)) {
            return Err(NoStep::NotFinite(self.culprit(x, loss)));
        }
        around.limit(gradient, parallel);

        let facts = Facts::<M> { epoch, step: count + 1, loss, learning_rate, x, outputs };
        let before = callback::call_for_step(callbacks, facts.step, &mut |callback| {
            callback.before_step(&facts.view(model, gradient))
        });
        let groups = around.groups.as_ref();
        let Self { state, rule, optimizer, .. } = self;
        let made = rule.step(state, groups, optimizer, learning_rate, model, gradient, parallel);
        if let Err(OptimError::Overflow { element, undone }) = made {
            return Err(NoStep::NotFinite(NonFiniteSource::Step { name: name_of::<M>(element), undone }));
        }
        if let Some(average) = &mut around.average {
            average.update(model, parallel);
        }
        let after = callback::call_for_step(callbacks, facts.step, &mut |callback| {
            callback.after_step(&facts.view(model, gradient))
        });
        self.sharing.end();
        self.learning_rate = learning_rate;
        Ok((loss, callback::join(before, after)))
    }

    /// A batch in use: what it finds, and the outputs (logits where the loss wants them), which the metrics see where `measures` says so.
    pub(crate) fn evaluate(&mut self, x: &[M::In], targets: &[L::Target], measures: bool) -> (Passed, &[M::Out]) {
        let run = PassContext::new(self.key).on(on(self.pool.as_ref(), self.precision));
        let memory = self.memory.grow(pass::inference_need::<M>().of(x.len()));
        let model = in_use::<M>(&self.model, self.around.average.as_ref());
        let (loss, y) = pass::evaluate_fitted(model, &self.loss, x, targets, memory, run);
        if measures {
            self.meters.evaluate(&self.loss, y, targets);
        }
        let terms = self.loss.loss().terms(targets);
        (Passed { loss, terms, correct: self.loss.correct(y, targets) }, y)
    }

    /// The outputs for a batch in use, with the last activation.
    pub(crate) fn infer(&mut self, x: &[M::In]) -> &[M::Out] {
        let run = PassContext::new(self.key).on(on(self.pool.as_ref(), self.precision));
        let memory = self.memory.grow(pass::inference_need::<M>().of(x.len()));
        pass::infer(in_use::<M>(&self.model, self.around.average.as_ref()), x, memory, run)
    }

    /// The error of the step that was not made; `row_of` is the number in the data of a row that is computed here.
    #[cold]
    pub(crate) fn no_step(&self, epoch: usize, why: NoStep, row_of: impl FnOnce(usize) -> usize) -> TrainError {
        let what = match why {
            NoStep::NotFinite(what) => what.in_row(row_of),
            NoStep::Ranks(error) => return error.into(),
        };
        let (step, learning_rate) = (self.state.count() + 1, self.next_learning_rate(epoch));
        TrainError::NotFinite(NotFinite { epoch, step, learning_rate, what, put_back: None })
    }

    /// What is to blame for a step that is not finite.
    #[cold]
    fn culprit(&self, x: &[M::In], loss: f64) -> NonFiniteSource {
        if let Some(row) = x.iter().position(|x| x.not_finite().is_some()) {
            return NonFiniteSource::Input { row };
        }
        if let Some(name) = first_not_finite(&*self.model) {
            return NonFiniteSource::Parameter { name };
        }
        match first_not_finite(&*self.gradient) {
            Some(name) if loss.is_finite() => NonFiniteSource::Gradient { name },
            gradient => NonFiniteSource::Loss { found: loss, gradient },
        }
    }
}

/// What callbacks see of a step, but for model and gradient, which change.
struct Facts<'a, M: Layer> {
    epoch: usize,
    step: u64,
    loss: f64,
    learning_rate: f64,
    x: &'a [M::In],
    outputs: &'a [M::Out],
}

impl<M: Layer> Facts<'_, M> {
    fn view<'a>(&'a self, model: &'a M, gradient: &'a M) -> StepView<'a, M> {
        let Self { epoch, step, loss, learning_rate, x, outputs } = *self;
        StepView { epoch, step, loss, learning_rate, model, gradient, x, outputs }
    }
}

/// The average of the weights where one is kept and begun.
fn in_use<'a, M: Layer>(model: &'a M, average: Option<&'a MovingAverage<M>>) -> &'a M {
    average.filter(|average| average.count() > 0).map_or(model, MovingAverage::model)
}

/// The floating-point operations of the passes over `rows` rows: forward, weight gradient and input gradient.
fn flops<M: Layer>(rows: usize) -> usize {
    usize::try_from(3 * const { M::TREE.total_flops() }).unwrap_or(usize::MAX).saturating_mul(rows)
}

/// On the pool if there is one, else on the calling thread.
fn on(pool: Option<&ThreadPool>, precision: Precision) -> Parallel<'_> {
    pool.map_or(Parallel::serial_in(precision), ThreadPool::parallel)
}

/// The name of the parameter at a place of the flat block.
#[cold]
fn name_of<M: Layer>(element: usize) -> String {
    let mut name = String::new();
    const { &M::TREE }.visit(&mut |place| {
        if place.range().contains(&element) {
            name = place.to_string();
        }
    });
    name
}

/// The name of the first run of parameters that holds a value that is not finite.
fn first_not_finite<M: Layer>(block: &M) -> Option<String> {
    let mut first = None;
    const { &M::TREE }.visit(&mut |place| {
        if first.is_none() && place.kind.has_gradient() && !ops::all_finite(&block.as_flat()[place.range()]) {
            first = Some(place.to_string());
        }
    });
    first
}
