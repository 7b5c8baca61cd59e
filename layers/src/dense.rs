//! The fully connected layer.

use core::marker::PhantomData;

use typednet_tensor::{Flat, Parallel, Sample, Scalar, flat, flat_mut, impl_flat, matmul, matmul::Epilogue};

use crate::{
    Activation, Arg, Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext,
    SavesForBackward, Trace, Workspace, WorkspaceSize, activation,
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
    /// y ← X·W + b, with the activation where `activate` asks for it and the product can apply it; says whether it did.
    #[inline]
    fn logits(&self, x: &[T], y: &mut [T], parallel: Parallel<'_>, activate: bool) -> bool {
        let epilogue = if activate { A::EPILOGUE } else { Epilogue::None };
        matmul::affine(x, self.weight.as_flat(), &self.bias, y, I, O, epilogue, parallel);
        activate && epilogue != Epilogue::None
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
        if !self.logits(x, y, Parallel::SERIAL, true) {
            A::apply(y, O);
        }
    }

    fn infer(&self, x: &[[T; I]], y: &mut [[T; O]], _: &mut [T], run: PassContext<'_>) {
        let y = flat_mut(y);
        let fused = self.logits(flat(x), y, run.parallel(), !run.logits());
        if !run.logits() && !fused {
            activation::apply::<T, A>(run.parallel(), y, O);
        }
    }

    fn forward(&self, x: &[[T; I]], y: &mut [[T; O]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        let rows = x.len();
        let y = flat_mut(y);
        let fused = self.logits(flat(x), y, run.parallel(), !run.logits());
        if !run.logits() && !fused {
            if let SavesForBackward::Input = A::KEEPS {
                flat_mut(Workspace::new(saved, rows).samples::<[T; O]>()).copy_from_slice(y);
            }
            activation::apply::<T, A>(run.parallel(), y, O);
        }
    }

    /// δ = ∂L/∂a ⊙ σ'(z); ∂L/∂W = xᵀδ; ∂L/∂b = Σ δ; ∂L/∂x = δ Wᵀ (lecture section 4).
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; O]],
        dx: Option<&mut [[T; I]]>,
        grad: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        let rows = trace.x.len();
        let delta = flat_mut(dy);
        if !run.logits() {
            let kept = match A::KEEPS {
                SavesForBackward::Output => flat(trace.y),
                SavesForBackward::Input => flat(Workspace::new(trace.saved, rows).samples::<[T; O]>()),
            };
            activation::backward::<T, A>(run.parallel(), kept, delta, O);
        }
        if !run.is_frozen() {
            let gradients = (grad.weight.as_flat_mut(), &mut grad.bias[..]);
            matmul::gradients(flat(trace.x), delta, gradients, I, O, run.parallel());
        }
        if let Some(dx) = dx {
            matmul::input_gradient(delta, self.weight.as_flat(), flat_mut(dx), I, O, run.parallel());
        }
    }
}
