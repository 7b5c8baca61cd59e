//! A network shows what each of its layers gives, under the name it has in the tree.

use typednet::layers::{Chain, LayerInfo, Path};
use typednet::prelude::*;
use typednet::tensor::flat;

network!(struct Encoder: 6 => Dense<8, Relu> => BatchNorm => code: Dense<4, Tanh>);
network!(struct Block<T, const WIDTH: usize>: 4 => Residual<Dense<WIDTH, Gelu> => Dense<4>> => Dropout<0.5>);
network!(struct Whole: 6 => encoder: Encoder => Block<f32, 9> => Residual<Dense<4, Sigmoid>> => head: Dense<3, Softmax>);
network!(struct One: 6 => only: Dense<2, Softmax>);

const ROWS: usize = 5;

struct Seen {
    path: String,
    node: String,
    values: Vec<f32>,
}

fn seen<M: Layer<In = [f32; 6], Elem = f32>>(model: &M, run: PassContext<'_>) -> (Vec<Seen>, Vec<M::Out>) {
    let x: Vec<[f32; 6]> =
        (0..ROWS).map(|i| std::array::from_fn(|j| ((i * 7 + j * 5) % 11) as f32 / 5.0 - 1.0)).collect();
    let mut memory = vec![f32::NAN; M::INFER.of(ROWS)];
    let (mut y, mut expected) = (vec![M::Out::zeros(); ROWS], vec![M::Out::zeros(); ROWS]);
    let mut all = Vec::new();
    model.visit_outputs(&x, &mut y, &mut memory, run, &Path::ROOT, &mut |output| {
        let values = output.values.to_vec();
        all.push(Seen { path: output.path.to_string(), node: output.node.to_string(), values });
    });
    model.infer(&x, &mut expected, &mut memory, run);
    assert_eq!(flat(&y), flat(&expected), "it computes what `infer` computes");
    (all, y)
}

/// The names of the layers inside `node`, inner ones first.
fn names(node: &LayerInfo, path: &str, all: &mut Vec<String>) {
    for child in node.children {
        let path = if path.is_empty() { child.name.to_owned() } else { format!("{path}.{}", child.name) };
        names(child.node, &path, all);
        all.push(path);
    }
}

#[test]
fn every_layer_is_shown_once_under_its_name() {
    let (all, y) = seen(&*Whole::seeded(3), PassContext::new(Key::new(0)));
    let mut expected = Vec::new();
    names(&Whole::TREE, "", &mut expected);
    let paths: Vec<&str> = all.iter().map(|seen| &seen.path[..]).collect();
    assert_eq!(paths, expected);
    assert!(paths.starts_with(&["encoder.l1", "encoder.l2", "encoder.code", "encoder"]), "{paths:?}");
    assert!(paths.contains(&"l2.l1.inner.first"), "{paths:?}");
    assert_eq!(paths.last(), Some(&"head"));
    assert_eq!(all[0].node, "Dense<8, Relu>");
    let last = all.last().expect("a layer");
    assert_eq!(last.values, flat(&y));
}

#[test]
fn what_is_shown_is_what_the_layers_compute() {
    let model = Encoder::seeded(1);
    let (all, _) = seen(&*model, PassContext::new(Key::new(0)));
    let first: Vec<[f32; 8]> = (0..ROWS)
        .map(|i| model.l1.predict(&std::array::from_fn(|j| ((i * 7 + j * 5) % 11) as f32 / 5.0 - 1.0)))
        .collect();
    let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    assert!(close(&all[0].values, flat(&first)));
    let second: Vec<[f32; 8]> = first.iter().map(|x| model.l2.predict(x)).collect();
    assert!(close(&all[1].values, flat(&second)));
    assert!(all.iter().zip([8, 8, 4]).all(|(seen, width)| seen.values.len() == ROWS * width));
}

#[test]
fn a_residual_shows_its_inner_layer_before_the_sum() {
    type Net = Chain<Dense<6, 6>, Residual<Dense<6, 6, Tanh>>>;
    let (all, _) = seen(&*Net::seeded(2), PassContext::new(Key::new(0)));
    let [first, inner, sum] = &all[..] else { panic!("three layers") };
    for ((x, inner), sum) in first.values.iter().zip(&inner.values).zip(&sum.values) {
        assert_eq!((x + inner).to_bits(), sum.to_bits());
    }
}

#[test]
fn the_last_activation_is_left_off_where_the_pass_stops_at_the_logits() {
    let model = One::seeded(4);
    let (all, y) = seen(&*model, PassContext::new(Key::new(0)).stop_at_logits(true));
    assert_eq!(all[0].values, flat(&y));
    assert!(y.iter().any(|[a, b]| (a + b - 1.0).abs() > 1e-3), "logits: {y:?}");
}
