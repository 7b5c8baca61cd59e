//! Networks of images by `network!`.

use typednet::layers::{Chain, Each, Flatten, Path, pass};
use typednet::prelude::*;

const SIDE: usize = 8;

network! { struct Body: [SIDE, 8, 2] => Conv2d<4, 3, Relu, pad = 1> => MaxPool<2> }

network! {
    struct Small: [SIDE, 8, 2]
        => Conv2d<4, 3, Relu, pad = 1> => MaxPool<2>
        => Conv2d<6, [3, 1], Tanh, stride = [1, 2], groups = 2, bias = false>
        => BatchNorm2d => Each<LayerNorm> => Flatten => Dense<3, Softmax> -> 3
}

/// The same, written as types.
type ByHand = Chain<
    Conv2d<8, 8, 2, 4, 3, 3, 2, 4, 8, 8, Strides<1, 1, 1, 1, 1, 1>, Relu>,
    Chain<
        MaxPool<8, 8, 4, 2, 2, 4, 4, Strides<2, 2, 0, 0, 1, 1>>,
        Chain<
            Conv2d<4, 4, 4, 6, 3, 1, 2, 0, 2, 2, Strides<1, 2, 0, 0, 1, 1>, Tanh>,
            Chain<
                Each<2, Each<2, BatchNorm<6>>>,
                Chain<Each<2, Each<2, LayerNorm<6>>>, Chain<Flatten<[[[f32; 6]; 2]; 2], 24>, Dense<24, 3, Softmax>>>,
            >,
        >,
    >,
>;

// With a part whose shape only rustc knows, and which is not trained.
network! {
    struct Transfer: [SIDE, 8, 2]
        => frozen body: Body
        => Conv2d<6, [3, 1], Tanh, stride = [1, 2], groups = 2, bias = false>
        => BatchNorm2d => Each<LayerNorm> => Flatten => Dense<3, Softmax> -> 3
}

// Four blocks, one behind the other, and the same four by name.
network! { struct Block: [4, 4, 2] => Residual<Conv2d<2, 3, Relu, pad = 1> => Conv2d<2, 3, pad = 1>> }
network! { struct Repeated: [4, 4, 2] => blocks: Repeat<4, Block> => GlobalAvgPool => Dense<2, Softmax> }
network! { struct OneByOne: [4, 4, 2] => Block => Block => Block => Block => GlobalAvgPool => Dense<2, Softmax> }

fn images<const H: usize, const W: usize, const C: usize>(rows: usize) -> Vec<[[[f32; C]; W]; H]> {
    let value = |i: usize| ((i * 37 % 101) as f32 - 50.0) / 50.0;
    let of = |n: usize| {
        std::array::from_fn(|i| std::array::from_fn(|j| std::array::from_fn(|c| value(((n * H + i) * W + j) * C + c))))
    };
    (0..rows).map(of).collect()
}

fn bits<const N: usize>(y: [f32; N]) -> [u32; N] {
    y.map(f32::to_bits)
}

/// The gradient of a batch, as bits; NaN stands in all memory before.
fn gradient<N: Network<Elem = f32, Head = Softmax, Out = [f32; K]>, const K: usize>(
    model: &Model<N>,
    x: &[N::In],
) -> Vec<u32> {
    let targets: Vec<Class<K>> = (0..x.len()).map(|row| Class::new(row % K).unwrap()).collect();
    let mut grad = N::zeroed();
    grad.as_flat_mut().fill(f32::NAN);
    let mut memory = vec![f32::NAN; pass::training_need::<N>().of(x.len())];
    pass::gradient(&**model, &CrossEntropy, x, &targets, &mut *grad, &mut memory, PassContext::new(Key::new(0)));
    grad.as_flat().iter().map(|g| g.to_bits()).collect()
}

#[test]
fn a_network_of_images_is_its_layers_one_behind_the_other() {
    let mut model = Small::seeded(3);
    let mut by_hand = ByHand::zeroed();
    by_hand.as_flat_mut().copy_from_slice(model.as_flat());
    let x = images::<8, 8, 2>(5);
    for x in &x {
        assert_eq!(bits(model.predict(x)), bits(by_hand.predict(x)));
    }
    assert_eq!(gradient(&model, &x), gradient(&by_hand, &x));
    model.as_flat_mut().fill(0.0);
    assert_eq!(bits(model.predict(&x[0])), bits([1.0 / 3.0; 3]));
}

#[test]
fn a_frozen_part_computes_what_it_did_and_has_no_gradient() {
    let (model, mut transfer) = (Small::seeded(3), Transfer::seeded(4));
    transfer.as_flat_mut().copy_from_slice(model.as_flat());
    let x = images::<8, 8, 2>(5);
    assert_eq!(bits(model.predict(&x[0])), bits(transfer.predict(&x[0])));
    assert_eq!(Transfer::PARAMS + Body::PARAMS, Small::PARAMS);
    let (whole, head) = (gradient(&model, &x), gradient(&transfer, &x));
    let kept = Body::TREE.len();
    assert_eq!(whole[kept..], head[kept..], "the head's gradient is that of the whole network");
}

#[test]
fn a_repeated_network_is_the_same_one_behind_the_other() {
    let (repeated, mut one_by_one) = (Repeated::seeded(5), OneByOne::zeroed());
    one_by_one.as_flat_mut().copy_from_slice(repeated.as_flat());
    let x = images::<4, 4, 2>(3);
    assert_eq!(bits(repeated.predict(&x[1])), bits(one_by_one.predict(&x[1])));
    assert_eq!(gradient(&repeated, &x), gradient(&one_by_one, &x));
    let third: &Block = &repeated.blocks.layers[2];
    assert_eq!(third.as_flat(), one_by_one.l3.as_flat());
    let mut seen = vec![];
    let (mut y, mut memory) = (vec![[0.0; 2]; 3], vec![f32::NAN; Repeated::INFER.of(3)]);
    repeated.visit_outputs(&x, &mut y, &mut memory, PassContext::new(Key::new(0)), &Path::ROOT, &mut |output| {
        seen.push(output.path.to_string());
    });
    assert!(
        ["blocks.0", "blocks.3", "blocks.2.l1.inner"].iter().all(|path| seen.iter().any(|s| s == path)),
        "{seen:?}"
    );
}

#[test]
fn sizes_that_follow_are_those_of_the_layers() {
    const BYTES: usize = Small::training_bytes(64);
    let shapes: Vec<_> = Small::TREE.children.iter().map(|child| child.node.output.sizes().to_vec()).collect();
    assert_eq!(shapes, [&[8, 8, 4][..], &[4, 4, 4], &[2, 2, 6], &[2, 2, 6], &[2, 2, 6], &[24], &[3]]);
    assert_eq!(BYTES, pass::training_bytes::<Small>(64));
    const { assert!(BYTES > 64 * 4 * 4 * 8 * 8, "at least what the first layer gives") };
}
