//! Each layer with each option.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{
    AvgPool, Chain, Conv1d, Conv2d, ConvTranspose2d, Dense, Gelu, GlobalAvgPool, Linear, LogSoftmax, MaxPool, Relu,
    Residual, Sigmoid, Silu, Softmax, Strides, Tanh,
};
use typednet_tensor::Scalar;

use super::super::subject::{Table, Target, subject};

macro_rules! with_mean {
    ($table:ident: $($layer:ty),* $(,)?) => {
        $($table.push(subject::<$layer, _>(SquaredError::Mean));)*
    };
}

type Halves = Strides<2, 2>;
type Padded = Strides<1, 1, 1, 1>;
type PaddedHalves = Strides<2, 2, 1, 1>;

type Body<T> = Chain<Conv2d<6, 6, 1, 3, 3, 3, 1, 3, 4, 4, Strides, Relu, T>, MaxPool<4, 4, 3, 2, 2, 2, 2, Halves, T>>;
type Head<T> = Chain<GlobalAvgPool<2, 2, 3, T>, Dense<3, 4, Softmax, T>>;

pub(crate) fn convolutions<T: Scalar + Target>(table: &mut Table<T>) {
    with_mean! { table:
        Conv2d<5, 6, 2, 3, 3, 3, 2, 3, 3, 4, Strides, Linear, T>,
        // 1×1
        Conv2d<3, 4, 2, 5, 1, 1, 2, 5, 3, 4, Strides, Relu, T>,
        Conv2d<4, 5, 3, 2, 1, 1, 3, 0, 2, 3, Halves, Linear, T>,
        // Strides that leave pixels over, and padding
        Conv2d<5, 6, 2, 4, 3, 3, 2, 4, 3, 3, PaddedHalves, Relu, T>,
        Conv2d<2, 2, 1, 2, 2, 2, 1, 2, 7, 7, Strides<1, 1, 3, 3>, Linear, T>,
        // Dilation, one channel
        Conv2d<7, 6, 1, 3, 3, 2, 1, 3, 3, 4, Strides<1, 1, 0, 0, 2, 2>, Tanh, T>,
        Conv2d<5, 4, 2, 1, 2, 3, 2, 1, 1, 2, Strides<2, 1, 0, 1, 3, 2>, Linear, T>,
        // Even kernels, rectangles, no bias
        Conv2d<5, 4, 2, 3, 2, 4, 2, 0, 3, 5, Strides<2, 1, 1, 2>, Gelu, T>,
        Conv2d<4, 4, 1, 1, 4, 4, 1, 1, 1, 1, Strides, Sigmoid, T>,
        // Groups, depthwise, with several outputs for a channel
        Conv2d<4, 4, 4, 6, 3, 3, 2, 6, 4, 4, Padded, Silu, T>,
        Conv2d<5, 5, 3, 3, 3, 3, 1, 3, 5, 5, Padded, Relu, T>,
        Conv2d<5, 4, 3, 6, 3, 3, 1, 0, 3, 2, PaddedHalves, Linear, T>,
        // 1×n and n×1
        Conv2d<1, 9, 2, 3, 1, 3, 2, 3, 1, 7, Strides, Softmax, T>,
        Conv2d<9, 1, 1, 4, 3, 1, 1, 4, 5, 1, Strides<2, 1, 1, 0>, LogSoftmax, T>,
        // More than a vector
        Conv2d<3, 3, 17, 9, 2, 2, 17, 9, 2, 2, Strides, Relu, T>,
        Conv2d<2, 3, 3, 33, 2, 2, 3, 33, 1, 2, Strides, Linear, T>,

        Conv1d<9, 2, 3, 3, 2, 3, 7, Strides, Relu, T>,
        Conv1d<10, 1, 2, 3, 1, 2, 5, Strides<2, 1, 2, 0, 2, 1>, Gelu, T>,
        Conv1d<6, 4, 4, 2, 2, 0, 5, Strides, Linear, T>,

        ConvTranspose2d<3, 3, 2, 3, 2, 2, 3, 6, 6, Halves, Relu, T>,
        ConvTranspose2d<3, 4, 3, 2, 3, 3, 0, 6, 8, PaddedHalves, Linear, T>,
        ConvTranspose2d<3, 2, 2, 3, 3, 3, 3, 5, 3, PaddedHalves, Gelu, T>,
        ConvTranspose2d<3, 3, 1, 2, 3, 2, 2, 7, 5, Strides<1, 1, 0, 0, 2, 2>, Tanh, T>,
        ConvTranspose2d<2, 2, 5, 3, 4, 4, 3, 4, 4, PaddedHalves, Softmax, T>,
        ConvTranspose2d<2, 3, 17, 1, 2, 2, 1, 5, 8, Strides<3, 3>, Linear, T>,
        ConvTranspose2d<1, 2, 2, 18, 1, 3, 0, 1, 4, Strides, Relu, T>,

        Residual<Chain<Conv2d<3, 4, 2, 3, 3, 3, 2, 3, 3, 4, Padded, Relu, T>, Conv2d<3, 4, 3, 2, 1, 1, 3, 2, 3, 4, Strides, Linear, T>>>,
        Chain<Conv2d<4, 4, 1, 3, 3, 3, 1, 3, 2, 2, PaddedHalves, Relu, T>, ConvTranspose2d<2, 2, 3, 1, 2, 2, 1, 4, 4, Halves, Sigmoid, T>>,
    }
}

pub(crate) fn poolings<T: Scalar + Target>(table: &mut Table<T>) {
    macro_rules! each {
        ($pool:ident) => {
            with_mean! { table:
                $pool<4, 6, 3, 2, 2, 2, 3, Halves, T>,
                // Windows that overlap
                $pool<5, 5, 2, 3, 3, 3, 3, PaddedHalves, T>,
                $pool<3, 3, 17, 2, 2, 2, 2, Strides, T>,
                // Pixels that no window holds
                $pool<5, 8, 1, 2, 3, 2, 2, Strides<2, 3>, T>,
                $pool<7, 7, 2, 2, 2, 2, 2, Strides<3, 3>, T>,
                $pool<6, 5, 2, 2, 2, 4, 3, Strides<1, 1, 0, 0, 2, 2>, T>,
                // 1×n and n×1, and a window of the padding's size
                $pool<1, 8, 1, 1, 2, 1, 4, Strides<1, 2>, T>,
                $pool<8, 1, 16, 3, 1, 4, 1, Strides<2, 1, 1, 0>, T>,
                $pool<4, 4, 1, 4, 4, 1, 1, Strides<4, 4>, T>,
            }
        };
    }
    each!(MaxPool);
    each!(AvgPool);
    with_mean! { table: GlobalAvgPool<3, 4, 5, T>, GlobalAvgPool<1, 1, 3, T>, GlobalAvgPool<2, 3, 17, T> }

    table.push(subject::<Chain<Body<T>, Head<T>>, _>(CrossEntropy));
}
