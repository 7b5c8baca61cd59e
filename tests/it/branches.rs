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
    let widths = (both.deep.rest.bias.len(), both.wide.bias.len(), both.branch3.code.bias.len());
    assert_eq!(widths, (3, WIDTH, 5));
}

/// Each branch is a field under its label, at any depth and of any length, and it is the branch of that place in the block.
#[test]
#[expect(clippy::float_cmp, reason = "they are whole numbers")]
fn a_branch_is_a_field_under_its_label() {
    network! {
        struct Deep: 3
            => Residual<Concat<a_label_of_more_than_sixteen_bytes: Dense<1>, r#type: Dense<1>, first: Dense<1>>>
            => Add<first: Dense<2>, left: Dense<2>>
    }
    let mut model = Deep::zeroed();
    let residual = &mut model.l1.inner;
    (residual.a_label_of_more_than_sixteen_bytes.bias, residual.r#type.bias, residual.first.bias) =
        ([1.0], [2.0], [3.0]);
    assert_eq!(model.predict(&[0.0; 3]), [0.0; 2]);
    let sums: Vec<_> = model.as_flat().iter().copied().filter(|weight| *weight != 0.0).collect();
    assert_eq!(sums, [1.0, 2.0, 3.0]);
    model.l2.left.weight = [[1.0, -1.0]; 3];
    assert_eq!(model.predict(&[0.0; 3]), [6.0, -6.0]);
    assert_eq!(model.l2.first.weight, [[0.0; 2]; 3]);
    let generic = Generic::<f64, 16>::seeded(0);
    assert_eq!((generic.l1.left.bias.len(), generic.l2.right.bias.len()), (16, 16));
    assert!(Deep::summary().to_string().contains("a_label_of_more_than_sixteen_bytes"));
    // Beside a type stands no struct, so the branches keep their usual names.
    let short = Short::seeded(0);
    assert_eq!((short.first.left.bias.len(), short.first.right.code.bias.len()), (WIDTH, 5));
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
