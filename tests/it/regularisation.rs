//! Dropout, normalisations and residuals in `network!`.

use typednet::layers::{Kind, pass};
use typednet::loss::{CrossEntropy, LossFor};
use typednet::prelude::*;

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

/// Two hundred steps by hand on four points; the loss in use before and after.
fn train<L: Layer<In = [f32; 4], Out = [f32; 3], Elem = f32>>() -> (f64, f64)
where
    CrossEntropy: LossFor<L::Head, [f32; 3], Target = Class<3>>,
{
    let mut model = L::seeded(3);
    let mut gradient = L::zeroed();
    let x = [[0.0, 0.0, 1.0, 0.5], [0.0, 1.0, 0.0, -0.5], [1.0, 0.0, 0.0, 0.25], [1.0, 1.0, 0.5, 0.0]];
    let y = [0, 1, 2, 1].map(|label| Class::new(label).expect("a class"));
    let need = pass::training_need::<L>().of(4).max(pass::inference_need::<L>().of(4));
    let mut memory = vec![f32::NAN; need];
    let run = Run::new(Key::new(0));
    let (before, _) = pass::evaluate(&*model, &CrossEntropy, &x, &y, &mut memory, run);
    for step in 0..200 {
        let run = Run::new(Key::new(1).child(step));
        pass::gradient(&*model, &CrossEntropy, &x, &y, &mut *gradient, &mut memory, run);
        let mut places = vec![];
        const { &L::TREE }.visit(&mut |place| {
            if place.param.kind != Kind::Buffer {
                places.extend(place.range());
            }
        });
        for place in places {
            model.as_flat_mut()[place] -= 0.05 * gradient.as_flat()[place];
        }
        model.commit(&gradient);
    }
    let (after, _) = pass::evaluate(&*model, &CrossEntropy, &x, &y, &mut memory, run);
    (before, after)
}

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
