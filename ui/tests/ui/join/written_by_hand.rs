// says: `Half` reads `[f32; 64]`, but the layer before it gives `[f32; 128]`
use typednet::prelude::*;

use typednet::layers::{Behaviour, LayerInfo, PassContext, Trace};
use typednet::tensor::impl_flat;

/// A layer by hand.
#[repr(C)]
pub struct Half {
    factor: [f32; 1],
}

impl_flat! { [] Half: f32 { factor: [f32; 1], } }

impl Layer for Half {
    type In = [f32; 64];
    type Out = [f32; 32];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo { name: "Half", args: &[], input: <[f32; 64]>::SHAPE, output: <[f32; 32]>::SHAPE, params: &[], children: &[], flops: 0, behaviour: Behaviour::PLAIN };

    fn predict_into(&self, _: &[f32; 64], _: &mut [f32; 32]) {}

    fn forward(&self, _: &[[f32; 64]], _: &mut [[f32; 32]], _: &mut [f32], _: &mut [f32], _: PassContext<'_>) {}

    fn backward(
        &self,
        _: Trace<'_, Self>,
        _: &mut [[f32; 32]],
        _: Option<&mut [[f32; 64]]>,
        _: &mut Self,
        _: &mut [f32],
        _: PassContext<'_>,
    ) {
    }
}

network! {
    /// A network with a mistake, which is then used.
    pub struct Wrong: 784 => Dense<128, Relu> => Half => Dense<10, Softmax>
}

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
