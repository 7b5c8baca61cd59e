//! Layers of other crates whose sizes follow from what comes in.

use typednet_tensor::Scalar;

use crate::{Complaint, Layer};

/// A type that stands in `network!` for a layer whose sizes follow from what comes in, such as `Scale` for a learned factor
/// for each input.
///
/// It has no values of interest: it is a name, with such sizes as the layer is told (`Maxout<8, 2>`). What layer it stands
/// for is said by [`BuildLayer`], once for each form of input. In `network!` it needs no more text than a layer of the
/// library.
///
/// ```
/// use typednet_layers::{Behaviour, BuildLayer, Init, ParamKind, Layer, LayerSpec, Linear, Network, LayerInfo, Param, PassContext, Trace, assert_gradients};
/// use typednet_tensor::{Flat, Sample, Scalar, impl_flat};
///
/// /// A learned factor for each number of a row: y = s ⊙ x.
/// pub struct Scale;
///
/// impl LayerSpec for Scale {}
///
/// impl<T: Scalar, Declared, const N: usize> BuildLayer<T, [T; N], Declared> for Scale {
///     type Layer = ScaleLayer<T, N>;
/// }
///
/// /// The layer itself, which knows its size.
/// #[repr(C)]
/// pub struct ScaleLayer<T, const N: usize> {
///     factor: [T; N],
/// }
///
/// impl_flat! { [T: Scalar, const N: usize] ScaleLayer<T, N>: T { factor: [T; N], } }
///
/// impl<T: Scalar, const N: usize> Layer for ScaleLayer<T, N> {
///     type In = [T; N];
///     type Out = [T; N];
///     type Head = Linear;
///
///     const TREE: LayerInfo = LayerInfo {
///         name: "Scale",
///         args: &[],
///         input: <[T; N]>::SHAPE,
///         output: <[T; N]>::SHAPE,
///         params: &[Param {
///             name: "factor",
///             shape: <[T; N]>::SHAPE,
///             kind: ParamKind::Scale,
///             init: Init::Ones,
///             fan_in: N,
///             fan_out: N,
///         }],
///         children: &[],
///         flops: N as u64,
///         behaviour: Behaviour::PLAIN,
///     };
///
///     fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
///         for i in 0..N {
///             y[i] = self.factor[i] * x[i];
///         }
///     }
///
///     fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], _saved: &mut [T], _scratch: &mut [T], _run: PassContext<'_>) {
///         for (x, y) in x.iter().zip(y) {
///             self.predict_into(x, y);
///         }
///     }
///
///     // ∂L/∂s = Σ dy ⊙ x over the rows, ∂L/∂x = dy ⊙ s.
///     fn backward(
///         &self,
///         trace: Trace<'_, Self>,
///         dy: &mut [[T; N]],
///         dx: Option<&mut [[T; N]]>,
///         grad: &mut Self,
///         _scratch: &mut [T],
///         _run: PassContext<'_>,
///     ) {
///         grad.factor = [T::ZERO; N];
///         for (x, dy) in trace.x.iter().zip(dy.iter()) {
///             for i in 0..N {
///                 grad.factor[i] += dy[i] * x[i];
///             }
///         }
///         for (dx, dy) in dx.into_iter().flatten().zip(dy) {
///             for i in 0..N {
///                 dx[i] = dy[i] * self.factor[i];
///             }
///         }
///     }
/// }
///
/// // `network! { struct Net: 4 => Dense<8, Relu> => Scale => Dense<2, Softmax> }` finds this layer for `Scale`:
/// type Found = <Scale as BuildLayer<f64, [f64; 8]>>::Layer;
/// assert_eq!(Found::PARAMS, 8);
/// assert_gradients(&Found::seeded(0), &[[0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, 0.8]]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for a layer",
    note = "a type that stands in `network!` for a layer implements `LayerSpec`, and `BuildLayer` for what it reads"
)]
pub trait LayerSpec {
    /// Whether `-> shape` must stand behind it, because it cannot say itself what the layer gives.
    const NEEDS_SHAPE: bool = false;
}

/// The layer that a [`LayerSpec`] stands for, where `In` comes in and `Declared` stands behind it as `-> shape`.
///
/// `T` is the type of the network's numbers. Where the output follows from the input, `Declared` is a parameter of the
/// implementation, as in `impl<T: Scalar, Declared, const N: usize> BuildLayer<T, [T; N], Declared> for Scale`; what is declared
/// nevertheless is compared with what the layer gives. Stable Rust does not compute with const parameters: a convolution
/// cannot say that it makes `W - K + 1` numbers of `W`. It says [`NEEDS_SHAPE`](LayerSpec::NEEDS_SHAPE), takes the sizes of its
/// output from `Declared`, and compares them in [`COMPLAINT`](BuildLayer::COMPLAINT).
///
/// ```
/// use typednet_layers::{BuildLayer, Complaint, Dense, LayerSpec, Linear};
/// use typednet_tensor::Scalar;
///
/// /// Stands for a layer of half as many outputs as inputs.
/// pub struct Half;
///
/// impl LayerSpec for Half {
///     const NEEDS_SHAPE: bool = true;
/// }
///
/// impl<T: Scalar, const I: usize, const O: usize> BuildLayer<T, [T; I], [T; O]> for Half {
///     type Layer = Dense<I, O, Linear, T>;
///
///     const COMPLAINT: Option<Complaint> = if O == I / 2 {
///         None
///     } else {
///         Some(Complaint::new().text("half of ").number(I).text(" is ").number(I / 2).text(", not ").number(O))
///     };
/// }
///
/// assert!(<Half as BuildLayer<f32, [f32; 8], [f32; 4]>>::COMPLAINT.is_none());
/// let complaint = <Half as BuildLayer<f32, [f32; 8], [f32; 5]>>::COMPLAINT.unwrap();
/// assert_eq!(complaint.as_str(), "half of 8 is 4, not 5");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for a layer of `{T}` that reads `{In}`",
    label = "no layer for `{In}`",
    note = "`-> shape` behind it: `{Declared}`"
)]
pub trait BuildLayer<T: Scalar, In, Declared = Inferred>: LayerSpec {
    /// The layer.
    type Layer: Layer<In = In, Elem = T>;

    /// What is wrong with the sizes; nothing where they fit. It is a value, so that the message can stand at the layer in
    /// the user's network: a panic would point into the crate of the layer.
    const COMPLAINT: Option<Complaint> = None;
}

/// Stands for `Declared` in [`BuildLayer`] where no `-> shape` is written behind the layer.
#[derive(Clone, Copy, Debug)]
pub struct Inferred;
