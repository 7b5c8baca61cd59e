//! The cases of layers over images and other arrays.

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    ActivationLayer, Add, BatchNorm, Bilinear, Chain, Concat, Crop, Dense, Each, Flatten, Frozen, FrozenBatchNorm,
    Gelu, GroupNorm, LayerNorm, Linear, Nearest, Pad, Relu, Reshape, Residual, Silu, Softmax, Tanh, Upsample,
};
use typednet_tensor::Scalar;

use super::super::cases::Half;
use super::super::subject::{Table, Target, subject};

/// The image `[H, W, C]`.
type Image<T, const H: usize, const W: usize, const C: usize> = [[[T; C]; W]; H];

/// The layer `L` on each pixel.
type Pixels<const H: usize, const W: usize, L> = Each<H, Each<W, L>>;

pub(crate) fn images<T: Scalar + Target>(table: &mut Table<T>) {
    each(table);
    shapes(table);
    branches(table);
    frozen(table);
    norms(table);
    pixels(table);
}

fn each<T: Scalar + Target>(table: &mut Table<T>) {
    type Two<T> = Chain<Dense<2, 5, Tanh, T>, Dense<5, 3, Gelu, T>>;
    type Normed<T> = Chain<Dense<2, 4, Linear, T>, Chain<BatchNorm<4, Linear, T>, ActivationLayer<[T; 4], Tanh>>>;
    table.push(subject::<Each<3, Dense<2, 4, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<1, Dense<3, 1, Silu, T>>, _>(SquaredError::Half));
    table.push(subject::<Pixels<3, 2, Dense<1, 17, Relu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<2, 3, Dense<4, 3, Softmax, T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<5, Two<T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<2, Residual<Each<3, Dense<2, 2, Tanh, T>>>>, _>(SquaredError::Mean));
    table.push(subject::<Each<4, Half<[T; 3]>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<3, 2, BatchNorm<1, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Bent<T, 3, 2, 5>, _>(SquaredError::Mean));
    table.push(subject::<Bent<T, 1, 4, 17>, _>(SquaredError::Half));
    table.push(subject::<Each<5, BatchNorm<1, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Pixels<3, 2, Dense<2, 17, Linear, T>>, Pixels<3, 2, BatchNorm<17, Relu, T>>>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<Each<7, Normed<T>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<2, 2, LayerNorm<7, T>>, _>(SquaredError::Mean));
}

fn shapes<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Flatten<Image<T, 2, 3, 5>, 30>, _>(SquaredError::Mean));
    table.push(subject::<Flatten<[T; 3], 3>, _>(SquaredError::Half));
    table.push(subject::<Chain<Pixels<3, 1, Dense<2, 3, Relu, T>>, Flat9<T>>, _>(SquaredError::Mean));
    table.push(subject::<Reshape<[[T; 6]; 2], Image<T, 2, 2, 3>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Dense<3, 8, Tanh, T>, Chain<Reshape<[T; 8], Image<T, 2, 2, 2>>, Grey<T>>>, _>(
        SquaredError::Mean,
    ));
}

// The loss over a normalisation alone nearly does not depend on x, and all digits of its derivative are rounding.
type Bent<T, const H: usize, const W: usize, const C: usize> =
    Chain<Pixels<H, W, BatchNorm<C, Linear, T>>, ActivationLayer<Image<T, H, W, C>, Tanh>>;

type Flat9<T> = Chain<Flatten<Image<T, 3, 1, 3>, 9>, Dense<9, 2, Linear, T>>;
type Grey<T> = Pixels<2, 2, Dense<2, 1, Linear, T>>;

fn branches<T: Scalar + Target>(table: &mut Table<T>) {
    type Wide<T> = Pixels<3, 2, Dense<2, 4, Tanh, T>>;
    type Same<T> = Pixels<3, 2, Dense<2, 2, Silu, T>>;
    type Rest<T> = Concat<Half<Image<T, 3, 2, 2>>, Same<T>, Image<T, 3, 2, 4>>;
    table.push(subject::<Concat<Wide<T>, Same<T>, Image<T, 3, 2, 6>>, _>(SquaredError::Mean));
    table.push(subject::<Concat<Wide<T>, Rest<T>, Image<T, 3, 2, 8>>, _>(SquaredError::Half));
    table.push(subject::<Concat<Each<3, Dense<2, 1, Relu, T>>, Each<3, Dense<2, 17, Tanh, T>>, [[T; 18]; 3]>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<Add<Wide<T>, Chain<Same<T>, Wide<T>>>, _>(SquaredError::Mean));
    table.push(subject::<Residual<Chain<Same<T>, Pixels<3, 2, BatchNorm<2, Linear, T>>>>, _>(SquaredError::Mean));
}

fn frozen<T: Scalar + Target>(table: &mut Table<T>) {
    type Body<T> = Chain<Dense<3, 5, Tanh, T>, Chain<BatchNorm<5, Linear, T>, Chain<Half<[T; 5]>, LayerNorm<5, T>>>>;
    type Behind<T> = Chain<Dense<3, 3, Tanh, T>, Chain<Frozen<Body<T>>, Dense<5, 2, Linear, T>>>;
    table.push(subject::<Frozen<Dense<3, 4, Silu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Frozen<Body<T>>, Dense<5, 2, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Behind<T>, _>(SquaredError::Mean));
    table.push(subject::<Residual<Chain<Frozen<Body<T>>, Dense<5, 3, Tanh, T>>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<2, 3, Frozen<BatchNorm<3, Linear, T>>>, _>(SquaredError::Mean));
    table.push(subject::<FrozenBatchNorm<7, Linear, T>, _>(SquaredError::Mean));
    table.push(subject::<FrozenBatchNorm<17, Linear, T>, _>(SquaredError::Half));
    table.push(subject::<Pixels<3, 2, FrozenBatchNorm<4, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Dense<3, 2, Tanh, T>, Frozen<FrozenBatchNorm<2, Linear, T>>>, _>(SquaredError::Mean));
}

fn norms<T: Scalar + Target>(table: &mut Table<T>) {
    type Behind<T> = Chain<Pixels<2, 3, Dense<2, 4, Linear, T>>, Chain<Frozen<GroupNorm<2, 3, 4, 2, T>>, Bend<T>>>;
    type Bend<T> = ActivationLayer<Image<T, 2, 3, 4>, Tanh>;
    type Narrow<T> = Chain<Pixels<2, 3, Dense<2, 4, Linear, T>>, GroupNorm<2, 3, 4, 2, T>>;
    table.push(subject::<GroupNorm<3, 2, 4, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<GroupNorm<2, 2, 6, 1, T>, _>(SquaredError::Half));
    // A loss directly behind it would leave only rounding of the gradient.
    table.push(subject::<Chain<GroupNorm<3, 3, 3, 3, T>, ActivationLayer<Image<T, 3, 3, 3>, Tanh>>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<GroupNorm<1, 2, 34, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<GroupNorm<1, 1, 17, 1, T>, _>(SquaredError::Half));
    table.push(subject::<GroupNorm<4, 1, 1, 1, T>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Narrow<T>, Bend<T>>, _>(SquaredError::Mean));
    table.push(subject::<Behind<T>, _>(SquaredError::Mean));
}

fn pixels<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Upsample<2, 3, 2, 4, 6, Nearest, T>, _>(SquaredError::Mean));
    table.push(subject::<Upsample<1, 2, 17, 3, 2, Nearest, T>, _>(SquaredError::Half));
    table.push(subject::<Upsample<2, 3, 2, 4, 6, Bilinear, T>, _>(SquaredError::Mean));
    table.push(subject::<Upsample<3, 2, 1, 9, 2, Bilinear, T>, _>(SquaredError::Mean));
    table.push(subject::<Upsample<1, 1, 18, 2, 5, Bilinear, T>, _>(SquaredError::Half));
    table.push(subject::<Upsample<2, 2, 3, 8, 6, Bilinear, T>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Pixels<2, 2, Dense<1, 3, Tanh, T>>, Upsample<2, 2, 3, 4, 2, Bilinear, T>>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<Pad<2, 3, 2, 4, 7, 1, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<Pad<1, 2, 17, 2, 3, 1, 0, T>, _>(SquaredError::Half));
    table.push(subject::<Pad<2, 2, 1, 2, 2, 0, 0, T>, _>(SquaredError::Mean));
    table.push(subject::<Crop<4, 5, 2, 2, 1, 1, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<Crop<2, 3, 17, 1, 3, 1, 0, T>, _>(SquaredError::Half));
    table.push(subject::<Chain<Pixels<2, 3, Dense<1, 2, Silu, T>>, Crop<2, 3, 2, 1, 2, 0, 1, T>>, _>(
        SquaredError::Mean,
    ));
}
