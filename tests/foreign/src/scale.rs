//! y = s ⊙ x

use typednet::layers::{Behaviour, BuildLayer, Init, LayerInfo, LayerSpec, Param, ParamKind, Trace};
use typednet::prelude::*;

/// A learned factor for each number of a row.
///
/// ```
/// use typednet::prelude::*;
/// use typednet_foreign::Scale;
///
/// network! { struct Net: 4 => Scale => Dense<8, Relu> => Scale => Dense<2, Softmax> }
///
/// let model = Net::seeded(0);
/// let factors: &[f32; 8] = &model.l3.factor;
/// assert_eq!(factors, &[1.0; 8]);
/// ```
pub struct Scale;

impl LayerSpec for Scale {}

impl<T: Scalar, Declared, const N: usize> BuildLayer<T, [T; N], Declared> for Scale {
    type Layer = ScaleLayer<T, N>;
}

/// The layer that [`Scale`] stands for. Parameters: s of N.
#[derive(Flat)]
#[repr(C)]
pub struct ScaleLayer<T: Scalar, const N: usize> {
    /// s
    pub factor: [T; N],
}

impl<T: Scalar, const N: usize> Layer for ScaleLayer<T, N> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Scale",
        args: &[],
        input: <[T; N]>::SHAPE,
        output: <[T; N]>::SHAPE,
        params: &[Param {
            name: "factor",
            shape: <[T; N]>::SHAPE,
            kind: ParamKind::Scale,
            init: Init::Ones,
            fan_in: N,
            fan_out: N,
        }],
        children: &[],
        flops: N as u64,
        behaviour: Behaviour::PLAIN,
    };

    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        for i in 0..N {
            y[i] = self.factor[i] * x[i];
        }
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], _saved: &mut [T], _scratch: &mut [T], _run: PassContext<'_>) {
        for (x, y) in x.iter().zip(y) {
            self.predict_into(x, y);
        }
    }

    /// ∂L/∂s = Σ dy ⊙ x over the rows, ∂L/∂x = dy ⊙ s.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; N]],
        dx: Option<&mut [[T; N]]>,
        grad: &mut Self,
        _scratch: &mut [T],
        _run: PassContext<'_>,
    ) {
        grad.factor = [T::ZERO; N];
        for (x, dy) in trace.x.iter().zip(dy.iter()) {
            for i in 0..N {
                grad.factor[i] += dy[i] * x[i];
            }
        }
        for (dx, dy) in dx.into_iter().flatten().zip(dy) {
            for i in 0..N {
                dx[i] = dy[i] * self.factor[i];
            }
        }
    }
}
