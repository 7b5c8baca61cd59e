//! The fully connected layer.

use core::hint::black_box;
use core::marker::PhantomData;

use typednet_tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat};

use crate::activated::{self, AffineMap, Kept};
use crate::activation::{ActivationFns, HasFns};
use crate::over_slices::Block;
use crate::{
    Activation, Arg, BackwardOverSlices, Behaviour, ForwardOverSlices, Init, Layer, LayerInfo, Linear, Operation,
    Param, ParamKind, PassContext, SavesForBackward, Trace, WorkspaceSize,
};

/// The fully connected layer a = σ(W x + b) (lecture section 1).
///
/// # Shapes
/// x is `[T; I]`, a is `[T; O]`. The weight is kept as `[[T; O]; I]`, the transpose of the notes' matrix `n_l × n_{l−1}`:
/// `weight[i][o]` leads from input i to output o, and a batch of m rows is A = σ(X·weight + b), m×I times I×O.
///
/// Parameters: I·O + O.
#[repr(C)]
pub struct Dense<const I: usize, const O: usize, A = Linear, T = f32> {
    /// `weight[i][o]` leads from input i to output o.
    pub weight: [[T; O]; I],
    /// One bias per output.
    pub bias: [T; O],
    activation: PhantomData<fn() -> A>,
}

impl<const I: usize, const O: usize, A: Activation<T>, T: Scalar> Dense<I, O, A, T> {
    const SIZES: Sizes<T> = Sizes { inputs: I, outputs: O, activation: A::FNS };

    #[inline]
    fn map(&self) -> DenseMap<'_, T> {
        DenseMap { weight: self.weight.as_flat(), bias: &self.bias, inputs: I }
    }
}

impl<const I: usize, const O: usize, A, T> Dense<I, O, A, T> {
    /// The layer with these parameters.
    ///
    /// ```
    /// use typednet_layers::{Dense, Network, Sigmoid};
    ///
    /// // The first layer of the 2-2-1 network of lecture section 1.
    /// let layer: Dense<2, 2, Sigmoid> = Dense::new([[0.2, 0.3], [0.4, 0.1]], [0.1, 0.2]);
    /// let [a, b] = layer.predict(&[0.5, 0.8]);
    /// assert!((a - 0.627).abs() < 1e-3 && (b - 0.606).abs() < 1e-3);
    /// ```
    pub const fn new(weight: [[T; O]; I], bias: [T; O]) -> Self {
        Self { weight, bias, activation: PhantomData }
    }
}

impl_flat! {
    [const I: usize, const O: usize, A: 'static, T: Scalar] Dense<I, O, A, T>: T {
        weight: [[T; O]; I],
        bias: [T; O],
    } markers { activation }
}

impl<const I: usize, const O: usize, A: Activation<T>, T: Scalar> Layer for Dense<I, O, A, T> {
    type In = [T; I];
    type Out = [T; O];
    type Head = A;

    const TREE: LayerInfo = LayerInfo {
        name: "Dense",
        args: &[Arg::Size(O), A::ARG],
        input: <[T; I]>::SHAPE,
        output: <[T; O]>::SHAPE,
        params: &[
            Param {
                name: "weight",
                shape: <[[T; O]; I]>::SHAPE,
                kind: ParamKind::Weight,
                init: A::INIT,
                fan_in: I,
                fan_out: O,
            },
            Param {
                name: "bias",
                shape: <[T; O]>::SHAPE,
                kind: ParamKind::Bias,
                init: Init::Zeros,
                fan_in: I,
                fan_out: O,
            },
        ],
        children: &[],
        flops: 2 * (I * O) as u64 + O as u64,
        behaviour: Behaviour::PLAIN.computing(Operation::OfDense).ending_with::<A, T>(),
    };

    /// z, where the derivative of the activation is not a function of a.
    const SAVED: WorkspaceSize = match A::KEEPS {
        SavesForBackward::Output => WorkspaceSize::NONE,
        SavesForBackward::Input => WorkspaceSize::rows(O),
    };

    const FORWARD: Option<&'static dyn ForwardOverSlices<T>> = Some(const { &Self::SIZES });
    const BACKWARD: Option<&'static dyn BackwardOverSlices<T>> = Some(const { &Self::SIZES });

    #[inline]
    fn predict_into(&self, x: &[T; I], y: &mut [T; O]) {
        activated::predict(self.map(), A::FNS, x, y);
    }

    fn infer(&self, x: &[[T; I]], y: &mut [[T; O]], scratch: &mut [T], run: PassContext<'_>) {
        activated::infer(self.map(), A::FNS, flat(x), flat_mut(y), scratch, run);
    }

    fn forward(&self, x: &[[T; I]], y: &mut [[T; O]], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        activated::forward(self.map(), A::FNS, flat(x), flat_mut(y), saved, scratch, run);
    }

    /// δ = ∂L/∂a ⊙ σ'(z); ∂L/∂W = xᵀδ; ∂L/∂b = Σ δ; ∂L/∂x = δ Wᵀ (lecture section 4).
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; O]],
        dx: Option<&mut [[T; I]]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let kept = Kept { x: flat(trace.x), y: flat(trace.y), saved: trace.saved };
        let parameters = (grad.weight.as_flat_mut(), &mut grad.bias[..]);
        let dx = dx.map(flat_mut);
        activated::backward(self.map(), A::FNS, kept, flat_mut(dy), dx, parameters, scratch, run);
    }
}

/// The layer without its parameters, for all passes that are functions over slices.
struct Sizes<T: 'static> {
    inputs: usize,
    outputs: usize,
    activation: &'static ActivationFns<T>,
}

impl<T> Sizes<T> {
    /// The layer whose parameters are `layer`.
    fn map<'a>(&self, layer: &'a [T]) -> DenseMap<'a, T> {
        let (weight, bias) = layer.split_at(self.inputs * self.outputs);
        DenseMap { weight, bias, inputs: self.inputs }
    }
}

impl<T: Scalar> ForwardOverSlices<T> for Sizes<T> {
    #[inline(never)]
    fn forward(&self, layer: &[T], x: &[T], y: &mut [T], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        activated::forward(self.map(layer), self.activation, x, y, saved, scratch, run);
    }
}

impl<T: Scalar> BackwardOverSlices<T> for Sizes<T> {
    #[inline(never)]
    fn backward(
        &self,
        kept: Kept<'_, T>,
        dy: &mut [T],
        dx: Option<&mut [T]>,
        block: Block<'_, T>,
        run: PassContext<'_>,
    ) {
        let Block { layer, grad, scratch } = block;
        let parameters = grad.split_at_mut(self.inputs * self.outputs);
        activated::backward(self.map(layer), self.activation, kept, dy, dx, parameters, scratch, run);
    }
}

/// Compiles the passes over slices: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    black_box([
        <Sizes<T> as ForwardOverSlices<T>>::forward as *const (),
        <Sizes<T> as BackwardOverSlices<T>>::backward as *const (),
    ]);
}

/// z = X·W + b
#[derive(Clone, Copy)]
pub(crate) struct DenseMap<'a, T> {
    weight: &'a [T],
    bias: &'a [T],
    inputs: usize,
}

impl<'a, T> DenseMap<'a, T> {
    fn weight(self) -> MatRef<'a, T> {
        MatRef::new(self.weight, self.inputs, self.bias.len())
    }
}

impl<T: Scalar> AffineMap<T> for DenseMap<'_, T> {
    fn channels(self) -> usize {
        self.bias.len()
    }

    fn logits(self, x: &[T], y: &mut [T], epilogue: Epilogue, _: &mut [T], parallel: Parallel<'_>) -> bool {
        let (x, y) = (MatRef::of_rows(x, self.inputs), MatMut::of_rows(y, self.bias.len()));
        matmul::affine(x, self.weight(), self.bias, y, epilogue, parallel);
        epilogue != Epilogue::None
    }

    fn logits_of_one(self, x: &[T], y: &mut [T], epilogue: Epilogue) -> bool {
        self.logits(x, y, epilogue, &mut [], Parallel::SERIAL)
    }

    fn gradients(self, x: &[T], delta: &[T], (weight, bias): (&mut [T], &mut [T]), parallel: Parallel<'_>) {
        let (inputs, outputs) = (self.inputs, self.bias.len());
        let (x, delta) = (MatRef::of_rows(x, inputs), MatRef::of_rows(delta, outputs));
        matmul::gradients(x, delta, (MatMut::new(weight, inputs, outputs), bias), parallel);
    }

    fn input_gradient(self, delta: &[T], dx: &mut [T], _: &mut [T], parallel: Parallel<'_>) {
        let (delta, dx) = (MatRef::of_rows(delta, self.bias.len()), MatMut::of_rows(dx, self.inputs));
        matmul::input_gradient(delta, self.weight(), dx, parallel);
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;
    use crate::{Gelu, Network, Relu, Softmax};

    /// The passes over slices have the bits of the layer's own, whatever the activation keeps, with ∂L/∂x and without it, frozen and
    /// to the logits.
    #[test]
    fn passes_over_slices_are_the_layers() {
        fn check<A: Activation<f32>>(run: PassContext<'_>, is_read: bool) {
            type Net<A> = Dense<3, 5, A>;
            let net = Net::<A>::seeded(1);
            let x = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]];
            let saved_len = Net::<A>::SAVED.of(2);
            let (mut y, mut saved) = ([[0.0; 5]; 2], vec![0.0; saved_len]);
            net.forward(&x, &mut y, &mut saved, &mut [], run);
            let (mut y_of_slices, mut saved_of_slices) = ([[0.0; 5]; 2], vec![0.0; saved_len]);
            let pass = Net::<A>::FORWARD.expect("it has one");
            pass.forward(net.as_flat(), flat(&x), flat_mut(&mut y_of_slices), &mut saved_of_slices, &mut [], run);
            assert_eq!((y, &saved), (y_of_slices, &saved_of_slices));

            let dy: [[f32; 5]; 2] = [[0.1, -0.2, 0.3, 0.0, 1.0], [-1.0, 0.5, 0.25, 2.0, -0.75]];
            let (mut dx, mut grad) = ([[7.0; 3]; 2], Net::<A>::zeroed());
            let trace = Trace { x: &x, y: &y, saved: &mut saved };
            net.backward(trace, &mut dy.clone(), is_read.then_some(&mut dx[..]), &mut grad, &mut [], run);
            let (mut dx_of_slices, mut grad_of_slices) = ([[7.0; 3]; 2], Net::<A>::zeroed());
            let kept = Kept { x: flat(&x), y: flat(&y), saved: &saved };
            let block = Block { layer: net.as_flat(), grad: grad_of_slices.as_flat_mut(), scratch: &mut [] };
            let pass = Net::<A>::BACKWARD.expect("it has one");
            pass.backward(kept, flat_mut(&mut dy.clone()), is_read.then(|| flat_mut(&mut dx_of_slices)), block, run);
            assert_eq!((dx, grad.as_flat()), (dx_of_slices, grad_of_slices.as_flat()));
            assert_eq!(grad.as_flat().iter().all(|gradient| *gradient == 0.0), run.is_frozen());
            assert_eq!(dx == [[7.0; 3]; 2], !is_read);
        }
        let run = PassContext::new(Key::new(0));
        for run in [run, run.frozen(), run.stop_at_logits(true)] {
            for is_read in [false, true] {
                check::<Relu>(run, is_read);
                check::<Gelu>(run, is_read);
                check::<Softmax>(run, is_read);
            }
        }
    }
}
