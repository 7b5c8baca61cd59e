//! Networks whose features cannot stand in PyTorch's order, and layers that it cannot be told of.

use typednet::exchange::Torch;
use typednet::layers::{Behaviour, LayerInfo, Trace};
use typednet::prelude::*;
use typednet::tensor::impl_flat;

use super::files::Scratch;
use super::golden::drawn;

/// What is said of a network that cannot be written; nothing is.
fn refused<L: Network<Elem = f32>>() -> String {
    let path = Scratch::new("safetensors");
    let error = Torch::new().save(&drawn::<L>(0), &path).unwrap_err().to_string();
    assert!(!path.as_ref().exists());
    error
}

#[test]
fn features_that_would_stand_in_two_orders_are_refused() {
    network! { struct Branches: [2, 2, 3] => Flatten => Add<kept: Dropout<0.5>, sums: Activation<Tanh>> => Dense<2> -> 2 }
    assert!(Torch::new().save(&drawn::<Branches>(0), Scratch::new("safetensors")).is_ok());

    // Pixels of three channels become pixels of two.
    network! { struct Cut: [2, 2, 3] => Flatten => Reshape<[2, 3, 2]> => Conv2d<1, 1> -> [2, 3, 1] }
    let error = refused::<Cut>();
    assert!(error.starts_with("`l2` cannot be given another order of features"), "{error}");

    // One branch is a turned image, the other one is not.
    network! { struct Both: [2, 2, 3]
    => Add<image: Flatten, other: Concat<one: GlobalAvgPool, nine: Conv2d<9, 1> => GlobalAvgPool>> => Dense<2> -> 2 }
    let error = refused::<Both>();
    assert!(
        error.starts_with("`l1` cannot") && error.contains("its branches give features in different orders"),
        "{error}"
    );
}

/// Twice what comes in, as another crate writes it.
#[repr(C)]
struct Twice {
    none: [f32; 0],
}

impl_flat! { [] Twice: f32 { none: [f32; 0], } }

impl Layer for Twice {
    type In = [f32; 3];
    type Out = [f32; 3];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Twice",
        args: &[],
        input: <[f32; 3] as typednet::tensor::Sample>::SHAPE,
        output: <[f32; 3] as typednet::tensor::Sample>::SHAPE,
        params: &[],
        children: &[],
        flops: 3,
        behaviour: Behaviour::PLAIN,
    };

    fn predict_into(&self, x: &[f32; 3], y: &mut [f32; 3]) {
        *y = x.map(|x| 2.0 * x);
    }

    fn forward(&self, x: &[[f32; 3]], y: &mut [[f32; 3]], _: &mut [f32], _: &mut [f32], _: PassContext<'_>) {
        x.iter().zip(y).for_each(|(x, y)| self.predict_into(x, y));
    }

    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [[f32; 3]],
        dx: Option<&mut [[f32; 3]]>,
        _: &mut Self,
        _: &mut [f32],
        _: PassContext<'_>,
    ) {
        dx.into_iter().flatten().zip(dy).for_each(|(dx, dy)| *dx = dy.map(|dy| 2.0 * dy));
    }
}

#[test]
fn all_layers_without_a_counterpart_are_named() {
    network! { struct Foreign: 4 => Dense<3> => Twice => Residual<Twice => Dense<3>> => Dense<2> -> 2 }
    assert_eq!(
        refused::<Foreign>(),
        "2 layers cannot be written as a state_dict: l2: Twice, l3.inner.first: Twice; take other layers, or say with \
         `Behaviour::computing` what a layer of your own computes"
    );
}
