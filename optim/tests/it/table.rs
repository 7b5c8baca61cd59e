//! Every optimiser with its settings: the one list over which the tests of what all of them must do loop.
//!
//! The library's unit tests include this file too; there it names the crate as integration tests do.

use typednet_optim::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, GradientDescent, Lamb, Lion, Momentum, NAdam, Nesterov, OptimError,
    Optimizer, RAdam, RmsProp,
};

/// An optimiser with certain settings, and what is expected of it.
pub(crate) struct Case<O> {
    /// Also the name of its steps in `goldens/optimizers.json`, if it has any.
    pub(crate) name: &'static str,
    pub(crate) optimizer: O,
    /// It with another learning rate.
    pub(crate) with_rate: fn(f64) -> O,
    pub(crate) has_golden: bool,
    /// How it gets from 0 to 2 in section 6, if these settings lead there.
    pub(crate) arrives: Option<Arrives>,
    /// Whether its steps can be larger than the numbers of their type, so that they may have to be taken back.
    pub(crate) is_extreme: bool,
    /// Whether its first moment is a sum, which no gradient of 0 makes smaller.
    pub(crate) is_sum: bool,
    /// Settings that are refused, and why.
    pub(crate) refused: Vec<(O, OptimError)>,
}

/// How an optimiser arrives at a minimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Arrives {
    /// With this learning rate.
    At(f64),
    /// With this one, which a schedule brings to 0, since its steps do not shrink by themselves.
    WithSchedule(f64),
}

impl<O: Optimizer> Case<O> {
    /// The optimiser that `with_rate` gives for the learning rate `rate`.
    fn at(name: &'static str, rate: f64, with_rate: fn(f64) -> O) -> Self {
        Self::new(name, with_rate(rate), with_rate)
    }

    /// The optimiser by default, which `with_rate` gives for another learning rate.
    fn default(name: &'static str, with_rate: fn(f64) -> O) -> Self
    where
        O: Default,
    {
        Self::new(name, O::default(), with_rate)
    }

    pub(crate) fn new(name: &'static str, optimizer: O, with_rate: fn(f64) -> O) -> Self {
        let (has_golden, arrives, is_extreme, is_sum, refused) = (false, None, false, false, vec![]);
        Self { name, optimizer, with_rate, has_golden, arrives, is_extreme, is_sum, refused }
    }

    fn golden(self) -> Self {
        Self { has_golden: true, ..self }
    }

    fn arrives(self, how: Arrives) -> Self {
        Self { arrives: Some(how), ..self }
    }

    fn extreme(self) -> Self {
        Self { is_extreme: true, ..self }
    }

    fn sum(self) -> Self {
        Self { is_sum: true, ..self }
    }

    fn refuses<const N: usize>(self, refused: [(O, OptimError); N]) -> Self {
        Self { refused: refused.into(), ..self }
    }
}

/// What is done with every case.
pub(crate) trait Visitor {
    fn visit<O: Optimizer>(&mut self, case: &Case<O>);
}

/// Shows all cases to `to`.
pub(crate) fn every_optimizer(to: &mut impl Visitor) {
    descent(to);
    means_of_squares(to);
    adam(to);
    others(to);
}

use Arrives::{At, WithSchedule};

/// Gradient descent, and with momentum.
fn descent(to: &mut impl Visitor) {
    to.visit(&Case::default("gradient descent, defaults", GradientDescent::new).arrives(At(0.4)));
    to.visit(&Case::at("gradient descent", 1e-4, GradientDescent::new).golden());

    let momentum = |rate| Momentum::new(rate, 0.9);
    to.visit(&Case::default("momentum, defaults", momentum).arrives(At(0.05)));
    to.visit(
        &Case::at("momentum", 1e-4, momentum)
            .golden()
            .refuses([(Momentum::new(0.1, 1.0), fraction("the momentum", 1.0))]),
    );
    let averaged = |rate| Momentum::averaged(rate, 0.9);
    to.visit(&Case::at("averaged momentum, rate 0.01", 0.01, averaged).arrives(At(0.4)));
    to.visit(
        &Case::at("averaged momentum", 1e-4, averaged)
            .golden()
            .refuses([(Momentum::averaged(0.1, -0.5), fraction("the momentum", -0.5))]),
    );

    let nesterov = |rate| Nesterov::new(rate, 0.9);
    to.visit(&Case::default("nesterov, defaults", nesterov).arrives(At(0.05)));
    to.visit(
        &Case::at("nesterov", 1e-4, nesterov)
            .golden()
            .refuses([(Nesterov::new(0.1, 1.5), fraction("the momentum", 1.5))]),
    );
}

/// Those that divide by the root of squares, without Adam's mean of gradients.
fn means_of_squares(to: &mut impl Visitor) {
    to.visit(&Case::default("adagrad, defaults", Adagrad::new).golden().sum().arrives(At(0.5)));
    to.visit(
        &Case::at("adagrad", 0.03, |rate| Adagrad::new(rate).rate_decay(0.1).start(0.2).epsilon(1e-4))
            .golden()
            .sum()
            .refuses([
                (Adagrad::new(0.1).rate_decay(-1.0), amount("decay of the learning rate", -1.0)),
                (Adagrad::new(0.1).start(-1.0), amount("sum of squares at the start", -1.0)),
                (Adagrad::new(0.1).epsilon(-1.0), amount("epsilon", -1.0)),
            ]),
    );
    to.visit(&Case::at("adagrad, decaying", 0.01, |rate| Adagrad::new(rate).rate_decay(0.1)).sum());
    to.visit(&Case::at("adagrad, no epsilon", 0.01, |rate| Adagrad::new(rate).epsilon(0.0)).sum().extreme());

    to.visit(&Case::default("rmsprop, defaults", RmsProp::new).golden().arrives(WithSchedule(0.01)).refuses([
        (RmsProp::new(0.1).smoothing(1.0), fraction("the smoothing", 1.0)),
        (RmsProp::new(0.1).epsilon(-1.0), amount("epsilon", -1.0)),
    ]));
    to.visit(
        &Case::at("rmsprop, momentum 0.5", 0.01, |rate| RmsProp::new(rate).momentum(0.5)).arrives(WithSchedule(0.01)),
    );
    to.visit(
        &Case::at("rmsprop, momentum 0.9", 0.01, |rate| RmsProp::new(rate).momentum(0.9))
            .refuses([(RmsProp::new(0.1).momentum(1.0), fraction("the momentum", 1.0))]),
    );
    to.visit(
        &Case::at("rmsprop, centred, rho 0.99", 0.01, |rate| RmsProp::new(rate).centred()).arrives(WithSchedule(0.01)),
    );
    to.visit(&Case::at("rmsprop, momentum 0.9, centred", 0.01, |rate| RmsProp::new(rate).momentum(0.9).centred()));
    to.visit(&Case::at("rmsprop, no epsilon", 0.01, |rate| RmsProp::new(rate).epsilon(0.0)).extreme());
    to.visit(
        &Case::at("rmsprop, no epsilon, centred", 0.01, |rate| RmsProp::new(rate).epsilon(0.0).centred()).extreme(),
    );
    to.visit(&Case::at("rmsprop", 0.003, plain_rmsprop).golden());
    to.visit(&Case::at("rmsprop, momentum", 0.003, |rate| plain_rmsprop(rate).momentum(0.8)).golden());
    to.visit(&Case::at("rmsprop, centred", 0.003, |rate| plain_rmsprop(rate).centred()).golden());
    to.visit(&Case::at("rmsprop, both", 0.003, |rate| plain_rmsprop(rate).momentum(0.8).centred()).golden());
    to.visit(&Case::at("rmsprop, both", 0.003, |rate| plain_rmsprop(rate).centred().momentum(0.8)).golden());

    to.visit(&Case::default("adadelta, defaults", Adadelta::new).golden().arrives(At(50.0)).refuses([
        (Adadelta::new(0.1).smoothing(1.0), fraction("the smoothing", 1.0)),
        (Adadelta::new(0.1).epsilon(-1.0), amount("epsilon", -1.0)),
    ]));
    to.visit(&Case::at("adadelta", 0.5, |rate| Adadelta::new(rate).smoothing(0.8).epsilon(1e-4)).golden());
    to.visit(&Case::at("adadelta, rho 0", 1.0, |rate| Adadelta::new(rate).smoothing(0.0)));
    to.visit(&Case::at("adadelta, hardly an epsilon", 1.0, |rate| Adadelta::new(rate).epsilon(1e-300)).extreme());
}

/// The settings of its goldens.
fn plain_rmsprop(rate: f64) -> RmsProp {
    RmsProp::new(rate).smoothing(0.9).epsilon(1e-4)
}

/// Adam, and with decay.
fn adam(to: &mut impl Visitor) {
    to.visit(&Case::default("adam, defaults", Adam::new).golden().arrives(At(0.01)));
    to.visit(&Case::at("adam", 0.03, |rate| Adam::new(rate).betas(0.8, 0.95).epsilon(1e-4)).golden().refuses([
        (Adam::new(0.1).betas(1.0, 0.9), fraction("beta 1", 1.0)),
        (Adam::new(0.1).betas(0.9, 1.0), fraction("beta 2", 1.0)),
        (Adam::new(0.1).epsilon(-1.0), amount("epsilon", -1.0)),
        (Adam::new(0.1).epsilon(-1e-8), amount("epsilon", -1e-8)),
    ]));
    let uncorrected = |rate| Adam::new(rate).bias_correction(false);
    to.visit(&Case::at("uncorrected adam", 0.001, uncorrected).golden().arrives(At(0.01)));
    to.visit(&Case::at("uncorrected adam, epsilon 1e-3", 0.001, |rate| {
        Adam::new(rate).bias_correction(false).epsilon(1e-3)
    }));
    to.visit(&Case::at("adam, no epsilon", 0.001, |rate| Adam::new(rate).epsilon(0.0)).extreme());

    to.visit(&Case::default("adamw, defaults", AdamW::new).golden());
    to.visit(
        &Case::at("adamw", 0.03, |rate| AdamW::new(rate).betas(0.8, 0.95).epsilon(1e-4).weight_decay(0.2))
            .golden()
            .refuses([
                (AdamW::new(0.1).betas(0.9, -1.0), fraction("beta 2", -1.0)),
                (AdamW::new(0.1).weight_decay(-1.0), amount("weight decay", -1.0)),
                (AdamW::new(0.1).weight_decay(f64::INFINITY), amount("weight decay", f64::INFINITY)),
            ]),
    );
    to.visit(&Case::at("adamw, decay 1e-5", 0.01, |rate| AdamW::new(rate).weight_decay(1e-5)).arrives(At(0.01)));
    to.visit(&Case::at("adamw, decay 3", 0.001, |rate| AdamW::new(rate).weight_decay(3.0)));
    to.visit(&Case::at("adamw, decay 1e8", 0.001, |rate| AdamW::new(rate).weight_decay(1e8)).extreme());
}

/// Those that are near Adam.
fn others(to: &mut impl Visitor) {
    to.visit(&Case::default("adamax, defaults", Adamax::new).golden().arrives(At(0.01)));
    to.visit(&Case::at("adamax", 0.03, |rate| Adamax::new(rate).betas(0.8, 0.95).epsilon(1e-4)).golden().refuses([
        (Adamax::new(0.1).betas(1.0, 0.0), fraction("beta 1", 1.0)),
        (Adamax::new(0.1).betas(0.0, 1.0), fraction("beta 2", 1.0)),
        (Adamax::new(0.1).epsilon(-1.0), amount("epsilon", -1.0)),
    ]));
    to.visit(&Case::at("adamax, no epsilon", 0.002, |rate| Adamax::new(rate).epsilon(0.0)).extreme());

    to.visit(&Case::default("nadam, defaults", NAdam::new).golden().arrives(At(0.01)));
    to.visit(
        &Case::at("nadam", 0.03, |rate| NAdam::new(rate).betas(0.8, 0.95).epsilon(1e-4).momentum_decay(0.5))
            .golden()
            .refuses([
                (NAdam::new(0.1).betas(1.0, 0.0), fraction("beta 1", 1.0)),
                (NAdam::new(0.1).momentum_decay(-1.0), amount("momentum decay", -1.0)),
            ]),
    );

    to.visit(&Case::default("radam, defaults", RAdam::new).golden().arrives(At(0.01)));
    to.visit(&Case::at("radam", 0.003, |rate| RAdam::new(rate).betas(0.8, 0.95).epsilon(1e-4)).golden().refuses([
        (RAdam::new(0.1).betas(0.0, 1.0), fraction("beta 2", 1.0)),
        (RAdam::new(0.1).epsilon(-1.0), amount("epsilon", -1.0)),
    ]));
    to.visit(&Case::at("radam, never trusting", 0.001, |rate| RAdam::new(rate).betas(0.5, 0.5)));

    to.visit(&Case::default("lion, defaults", Lion::new).golden().arrives(WithSchedule(0.01)));
    to.visit(&Case::at("lion", 0.003, |rate| Lion::new(rate).betas(0.8, 0.95).weight_decay(0.2)).golden().refuses([
        (Lion::new(0.1).betas(0.0, 1.0), fraction("beta 2", 1.0)),
        (Lion::new(0.1).weight_decay(-1.0), amount("weight decay", -1.0)),
    ]));
    to.visit(&Case::at("lion, decay 3", 1e-4, |rate| Lion::new(rate).weight_decay(3.0)));

    to.visit(&Case::default("lamb, defaults", Lamb::new).golden());
    to.visit(
        &Case::at("lamb", 0.03, |rate| Lamb::new(rate).betas(0.8, 0.95).epsilon(1e-4).weight_decay(0.2))
            .golden()
            .refuses([
                (Lamb::new(0.1).betas(1.0, 0.0), fraction("beta 1", 1.0)),
                (Lamb::new(0.1).weight_decay(-1.0), amount("weight decay", -1.0)),
            ]),
    );
    to.visit(&Case::at("lamb, no decay", 0.01, |rate| Lamb::new(rate).weight_decay(0.0)).arrives(WithSchedule(0.01)));
    to.visit(&Case::at("lamb, decay 3", 0.001, |rate| Lamb::new(rate).weight_decay(3.0)));
}

/// What is said of a part of something that must be from 0 to below 1.
fn fraction(name: &'static str, found: f64) -> OptimError {
    OptimError::NotAFraction { name, found }
}

/// What is said of a negative or infinite amount.
fn amount(name: &'static str, found: f64) -> OptimError {
    OptimError::NotAnAmount { name, found }
}
