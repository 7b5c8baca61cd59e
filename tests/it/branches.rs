//! Branches in `network!`.

use typednet::layers::Path;
use typednet::prelude::*;

use crate::by_hand::train;

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
    let run = PassContext::new(Key::new(0));
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
