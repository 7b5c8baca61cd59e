//! What the formulas of convolutions and poolings leave open: who wins a tie, how weights start, how layers are called.

use typednet_layers::{
    AvgPool, Conv1d, Conv2d, ConvTranspose2d, Dense, GlobalAvgPool, Layer, Linear, MaxPool, Network, PassContext, Relu,
    Strides, Tanh, Trace,
};
use typednet_tensor::{Differentiable, Flat, Key, Model};

use super::super::values::near;

/// y of one sample, and ∂L/∂x from the ∂L/∂y of all ones.
fn pass<L: Network<Elem = f64, In: Differentiable<Elem = f64>>>(x: L::In) -> (L::Out, L::In) {
    let (layer, mut grad) = (L::zeroed(), L::zeroed());
    let (mut y, mut dy, mut dx) = ([L::Out::zeros()], [L::Out::zeros()], [x]);
    let run = PassContext::new(Key::new(0));
    layer.forward(&[x], &mut y, &mut [], &mut [], run);
    dy[0].as_flat_mut().fill(1.0);
    layer.backward(Trace { x: &[x], y: &y, saved: &mut [] }, &mut dy, Some(&mut dx), &mut grad, &mut [], run);
    (y[0], dx[0])
}

type Four = MaxPool<2, 2, 1, 2, 2, 1, 1, Strides<2, 2>, f64>;

#[test]
fn of_equal_elements_the_first_wins_the_gradient() {
    for (x, dx) in [
        ([3.0, 3.0, 3.0, 3.0], [1.0, 0.0, 0.0, 0.0]),
        ([1.0, 3.0, 3.0, 2.0], [0.0, 1.0, 0.0, 0.0]),
        ([1.0, 2.0, 3.0, 3.0], [0.0, 0.0, 1.0, 0.0]),
        ([-0.0, 0.0, -1.0, 0.0], [1.0, 0.0, 0.0, 0.0]),
        ([f64::NEG_INFINITY; 4], [1.0, 0.0, 0.0, 0.0]),
    ] {
        let image = |x: [f64; 4]| [[[x[0]], [x[1]]], [[x[2]], [x[3]]]];
        assert_eq!(pass::<Four>(image(x)).1, image(dx), "{x:?}");
    }
    // Windows of two that overlap: the middle one wins both.
    let (y, dx) = pass::<MaxPool<1, 3, 1, 1, 2, 1, 2, Strides, f64>>([[[1.0], [5.0], [2.0]]]);
    assert_eq!((y, dx), ([[[5.0], [5.0]]], [[[0.0], [2.0], [0.0]]]));
}

#[test]
fn what_is_not_a_number_wins_and_gets_the_gradient() {
    for bad in 0..4 {
        let mut x = [[[1.0], [2.0]], [[f64::INFINITY], [4.0]]];
        x.as_flat_mut()[bad] = f64::NAN;
        let (y, dx) = pass::<Four>(x);
        assert!(y[0][0][0].is_nan(), "place {bad}");
        let mut wanted = [0.0; 4];
        wanted[bad] = 1.0;
        assert_eq!(dx.as_flat(), wanted, "place {bad}");
    }
}

#[test]
fn the_padding_never_wins_and_its_zeros_count() {
    let x = [[[-4.0], [-8.0]]];
    let (y, dx) = pass::<MaxPool<1, 2, 1, 1, 2, 1, 3, Strides<1, 1, 0, 1>, f64>>(x);
    assert_eq!((y, dx), ([[[-4.0], [-4.0], [-8.0]]], [[[2.0], [1.0]]]));
    let (y, dx) = pass::<AvgPool<1, 2, 1, 1, 2, 1, 3, Strides<1, 1, 0, 1>, f64>>(x);
    assert_eq!((y, dx), ([[[-2.0], [-6.0], [-4.0]]], [[[1.0], [1.0]]]));
}

/// A convolution of 1×1 is a dense layer for each pixel, and one whose kernel is the image a dense layer over all of it.
#[test]
fn convolutions_that_are_dense_layers() {
    fn same<C, D>(samples: usize)
    where
        C: Network<Elem = f64, In: Differentiable<Elem = f64>>,
        D: Network<Elem = f64, In: Differentiable<Elem = f64>>,
    {
        let (convolution, mut dense) = (C::seeded(3), D::zeroed());
        dense.as_flat_mut().copy_from_slice(convolution.as_flat());
        let (mut x, mut y) = (C::In::zeros(), C::Out::zeros());
        x.as_flat_mut().iter_mut().enumerate().for_each(|(n, x)| *x = Key::new(4).normal(n as u64));
        convolution.predict_into(&x, &mut y);
        let mut wanted = vec![];
        for x in x.as_flat().chunks(C::In::LEN / samples) {
            let (mut sample, mut a) = (D::In::zeros(), D::Out::zeros());
            sample.as_flat_mut().copy_from_slice(x);
            dense.predict_into(&sample, &mut a);
            wanted.extend_from_slice(a.as_flat());
        }
        near(&C::TREE.to_string(), y.as_flat(), &wanted, 1e-14);
    }
    same::<Conv2d<3, 2, 5, 7, 1, 1, 5, 7, 3, 2, Strides, Relu, f64>, Dense<5, 7, Relu, f64>>(6);
    same::<Conv2d<3, 2, 5, 7, 3, 2, 5, 7, 1, 1, Strides, Tanh, f64>, Dense<30, 7, Tanh, f64>>(1);
}

#[test]
fn weights_start_by_what_an_output_adds_up() {
    fn fans<L: Layer>() -> Vec<(&'static str, usize, usize)> {
        L::TREE.params.iter().map(|param| (param.name, param.fan_in, param.fan_out)).collect()
    }
    type Twice = ConvTranspose2d<4, 4, 8, 6, 4, 4, 0, 8, 8, Strides<2, 2, 1, 1>>;
    type Grouped<A> = Conv2d<8, 8, 32, 16, 3, 5, 8, 16, 6, 4, Strides, A>;
    assert_eq!(fans::<Grouped<Linear>>(), [("weight", 15 * 8, 15 * 4), ("bias", 15 * 8, 15 * 4)]);
    assert_eq!(fans::<Conv1d<9, 4, 6, 3, 2, 0, 7>>(), [("weight", 3 * 2, 3 * 3)]);
    // Of 4×4 elements of the kernel each output is under a quarter.
    assert_eq!(fans::<Twice>(), [("weight", 16 * 8 / 4, 16 * 6)]);

    let layer: Model<Grouped<Relu>> = Grouped::<Relu>::seeded(1);
    let squares: f32 = layer.weight.as_flat().iter().map(|weight| weight * weight).sum();
    let (variance, wanted) = (squares / layer.weight.as_flat().len() as f32, 2.0 / 120.0);
    assert!((variance / wanted - 1.0).abs() < 0.1, "{variance}, not {wanted}");
    assert!(layer.bias.iter().all(|bias| *bias == 0.0));
}

#[test]
fn layers_are_called_as_they_are_written() {
    fn called<L: Layer>(name: &str) {
        assert_eq!(L::TREE.to_string(), name);
    }
    called::<Conv2d<5, 5, 1, 6, 3, 3, 1, 6, 3, 3, Strides, Relu>>("Conv2d<6, 3, Relu>");
    called::<Conv2d<5, 5, 4, 6, 3, 5, 2, 0, 2, 5, Strides<2, 1, 0, 2>>>(
        "Conv2d<6, [3, 5], Linear, stride = [2, 1], pad = [0, 2], groups = 2, bias = false>",
    );
    called::<Conv2d<5, 5, 1, 1, 3, 3, 1, 1, 1, 1, Strides<1, 1, 0, 0, 2, 2>>>("Conv2d<1, 3, Linear, dilation = 2>");
    called::<Conv1d<9, 2, 3, 3, 2, 3, 5, Strides<2, 1, 1, 0>, Tanh>>("Conv1d<3, 3, Tanh, stride = 2, pad = 1>");
    called::<ConvTranspose2d<3, 4, 3, 2, 3, 3, 2, 6, 8, Strides<2, 2, 1, 1>>>(
        "ConvTranspose2d<2, 3, Linear, stride = 2, pad = 1, output_pad = 1>",
    );
    called::<MaxPool<4, 4, 1, 2, 2, 2, 2, Strides<2, 2>>>("MaxPool<2>");
    called::<MaxPool<5, 5, 1, 3, 3, 3, 3, Strides<2, 2, 1, 1>>>("MaxPool<3, stride = 2, pad = 1>");
    called::<AvgPool<5, 4, 1, 2, 2, 2, 2, Strides<2, 2>>>("AvgPool<2, floor = true>");
    called::<GlobalAvgPool<5, 4, 1>>("GlobalAvgPool");
}

#[test]
fn a_layer_without_a_bias_has_none() {
    assert_eq!(Conv2d::<5, 5, 1, 6, 3, 3, 1, 0, 3, 3>::PARAMS, 54);
    assert_eq!(Conv2d::<5, 5, 1, 6, 3, 3, 1, 6, 3, 3>::PARAMS, 60);
    assert_eq!(Conv2d::<5, 5, 1, 6, 3, 3, 1, 6, 3, 3>::TREE.flops, 3 * 3 * 6 * (2 * 9 + 1));
    assert_eq!(ConvTranspose2d::<2, 2, 3, 1, 2, 2, 1, 4, 4, Strides<2, 2>>::TREE.flops, 2 * (4 * 3 * 4) + 16);
}
