//! Step by step a network gives what it gives for the whole sequence.

use allocation_counter::measure;
use typednet_layers::{
    ActivationLayer, Add, Chain, Concat, Dense, Each, Frozen, Gru, Linear, Lstm, Network, Relu, Repeat, Residual, Rnn,
    Softmax, Stream, Streaming, Tanh, pass,
};
use typednet_layers::{PassContext, Softplus};
use typednet_tensor::simd::{Lane, lane};
use typednet_tensor::{Flat, Key, Sample, Scalar, flat_mut, zeroed_samples};

use super::super::cases::Half;

/// Whether steps and whole sequences are computed in the same order: not where the portable lane leaves what is large to
/// `matrixmultiply`.
fn same_order() -> bool {
    lane() != Lane::Portable
}

fn check<L: Streaming<Elem: Scalar, In: Sample<Elem = <L as Flat>::Elem>, StepIn: Flat<Elem = <L as Flat>::Elem>>>() {
    for rows in [1, 7, 40] {
        let name = format!("{} over {rows} rows", L::TREE);
        let model = L::seeded(rows as u64);
        let mut x = zeroed_samples::<L::In>(rows);
        for (n, x) in flat_mut(&mut x).iter_mut().enumerate() {
            *x = L::Elem::of(Key::new(3).normal::<f64>(n as u64));
        }
        let mut memory = vec![L::Elem::of(f64::NAN); pass::inference_need::<L>().of(rows)];
        let whole = pass::infer(&*model, &x, &mut memory, PassContext::new(Key::new(0)));
        for (x, whole) in x.iter().zip(whole) {
            let (whole_bits, mut stream) = (whole.as_flat(), Stream::<L>::new());
            let mut step = typednet_tensor::zeros::<L::StepIn>();
            let mut streamed = vec![L::Elem::of(f64::NAN); whole_bits.len()];
            let allocations = measure(|| {
                let steps = x.as_flat().chunks_exact(L::StepIn::LEN);
                for (x, y) in steps.zip(streamed.chunks_exact_mut(L::StepOut::LEN)) {
                    step.as_flat_mut().copy_from_slice(x);
                    y.copy_from_slice(model.step(&mut stream, &step).as_flat());
                }
            });
            assert_eq!(allocations.count_total, 0, "{name} allocates");
            for (a, b) in streamed.iter().zip(whole_bits) {
                let near = (a.to_f64_exact() - b.to_f64_exact()).abs() <= 1e-5;
                assert!(
                    near && (a.to_f64_exact().to_bits() == b.to_f64_exact().to_bits() || !same_order()),
                    "{name}: {a} in a stream, {b} in a whole sequence"
                );
            }
        }
    }
}

#[test]
fn streams_have_the_bits_of_whole_sequences() {
    fn all<T: Scalar>() {
        type Deep<T> =
            Chain<Each<6, Dense<3, 5, Tanh, T>>, Chain<Lstm<6, 5, 7, T>, Chain<Half<[[T; 7]; 6]>, Gru<6, 7, 4, T>>>>;
        check::<Rnn<5, 3, 17, Tanh, T>>();
        check::<Rnn<5, 3, 4, Softmax, T>>();
        check::<Rnn<5, 3, 4, Softplus, T>>();
        check::<Lstm<1, 1, 1, T>>();
        check::<Lstm<7, 3, 33, T>>();
        check::<Gru<1, 1, 1, T>>();
        check::<Gru<7, 3, 33, T>>();
        check::<Deep<T>>();
        check::<Repeat<3, Residual<Gru<4, 5, 5, T>>>>();
        check::<Concat<Add<Lstm<4, 2, 3, T>, Frozen<Gru<4, 2, 3, T>>>, Rnn<4, 2, 1, Relu, T>, [[T; 4]; 4]>>();
        check::<Chain<Chain<Gru<4, 2, 3, T>, Each<4, Dense<3, 5, Linear, T>>>, ActivationLayer<[[T; 5]; 4], Softmax>>>(
        );
    }
    all::<f32>();
    all::<f64>();
}

/// A stream remembers, and a new one does not.
#[test]
fn what_came_before_counts() {
    type Net = Lstm<2, 1, 3>;
    let model = Net::seeded(1);
    let mut stream = Stream::<Net>::new();
    let mut step = || model.step(&mut stream, &[1.0]).map(f32::to_bits);
    let (first, second) = (step(), step());
    assert_ne!(first, second);
    stream.restart();
    assert_eq!(model.step(&mut stream, &[1.0]).map(f32::to_bits), first);
}
