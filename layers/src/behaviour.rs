//! Properties of a layer that its shapes and parameters do not show.

use typednet_tensor::{Scalar, Shape};

use crate::{Activation, Child, Function, LayerInfo, Operation};

/// Facts about a layer that a program reads instead of comparing its name: [`LayerInfo::behaviour`].
///
/// They are said where the layer is written. Layers inside it say their own.
///
/// ```
/// use typednet_layers::{BatchNorm, Behaviour, Chain, Dense, Layer, Relu};
///
/// type Net = Chain<Dense<2, 3, Relu>, BatchNorm<3>>;
/// assert_eq!(Net::TREE.behaviour, Behaviour::PLAIN.sequence());
/// assert!(Net::TREE.any(|node| node.behaviour.differs_in_training));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Behaviour {
    /// Whether it is defined to give something else in training than at inference, as dropout does.
    pub differs_in_training: bool,
    /// Whether it normalises over the rows of a batch in training: a row's output depends on the other rows, and one row
    /// alone teaches it nothing.
    pub normalises_over_rows: bool,
    /// Whether it is nothing but layers one after the other, without names: a [`Chain`](crate::Chain).
    pub is_sequence: bool,
    /// The axes over which it runs on each part of what comes in, outermost first: `[28, 28]` for each pixel. Its own shapes and
    /// operations are those of all parts together, the ones of layers inside it those of one part.
    pub each: Shape,
    /// Whether its parameters, and those of layers inside it, stand in the block but are not trained.
    pub frozen: bool,
    /// Whether it reads [`Padded`](typednet_tensor::Padded) sequences, so that steps of padding have no part in what it, and layers
    /// inside it, give.
    pub padded: bool,
    /// What is known of the activation at its end.
    pub activation: Health,
    /// What it computes in use, up to the activation at its end; with `each`, of each part.
    pub operation: Operation,
    /// What the activation at its end computes; [`Function::OfLinear`] where there is none.
    pub function: Function,
}

/// As [`Behaviour::PLAIN`].
impl Default for Behaviour {
    fn default() -> Self {
        Self::PLAIN
    }
}

/// How the units of an activation can stop learning.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Health {
    /// [`Activation::SATURATES`].
    pub saturates: Option<(f64, f64)>,
    /// [`Activation::DIES`].
    pub dies: bool,
}

impl Behaviour {
    /// The same in training and at inference, row by row; what it computes is not said.
    pub const PLAIN: Self = Self {
        differs_in_training: false,
        normalises_over_rows: false,
        is_sequence: false,
        each: Shape::SCALAR,
        frozen: false,
        padded: false,
        activation: Health { saturates: None, dies: false },
        operation: Operation::Opaque,
        function: Function::OfLinear,
    };

    /// What the layers inside it do, one after the other.
    pub const IN_ORDER: Self = Self::PLAIN.computing(Operation::OfSequence);

    /// It computes this in use.
    #[must_use]
    pub const fn computing(self, operation: Operation) -> Self {
        Self { operation, ..self }
    }

    /// It gives something else in training than at inference.
    #[must_use]
    pub const fn differing_in_training(self) -> Self {
        Self { differs_in_training: true, ..self }
    }

    /// It normalises over the rows of a batch in training, and so differs there from inference.
    #[must_use]
    pub const fn normalising_over_rows(self) -> Self {
        Self { normalises_over_rows: true, ..self.differing_in_training() }
    }

    /// It is nothing but layers one after the other.
    #[must_use]
    pub const fn sequence(self) -> Self {
        Self { is_sequence: true, ..self.computing(Operation::OfSequence) }
    }

    /// It runs on each of `parts` parts of what comes in.
    #[must_use]
    pub const fn on_each(self, parts: usize) -> Self {
        Self { each: self.each.within(parts), ..self }
    }

    /// It reads padded sequences.
    #[must_use]
    pub const fn on_padded(self) -> Self {
        Self { padded: true, ..self }
    }

    /// Nothing in it is trained, and so it gives in training what it gives at inference.
    #[must_use]
    pub const fn freezing(self) -> Self {
        Self { frozen: true, differs_in_training: false, normalises_over_rows: false, ..self }
    }

    /// It ends with the activation `A`.
    #[must_use]
    pub const fn ending_with<A: Activation<T>, T: Scalar>(self) -> Self {
        Self { activation: Health { saturates: A::SATURATES, dies: A::DIES }, function: A::FUNCTION, ..self }
    }
}

impl LayerInfo {
    /// Whether `holds` is true of the layer or of one inside it, each as it behaves where it stands: nothing in a frozen layer
    /// differs in training.
    pub fn any(&self, holds: impl Fn(&Self) -> bool + Copy) -> bool {
        self.has(&holds)
    }

    /// [`any`](Self::any), compiled once for all that ask.
    fn has(&self, holds: &dyn Fn(&Self) -> bool) -> bool {
        let frozen = self.behaviour.frozen;
        let of_child = |child: &Child| {
            let behaviour = if frozen { child.node.behaviour.freezing() } else { child.node.behaviour };
            Self { behaviour, ..*child.node }.has(holds)
        };
        holds(self) || self.children.iter().any(of_child)
    }
}
