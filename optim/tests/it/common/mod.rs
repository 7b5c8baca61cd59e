//! A layer with a buffer, and a network with it in the middle.

use typednet_layers::{Behaviour, Chain, Dense, Init, Layer, LayerInfo, Linear, Param, ParamKind, PassContext, Trace};
use typednet_tensor::{Sample, Shape, impl_flat};

/// y = scale ⊙ x + shift, with a running mean between the two that only `commit` may change.
#[repr(C)]
pub(crate) struct Running {
    scale: [f64; 3],
    mean: [f64; 3],
    shift: [f64; 3],
}

impl_flat! { [] Running: f64 { scale: [f64; 3], mean: [f64; 3], shift: [f64; 3], } }

const fn param(name: &'static str, kind: ParamKind) -> Param {
    Param { name, shape: SHAPE, kind, init: Init::Zeros, fan_in: 1, fan_out: 1 }
}

impl Layer for Running {
    type In = [f64; 3];
    type Out = [f64; 3];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Running",
        args: &[],
        input: SHAPE,
        output: SHAPE,
        params: &[param("scale", ParamKind::Scale), param("mean", ParamKind::Buffer), param("shift", ParamKind::Bias)],
        children: &[],
        flops: 6,
        behaviour: Behaviour::PLAIN,
    };

    fn predict_into(&self, x: &[f64; 3], y: &mut [f64; 3]) {
        *y = core::array::from_fn(|i| self.scale[i] * x[i] + self.shift[i]);
    }

    fn forward(&self, _: &[[f64; 3]], _: &mut [[f64; 3]], _: &mut [f64], _: &mut [f64], _: PassContext<'_>) {
        unreachable!("the gradients are made up");
    }

    fn backward(
        &self,
        _: Trace<'_, Self>,
        _: &mut [[f64; 3]],
        _: Option<&mut [[f64; 3]]>,
        _: &mut Self,
        _: &mut [f64],
        _: PassContext<'_>,
    ) {
        unreachable!("the gradients are made up");
    }

    fn commit(&mut self, gradient: &Self) {
        self.mean = core::array::from_fn(|i| self.mean[i] + gradient.mean[i]);
    }
}

const SHAPE: Shape = <[f64; 3]>::SHAPE;

/// Weights 0..6, biases 6..9, scale 9..12, mean 12..15, shift 15..18, weights 18..21, bias 21..22.
pub(crate) type Net = Chain<Dense<2, 3, Linear, f64>, Chain<Running, Dense<3, 1, Linear, f64>>>;
