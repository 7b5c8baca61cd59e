//! What the macro makes of names: their layers, sizes and trees.

#![expect(clippy::float_cmp, reason = "the same products of the same numbers have the same bits")]

use typednet::prelude::*;
use typednet_foreign::{Maxout, Scale, ScaleLayer, ValidConv};

network! { struct Encoder: 6 => Scale => Dense<4, Tanh> }
network! { struct Wide<T, const N: usize>: 6 => Scale => Dense<N, Tanh> }

mod hidden {
    use typednet::prelude::*;
    use typednet_foreign::{Maxout, Scale};

    network! { struct Encoder: 4 => Dense<6, Tanh> }
    network! { pub struct Public: 4 => Encoder => Scale => Relu => Scale => Maxout<3, 2> => Add<Scale, Scale> => Dense<2> }

    network! { struct Half<T, const N: usize>: 4 => Dense<N, Tanh> }
    network! { pub struct OfAny<T, const N: usize>: 4 => Half<T, N> => Scale => Scale => Maxout<3, 2> -> 3 => Dense<2> }
}

/// A layer with its size, which is no name.
type Four = ScaleLayer<f32, 4>;

network! {
    /// Names, finished layers and networks, in any order.
    struct Mixed: 6
        => Scale
        => encoder: Encoder
        => Four
        => typednet_foreign::Maxout<5, 2> -> 5
        => Scale -> 5
        => Residual<Scale>
        => Concat<Scale, deep: Scale => Maxout<3, 2>>
        => Relu
        => Scale
        => Dense<2, Softmax>
}

/// What follows a private network names what that gives, and no more of it is said than the network's own module may know.
#[test]
fn public_networks_may_have_layers_behind_private_ones() {
    let public = hidden::Public::seeded(1);
    assert_eq!(hidden::Public::PARAMS, (4 * 6 + 6) + 6 + 6 + 2 * (6 * 3 + 3) + 2 * 3 + (3 * 2 + 2));
    let factors: [&[f32]; 4] = [&public.l2.factor, &public.l4.factor, &public.l6.left.factor, &public.l6.right.factor];
    assert_eq!(factors.map(<[f32]>::len), [6, 6, 3, 3]);
    assert_eq!(hidden::OfAny::<f64, 5>::PARAMS, (4 * 5 + 5) + 5 + 5 + 2 * (5 * 3 + 3) + (3 * 2 + 2));
}

#[test]
fn names_become_layers_of_the_sizes_that_come_in() {
    let model = Mixed::seeded(1);
    let first: &ScaleLayer<f32, 6> = &model.l1;
    let inner: &Encoder = &model.encoder;
    let factors: &[f32; 5] = &model.l5.factor;
    assert_eq!((first.factor.len(), inner.l2.weight[0].len(), factors), (6, 4, &[1.0; 5]));
    let params = 6 + (6 + 6 * 4 + 4) + 4 + 2 * (4 * 5 + 5) + 5 + 5 + (5 + 5 + 2 * (5 * 3 + 3)) + 8 + (8 * 2 + 2);
    assert_eq!(Mixed::PARAMS, params);
    let text = Mixed::summary().to_string();
    for line in ["Scale", "Maxout<5, 2>", "encoder", "deep"] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    let [a, b] = model.predict(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    assert!((a + b - 1.0).abs() < 1e-6);
}

#[test]
fn a_name_alone_changes_nothing() {
    network! { struct With: 3 => Scale => Dense<2> }
    let mut model = With::seeded(3);
    let x = [0.5, -1.0, 2.0];
    assert_eq!(model.predict(&x), model.l2.predict(&x));
    model.l1.factor = [2.0, 0.0, -1.0];
    assert_eq!(model.predict(&x), model.l2.predict(&[1.0, 0.0, -2.0]));
}

network! {
    struct Generic<T, const WIDTH: usize, const PIECES: usize>: 6
        => Scale
        => Scale
        => Dense<WIDTH, Relu>
        => Scale
        => Maxout<WIDTH, PIECES>
        => Scale -> WIDTH
        => Residual<Scale>
        => Dense<2, Softmax>
}

network! { struct Inner<const N: usize>: 6 => Wide<f32, N> -> N => Scale => Maxout<N, 2> }
network! { struct Beside<const N: usize>: 6 => Encoder => Scale => Dense<N> => Scale }
network! { struct Number<T>: 6 => Wide<T, 4> => Scale => Dense<2> }

#[test]
fn parameters_of_the_struct_go_through_names() {
    assert_eq!(Generic::<f32, 4, 3>::PARAMS, 6 + 6 + 28 + 4 + 3 * (16 + 4) + 4 + 4 + 10);
    let model = Generic::<f64, 5, 2>::seeded(0);
    let factor: &[f64; 5] = &model.l6.factor;
    assert_eq!(factor, &[1.0; 5]);
    let [a, b] = model.predict(&[0.1; 6]);
    assert!((a + b - 1.0).abs() < 1e-12);
    assert_eq!(Inner::<3>::PARAMS, 6 + 21 + 3 + 2 * (9 + 3));
    assert_eq!(Beside::<7>::PARAMS, Encoder::PARAMS + 4 + (4 * 7 + 7) + 7);
    assert_eq!(Number::<f64>::PARAMS, 6 + 28 + 4 + 10);
}

type Unnamed = network!(6 => Scale => Scale => Encoder => Scale => Dense<4> => Residual<Scale> => Maxout<2, 2> -> 2);
type Picture = network!([1, 6, 6] => ValidConv<2, 3> -> [2, 4, 4] => ValidConv<3, 4> -> [3, 1, 1]);

#[test]
fn the_type_form_knows_names_too() {
    assert_eq!(Unnamed::PARAMS, 6 + 6 + Encoder::PARAMS + 4 + 20 + 4 + 2 * 10);
    assert_eq!(Picture::PARAMS, 2 * 9 + 2 + 3 * 2 * 16 + 3);
    let y: [[[f32; 1]; 1]; 3] = Picture::seeded(0).predict(&[[[0.5; 6]; 6]]);
    assert!(y.as_flat().iter().all(|y| y.is_finite()));
}

/// Forty in a row, which must not double what is written forty times.
mod many {
    use super::*;

    network! {
        pub(super) struct Many: 3
            => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale
            => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale
            => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale
            => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale => Scale
    }
}

#[test]
fn many_names_in_a_row_compile() {
    assert_eq!(many::Many::PARAMS, 3 * 40);
    assert_eq!(many::Many::seeded(0).predict(&[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
}
