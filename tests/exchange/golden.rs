//! What other programs have computed: `goldens/exchange.json`.

use std::fs;
use std::sync::LazyLock;

use serde_json::Value;
use typednet::layers::{Network, ParamKind};
use typednet::prelude::*;
use typednet::tensor::{Flat, Key, Sample};

use super::files::golden;

static NUMBERS: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(golden("../exchange.json")).expect("the goldens");
    serde_json::from_str(&text).expect("JSON")
});

/// A number of the goldens, by its names from the outside in.
pub(crate) fn number(names: &[&str]) -> &'static Value {
    names.iter().fold(&*NUMBERS, |value, name| value.get(name).unwrap_or_else(|| panic!("no golden {names:?}")))
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))],
    }
}

/// Holds what the network gives for each sample of `case`'s inputs to the outputs there.
pub(crate) fn assert_outputs<L: Network<In: Sample<Elem = f32>, Elem = f32>>(model: &L, case: &[&str]) {
    assert_outputs_of(model, case, |x| {
        let mut sample = L::In::zeros();
        sample.as_flat_mut().iter_mut().zip(x).for_each(|(to, from)| *to = *from as f32);
        sample
    });
}

/// The same where `sample` makes an input of numbers.
pub(crate) fn assert_outputs_of<L: Network<Elem = f32>>(model: &L, case: &[&str], sample: impl Fn(&[f64]) -> L::In) {
    let of = |what: &str| numbers(&number(case)[what]);
    let (inputs, outputs) = (of("inputs"), of("outputs"));
    assert!(!inputs.is_empty() && inputs.len() / L::In::LEN == outputs.len() / L::Out::LEN, "{case:?}");
    for (x, expected) in inputs.chunks_exact(L::In::LEN).zip(outputs.chunks_exact(L::Out::LEN)) {
        let found = model.predict(&sample(x));
        let size = expected.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
        for (found, expected) in found.as_flat().iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-5 * size, "{case:?}: {found} is not {expected}");
        }
    }
}

/// A text of the goldens, whose tokens stand there as numbers.
#[allow(clippy::cast_sign_loss, reason = "a token is not negative")]
pub(crate) fn tokens<const V: usize, const N: usize>(x: &[f64]) -> [Token<V>; N] {
    std::array::from_fn(|n| Token::new(x[n] as usize).expect("a token of the goldens"))
}

/// A network whose parameters are all drawn, multiples of 1/64, statistics among them.
pub(crate) fn drawn<L: Network<Elem = f32>>(seed: u64) -> Model<L> {
    let (mut model, key) = (L::zeroed(), Key::new(seed));
    for (n, x) in model.as_flat_mut().iter_mut().enumerate() {
        *x = (key.uniform::<f64>(n as u64) * 64.0 - 32.0).round() as f32 / 64.0;
    }
    let tree = const { &L::TREE };
    tree.visit(&mut |place| {
        if place.param.kind == ParamKind::Buffer {
            model.as_flat_mut()[place.range()].iter_mut().for_each(|x| *x = x.abs() + 0.5);
        }
    });
    model
}

/// Whether goldens are to be written instead of compared with.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_GOLDENS").is_some()
}
