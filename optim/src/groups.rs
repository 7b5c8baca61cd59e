//! Rates of their own for parts of a network, and parts that are not trained.

use core::ops::Range;

/// A run of elements in the flat block that is trained in one way.
///
/// `Groups` makes a list of them from names; without an allocator it may stand in a `static`.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The elements.
    pub range: Range<usize>,
    /// What the learning rate is multiplied with. 0 is frozen: weights and moments keep their bits.
    pub rate: f64,
    /// The decoupled decay λ: before each step, w ← (1 − α·λ)·w.
    pub decay: f64,
}

#[cfg(feature = "alloc")]
pub use by_name::Groups;

#[cfg(feature = "alloc")]
mod by_name {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use core::fmt;
    use core::marker::PhantomData;
    use core::ops::Range;

    use typednet_layers::{Layer, ParamKind};
    use typednet_tensor::Scalar;

    use super::Group;
    use crate::{OptimError, Optimizer};

    /// How each part of a model `M` is trained: its rate, its decay, or not at all.
    ///
    /// A part is named by its path in the network. `encoder` means every parameter whose name is `encoder` or begins
    /// with `encoder.`, such as `encoder.l1.weight`; the empty path means all. What is said later holds.
    ///
    /// Frozen parameters and their moments keep their bits, and so do frozen buffers, such as running statistics. When
    /// frozen layers are to be trained after all, begin with a new [`State`](crate::State), whose corrections for empty
    /// moments fit theirs.
    ///
    /// ```
    /// use typednet_layers::{Chain, Dense, Network, Relu};
    /// use typednet_optim::{Adam, Groups, Optimizer, State};
    /// use typednet_tensor::{Flat, Parallel};
    ///
    /// type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;
    ///
    /// // Keep what the first layer has learnt, train the head, and let the head's weights decay, but not its bias.
    /// let groups = Groups::<Net>::new().freeze("first")?.weight_decay(0.01)?;
    ///
    /// let adam = Adam::new(0.1);
    /// let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::new(&adam));
    /// gradient.as_flat_mut().fill(1.0);
    /// let before = model.as_flat().to_vec();
    /// state.step_in(&groups, &adam, adam.learning_rate(), &mut model, &gradient, Parallel::SERIAL)?;
    /// assert_eq!(model.as_flat()[..16], before[..16]);
    /// assert!(model.as_flat()[16..].iter().zip(&before[16..]).all(|(after, before)| after != before));
    /// # Ok::<(), typednet_optim::OptimError>(())
    /// ```
    pub struct Groups<M> {
        places: Vec<Place>,
        parameters: Vec<Group>,
        runs: Vec<Group>,
        frozen: Vec<Range<usize>>,
        frozen_buffers: Vec<Range<usize>>,
        model: PhantomData<fn() -> M>,
    }

    /// One parameter or buffer.
    #[derive(Clone)]
    struct Place {
        name: String,
        kind: ParamKind,
        group: Group,
    }

    impl Place {
        /// Whether it is what `path` names or stands in it.
        fn is_in(&self, path: &str) -> bool {
            path.is_empty() || self.name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    }

    impl<M: Layer> Groups<M> {
        /// Everything is trained at the full rate, and nothing decays.
        pub fn new() -> Self {
            let mut places = Vec::new();
            const { &M::TREE }.visit(&mut |place| {
                let group = Group { range: place.range(), rate: 1.0, decay: 0.0 };
                places.push(Place { name: place.to_string(), kind: place.kind, group });
            });
            places.retain(|place| !place.group.range.is_empty());
            let (parameters, runs, frozen, frozen_buffers) = Default::default();
            Self { places, parameters, runs, frozen, frozen_buffers, model: PhantomData }.resolved()
        }

        /// The learning rate of the part at `path` is multiplied with `factor`; 0 freezes it.
        ///
        /// # Errors
        /// [`OptimError::UnknownPath`] if the network has no such part, [`OptimError::NotAnAmount`] if the factor is
        /// negative or not finite.
        pub fn rate(self, path: &'static str, factor: f64) -> Result<Self, OptimError> {
            OptimError::amount("factor of the learning rate", factor)?;
            self.set(path, |place| place.group.rate = factor)
        }

        /// The part at `path` is not trained.
        ///
        /// # Errors
        /// [`OptimError::UnknownPath`] if the network has no such part.
        pub fn freeze(self, path: &'static str) -> Result<Self, OptimError> {
            self.rate(path, 0.0)
        }

        /// All weights, but not biases and factors of normalisations, decay beside the gradient: w ← (1 − α·λ)·w before
        /// each step (Loshchilov and Hutter 2019).
        ///
        /// With [`Adam`](crate::Adam) this is [`AdamW`](crate::AdamW) for weights only. A part's own rate is part of α.
        ///
        /// # Errors
        /// [`OptimError::NotAnAmount`] if λ is negative or not finite.
        pub fn weight_decay(self, lambda: f64) -> Result<Self, OptimError> {
            self.weight_decay_of("", lambda)
        }

        /// As [`weight_decay`](Groups::weight_decay), for the weights of the part at `path`.
        ///
        /// # Errors
        /// [`OptimError::UnknownPath`] if the network has no such part, [`OptimError::NotAnAmount`] if λ is negative or
        /// not finite.
        pub fn weight_decay_of(self, path: &'static str, lambda: f64) -> Result<Self, OptimError> {
            OptimError::amount("weight decay", lambda)?;
            self.set(path, |place| {
                if place.kind == ParamKind::Weight {
                    place.group.decay = lambda;
                }
            })
        }

        /// What is trained in one way, in order; runs that touch are one. Buffers are in none.
        pub fn runs(&self) -> &[Group] {
            &self.runs
        }

        /// As [`runs`](Groups::runs), one for each parameter.
        pub fn parameters(&self) -> &[Group] {
            &self.parameters
        }

        /// The list that a step of `O` is made from.
        pub(crate) fn of<O: Optimizer>(&self) -> &[Group] {
            if O::BY_PARAMETER { &self.parameters } else { &self.runs }
        }

        /// The buffers in frozen parts.
        pub(crate) fn frozen_buffers(&self) -> &[Range<usize>] {
            &self.frozen_buffers
        }

        /// Sets the gradient of frozen parameters to 0, so that they count in no norm: call it before
        /// [`Clip::apply`](crate::Clip::apply).
        pub fn clear_frozen(&self, gradient: &mut M) {
            for range in &self.frozen {
                gradient.as_flat_mut()[range.clone()].fill(M::Elem::ZERO);
            }
        }

        fn set(mut self, path: &'static str, change: impl Fn(&mut Place)) -> Result<Self, OptimError> {
            let mut found = path.is_empty();
            for place in self.places.iter_mut().filter(|place| place.is_in(path)) {
                change(place);
                found = true;
            }
            if found { Ok(self.resolved()) } else { Err(OptimError::UnknownPath { path }) }
        }

        /// With the lists made from the places.
        fn resolved(mut self) -> Self {
            let groups = |wanted: fn(ParamKind) -> bool| -> Vec<Group> {
                self.places.iter().filter(|place| wanted(place.kind)).map(|place| place.group.clone()).collect()
            };
            let ranges = |groups: &[Group]| {
                groups.iter().filter(|group| group.rate == 0.0).map(|group| group.range.clone()).collect()
            };
            self.frozen_buffers = ranges(&groups(|kind| kind == ParamKind::Buffer));
            self.parameters = groups(ParamKind::is_trained);
            self.runs.clear();
            for next in &self.parameters {
                match self.runs.last_mut() {
                    Some(last)
                        if last.range.end == next.range.start && (last.rate, last.decay) == (next.rate, next.decay) =>
                    {
                        last.range.end = next.range.end;
                    }
                    _ => self.runs.push(next.clone()),
                }
            }
            self.frozen = ranges(&self.runs);
            self
        }
    }

    impl<M: Layer> Default for Groups<M> {
        fn default() -> Self {
            Self::new()
        }
    }

    impl<M> Clone for Groups<M> {
        fn clone(&self) -> Self {
            Self {
                places: self.places.clone(),
                parameters: self.parameters.clone(),
                runs: self.runs.clone(),
                frozen: self.frozen.clone(),
                frozen_buffers: self.frozen_buffers.clone(),
                model: PhantomData,
            }
        }
    }

    impl<M> fmt::Debug for Groups<M> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_list().entries(&self.runs).finish()
        }
    }
}
