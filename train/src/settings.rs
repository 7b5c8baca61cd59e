//! Settings of a trainer beside its batches and epochs.

use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_optim::schedule::{Plateau, Schedule};
use typednet_optim::{Accumulation, Clip, Groups, MovingAverage, Penalty};
use typednet_tensor::{Precision, Rounds};

use crate::around::Clock;
use crate::{Callback, GradientTransform, Interrupt, Metric, Objective, Trainer};

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// The learning rate of each step is the optimiser's times the schedule's factor; the schedule counts steps.
    ///
    /// ```
    /// use typednet_layers::{Dense, Network, Relu, Softmax, Chain, loss::CrossEntropy};
    /// use typednet_optim::schedule::{Cosine, LinearWarmUp, Schedule};
    /// use typednet_optim::{Adam, Groups, Penalty};
    /// use typednet_train::{EarlyStopping, Trainer};
    ///
    /// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
    /// let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01))
    ///     .schedule(LinearWarmUp::new(0.1, 100).then(100, Cosine::new(900)))
    ///     .clip_norm(1.0)
    ///     .penalty(Penalty::l2(1e-4))
    ///     .groups(Groups::new().rate("first", 0.1)?)
    ///     .accumulate(4)
    ///     .average(0.999)
    ///     .callback(EarlyStopping::new().patience(3));
    /// # Ok::<(), typednet_optim::OptimError>(())
    /// ```
    #[must_use]
    pub fn schedule(mut self, schedule: impl Schedule + 'static) -> Self {
        self.engine.around.options.clock = Some(Clock::Steps(Box::new(schedule)));
        self
    }

    /// As [`schedule`](Trainer::schedule), but the schedule counts epochs.
    #[must_use]
    pub fn schedule_by_epoch(mut self, schedule: impl Schedule + 'static) -> Self {
        self.engine.around.options.clock = Some(Clock::Epochs(Box::new(schedule)));
        self
    }

    /// The learning rate falls when the loss has stopped falling: over the validation data, or over the training data
    /// where there are none. It goes with any schedule.
    #[must_use]
    pub fn plateau(mut self, plateau: Plateau) -> Self {
        self.engine.around.options.plateau = Some(plateau);
        self.engine.around.options.plateau_by = Objective::Loss;
        self
    }

    /// As [`plateau`](Trainer::plateau), by another number than the loss, such as a [`metric`](Trainer::metric)'s by its name.
    /// Where higher is better, the plateau must be [rising](Plateau::rising).
    #[must_use]
    pub fn plateau_by(self, objective: impl Into<Objective>, plateau: Plateau) -> Self {
        let mut this = self.plateau(plateau);
        this.engine.around.options.plateau_by = objective.into();
        this
    }

    /// Measures `metric` over the training data in each epoch, and over the validation data after it: a
    /// [column](crate::History::column) of the history, which [`EarlyStopping`](crate::EarlyStopping),
    /// [`Checkpoints`](crate::Checkpoints) and others can follow by its name.
    ///
    /// ```
    /// use typednet_data::tabular;
    /// use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
    /// use typednet_optim::Adam;
    /// use typednet_train::{EarlyStopping, MacroF1, TopK, Trainer};
    ///
    /// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
    /// let iris = tabular::iris()?;
    /// let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.02))
    ///     .epochs(20)
    ///     .metric(TopK::<2>::new())
    ///     .metric(MacroF1::new())
    ///     .callback(EarlyStopping::new().metric("macro f1"))
    ///     .quiet();
    /// let history = trainer.fit_validated(&iris, &iris)?;
    /// println!("{history}");
    /// assert!(history.column("macro f1").is_some_and(|f1| f1.values()[0].validation.is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn metric(mut self, metric: impl Metric<M::Out, L::Target> + Clone + 'static) -> Self {
        self.engine.meters.push(metric);
        self
    }

    /// Changes the gradient of each step by code of one's own, before its limits and the optimiser: see
    /// [`GradientTransform`]. Several are called in the order in which they were given.
    #[must_use]
    pub fn on_gradient(mut self, transform: impl GradientTransform<M> + 'static) -> Self {
        self.engine.around.transforms.push(Box::new(transform));
        self
    }

    /// The gradient of each step is made no longer than `limit`: [`Clip::Norm`].
    #[must_use]
    pub fn clip_norm(mut self, limit: f64) -> Self {
        self.engine.around.options.clips[0] = Some(Clip::Norm(limit));
        self
    }

    /// No element of a gradient is farther from 0 than `limit`: [`Clip::Value`]. With a limit for the norm too, that
    /// one comes first.
    #[must_use]
    pub fn clip_value(mut self, limit: f64) -> Self {
        self.engine.around.options.clips[1] = Some(Clip::Value(limit));
        self
    }

    /// Large weights are penalised: the penalty's gradient is added to that of each step.
    ///
    /// The recorded losses are without it, so that those of training and validation can be compared; its value is
    /// [`Penalty::value`].
    #[must_use]
    pub fn penalty(mut self, penalty: Penalty) -> Self {
        self.engine.around.options.penalty = Some(penalty);
        self
    }

    /// Parts of the network have learning rates of their own, weights that decay, or are not trained at all.
    #[must_use]
    pub fn groups(mut self, groups: Groups<M>) -> Self {
        self.engine.around.groups = Some(groups);
        self
    }

    /// Each step is made from the gradients of `batches` batches, as if they were one, in the memory of one.
    ///
    /// The last step of an epoch takes what is left. Layers that draw random numbers or look at their batch as a whole
    /// see each batch by itself.
    #[must_use]
    pub fn accumulate(mut self, batches: usize) -> Self {
        self.engine.around.options.blocks = batches;
        self.engine.around.accumulation = (batches > 1).then(Accumulation::new);
        self
    }

    /// Keeps the moving average of the weights: e ← e + (1 − `decay`)·(w − e) after each step; 0.999 is usual.
    ///
    /// The average is what is measured, used for predictions and given back ([`model`](Trainer::model)).
    #[must_use]
    pub fn average(mut self, decay: f64) -> Self {
        self.engine.around.average = Some(MovingAverage::new(decay));
        self.engine.around.options.average_decay = Some(decay);
        self
    }

    /// What the products of this trainer's passes read of their operands: `f32` unless told otherwise.
    ///
    /// [`Precision::Bf16`] rounds operands to bf16 for the tiles of a processor with AMX, and training ends with
    /// [`TrainError::Precision`](crate::TrainError::Precision) before its first step where there are none: it is never chosen without
    /// being asked for, and never replaced. [`Precision::Bf16Portable`] is the same arithmetic on any processor, without the speed.
    /// [`Precision`] says which products of which layers are rounded. Weights, moments and sums stay `f32`.
    ///
    /// It holds for all that the trainer computes over batches, validation and [`evaluate`](Trainer::evaluate) too, with the same bits for any
    /// number of [threads](Trainer::threads); one sample ([`predict`](Trainer::predict)) and the model by itself compute in `f32`. It is among
    /// the [settings](Trainer::settings): a checkpoint of another precision is refused, and [ranks](Trainer::ranks) that differ in it are.
    ///
    /// ```
    /// use typednet_data::tabular;
    /// use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
    /// use typednet_optim::Adam;
    /// use typednet_tensor::Precision;
    /// use typednet_train::Trainer;
    ///
    /// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
    /// let iris = tabular::iris()?;
    /// let trainer = |precision| {
    ///     Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.02)).batch(8).epochs(20).precision(precision).quiet()
    /// };
    /// let mut rounded = trainer(Precision::Bf16Portable);
    /// rounded.fit(&iris)?;
    /// assert!(rounded.evaluate(&iris)?.accuracy > Some(0.9));
    ///
    /// // The machine is asked before the first step.
    /// match trainer(Precision::Bf16).fit(&iris) {
    ///     Ok(_) => println!("by tiles"),
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    // On one line, since rustc shows both lines of a bound that does not stand beside the name of its function.
    #[rustfmt::skip]
    pub fn precision(mut self, precision: Precision) -> Self where M::Elem: Rounds {
        self.engine.set_precision(precision);
        self
    }

    /// The training ends after the step in which `interrupt` is asked, with a checkpoint where those are kept, and
    /// [`TrainError::Interrupted`](crate::TrainError::Interrupted).
    ///
    /// `trainer.stop_on(Interrupt::on_signals()?)` does so for Ctrl-C and SIGTERM.
    #[must_use]
    pub fn stop_on(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    /// Code that is called after each epoch of [`fit`](Trainer::fit), and around steps where it asks for that; it may
    /// end the training.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback<M> + 'static) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }
}
