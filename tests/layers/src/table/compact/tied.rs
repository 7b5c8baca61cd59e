//! The forms of an embedding whose table is also the weight of the output.

use typednet_layers::compact::Predictor;
use typednet_layers::{
    ActivationLayer, Chain, Compact, Dense, Each, Linear, Network, PassContext, Tanh, TiedEmbedding,
};
use typednet_tensor::{Flat, Key, Token};

use super::forms::{Of, batches, infer};
use super::{drawn, inputs};

/// Nothing between a table and itself.
pub(super) type Same<const N: usize, const D: usize> = ActivationLayer<[[f32; D]; N], Linear>;

/// With rows ê, each number of which is at most half a step of its row from that of e, the product is that of a layer of integers.
#[test]
fn a_tied_table_of_bytes_keeps_its_bound() {
    fn tied<const N: usize, const V: usize, const D: usize, const B: usize>() {
        type Tied<const N: usize, const V: usize, const D: usize, const B: usize> =
            TiedEmbedding<N, V, D, Same<N, D>, f32, B>;
        let (net, x) = (drawn::<Tied<N, V, D, B>>(1), inputs::<[Token<V>; N]>(9, 1.0));
        let form = net.to_int8(&x);
        let what = format!("int8 of {N} of {V} tokens of {D}");
        batches(&Of::new(&*form, &x), &what);
        let table = net.embedding.weight.map(|row| row.map(f64::from));
        let width = table.map(|row| row.iter().fold(0.0_f64, |most, w| most.max(w.abs())) / 127.0);
        let read = || x.iter().flatten().flat_map(|token| table[token.index()]);
        let [low, high] = read().fold([0.0_f64; 2], |[low, high], h| [low.min(h), high.max(h)]);
        let step = (high - low) / 255.0;
        let found = infer(&Of::new(&*form, &x), PassContext::new(Key::new(0)));
        for (x, y) in x.iter().zip(found.chunks(N * V)) {
            for (token, y) in x.iter().map(|token| token.index()).zip(y.chunks(V)) {
                for (v, y) in y.iter().enumerate() {
                    let terms = || table[token].iter().zip(&table[v]);
                    let bias = net.bias.get(v).map_or(0.0, |bias| f64::from(*bias));
                    let exact = terms().map(|(h, w)| h * w).sum::<f64>() + bias;
                    let half = width[token] / 2.0;
                    let bound = |(h, w): (&f64, &f64)| {
                        half * w.abs()
                            + (h.abs() + half) * width[v] / 2.0
                            + w.abs() * step / 2.0
                            + step * width[v] / 4.0
                    };
                    // A number at an end of the range may be rounded beyond it by half a step of its row, and counts as the end.
                    let bound = terms().map(bound).sum::<f64>() + D as f64 * half + 1e-5;
                    let error = (f64::from(*y) - exact).abs();
                    assert!(error <= bound, "{what}, {token} with {v}: {error:e} > {bound:e}");
                }
            }
        }
        let mut restored = Tied::<N, V, D, B>::zeroed();
        net.restore(&form, &mut restored);
        assert!(restored.bias.as_flat() == net.bias.as_flat(), "{what}");
        for ((found, exact), width) in restored.embedding.weight.iter().zip(&table).zip(width) {
            for (found, exact) in found.iter().zip(exact) {
                assert!((f64::from(*found) - exact).abs() <= 0.5001 * width, "{what}: {found} is kept of {exact}");
            }
        }
    }
    tied::<1, 1, 1, 0>();
    tied::<4, 7, 3, 0>();
    tied::<2, 40, 17, 0>();
    tied::<3, 130, 64, 0>();
    tied::<4, 7, 3, 7>();
    tied::<2, 40, 17, 40>();
}

/// The table of a tied embedding loses in its rows, and in what is multiplied with them.
#[test]
fn losses_of_a_tied_table() {
    type Net = TiedEmbedding<3, 7, 5, Each<3, Chain<Dense<5, 4, Tanh>, Dense<4, 5>>>>;
    let (net, x) = (drawn::<Net>(4), inputs::<[Token<7>; 3]>(20, 1.0));
    let form = net.to_int8(&x);
    let losses = net.losses(&form, &x);
    let paths: Vec<_> = losses.layers.iter().map(|loss| loss.path.as_str()).collect();
    assert_eq!(paths, ["embedding", "inner.first", "inner.rest"]);
    let [table, _, last] = &*losses.layers else { unreachable!("three") };
    // What is multiplied with the table is what the last layer gives.
    let inputs = table.inputs.expect("integers");
    assert_eq!(inputs.count, 20 * 3 * 5);
    assert!((inputs.noise.signal - last.outputs.signal).abs() < 0.05 * last.outputs.signal, "{losses}");
    assert!((35.0..60.0).contains(&inputs.noise.decibels()), "{losses}");
    assert!((35.0..60.0).contains(&table.weights.decibels()), "{losses}");
    // What it gives first is its rows.
    let (mut restored, mut noise) = (Net::zeroed(), [0.0; 2]);
    net.restore(&form, &mut restored);
    for token in x.as_flattened() {
        let rows = [&net, &restored].map(|net| &net.embedding.weight[token.index()]);
        for (exact, found) in rows[0].iter().zip(rows[1]) {
            noise[0] += f64::from(*exact).powi(2);
            noise[1] += (f64::from(*exact) - f64::from(*found)).powi(2);
        }
    }
    assert!(
        (table.outputs.signal - noise[0]).abs() < 1e-9 && (table.outputs.noise - noise[1]).abs() < 1e-9,
        "{losses}"
    );
    let (mut signal, mut noise) = (0.0, 0.0);
    for x in &x {
        for (a, b) in net.predict(x).as_flattened().iter().zip(form.predict(x).as_flattened()) {
            signal += f64::from(*a).powi(2);
            noise += (f64::from(*a) - f64::from(*b)).powi(2);
        }
    }
    assert!(
        (losses.outputs.signal - signal).abs() < 1e-6 * signal && (losses.outputs.noise - noise).abs() < 1e-6 * noise
    );
}
