//! The one place between a complete gradient and the optimiser.
//!
//! What is done there, in this order:
//!
//! 1. the mean over the batches of a step, where one is [made of several](crate::Trainer::accumulate);
//! 2. the gradient of the [penalty](crate::Trainer::penalty);
//! 3. [transforms of one's own](GradientTransform), in the order in which they were given;
//! 4. the look for values that are not finite, which refuses the step;
//! 5. the limits of the [norm](crate::Trainer::clip_norm), then of the [values](crate::Trainer::clip_value).

use typednet_layers::Layer;
use typednet_optim::with_gradient;
use typednet_tensor::{Parallel, ops};

use crate::around::Around;

/// A change of the gradient before each step, given to [`Trainer::on_gradient`](crate::Trainer::on_gradient). A closure is one.
///
/// It comes after accumulation and penalties, and before the look for values that are not finite and the limits. It is
/// called once for each step, so it should allocate nothing. Places of [`ParamKind::Buffer`](typednet_layers::ParamKind::Buffer) hold
/// statistics, not a gradient: whatever measures or scales it leaves them out.
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
/// use typednet_optim::GradientDescent;
/// use typednet_train::{GradientView, Trainer};
///
/// // The bias is held where it is.
/// let line = Dataset::new([[1.0_f32], [2.0]], [[2.0_f32], [5.0]])?;
/// let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, GradientDescent::new(0.1))
///     .on_gradient(|gradient: &mut Dense<1, 1>, _: &GradientView<'_, Dense<1, 1>>| gradient.bias = [0.0])
///     .quiet();
/// trainer.fit(&line)?;
/// assert_eq!(trainer.model().bias, [0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait GradientTransform<M: Layer>: Send {
    /// Changes the gradient of the mean loss over the rows of a step.
    fn transform(&mut self, gradient: &mut M, view: &GradientView<'_, M>);
}

impl<M: Layer, F: FnMut(&mut M, &GradientView<'_, M>) + Send> GradientTransform<M> for F {
    fn transform(&mut self, gradient: &mut M, view: &GradientView<'_, M>) {
        self(gradient, view);
    }
}

/// What a [`GradientTransform`] sees of a step.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct GradientView<'a, M> {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step, from 1, counted from the start of the training.
    pub step: u64,
    /// The mean loss of the last batch of the step.
    pub loss: f64,
    /// The model that the gradient is of.
    pub model: &'a M,
}

impl<M: Layer> Around<M> {
    /// Steps 1 to 3, for the gradient of a batch of `rows` rows. Says whether the gradient is complete: it waits for more
    /// batches unless `last`.
    ///
    /// What is not finite is left to the look at it.
    pub(crate) fn complete(
        &mut self,
        gradient: &mut M,
        view: &GradientView<'_, M>,
        rows: usize,
        last: bool,
        parallel: Parallel<'_>,
    ) -> bool {
        if let Some(accumulation) = &mut self.accumulation {
            let mut all_finite = view.loss.is_finite();
            with_gradient(const { &M::TREE }, |run| {
                all_finite = all_finite && ops::all_finite_on(&gradient.as_flat()[run], parallel);
            });
            if all_finite {
                accumulation.add(gradient, rows, parallel);
                if !last && accumulation.blocks() < self.options.blocks {
                    return false;
                }
                with_gradient(const { &M::TREE }, |run| {
                    let mean = &accumulation.mean().as_flat()[run.clone()];
                    ops::copy_on(mean, &mut gradient.as_flat_mut()[run], parallel);
                });
            }
            accumulation.clear();
        }
        if let Some(penalty) = &self.options.penalty {
            penalty.add_gradient(view.model, gradient, parallel);
        }
        for transform in &mut self.transforms {
            transform.transform(gradient, view);
        }
        true
    }

    /// Step 5, for a gradient that is finite.
    pub(crate) fn limit(&self, gradient: &mut M, parallel: Parallel<'_>) {
        if let (Some(groups), [Some(_), _]) = (&self.groups, &self.options.clips) {
            groups.clear_frozen(gradient);
        }
        for clip in self.options.clips.iter().flatten() {
            clip.apply(gradient, parallel);
        }
    }
}
