//! Outputs, losses and every gradient are PyTorch's (`goldens/layers.py` says how they were made).

use serde_json::Value;
use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Hinge, Huber, KullbackLeibler,
    SoftCrossEntropy, SquaredError, WeightedCrossEntropy,
};
use typednet_layers::{
    Activation, Chain, Dense, Elu, Gelu, GeluTanh, LeakyRelu, Linear, LogSoftmax, Relu, Sigmoid, Silu, Softmax,
    Softplus, Tanh, bits,
};
use typednet_tensor::{Key, Scalar};

use super::reference::NaiveActivation;
use super::subject::{Subject, Target, subject};
use super::values::near;

static GOLDENS: &str = include_str!("../../../../goldens/layers.json");

type Two<T, const I: usize, const H: usize, const O: usize, A, B> = Chain<Dense<I, H, A, T>, Dense<H, O, B, T>>;
type Three<T, A, B, C> = Chain<Dense<3, 5, A, T>, Two<T, 5, 4, 2, B, C>>;
type Digits<T> = Chain<Dense<3, 17, Relu, T>, Two<T, 17, 9, 10, Tanh, Softmax>>;

/// The networks of the file, in its order.
fn networks<T: Scalar + Target>() -> Vec<Box<dyn Subject<T>>> {
    fn hidden<T: Scalar + Target, A: Activation<T> + NaiveActivation>() -> Box<dyn Subject<T>> {
        subject::<Three<T, A, A, Linear>, _>(SquaredError::Mean)
    }
    vec![
        hidden::<T, Linear>(),
        hidden::<T, Sigmoid>(),
        hidden::<T, Tanh>(),
        hidden::<T, Relu>(),
        hidden::<T, LeakyRelu>(),
        hidden::<T, LeakyRelu<{ bits(-0.5) }>>(),
        hidden::<T, Elu>(),
        hidden::<T, Elu<{ bits(0.5) }>>(),
        hidden::<T, Gelu>(),
        hidden::<T, GeluTanh>(),
        hidden::<T, Silu>(),
        hidden::<T, Softplus>(),
        hidden::<T, Softmax>(),
        hidden::<T, LogSoftmax>(),
        subject::<Three<T, Tanh, Relu, Sigmoid>, _>(SquaredError::Mean),
        subject::<Three<T, Sigmoid, Sigmoid, Sigmoid>, _>(SquaredError::Half),
        subject::<Three<T, Gelu, Silu, Tanh>, _>(SquaredError::Half),
        subject::<Three<T, Relu, Relu, Softmax>, _>(SquaredError::Mean),
        subject::<Three<T, Tanh, Relu, Sigmoid>, _>(BinaryCrossEntropy),
        subject::<Two<T, 2, 8, 1, Relu, Sigmoid>, _>(BinaryCrossEntropy),
        subject::<Digits<T>, _>(CrossEntropy),
        subject::<Two<T, 3, 5, 4, Softplus, LogSoftmax>, _>(CrossEntropy),
        subject::<Two<T, 3, 5, 4, Sigmoid, Softmax>, _>(SoftCrossEntropy),
        subject::<Two<T, 3, 5, 4, Silu, LogSoftmax>, _>(SoftCrossEntropy),
        subject::<Three<T, Tanh, Relu, Linear>, _>(AbsoluteError),
        subject::<Three<T, Tanh, Silu, Linear>, _>(Huber::new(0.25)),
        subject::<Two<T, 3, 5, 4, Tanh, Linear>, _>(BinaryCrossEntropyWithLogits),
        subject::<Two<T, 3, 5, 4, Tanh, Linear>, _>(Hinge),
        subject::<Two<T, 3, 5, 4, Tanh, Softmax>, _>(KullbackLeibler),
        subject::<Two<T, 3, 5, 4, Tanh, LogSoftmax>, _>(
            WeightedCrossEntropy::smoothed(0.1).with_weights([0.5, 2.0, 1.0, 0.25]),
        ),
    ]
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// Numbers that the file tells as exactly as `f32` has them.
fn single(value: &Value) -> Vec<f64> {
    numbers(value).into_iter().map(|number| f64::from(number as f32)).collect()
}

/// The passes of `networks` over the batches of `file` give what the file says.
pub(super) fn check<T: Scalar>(file: &str, networks: Vec<Box<dyn Subject<T>>>, tolerance: f64) {
    let file: Value = serde_json::from_str(file).expect("JSON");
    let rows = file["rows"].as_u64().expect("a number") as usize;
    let goldens = file["networks"].as_array().expect("a list");
    assert_eq!(goldens.len(), networks.len(), "the file and the list above hold the same networks");
    for (golden, mut network) in goldens.iter().zip(networks) {
        let name = network.name();
        assert_eq!(golden["name"].as_str(), Some(&*name));
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
}

#[test]
fn pytorch_in_f32() {
    check(GOLDENS, networks::<f32>(), 1e-5);
}

#[test]
fn pytorch_in_f64() {
    check(GOLDENS, networks::<f64>(), 1e-10);
}
