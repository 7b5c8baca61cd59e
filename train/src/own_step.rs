//! Steps from a loss and a gradient of one's own.

use typednet_layers::loss::Loss;
use typednet_layers::{Layer, PassContext};
use typednet_tensor::Buffer;

use crate::engine::{Batch, StepPass};
use crate::shards::{Room, Written};
use crate::{RanksError, TrainError, Trainer};

/// What a step of one's own is made with: see [`Trainer::step_with`].
#[non_exhaustive]
pub struct StepContext<'a, M: Layer> {
    /// The model that is trained.
    pub model: &'a M,
    /// Where the gradient of the mean loss goes. It holds anything before, and is to be overwritten whole.
    pub gradient: &'a mut M,
    /// Memory that grows where it is too small, and is kept for the next step.
    pub memory: &'a mut Buffer<M::Elem>,
    /// The step's random numbers and threads, for the passes.
    pub run: PassContext<'a>,
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// One step of one's own: `pass` computes a loss and writes its gradient, and the trainer does the rest: accumulation,
    /// penalties, [transforms](Trainer::on_gradient), limits, the look for values that are not finite, the optimiser's step,
    /// the average of the weights. It calls no callbacks.
    ///
    /// For losses that are no function of one network's outputs and a target: those of two networks, of several terms, or
    /// with a gradient by hand. `rows` is how much the gradient weighs where a step is made of
    /// [several](Trainer::accumulate). It is never cut into [shards](Trainer::shards), and is not for several
    /// [ranks](Trainer::ranks).
    ///
    /// ```
    /// use typednet_layers::{Dense, Linear, Network, loss::SquaredError, pass};
    /// use typednet_optim::GradientDescent;
    /// use typednet_train::Trainer;
    ///
    /// // A student learns what a teacher says of any input.
    /// let teacher = Dense::<1, 1>::new([[2.0_f32]], [1.0]);
    /// let mut student = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, GradientDescent::new(0.2));
    /// for step in 0..200 {
    ///     let x = [[f32::sin(step as f32)], [f32::cos(step as f32)]];
    ///     let targets = x.map(|x| teacher.predict(&x));
    ///     student.step_with(x.len(), |step| {
    ///         let memory = step.memory.grow(pass::training_need::<Dense<1, 1>>().of(x.len()));
    ///         pass::gradient(step.model, &SquaredError::Mean, &x, &targets, step.gradient, memory, step.run).0
    ///     })?;
    /// }
    /// assert!((student.model().weight[0][0] - 2.0).abs() < 1e-3);
    /// # Ok::<(), typednet_train::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// If `rows` is 0, there are several ranks, something cannot work with its hyper-parameters, or the loss, the gradient or a weight after the step is
    /// not finite; then the model is as it was.
    pub fn step_with(&mut self, rows: usize, pass: impl FnOnce(StepContext<'_, M>) -> f64) -> Result<f64, TrainError> {
        if rows == 0 {
            return Err(TrainError::BatchSize);
        }
        if self.engine.team.others().is_some() {
            return Err(RanksError::OwnStep.into());
        }
        self.check_settings()?;
        self.start_threads()?;
        self.begin_run(None);
        let epoch = self.next_epoch();
        let batch = Batch { x: &[], rows, epoch, complete: false };
        let step = self.engine.step_by(&batch, &mut [], |lent, Room { memory, .. }| {
            let StepPass { model, gradient, run, .. } = lent.pass;
            Ok(Written { loss: pass(StepContext { model, gradient, memory, run }), weight: rows, outputs: &[] })
        });
        let (loss, _) = step.map_err(|why| self.engine.no_step(epoch, why, |row| row))?;
        Ok(loss)
    }
}
