//! Step by step a layer over padded steps gives what stands in the steps that count of a whole sequence.

use allocation_counter::measure;
use typednet_layers::{
    ActivationLayer, Add, Attention, Causal, Chain, Concat, Dense, Each, EndPadded, Frozen, Gelu, Gru, LayerNorm,
    Linear, Lstm, Network, OnPadded, PaddedEmbedding, PaddedTiedEmbedding, PassContext, Positions, Relu, Repeat,
    Residual, Rnn, Rotary, SinusoidalPositions, Softmax, Stream, Streaming, Tanh, TiedEmbedding, TransformerBlock,
    pass,
};
use typednet_tensor::simd::{Lane, lane};
use typednet_tensor::{Flat, Key, Padded, Scalar, Steps};

use super::super::cases::Half;
use super::ragged::{Number, poisoned, ragged};

/// `most` is 0 where the bits are the same.
fn check<L, X>(most: f64)
where
    L: Streaming<Elem: Scalar, In = Padded<X>>,
    X: Steps<Step = <L as Streaming>::StepIn, Elem: Number>,
{
    let name = L::TREE;
    let mut model = L::seeded(3);
    for (place, parameter) in (0..).zip(model.as_flat_mut()) {
        *parameter += L::Elem::of(0.3 * Key::new(4).normal::<f64>(place));
    }
    let x = ragged::<X>(5);
    let mut memory = vec![L::Elem::of(f64::NAN); pass::inference_need::<L>().of(x.len())];
    let run = PassContext::new(Key::new(0));
    let seen = poisoned(&x);
    let whole = pass::infer(&*model, &seen, &mut memory, run);
    let mut largest = 0.0_f64;
    for (x, whole) in x.iter().zip(whole) {
        let (whole, mut stream) = (whole.as_flat(), Stream::<L>::new());
        let mut streamed = vec![L::Elem::of(f64::NAN); x.length() * L::StepOut::LEN];
        let passes = measure(|| {
            for (x, y) in x.counted().iter().zip(streamed.chunks_exact_mut(L::StepOut::LEN)) {
                y.copy_from_slice(model.step(&mut stream, x).as_flat());
            }
        });
        assert_eq!(passes.count_total, 0, "{name} allocates");
        assert_eq!(stream.taken(), x.length());
        for (found, wanted) in streamed.iter().zip(whole) {
            let error = (found.to_f64_exact() - wanted.to_f64_exact()).abs();
            assert!(error.is_finite(), "{name}: {found} in a stream, {wanted} in a whole sequence");
            largest = largest.max(error);
        }
    }
    // What is large is left to another kernel by the portable lane.
    let most = if lane() == Lane::Portable { 1e-5 } else { most };
    assert!(largest <= most, "{name}: {largest:e}");
}

/// As in [`recurrent`](super::super::recurrent).
#[test]
fn streams_have_the_bits_of_the_steps_that_count() {
    fn all<T: Scalar + Number>() {
        type Deep<T> = Chain<
            OnPadded<Each<6, Dense<3, 5, Tanh, T>>>,
            Chain<OnPadded<Chain<Lstm<6, 5, 7, T>, Half<[[T; 7]; 6]>>>, EndPadded<Gru<6, 7, 4, T>>>,
        >;
        check::<OnPadded<Rnn<5, 3, 17, Tanh, T>>, _>(0.0);
        check::<EndPadded<Lstm<1, 1, 1, T>>, _>(0.0);
        check::<EndPadded<Gru<7, 3, 33, T>>, _>(0.0);
        check::<Frozen<OnPadded<Gru<4, 2, 3, T>>>, _>(0.0);
        check::<OnPadded<Repeat<3, Residual<Gru<4, 5, 5, T>>>>, _>(0.0);
        check::<EndPadded<ActivationLayer<[[T; 3]; 4], Softmax>>, _>(0.0);
        check::<OnPadded<Concat<Add<Lstm<4, 2, 3, T>, Frozen<Gru<4, 2, 3, T>>>, Rnn<4, 2, 1, Relu, T>, [[T; 4]; 4]>>, _>(
            0.0,
        );
        check::<Deep<T>, _>(0.0);
        check::<PaddedEmbedding<5, 7, 3, T>, _>(0.0);
        check::<Chain<Frozen<PaddedEmbedding<5, 7, 3, T>>, EndPadded<Gru<5, 3, 4, T>>>, _>(0.0);
    }
    all::<f32>();
    all::<f64>();
}

/// What is summed up in another order.
#[test]
fn streams_are_near_to_the_steps_that_count() {
    fn all<T: Scalar + Number>(most: f64) {
        type Blocks<T> = Repeat<2, TransformerBlock<9, 6, 2, 3, 7, Gelu, Causal, T>>;
        type Decoder<T> = Chain<
            PaddedEmbedding<9, 7, 6, T>,
            Chain<OnPadded<Positions<9, 6, T>>, Chain<OnPadded<Blocks<T>>, EndPadded<Each<9, Dense<6, 7, Linear, T>>>>>,
        >;
        check::<OnPadded<Attention<9, 6, 2, 3, Causal, T>>, _>(most);
        check::<EndPadded<Attention<4, 4, 1, 4, Rotary<Causal>, T>>, _>(most);
        check::<OnPadded<SinusoidalPositions<5, 4, T>>, _>(most);
        check::<Decoder<T>, _>(most);
        check::<PaddedTiedEmbedding<TiedEmbedding<5, 7, 3, Gru<5, 3, 3, T>, T, 7>>, _>(most);
        check::<
            Chain<
                PaddedTiedEmbedding<TiedEmbedding<9, 7, 6, Chain<Positions<9, 6, T>, Blocks<T>>, T>>,
                EndPadded<ActivationLayer<[[T; 7]; 9], Softmax>>,
            >,
            _,
        >(most);
        check::<EndPadded<Each<4, LayerNorm<3, T>>>, _>(most);
    }
    all::<f32>(1e-5);
    all::<f64>(1e-13);
}

/// As many steps as the layers within take: padding takes none.
#[test]
fn a_stream_is_as_long_as_that_of_the_layers() {
    type Tied = TiedEmbedding<4, 5, 2, Attention<4, 2, 1, 2, Causal>>;
    assert_eq!(<EndPadded<Gru<3, 1, 1>> as Streaming>::LONGEST, usize::MAX);
    assert_eq!(<OnPadded<Attention<3, 2, 1, 2, Causal>> as Streaming>::LONGEST, 3);
    assert_eq!(<EndPadded<Attention<3, 2, 1, 2, Causal>> as Streaming>::LONGEST, 3);
    assert_eq!(<PaddedTiedEmbedding<Tied> as Streaming>::LONGEST, 4);
    assert_eq!(<PaddedEmbedding<3, 2, 1> as Streaming>::LONGEST, usize::MAX);
}
