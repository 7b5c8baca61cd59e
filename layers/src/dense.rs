//! The fully connected layer.

use core::marker::PhantomData;

use typednet_tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat};

use crate::activated::{self, AffineMap, Kept};
use crate::activation::ActivationFns;
use crate::{
    Activation, Arg, Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext,
    SavesForBackward, Trace, WorkspaceSize,
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
    const ACTIVATION: &'static ActivationFns<T> = &ActivationFns::of::<A>();

    #[inline]
    fn map(&self) -> DenseMap<'_, T> {
        DenseMap { weight: MatRef::new(self.weight.as_flat(), I, O), bias: &self.bias }
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

    #[inline]
    fn predict_into(&self, x: &[T; I], y: &mut [T; O]) {
        activated::predict(self.map(), Self::ACTIVATION, x, y);
    }

    fn infer(&self, x: &[[T; I]], y: &mut [[T; O]], scratch: &mut [T], run: PassContext<'_>) {
        activated::infer(self.map(), Self::ACTIVATION, flat(x), flat_mut(y), scratch, run);
    }

    fn forward(&self, x: &[[T; I]], y: &mut [[T; O]], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        activated::forward(self.map(), Self::ACTIVATION, flat(x), flat_mut(y), saved, scratch, run);
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
        activated::backward(self.map(), Self::ACTIVATION, kept, flat_mut(dy), dx, parameters, scratch, run);
    }
}

/// z = X·W + b
#[derive(Clone, Copy)]
pub(crate) struct DenseMap<'a, T> {
    weight: MatRef<'a, T>,
    bias: &'a [T],
}

impl<T: Scalar> AffineMap<T> for DenseMap<'_, T> {
    fn channels(self) -> usize {
        self.weight.ncols()
    }

    fn logits(self, x: &[T], y: &mut [T], epilogue: Epilogue, _: &mut [T], parallel: Parallel<'_>) -> bool {
        let (x, y) = (MatRef::of_rows(x, self.weight.nrows()), MatMut::of_rows(y, self.weight.ncols()));
        matmul::affine(x, self.weight, self.bias, y, epilogue, parallel);
        epilogue != Epilogue::None
    }

    fn logits_of_one(self, x: &[T], y: &mut [T], epilogue: Epilogue) -> bool {
        self.logits(x, y, epilogue, &mut [], Parallel::SERIAL)
    }

    fn gradients(self, x: &[T], delta: &[T], (weight, bias): (&mut [T], &mut [T]), parallel: Parallel<'_>) {
        let (inputs, outputs) = (self.weight.nrows(), self.weight.ncols());
        let (x, delta) = (MatRef::of_rows(x, inputs), MatRef::of_rows(delta, outputs));
        matmul::gradients(x, delta, (MatMut::new(weight, inputs, outputs), bias), parallel);
    }

    fn input_gradient(self, delta: &[T], dx: &mut [T], _: &mut [T], parallel: Parallel<'_>) {
        let (delta, dx) = (MatRef::of_rows(delta, self.weight.ncols()), MatMut::of_rows(dx, self.weight.nrows()));
        matmul::input_gradient(delta, self.weight, dx, parallel);
    }
}
