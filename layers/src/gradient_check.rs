//! The gradient checker: backward passes against central differences.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use typednet_tensor::{Buffer, Differentiable, Flat, Key, Model, Sample, Scalar, flat, flat_mut};

use crate::{AsNetwork, Gradient, Layer, Network, PassContext, Workspace, pass};

/// A place where a backward pass says something else than the central difference; see [`check_gradients`].
#[derive(Clone, PartialEq)]
pub struct WrongGradient {
    /// The parameter, such as `weight[3][0]`, or the input, such as `input [5] of row 2`.
    pub place: String,
    /// What the backward pass gives.
    pub backward: f64,
    /// What the forward pass changes by.
    pub difference: f64,
}

impl fmt::Display for WrongGradient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, backward, difference } = self;
        write!(f, "the backward pass gives {backward} for {place}, but the central difference is {difference}")
    }
}

typednet_tensor::debug_as_display!(WrongGradient);

impl core::error::Error for WrongGradient {}

/// Compares the backward pass of a layer, or of a whole network, with central differences of its forward pass in training:
/// (f(v + h) − f(v − h)) / 2h for each parameter and each input, where f is a weighted sum of the outputs.
///
/// It takes two forward passes for each of them, so check a small layer on a few rows, best in `f64`; in `f32` a
/// difference is good for two digits. Samples should stay away from kinks such as the 0 of a ReLU.
///
/// # Errors
/// The first place where they differ.
///
/// ```
/// use typednet_layers::{Chain, Dense, Network, Softmax, Tanh, check_gradients};
///
/// type Net = Chain<Dense<3, 5, Tanh, f64>, Dense<5, 2, Softmax, f64>>;
/// check_gradients(&Net::seeded(1), &[[0.1, -0.4, 0.7], [0.9, 0.2, -0.3]])?;
/// # Ok::<(), typednet_layers::WrongGradient>(())
/// ```
///
/// # Panics
/// If there are no samples.
pub fn check_gradients<L>(model: &impl AsNetwork<Network = L>, x: &[L::In]) -> Result<(), WrongGradient>
where
    L: Layer<In: Differentiable<Elem = L::Elem>>,
{
    let mut check = Check::new(model.as_network(), x);
    let mut dx = x.to_vec();
    // Whoever adds to a gradient, where it has to be overwritten, is found out.
    flat_mut(&mut dx).fill(L::Elem::of(0.5));
    let gradient = check.backward(Some(&mut dx));
    check.parameters(&gradient)?;
    for (n, found) in flat(&dx).iter().enumerate() {
        let difference = check.difference(|check| &mut flat_mut(&mut check.x)[n]);
        let place = || {
            let index = Index { n: n % L::In::LEN, sizes: L::In::SHAPE.sizes() };
            alloc::format!("input {index} of row {}", n / L::In::LEN)
        };
        differ(*found, difference, place)?;
    }
    Ok(())
}

/// As [`check_gradients`], but of the parameters only: for what reads tokens, by which nothing has a gradient.
///
/// ```
/// use typednet_layers::{Chain, Dense, Network, Relu, check_parameter_gradients};
///
/// type Net = Chain<Dense<3, 5, Relu, f64>, Dense<5, 2, Relu, f64>>;
/// check_parameter_gradients(&Net::seeded(1), &[[0.1, -0.4, 0.7], [0.9, 0.2, -0.3]])?;
/// # Ok::<(), typednet_layers::WrongGradient>(())
/// ```
///
/// # Errors
/// The first place where they differ.
///
/// # Panics
/// If there are no samples.
pub fn check_parameter_gradients<L: Layer>(
    model: &impl AsNetwork<Network = L>,
    x: &[L::In],
) -> Result<(), WrongGradient> {
    let mut check = Check::new(model.as_network(), x);
    let gradient = check.backward(None);
    check.parameters(&gradient)
}

/// As [`check_gradients`], for tests.
///
/// # Panics
/// If a gradient is wrong, with its place and both numbers.
#[track_caller]
pub fn assert_gradients<L>(model: &impl AsNetwork<Network = L>, x: &[L::In])
where
    L: Layer<In: Differentiable<Elem = L::Elem>>,
{
    if let Err(wrong) = check_gradients(model, x) {
        panic!("{wrong}");
    }
}

/// A layer whose values are changed one by one.
struct Check<L: Layer> {
    model: Model<L>,
    x: Vec<L::In>,
    /// The weights of the outputs in f, which are ∂f/∂y.
    weights: Vec<L::Elem>,
    memory: Buffer<L::Elem>,
}

impl<L: Layer> Check<L> {
    /// The mask of a dropout follows from it, so all passes have the same.
    const RUN: PassContext<'static> = PassContext::new(Key::new(0));

    fn new(model: &L, x: &[L::In]) -> Self {
        assert!(!x.is_empty(), "gradients are checked on samples, and there are none");
        let mut copy = L::zeroed();
        copy.copy_from(model);
        let weights = (0..x.len() * L::Out::LEN).map(|n| Key::new(1).normal(n as u64)).collect();
        Self { model: copy, x: x.to_vec(), weights, memory: Buffer::new() }
    }

    fn backward(&mut self, dx: Option<&mut [Gradient<L::In>]>) -> Model<L> {
        let mut gradient = L::zeroed();
        gradient.as_flat_mut().fill(L::Elem::of(0.5));
        let memory = self.memory.grow(pass::training_need::<L>().of(self.x.len()));
        let upstream = |_: &[L::Out], dy: &mut [L::Out]| flat_mut(dy).copy_from_slice(&self.weights);
        pass::vjp(&*self.model, &self.x, upstream, &mut *gradient, dx, memory, Self::RUN);
        gradient
    }

    /// The gradient of each parameter against the differences.
    fn parameters(&mut self, gradient: &Model<L>) -> Result<(), WrongGradient> {
        let mut found = Ok(());
        const { &L::TREE }.visit(&mut |place| {
            // What stands in the gradient of a buffer is no derivative, but what the layer wants to commit; of what is frozen nothing.
            if !place.kind.is_trained() {
                return;
            }
            for (n, element) in place.range().enumerate() {
                if found.is_err() {
                    return;
                }
                let difference = self.difference(|check| &mut check.model.as_flat_mut()[element]);
                found = differ(gradient.as_flat()[element], difference, || {
                    alloc::format!("{place}{}", Index { n, sizes: place.param.shape.sizes() })
                });
            }
        });
        found
    }

    /// f, the weighted sum of the outputs.
    fn sum(&mut self) -> f64 {
        let memory = self.memory.grow(pass::training_need::<L>().of(self.x.len()));
        let mut space = Workspace::new(memory, self.x.len());
        let (y, saved) = (space.samples::<L::Out>(), space.take(L::SAVED));
        self.model.forward(&self.x, y, saved, space.rest(), Self::RUN);
        flat(y).iter().zip(&self.weights).map(|(y, weight)| y.to_f64_exact() * weight.to_f64_exact()).sum()
    }

    /// ∂f/∂v by (f(v + h) − f(v − h)) / 2h.
    fn difference(&mut self, value: impl Fn(&mut Self) -> &mut L::Elem) -> f64 {
        let before = *value(self);
        // The steps that are made, which rounding may change.
        let step = step::<L::Elem>() * before.to_f64_exact().abs().max(1.0);
        let [up, down] = [step, -step].map(|step| L::Elem::of(before.to_f64_exact() + step));
        *value(self) = up;
        let above = self.sum();
        *value(self) = down;
        let below = self.sum();
        *value(self) = before;
        (above - below) / (up.to_f64_exact() - down.to_f64_exact())
    }
}

/// The cube root of the distance from 1 to the next number: smaller steps lose more by rounding, larger ones more by the
/// function's bend.
fn step<T: Scalar>() -> f64 {
    num_traits::Float::cbrt(T::epsilon().to_f64_exact())
}

/// The place, where both numbers differ by more than a difference is good for: the square of its step, and room for a
/// function that bends.
fn differ<T: Scalar>(backward: T, difference: f64, place: impl FnOnce() -> String) -> Result<(), WrongGradient> {
    let (backward, step) = (backward.to_f64_exact(), step::<T>());
    let close = (backward - difference).abs() <= 1e3 * step * step * difference.abs().max(1.0);
    if close { Ok(()) } else { Err(WrongGradient { place: place(), backward, difference }) }
}

/// As in `[3][0]`: element `n` of an array of these sizes.
struct Index<'a> {
    n: usize,
    sizes: &'a [usize],
}

impl fmt::Display for Index<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut inner: usize = self.sizes.iter().product();
        let mut n = self.n;
        for size in self.sizes {
            inner /= size;
            write!(f, "[{}]", n / inner)?;
            n %= inner;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::impl_flat;

    use super::*;
    use crate::{
        BatchNorm, Behaviour, Chain, Dense, Dropout, LayerInfo, LayerNorm, Linear, Param, Sigmoid, Softmax, Tanh,
        Trace, bits,
    };

    const X: [[f64; 3]; 4] = [[0.1, -0.4, 0.7], [0.9, 0.2, -0.3], [-1.1, 0.6, 0.5], [0.3, 0.8, -0.9]];

    #[test]
    fn the_layers_of_the_library_pass() {
        type Normed =
            Chain<BatchNorm<5, Linear, f64>, Chain<Dropout<[f64; 5], { bits(0.5) }>, Dense<5, 2, Softmax, f64>>>;
        assert_gradients(&Chain::<Dense<3, 5, Tanh, f64>, Normed>::seeded(1), &X);
        assert_gradients(&*Chain::<LayerNorm<3, f64>, Dense<3, 4, Sigmoid, f64>>::seeded(2), &X);
        let x = X.map(|x| x.map(|x| x as f32));
        assert_gradients(&Chain::<Dense<3, 5, Tanh>, Dense<5, 2, Softmax>>::seeded(3), &x);
    }

    /// y = (a·x₀, b·x₁), whose derivatives are right but for what `Wrong` says.
    #[repr(C)]
    struct Scale<const WRONG: char> {
        factor: [[f64; 2]; 1],
    }

    impl_flat! { [const WRONG: char] Scale<WRONG>: f64 { factor: [[f64; 2]; 1], } }

    impl<const WRONG: char> Layer for Scale<WRONG> {
        type In = [f64; 2];
        type Out = [f64; 2];
        type Head = crate::Linear;

        const TREE: LayerInfo = LayerInfo {
            name: "Scale",
            args: &[],
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[Param {
                name: "factor",
                shape: <[[f64; 2]; 1]>::SHAPE,
                kind: crate::ParamKind::Weight,
                init: crate::Init::Constant(2.0),
                fan_in: 1,
                fan_out: 1,
            }],
            children: &[],
            flops: 2,
            behaviour: Behaviour::PLAIN,
        };

        fn predict_into(&self, x: &[f64; 2], y: &mut [f64; 2]) {
            *y = [self.factor[0][0] * x[0], self.factor[0][1] * x[1]];
        }

        fn forward(&self, x: &[[f64; 2]], y: &mut [[f64; 2]], _: &mut [f64], _: &mut [f64], _: PassContext<'_>) {
            for (x, y) in x.iter().zip(y) {
                self.predict_into(x, y);
            }
        }

        fn backward(
            &self,
            trace: Trace<'_, Self>,
            dy: &mut [[f64; 2]],
            dx: Option<&mut [[f64; 2]]>,
            grad: &mut Self,
            _: &mut [f64],
            _: PassContext<'_>,
        ) {
            if WRONG != 'a' {
                grad.factor = [[0.0; 2]];
            }
            for (x, dy) in trace.x.iter().zip(dy.iter()) {
                grad.factor[0][0] += x[0] * dy[0];
                grad.factor[0][1] += x[1] * if WRONG == 'w' { dy[0] } else { dy[1] };
            }
            for (row, (dx, dy)) in dx.into_iter().flatten().zip(dy).enumerate() {
                *dx = [self.factor[0][0] * dy[0], self.factor[0][1] * dy[1]];
                if WRONG == 'x' && row == 1 {
                    dx[1] = 0.0;
                }
            }
        }
    }

    fn wrong<const WRONG: char>() -> Option<WrongGradient> {
        check_gradients(&Scale::<WRONG>::seeded(0), &[[0.3, -0.8], [1.5, 0.4], [0.2, 0.6]]).err()
    }

    #[test]
    fn the_first_wrong_element_is_named_with_both_numbers() {
        assert_eq!(wrong::<'-'>(), None);
        let found = wrong::<'w'>().expect("the weight's gradient takes the other output's");
        assert_eq!(found.place, "factor[0][1]");
        assert!(found.to_string().contains(&found.backward.to_string()), "{found}");
        assert!(found.to_string().contains(&found.difference.to_string()), "{found}");

        let found = wrong::<'x'>().expect("the gradient of one input is 0");
        assert_eq!((found.place.as_str(), found.backward), ("input [1] of row 1", 0.0));
        assert!((found.difference - 2.0 * Key::new(1).normal::<f64>(3)).abs() < 1e-6, "{found}");
    }

    #[test]
    fn a_gradient_that_is_added_to_and_not_overwritten_is_found() {
        let found = wrong::<'a'>().expect("0.5 more");
        assert_eq!(found.place, "factor[0][0]");
        assert!((found.backward - found.difference - 0.5).abs() < 1e-6, "{found}");
    }
}
