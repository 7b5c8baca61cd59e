//! Properties of a layer that its shapes and parameters do not show.

use typednet_tensor::Scalar;

use crate::{Activation, LayerInfo};

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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Behaviour {
    /// Whether it is defined to give something else in training than at inference, as dropout does.
    pub differs_in_training: bool,
    /// Whether it normalises over the rows of a batch in training: a row's output depends on the other rows, and one row
    /// alone teaches it nothing.
    pub normalises_over_rows: bool,
    /// Whether it is nothing but layers one after the other, without names: a [`Chain`](crate::Chain).
    pub is_sequence: bool,
    /// What is known of the activation at its end.
    pub activation: Health,
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
    /// The same in training and at inference, row by row.
    pub const PLAIN: Self = Self {
        differs_in_training: false,
        normalises_over_rows: false,
        is_sequence: false,
        activation: Health { saturates: None, dies: false },
    };

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
        Self { is_sequence: true, ..self }
    }

    /// It ends with the activation `A`.
    #[must_use]
    pub const fn ending_with<A: Activation<T>, T: Scalar>(self) -> Self {
        Self { activation: Health { saturates: A::SATURATES, dies: A::DIES }, ..self }
    }
}

impl LayerInfo {
    /// Whether `holds` is true of the layer or of one inside it.
    pub fn any(&self, holds: impl Fn(&Self) -> bool + Copy) -> bool {
        holds(self) || self.children.iter().any(|child| child.node.any(holds))
    }
}
