//! Dropout, normalisations and residuals in `network!`.

use typednet::prelude::*;

use crate::by_hand::train;

const WIDTH: usize = 16;

network! { struct Branch: 16 => Dense<8, Relu> => Dense<16> }

network! {
    struct Deep: 4 => Noise<0.01> => Dense<WIDTH>
        => BatchNorm => Tanh => Dropout<0.2>
        => block: Residual<BatchNorm => Dense<8, Relu> => Dense<WIDTH>>
        => Residual<Branch>
        => Residual<Residual<Branch => LayerNorm> => Dropout<{ 1.0 / 8.0 }>>
        => LayerNorm => TestScaledDropout<0.1> => Dense<3, Softmax> -> 3
}

network! { struct Generic<T, const N: usize>: 4 => Dense<N, Relu> => Residual<LayerNorm => Dense<N, Silu>> => BatchNorm => Dense<3, Softmax> }

type Short = network!(4 => Noise<{ 1.0 / 64.0 }> => Residual<Dense<8, Relu> => Dense<4>> => BatchNorm => Residual<Dropout<0.5>> => Dense<3, Softmax>);

#[test]
fn networks_with_them_learn() {
    for (before, after) in [train::<Deep>(), train::<Generic<f32, 16>>(), train::<Short>()] {
        assert!(after < 0.5 * before, "the loss went from {before} to {after}");
    }
}

#[test]
fn their_parameters_are_counted() {
    let branch = 16 * 8 + 8 + 8 * 16 + 16;
    assert_eq!(Branch::PARAMS, branch);
    let block = 32 + 16 * 8 + 8 + 8 * 16 + 16;
    assert_eq!(Deep::PARAMS, 4 * 16 + 16 + 32 + block + branch + (branch + 32) + 32 + 16 * 3 + 3);
    let model = Deep::seeded(0);
    assert_eq!(model.block.inner.first.running_variance.map(f32::to_bits), [1.0_f32.to_bits(); 16]);
    let text = Deep::summary().to_string();
    assert!(text.contains("Residual") && text.contains("BatchNorm") && text.contains("Dropout<0.2>"), "{text}");
}
