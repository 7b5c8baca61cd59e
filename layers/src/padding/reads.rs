//! Which layers can be told how many steps count.

use typednet_tensor::{Differentiable, Flat, Parallel, Scalar, Steps, same, zeros};

use crate::repeat::in_turn;
use crate::{
    Activation, ActivationLayer, Add, Chain, Concat, Dropout, Each, Frozen, Gru, Labels, Layer, LayerInfo, Lstm, Noise,
    Positions, Repeat, Residual, Rnn, SinusoidalPositions,
};

/// A layer over the steps of a sequence of which only the first may count: one that can stand in
/// [`OnPadded`](crate::OnPadded) and [`EndPadded`](crate::EndPadded).
///
/// # Contract
/// - What it gives for a step that counts, or of all steps, depends on steps that count only.
///   [`PassContext::lengths`](crate::PassContext::lengths) says which these are, where its passes need to know.
/// - What it gives for a step of padding may be any finite numbers; the gradient by them comes in as 0.
/// - Its backward pass gives 0 for steps of padding then, and is not changed by what they hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be told which steps are padding",
    label = "expected a layer over the steps of a sequence, such as `Gru` or `Attention`",
    note = "a layer on each step stands in `Each`; `Last` and `MeanOverSteps` make one row of the steps that count"
)]
pub trait ReadsPadded: Layer<In: Steps> {
    /// Whether it gives as many steps as it reads. Else it gives something of all steps that count.
    const KEEPS_STEPS: bool;

    /// As [`predict_into`](Layer::predict_into), where the first `length` steps count.
    fn predict_padded(&self, x: &Self::In, y: &mut Self::Out, length: usize);
}

/// What is done step by step, or from the first step on, need not be told.
macro_rules! steps_in_order {
    ($([$($generics:tt)*] $layer:ty;)*) => {$(
        impl<$($generics)*> ReadsPadded for $layer {
            const KEEPS_STEPS: bool = true;

            #[inline]
            fn predict_padded(&self, x: &Self::In, y: &mut Self::Out, _: usize) {
                self.predict_into(x, y);
            }
        }
    )*};
}

steps_in_order! {
    [const N: usize, const C: usize, const H: usize, A: Activation<T>, T: Scalar] Rnn<N, C, H, A, T>;
    [const N: usize, const C: usize, const H: usize, T: Scalar] Lstm<N, C, H, T>;
    [const N: usize, const C: usize, const H: usize, T: Scalar] Gru<N, C, H, T>;
    [const N: usize, const D: usize, T: Scalar] Positions<N, D, T>;
    [const N: usize, const D: usize, T: Scalar] SinusoidalPositions<N, D, T>;
    [S: Differentiable + Steps, const P: u64, const INVERTED: bool] Dropout<S, P, INVERTED>;
    [S: Differentiable + Steps, const DEVIATION: u64] Noise<S, DEVIATION>;
    [S: Differentiable + Steps, A: Activation<S::Elem>] ActivationLayer<S, A>;
}

/// What is inside is not told, so it may not make rows depend on each other.
impl<const N: usize, L: Layer> ReadsPadded for Each<N, L>
where
    Self: Layer<In: Steps>,
{
    const KEEPS_STEPS: bool = {
        assert!(!normalises(&L::TREE), "what normalises over rows would do so over padding: take a `LayerNorm`");
        true
    };

    #[inline]
    fn predict_padded(&self, x: &Self::In, y: &mut Self::Out, _: usize) {
        self.predict_into(x, y);
    }
}

/// Whether the layer or one inside it normalises over the rows of a batch.
const fn normalises(node: &LayerInfo) -> bool {
    let mut found = node.behaviour.normalises_over_rows;
    let mut i = 0;
    while !found && !node.behaviour.frozen && i < node.children.len() {
        found = normalises(node.children[i].node);
        i += 1;
    }
    found
}

impl<L: ReadsPadded<Elem: Scalar>> ReadsPadded for Residual<L> {
    const KEEPS_STEPS: bool = L::KEEPS_STEPS;

    fn predict_padded(&self, x: &L::In, y: &mut L::Out, length: usize) {
        self.inner.predict_padded(x, y, length);
        Self::add_one(x, y);
    }
}

impl<const N: usize, L: ReadsPadded<Elem: Scalar>> ReadsPadded for Repeat<N, L> {
    const KEEPS_STEPS: bool = L::KEEPS_STEPS;

    fn predict_padded(&self, x: &L::In, y: &mut L::Out, length: usize) {
        let mut between = [zeros::<L::Out>()];
        in_turn(N, core::slice::from_ref(x), core::slice::from_mut(y), &mut between, |index, x, y| {
            self.layers[index].predict_padded(&x[0], &mut y[0], length);
        });
    }
}

impl<L: ReadsPadded> ReadsPadded for Frozen<L> {
    const KEEPS_STEPS: bool = L::KEEPS_STEPS;

    fn predict_padded(&self, x: &L::In, y: &mut L::Out, length: usize) {
        self.inner.predict_padded(x, y, length);
    }
}

/// Whatever is last may be one row.
impl<A, B> ReadsPadded for Chain<A, B>
where
    A: ReadsPadded,
    B: ReadsPadded<Elem = A::Elem>,
    Self: Layer<In = A::In, Out = B::Out>,
{
    const KEEPS_STEPS: bool = {
        assert!(A::KEEPS_STEPS, "behind what makes one row of padded steps there are no steps");
        B::KEEPS_STEPS
    };

    fn predict_padded(&self, x: &A::In, y: &mut B::Out, length: usize) {
        let mut between = [zeros::<A::Out>()];
        self.first.predict_padded(x, &mut between[0], length);
        self.rest.predict_padded(&same(&between)[0], y, length);
    }
}

impl<A, B, L: Labels> ReadsPadded for Add<A, B, L>
where
    A: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: ReadsPadded<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
{
    const KEEPS_STEPS: bool = keep_the_same(A::KEEPS_STEPS, B::KEEPS_STEPS);

    fn predict_padded(&self, x: &A::In, y: &mut A::Out, length: usize) {
        let mut right = zeros::<B::Out>();
        let (a, b) = self.branches();
        a.predict_padded(x, y, length);
        b.predict_padded(&same(core::slice::from_ref(x))[0], &mut right, length);
        Self::add_one(&right, y);
    }
}

impl<A, B, Out, L: Labels> ReadsPadded for Concat<A, B, Out, L>
where
    A: ReadsPadded<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: ReadsPadded<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
    Out: Differentiable<Elem = A::Elem>,
{
    const KEEPS_STEPS: bool = keep_the_same(A::KEEPS_STEPS, B::KEEPS_STEPS);

    fn predict_padded(&self, x: &A::In, y: &mut Out, length: usize) {
        let (mut left, mut right) = (zeros::<A::Out>(), zeros::<B::Out>());
        let (a, b) = self.branches();
        a.predict_padded(x, &mut left, length);
        b.predict_padded(&same(core::slice::from_ref(x))[0], &mut right, length);
        Self::join(left.as_flat(), right.as_flat(), y.as_flat_mut(), Parallel::SERIAL);
    }
}

const fn keep_the_same(a: bool, b: bool) -> bool {
    assert!(a == b, "branches over padded steps all keep the steps, or all make one row of them");
    a
}
