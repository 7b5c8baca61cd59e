//! Outputs, losses and every gradient are PyTorch's (`goldens/layers.py` says how they were made).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use typednet_layers::loss::SquaredError;
use typednet_layers::{Activation, Arg, Chain, Dense, Gelu, Linear, Relu, Sigmoid, Silu, Softmax, Tanh};
use typednet_tensor::{Key, Scalar};

use super::activations::{NaiveActivation, Visitor, every_activation};
use super::losses;
use super::subject::{Subject, Table, Target, subject};
use super::values::near;

static GOLDENS: &str = include_str!("../../../../goldens/layers.json");

pub(crate) type Two<T, const I: usize, const H: usize, const O: usize, A, B> =
    Chain<Dense<I, H, A, T>, Dense<H, O, B, T>>;
pub(crate) type Three<T, A, B, C> = Chain<Dense<3, 5, A, T>, Two<T, 5, 4, 2, B, C>>;

/// A network for every activation, under the activation's name without its number.
fn hidden<T: Scalar + Target>() -> Vec<(&'static str, Subject<T>)> {
    struct Hidden<T: 'static>(Vec<(&'static str, Subject<T>)>);

    impl<T: Scalar + Target> Visitor<T> for Hidden<T> {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            let Arg::Type(name, _) = A::ARG else { panic!("an activation is a type") };
            self.0.push((name, subject::<Three<T, A, A, Linear>, _>(SquaredError::Mean)));
        }
    }

    let mut all = Hidden(vec![]);
    every_activation(&mut all);
    all.0
}

/// The other networks of the file.
fn networks<T: Scalar + Target>() -> Table<T> {
    let mut all = losses::goldens();
    all.extend([
        subject::<Three<T, Tanh, Relu, Sigmoid>, _>(SquaredError::Mean),
        subject::<Three<T, Sigmoid, Sigmoid, Sigmoid>, _>(SquaredError::Half),
        subject::<Three<T, Gelu, Silu, Tanh>, _>(SquaredError::Half),
        subject::<Three<T, Relu, Relu, Softmax>, _>(SquaredError::Mean),
    ]);
    all
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// Numbers that the file tells as exactly as `f32` has them.
pub(crate) fn single(value: &Value) -> Vec<f64> {
    numbers(value).into_iter().map(|number| f64::from(number as f32)).collect()
}

/// Compares a network with what the file says of it.
fn compare<T: Scalar>(network: &mut Subject<T>, rows: usize, golden: &Value, tolerance: f64) {
    let name = network.name();
    let fill = |to: &mut [T], from: &Value| {
        let from = single(from);
        assert_eq!(to.len(), from.len(), "{name}");
        to.iter_mut().zip(from).for_each(|(to, from)| *to = T::of(from));
    };
    network.draw(rows, Key::new(0));
    fill(network.params(), &golden["parameters"]);
    fill(network.x(), &golden["inputs"]);
    network.set_targets(single(&golden["targets"]));

    let wanted = &golden[if T::NAME == "f32" { "float32" } else { "float64" }];
    let loss = network.gradient_with_input();
    near(&format!("{name}, loss"), &[loss], &[wanted["loss"].as_f64().expect("a number")], tolerance);
    near(&format!("{name}, gradient"), network.grad(), &numbers(&wanted["gradient"]), tolerance);
    near(&format!("{name}, input gradient"), network.dx(), &numbers(&wanted["input_gradient"]), tolerance);
    network.infer();
    near(&format!("{name}, outputs"), network.y(), &numbers(&wanted["outputs"]), tolerance);
}

/// How many rows the batches of a file have.
fn rows(file: &Value) -> usize {
    file["rows"].as_u64().expect("a number") as usize
}

/// The networks of a file of goldens by their names.
pub(crate) fn by_name(file: &Value) -> BTreeMap<&str, &Value> {
    let networks = file["networks"].as_array().expect("a list");
    networks.iter().map(|network| (network["name"].as_str().expect("a name"), network)).collect()
}

/// The passes of `networks` over the batches of `file` give what the file says. What else the file has is given back.
fn compare_all<T: Scalar>(file: &Value, networks: Table<T>, tolerance: f64) -> BTreeMap<&str, &Value> {
    let mut goldens = by_name(file);
    for mut network in networks {
        let name = network.name();
        let golden = goldens.remove(&*name).unwrap_or_else(|| panic!("the file has no `{name}`"));
        compare(&mut network, rows(if golden["rows"].is_null() { file } else { golden }), golden, tolerance);
    }
    goldens
}

/// The passes of `networks`, which are all of `file`, give what the file says.
pub(crate) fn check<T: Scalar>(file: &str, networks: Table<T>, tolerance: f64) {
    let file = serde_json::from_str(file).expect("JSON");
    let left = compare_all(&file, networks, tolerance);
    assert!(left.is_empty(), "not compared: {:?}", left.keys());
}

/// The file of networks of dense layers, with one of every activation.
fn check_dense<T: Scalar + Target>(tolerance: f64) {
    let file: Value = serde_json::from_str(GOLDENS).expect("JSON");
    let mut goldens = compare_all(&file, networks::<T>(), tolerance);
    let (mut compared, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (activation, mut network) in hidden::<T>() {
        all.insert(activation);
        if let Some(golden) = goldens.remove(&*network.name()) {
            compare(&mut network, rows(&file), golden, tolerance);
            compared.insert(activation);
        }
    }
    assert!(goldens.is_empty(), "not compared: {:?}", goldens.keys());
    // PyTorch has no step, which has no derivative to speak of.
    let without: Vec<_> = all.difference(&compared).copied().collect();
    assert_eq!(without, ["Step"], "activations that are not in the file");
}

#[test]
fn pytorch_in_f32() {
    check_dense::<f32>(1e-5);
}

#[test]
fn pytorch_in_f64() {
    check_dense::<f64>(1e-10);
}
