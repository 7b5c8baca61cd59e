//! Outputs, losses and every gradient are PyTorch's, and so are the states that follow from given ones (`goldens/recurrent.py` says
//! how they were made).

use serde_json::Value;
use typednet_layers::loss::SquaredError;
use typednet_layers::{Chain, Concat, Gru, Lstm, Network, Relu, Reverse, Rnn, Stream, Streaming, Tanh};
use typednet_tensor::{Flat, Scalar};

use super::super::pytorch::{by_name, check, numbers, single};
use super::super::subject::{Table, Target, subject};
use super::super::values::near;

static GOLDENS: &str = include_str!("../../../../../goldens/recurrent.json");

/// The layers of the file.
fn networks<T: Scalar + Target>() -> Table<T> {
    macro_rules! with_mean {
        ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
    }
    with_mean![
        Rnn<1, 1, 1, Tanh, T>,
        Rnn<5, 3, 4, Tanh, T>,
        Rnn<4, 2, 17, Relu, T>,
        Lstm<1, 1, 1, T>,
        Lstm<6, 1, 1, T>,
        Lstm<5, 3, 4, T>,
        Lstm<3, 5, 17, T>,
        Gru<1, 1, 1, T>,
        Gru<6, 1, 1, T>,
        Gru<5, 3, 4, T>,
        Gru<3, 5, 17, T>,
        Concat<Lstm<4, 3, 5, T>, Reverse<4, Lstm<4, 3, 5, T>>, [[T; 10]; 4]>,
        Concat<Gru<5, 2, 3, T>, Reverse<5, Gru<5, 2, 3, T>>, [[T; 6]; 5]>,
        Chain<Lstm<3, 2, 4, T>, Lstm<3, 4, 3, T>>,
    ]
}

#[test]
fn pytorch_in_f32() {
    check(GOLDENS, networks::<f32>(), 1e-5);
}

#[test]
fn pytorch_in_f64() {
    check(GOLDENS, networks::<f64>(), 1e-10);
}

/// The steps behind the states that the file gives.
fn from_given_states<L: Streaming<Elem: Scalar, StepIn: Flat<Elem = <L as Flat>::Elem>>>(tolerance: f64) {
    let file: Value = serde_json::from_str(GOLDENS).expect("JSON");
    let goldens = by_name(&file["streams"]);
    let name = format!("{} => {}", L::TREE.input, L::TREE);
    let golden = goldens.get(&*name).unwrap_or_else(|| panic!("the file has no stream of `{name}`"));
    let fill = |to: &mut [L::Elem], from: &[f64]| {
        assert_eq!(to.len(), from.len(), "{name}");
        to.iter_mut().zip(from).for_each(|(to, from)| *to = L::Elem::of(*from));
    };
    let mut model = L::zeroed();
    fill(model.as_flat_mut(), &single(&golden["parameters"]));
    let mut stream = Stream::<L>::new();
    fill(stream.state.as_flat_mut(), &single(&golden["state"]));
    let (mut x, mut outputs) = (typednet_tensor::zeros::<L::StepIn>(), vec![]);
    for step in single(&golden["inputs"]).chunks(L::StepIn::LEN) {
        fill(x.as_flat_mut(), step);
        outputs.extend_from_slice(model.step(&mut stream, &x).as_flat());
    }
    let wanted = &golden[if L::Elem::NAME == "f32" { "float32" } else { "float64" }];
    near(&format!("{name}, outputs"), &outputs, &numbers(&wanted["outputs"]), tolerance);
    near(&format!("{name}, state"), stream.state.as_flat(), &numbers(&wanted["state"]), tolerance);
}

#[test]
fn states_that_are_given_lead_to_pytorchs() {
    from_given_states::<Rnn<4, 2, 3, Tanh, f32>>(1e-5);
    from_given_states::<Rnn<4, 2, 3, Tanh, f64>>(1e-10);
    from_given_states::<Lstm<4, 2, 3, f32>>(1e-5);
    from_given_states::<Lstm<4, 2, 3, f64>>(1e-10);
    from_given_states::<Gru<4, 2, 3, f32>>(1e-5);
    from_given_states::<Gru<4, 2, 3, f64>>(1e-10);
}
