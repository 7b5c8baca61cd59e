//! A transformer that takes its steps one at a time gives what it gives for the whole sequence.

use allocation_counter::measure;
use typednet_layers::{
    Attention, Causal, Chain, Dense, Each, Gelu, LayerNorm, Linear, Network, Positions, Repeat, Residual, RmsNorm,
    Rotary, SinusoidalPositions, Softmax, Stream, Streaming, SwiGlu, TiedEmbedding, TransformerBlock,
};
use typednet_tensor::{Flat, Key, Scalar, Token, zeroed_sample};

const STEPS: usize = 70;
const WIDTH: usize = 12;

type Steps<T> = [[T; WIDTH]; STEPS];

type Head<T> = Chain<Each<STEPS, LayerNorm<WIDTH, T>>, Each<STEPS, Dense<WIDTH, 5, Softmax, T>>>;

type Gpt<T> = Chain<
    Positions<STEPS, WIDTH, T>,
    Chain<Repeat<3, TransformerBlock<STEPS, WIDTH, 3, 4, 20, Gelu, Causal, T>>, Head<T>>,
>;

type Modern<T> = Chain<
    SinusoidalPositions<STEPS, WIDTH, T>,
    Chain<
        Repeat<
            2,
            Chain<
                Residual<Chain<Each<STEPS, RmsNorm<WIDTH, T>>, Attention<STEPS, WIDTH, 2, 6, Rotary<Causal>, T>>>,
                Residual<Chain<Each<STEPS, RmsNorm<WIDTH, T>>, Each<STEPS, SwiGlu<WIDTH, 9, T>>>>,
            >,
        >,
        Head<T>,
    >,
>;

/// The largest difference between the steps of a stream and the whole sequence.
fn difference<N, T: Scalar>() -> f64
where
    N: Streaming<StepIn = [T; WIDTH], StepOut = [T; 5], In = Steps<T>, Out = [[T; 5]; STEPS], Elem = T>,
{
    let mut model = N::seeded(3);
    let key = Key::new(4);
    for (i, parameter) in model.as_flat_mut().iter_mut().enumerate() {
        // Biases and positions that are not nearly 0, and scores that are not nearly the same.
        *parameter += T::of(0.3 * key.child(0).normal::<f64>(i as u64));
    }
    let mut x = zeroed_sample::<Steps<T>>();
    for (i, x) in x.as_flat_mut().iter_mut().enumerate() {
        *x = T::of(key.child(1).normal::<f64>(i as u64));
    }
    let whole = model.predict(&x);
    let mut stream = Box::new(Stream::<N>::new());
    let mut largest = 0.0_f64;
    let passes = measure(|| {
        for _ in 0..2 {
            for (x, wanted) in x.iter().zip(&whole) {
                let found = model.step(&mut stream, x);
                for (found, wanted) in found.iter().zip(wanted) {
                    largest = largest.max((found.to_f64_exact() - wanted.to_f64_exact()).abs());
                }
            }
            stream.restart();
        }
    });
    assert_eq!(passes.count_total, 0, "a step allocates");
    let spread = whole.iter().map(|y| (y[0] - whole[0][0]).abs().to_f64_exact()).fold(0.0, f64::max);
    assert!(spread > 0.1, "every step gives nearly the same");
    largest
}

#[test]
fn steps_are_those_of_the_whole_sequence() {
    assert!(difference::<Gpt<f32>, f32>() < 1e-5);
    assert!(difference::<Gpt<f64>, f64>() < 1e-13);
    assert!(difference::<Modern<f32>, f32>() < 1e-5);
    assert!(difference::<Modern<f64>, f64>() < 1e-13);
}

/// With a bias.
type Tied = TiedEmbedding<
    STEPS,
    7,
    WIDTH,
    Chain<
        Positions<STEPS, WIDTH>,
        Chain<Repeat<2, TransformerBlock<STEPS, WIDTH, 3, 4, 20, Gelu, Causal>>, Each<STEPS, LayerNorm<WIDTH>>>,
    >,
    f32,
    7,
>;

/// Tokens whose logits come from the embedding's own table.
#[test]
fn tokens_of_a_tied_embedding_are_those_of_the_whole_text() {
    let mut model = Tied::seeded(3);
    let key = Key::new(4);
    for (i, parameter) in model.as_flat_mut().iter_mut().enumerate() {
        *parameter += 0.3 * key.child(0).normal::<f32>(i as u64);
    }
    let x: [Token<7>; STEPS] = std::array::from_fn(|t| Token::new(key.child(1).below(t as u64, 7) as usize).unwrap());
    let whole = model.predict(&x);
    let mut stream = Box::new(Stream::<Tied>::new());
    let passes = measure(|| {
        for (t, (x, wanted)) in x.iter().zip(&whole).enumerate() {
            for (found, wanted) in model.step(&mut stream, x).iter().zip(wanted) {
                assert!((found - wanted).abs() < 1e-5, "step {t}: {found} is not {wanted}");
            }
        }
    });
    assert_eq!(passes.count_total, 0, "a step allocates");
    assert!(whole.iter().any(|y| (y[0] - whole[0][0]).abs() > 0.1), "every step gives nearly the same");
    assert_eq!(<Tied as Streaming>::LONGEST, STEPS);
}

/// More steps than keys and values are kept of, and than there are positions.
#[test]
#[should_panic(expected = "the stream has taken 2 steps, and the network takes no more")]
fn a_sequence_longer_than_its_positions_is_refused() {
    type Two = Chain<Positions<2, 3>, Each<2, Dense<3, 1, Linear>>>;
    let (model, mut stream) = (Two::seeded(0), Stream::<Two>::new());
    for _ in 0..3 {
        model.step(&mut stream, &[1.0; 3]);
    }
}

#[test]
fn a_network_takes_as_many_steps_as_its_attention() {
    assert_eq!(<Attention<7, 4, 2, 2, Causal> as Streaming>::LONGEST, 7);
    assert_eq!(<Gpt<f32> as Streaming>::LONGEST, STEPS);
    assert_eq!(<SinusoidalPositions<7, 4> as Streaming>::LONGEST, usize::MAX);
}
