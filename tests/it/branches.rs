//! Branches in `network!`.

use typednet::layers::{Kind, Path, pass};
use typednet::loss::{CrossEntropy, LossFor};
use typednet::prelude::*;

const WIDTH: usize = 6;

network! { struct Encoder: 4 => Dense<8, Tanh> => code: Dense<5, Relu> }

network! {
    struct Branches: 4
        => both: Concat<deep: Dense<8, Relu> => Dense<3>, wide: Dense<WIDTH, Tanh>, Encoder> -> 14
        => BatchNorm
        => Add<Dense<14, Relu>, Dropout<0.1>>
        => Residual<Add<shallow: Dense<14>, deep: Dense<4, Gelu> => Dense<14>>>
        => Dense<3, Softmax> -> 3
}

network! {
    struct Generic<T, const N: usize>: 4
        => Concat<Dense<N, Relu>, Dense<8, Tanh>> -> 24 => Add<Dense<N, Relu>, Dense<N, Tanh>> => Dense<3, Softmax>
}

type Short = network!(4 => Concat<Dense<WIDTH, Tanh>, Encoder> => Dense<3, Softmax> -> 3);

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
        let mut trained = vec![];
        const { &L::TREE }.visit(&mut |place| {
            if place.param.kind != Kind::Buffer {
                trained.extend(place.range());
            }
        });
        for place in trained {
            model.as_flat_mut()[place] -= 0.05 * gradient.as_flat()[place];
        }
        model.commit(&gradient);
    }
    let (after, _) = pass::evaluate(&*model, &CrossEntropy, &x, &y, &mut memory, run);
    (before, after)
}

#[test]
fn networks_with_branches_learn() {
    for (before, after) in [train::<Branches>(), train::<Generic<f32, 16>>(), train::<Short>()] {
        assert!(after < 0.5 * before, "the loss went from {before} to {after}");
    }
}

#[test]
fn their_parameters_are_counted() {
    let concat = (4 * 8 + 8 + 8 * 3 + 3) + (4 * WIDTH + WIDTH) + Encoder::PARAMS;
    let residual = (14 * 14 + 14) + (14 * 4 + 4 + 4 * 14 + 14);
    assert_eq!(Branches::PARAMS, concat + 28 + (14 * 14 + 14) + residual + 14 * 3 + 3);
    let model = Branches::seeded(0);
    let both = &model.both;
    let widths = (both.left.rest.bias.len(), both.right.left.bias.len(), both.right.right.code.bias.len());
    assert_eq!(widths, (3, WIDTH, 5));
}

#[test]
fn a_branch_is_shown_under_its_label() {
    let model = Branches::seeded(1);
    let (x, mut y) = ([[0.1, 0.2, 0.3, 0.4]; 2], [[0.0; 3]; 2]);
    let mut memory = vec![f32::NAN; Branches::INFER.of(2)];
    let mut seen = vec![];
    let run = Run::new(Key::new(0));
    model.visit_outputs(&x, &mut y, &mut memory, run, &Path::ROOT, &mut |output| {
        seen.push((output.path.to_string(), output.values.to_vec()));
    });
    let mut expected = [[0.0; 3]; 2];
    model.infer(&x, &mut expected, &mut memory, run);
    assert_eq!(y, expected);
    let of = |path: &str| &seen.iter().find(|(name, _)| name == path).unwrap_or_else(|| panic!("{path}: {seen:?}")).1;
    let (deep, wide) = (of("both.deep"), of("both.rest.wide"));
    assert_eq!((deep.len(), wide.len()), (2 * 3, 2 * WIDTH));
    let both = of("both");
    assert_eq!(both[..3], deep[..3]);
    assert_eq!(both[3..3 + WIDTH], wide[..WIDTH]);
    assert_eq!(both[3 + WIDTH..14], of("both.rest.branch3")[..5]);
    assert!(of("l4.inner.shallow").len() == 28);
}
