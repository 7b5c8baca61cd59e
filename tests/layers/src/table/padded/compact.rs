//! Forms of fewer bytes over padded steps: they are those of the layers over the steps that count.

use typednet_layers::compact::Predictor;
use typednet_layers::{
    Add, Attention, Causal, Chain, Compact, Concat, Dense, Each, EndPadded, Frozen, Full, Gelu, Gru, Last, LayerNorm,
    Linear, Lstm, MeanOverSteps, Network, OnPadded, PaddedEmbedding, PaddedTiedEmbedding, PassContext, Positions, Relu,
    Repeat, Residual, Reverse, Rnn, Rotary, Softmax, SwiGlu, Tanh, TiedEmbedding, TransformerBlock,
};
use typednet_tensor::{Flat, Key, Model, Padded, Steps, flat};

use super::ragged::{Number, poisoned, ragged};

/// Parameters from −1 to 1.
fn drawn<L: Compact>() -> Model<L> {
    let mut net = L::zeroed();
    for (place, parameter) in (0..).zip(net.as_flat_mut()) {
        *parameter = Number::drawn(Key::new(1), place);
    }
    net
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// The bits of what it gives in all ways in which it can be asked.
fn given<P: Predictor>(form: &P, x: &[P::In]) -> Vec<Vec<u32>> {
    let mut y = vec![P::Out::zeros(); x.len()];
    form.infer(x, &mut y, &mut vec![f32::NAN; P::INFER.of(x.len())], PassContext::new(Key::new(0)));
    let alone: Vec<_> = x.iter().map(|x| form.predict(x)).collect();
    [y, alone, form.predict_many(x)].iter().map(|y| bits(flat(y))).collect()
}

/// Layers with something that has to know how many steps count, alone and among others; each has products of integers or of numbers.
macro_rules! networks {
    ($check:ident) => {
        $check::<EndPadded<Each<4, Dense<3, 5, Relu>>>, _>();
        $check::<OnPadded<Each<4, Chain<Dense<3, 4, Tanh>, Dense<4, 2>>>>, _>();
        $check::<EndPadded<Each<3, Chain<Reverse<2, Gru<2, 3, 4>>, Chain<Attention<2, 4, 1, 4>, Last<[f32; 4], 2>>>>>, _>();
        $check::<EndPadded<Gru<1, 1, 1>>, _>();
        $check::<EndPadded<Chain<Lstm<5, 3, 4>, Each<5, Dense<4, 2, Softmax>>>>, _>();
        $check::<OnPadded<Reverse<4, Chain<Each<4, Dense<3, 3>>, Rnn<4, 3, 3, Tanh>>>>, _>();
        $check::<EndPadded<Attention<5, 6, 2, 3>>, _>();
        $check::<EndPadded<Attention<5, 6, 2, 3, Causal>>, _>();
        $check::<OnPadded<Attention<5, 4, 1, 4, Rotary<Full>>>, _>();
        $check::<EndPadded<Repeat<1, Residual<Chain<Attention<4, 6, 2, 3>, Each<4, SwiGlu<6, 5>>>>>>, _>();
        $check::<EndPadded<Repeat<2, TransformerBlock<4, 6, 3, 2, 9, Gelu>>>, _>();
        $check::<OnPadded<Repeat<3, Residual<Chain<Attention<4, 6, 2, 3>, Each<4, Dense<6, 6>>>>>>, _>();
        $check::<EndPadded<Add<Reverse<3, Gru<3, 2, 4>>, Each<3, Dense<2, 4>>>>, _>();
        $check::<EndPadded<Concat<Each<3, Dense<2, 4>>, Reverse<3, Gru<3, 2, 4>>, [[f32; 8]; 3]>>, _>();
        $check::<EndPadded<Frozen<Reverse<3, Chain<Each<3, Dense<2, 4>>, Attention<3, 4, 2, 2>>>>>, _>();
        $check::<Frozen<Chain<OnPadded<Each<3, Dense<2, 4>>>, EndPadded<MeanOverSteps<3, 4>>>>, _>();
        $check::<Chain<OnPadded<Gru<4, 2, 3>>, Chain<EndPadded<Last<[f32; 3], 4>>, Dense<3, 2>>>, _>();
        $check::<EndPadded<Chain<Each<5, Dense<2, 3>>, MeanOverSteps<5, 3>>>, _>();
        $check::<EndPadded<Chain<Positions<4, 2>, Chain<Each<4, LayerNorm<2>>, Last<[f32; 2], 4>>>>, _>();
        $check::<PaddedEmbedding<4, 7, 3>, _>();
        $check::<Chain<PaddedEmbedding<5, 7, 3>, Chain<OnPadded<Each<5, Dense<3, 4, Relu>>>, EndPadded<Last<[f32; 4], 5>>>>, _>();
        $check::<PaddedTiedEmbedding<TiedEmbedding<5, 7, 3, Reverse<5, Chain<Each<5, Dense<3, 3>>, Gru<5, 3, 3>>>>>, _>();
        $check::<PaddedTiedEmbedding<TiedEmbedding<4, 70, 6, Attention<4, 6, 2, 3>, f32, 70>>, _>();
        $check::<
            Chain<PaddedTiedEmbedding<TiedEmbedding<3, 7, 4, Attention<3, 4, 1, 4>>>, EndPadded<Each<3, Dense<7, 2>>>>, _,
        >();
    };
}

/// Not numbers and no tokens in place of the padding change no bit: of ranges, of what a form gives, and of what it loses.
#[test]
fn no_form_looks_at_padding() {
    fn check<L: Compact<In = Padded<X>>, X: Steps<Elem: Number>>() {
        let (net, x) = (drawn::<L>(), ragged::<X>(5));
        let poison = poisoned(&x);
        let (half, quarter) = (net.to_bf16(), net.to_int8(&x));
        assert!(quarter.as_flat() == net.to_int8(&poison).as_flat(), "ranges of {}", L::TREE);
        assert!(given(&*half, &x) == given(&*half, &poison), "bf16 of {}", L::TREE);
        assert!(given(&*quarter, &x) == given(&*quarter, &poison), "int8 of {}", L::TREE);
        let [losses, of_poison] = [&x, &poison].map(|x| net.losses(&quarter, x));
        assert!(losses == of_poison, "{}: {losses}\n{of_poison}", L::TREE);
        let layers = losses.layers.iter().all(|layer| layer.outputs.signal.is_finite() && layer.outputs.signal > 0.0);
        assert!(layers && losses.outputs.signal.is_finite(), "{}: {losses}", L::TREE);
    }
    networks!(check);
}

/// What a form gives for padding is 0, and of as many steps as are there.
#[test]
fn padding_of_what_a_form_gives_is_zero() {
    fn check<L, X, Y>()
    where
        L: Compact<In = Padded<X>, Out = Padded<Y>>,
        X: Steps<Elem: Number>,
        Y: Steps<Elem = f32>,
    {
        let (net, x) = (drawn::<L>(), poisoned(&ragged::<X>(5)));
        let (half, quarter) = (net.to_bf16(), net.to_int8(&x));
        for x in &x {
            for y in [half.predict(x), quarter.predict(x)] {
                assert_eq!(y.length(), x.length(), "{}", L::TREE);
                let (counted, padding) = y.steps.as_flat().split_at(y.length() * (Y::LEN / Y::STEPS));
                assert!(padding.iter().all(|y| *y == 0.0), "{}: {padding:?}", L::TREE);
                assert!(counted.iter().all(|y| *y != 0.0), "{}: {counted:?}", L::TREE);
            }
        }
    }
    check::<OnPadded<Each<4, Dense<3, 5>>>, _, _>();
    check::<OnPadded<Gru<4, 2, 3>>, _, _>();
    check::<OnPadded<Attention<4, 6, 2, 3>>, _, _>();
    check::<PaddedEmbedding<4, 7, 3>, _, _>();
    check::<PaddedTiedEmbedding<TiedEmbedding<4, 7, 3, Gru<4, 3, 3>, f32, 7>>, _, _>();
}

/// Of sequences of three steps the forms of layers with room for more are those of layers of three, to the bit, and give the same.
#[test]
fn forms_are_those_of_the_layers_over_as_many_steps() {
    fn check<L, P, X, Y>()
    where
        L: Compact<In = Padded<X>>,
        P: Compact<In = Y>,
        X: Steps<Elem: Number>,
        Y: Steps<Step = X::Step, Elem = X::Elem>,
    {
        let (net, mut plain) = (drawn::<L>(), P::zeroed());
        plain.as_flat_mut().copy_from_slice(net.as_flat());
        let exact: Vec<Y> = ragged::<Y>(5).iter().map(|x| x.steps).collect();
        let x: Vec<_> = exact.iter().map(|x| Padded::<X>::new(x.as_steps()).expect("room")).collect();
        let x = poisoned(&x);
        let [steps, of_plain] = [net.to_int8(&x).as_flat().to_vec(), plain.to_int8(&exact).as_flat().to_vec()];
        assert!(steps == of_plain, "{}", L::TREE);
        assert!(net.to_bf16().as_flat() == plain.to_bf16().as_flat(), "{}", L::TREE);
        let (form, of_plain) = (net.to_int8(&x), plain.to_int8(&exact));
        let (half, half_of_plain) = (net.to_bf16(), plain.to_bf16());
        for (x, exact) in x.iter().zip(&exact) {
            for (y, wanted) in
                [(form.predict(x), of_plain.predict(exact)), (half.predict(x), half_of_plain.predict(exact))]
            {
                let (y, wanted) = (bits(y.as_flat()), bits(wanted.as_flat()));
                assert!(y.starts_with(&wanted), "{}: {y:?} is not {wanted:?}", L::TREE);
            }
        }
        let [loss, wanted] = [net.losses(&form, &x), plain.losses(&of_plain, &exact)];
        assert!(
            loss.layers
                .iter()
                .map(|layer| (&layer.path, layer.inputs, layer.outputs))
                .eq(wanted.layers.iter().map(|layer| (&layer.path, layer.inputs, layer.outputs)))
        );
        assert_eq!(loss.outputs, wanted.outputs, "{}", L::TREE);
    }
    check::<EndPadded<Each<5, Dense<3, 4, Relu>>>, Each<3, Dense<3, 4, Relu>>, _, _>();
    check::<OnPadded<Each<5, Dense<3, 4, Relu>>>, Each<3, Dense<3, 4, Relu>>, _, _>();
    check::<EndPadded<Attention<5, 6, 2, 3>>, Attention<3, 6, 2, 3>, _, _>();
    check::<
        EndPadded<Repeat<2, TransformerBlock<5, 6, 3, 2, 9, Gelu>>>,
        Repeat<2, TransformerBlock<3, 6, 3, 2, 9, Gelu>>,
        _,
        _,
    >();
    check::<
        EndPadded<Add<Reverse<5, Gru<5, 2, 4>>, Each<5, Dense<2, 4>>>>,
        Add<Reverse<3, Gru<3, 2, 4>>, Each<3, Dense<2, 4>>>,
        _,
        _,
    >();
    check::<
        Chain<OnPadded<Lstm<5, 2, 4>>, Chain<EndPadded<Last<[f32; 4], 5>>, Dense<4, 2>>>,
        Chain<Lstm<3, 2, 4>, Chain<Last<[f32; 4], 3>, Dense<4, 2>>>,
        _,
        _,
    >();
    check::<
        Chain<
            PaddedEmbedding<5, 7, 3>,
            Chain<OnPadded<Each<5, Dense<3, 4>>>, Chain<EndPadded<MeanOverSteps<5, 4>>, Dense<4, 2>>>,
        >,
        Chain<
            Each<3, typednet_layers::Embedding<7, 3>>,
            Chain<Each<3, Dense<3, 4>>, Chain<MeanOverSteps<3, 4>, Dense<4, 2>>>,
        >,
        _,
        _,
    >();
    check::<
        PaddedTiedEmbedding<TiedEmbedding<5, 7, 4, Reverse<5, Gru<5, 4, 4>>, f32, 7>>,
        TiedEmbedding<3, 7, 4, Reverse<3, Gru<3, 4, 4>>, f32, 7>,
        _,
        _,
    >();
    check::<
        PaddedTiedEmbedding<TiedEmbedding<5, 7, 4, Each<5, Dense<4, 4, Linear>>>>,
        TiedEmbedding<3, 7, 4, Each<3, Dense<4, 4, Linear>>>,
        _,
        _,
    >();
}

/// Ranges are of the steps that count: of a layer on each of them those of the layer for these steps.
#[test]
fn ranges_are_of_the_steps_that_count() {
    let (net, x) = (drawn::<OnPadded<Each<4, Dense<3, 5>>>>(), ragged::<[[f32; 3]; 4]>(5));
    let steps: Vec<_> = x.iter().flat_map(Padded::counted).copied().collect();
    assert_eq!(net.to_int8(&x).as_flat(), net.inner.inner.to_int8(&steps).as_flat());
    // A step more would be another range.
    let longer: Vec<_> = poisoned(&x)
        .iter()
        .map(|x| Padded::full(x.steps.map(|x| x.map(|x| if x.is_nan() { 9.0 } else { x }))))
        .collect();
    assert_ne!(net.to_int8(&longer).as_flat(), net.to_int8(&x).as_flat());
    let losses = net.losses(&net.to_int8(&x), &x);
    let of_steps = net.inner.inner.losses(&net.inner.inner.to_int8(&steps), &steps);
    assert_eq!(
        (losses.layers[0].inputs, losses.layers[0].outputs),
        (of_steps.layers[0].inputs, of_steps.layers[0].outputs)
    );
    assert_eq!(losses.layers[0].inputs.expect("integers").count, 3 * steps.len() as u64);
}

/// What the last layer gives is near to what the network gives.
#[test]
fn forms_are_near_to_their_network() {
    fn check<L: Compact<In = Padded<X>>, X: Steps<Elem: Number>>() {
        let (net, x) = (drawn::<L>(), ragged::<X>(5));
        let form = net.to_int8(&x);
        let decibels = net.losses(&form, &x).outputs.decibels();
        assert!(decibels > 15.0, "{}: {decibels} dB", L::TREE);
        let half = net.to_bf16();
        for x in &x {
            let (y, wanted) = (half.predict(x), net.predict(x));
            let size = wanted.as_flat().iter().fold(1.0_f32, |size, y| size.max(y.abs()));
            assert!(y.as_flat().iter().zip(wanted.as_flat()).all(|(a, b)| (a - b).abs() < 0.05 * size), "{}", L::TREE);
        }
    }
    networks!(check);
}
