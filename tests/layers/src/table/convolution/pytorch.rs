//! Outputs, losses and every gradient are PyTorch's (`goldens/convolution.py` says how they were made).

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    AvgPool, Conv1d, Conv2d, ConvTranspose2d, Gelu, GlobalAvgPool, Linear, MaxPool, Relu, Silu, Strides, Tanh,
};
use typednet_tensor::Scalar;

use super::super::pytorch::check;
use super::super::subject::{Table, Target, subject};

static GOLDENS: &str = include_str!("../../../../../goldens/convolution.json");

/// The layers of the file.
fn networks<T: Scalar + Target>() -> Table<T> {
    macro_rules! with_mean {
        ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
    }
    type PaddedHalves = Strides<2, 2, 1, 1>;
    with_mean![
        Conv2d<5, 6, 2, 3, 3, 3, 2, 3, 3, 4, Strides, Relu, T>,
        Conv2d<5, 6, 2, 4, 3, 3, 2, 4, 3, 3, PaddedHalves, Gelu, T>,
        Conv2d<7, 6, 1, 3, 3, 2, 1, 3, 3, 4, Strides<1, 1, 0, 0, 2, 2>, Tanh, T>,
        Conv2d<5, 4, 2, 3, 2, 4, 2, 0, 3, 5, Strides<2, 1, 1, 2>, Linear, T>,
        Conv2d<4, 4, 4, 6, 3, 3, 2, 6, 4, 4, Strides<1, 1, 1, 1>, Silu, T>,
        Conv2d<5, 4, 3, 6, 3, 3, 1, 6, 3, 2, PaddedHalves, Linear, T>,
        Conv2d<3, 4, 2, 5, 1, 1, 2, 5, 3, 4, Strides, Linear, T>,
        Conv1d<9, 2, 3, 3, 2, 3, 7, Strides, Relu, T>,
        Conv1d<10, 2, 4, 3, 1, 4, 5, Strides<2, 1, 2, 0, 2, 1>, Linear, T>,
        ConvTranspose2d<3, 3, 2, 3, 2, 2, 3, 6, 6, Strides<2, 2>, Relu, T>,
        ConvTranspose2d<3, 4, 3, 2, 3, 3, 2, 6, 8, PaddedHalves, Gelu, T>,
        ConvTranspose2d<3, 3, 1, 2, 3, 2, 0, 7, 5, Strides<1, 1, 0, 0, 2, 2>, Linear, T>,
        MaxPool<4, 6, 3, 2, 2, 2, 3, Strides<2, 2>, T>,
        MaxPool<5, 5, 2, 3, 3, 3, 3, PaddedHalves, T>,
        MaxPool<3, 3, 17, 2, 2, 2, 2, Strides, T>,
        MaxPool<6, 5, 2, 2, 2, 4, 3, Strides<1, 1, 0, 0, 2, 2>, T>,
        MaxPool<5, 8, 1, 2, 3, 2, 2, Strides<2, 3>, T>,
        AvgPool<4, 6, 3, 2, 2, 2, 3, Strides<2, 2>, T>,
        AvgPool<5, 5, 2, 3, 3, 3, 3, PaddedHalves, T>,
        AvgPool<3, 3, 17, 2, 2, 2, 2, Strides, T>,
        GlobalAvgPool<3, 4, 5, T>,
    ]
}

#[test]
fn pytorch_in_f32() {
    check(GOLDENS, networks::<f32>(), 1e-5);
}

#[test]
fn pytorch_in_f64() {
    check(GOLDENS, networks::<f64>(), 1e-10);
}
