//! Forms of fewer bytes, layer by layer: what they give against the layer itself, within what follows from the rounding.

use typednet_layers::compact::Predictor;
use typednet_layers::{
    ActivationLayer, Add, Attention, AvgPool, BatchNorm, Causal, Chain, Compact, Concat, Conv1d, Conv2d,
    ConvTranspose2d, Crop, Dense, Dropout, Each, Embedding, EndPadded, Flatten, Frozen, FrozenBatchNorm, Gaussian,
    Gelu, GlobalAvgPool, GroupNorm, Gru, Last, Layer, LayerNorm, Lstm, MaxPool, MeanOverSteps, Nearest, Network, Noise,
    OnPadded, Pad, PaddedEmbedding, PaddedTiedEmbedding, ParamKind, PassContext, Positions, Relu, Repeat, Reshape,
    Residual, Reverse, RmsNorm, Rnn, SinusoidalPositions, Softmax, Strides, SwiGlu, Tanh, TiedEmbedding, Upsample,
    bits,
};
use typednet_tensor::compact::Bf16;
use typednet_tensor::{Flat, Key, Model, Steps, Token, flat};

use forms::{Of, batches, infer, near};
use tied::Same;

mod forms;
mod tied;

/// Parameters and inputs from −1 to 1; variances from ½ to 1.
fn drawn<L: Layer<Elem = f32>>(seed: u64) -> Model<L> {
    let mut net = L::zeroed();
    let key = Key::new(seed);
    for (n, value) in net.as_flat_mut().iter_mut().enumerate() {
        *value = 2.0 * key.uniform::<f32>(n as u64) - 1.0;
    }
    L::TREE.visit(&mut |place| {
        if place.param.kind == ParamKind::Buffer {
            for value in &mut net.as_flat_mut()[place.range()] {
                *value = 1.0 - value.abs() / 2.0;
            }
        }
    });
    net
}

/// Something that can be drawn.
trait Drawn: Sized {
    fn drawn(key: Key, range: f32) -> Self;
}

impl Drawn for f32 {
    fn drawn(key: Key, range: f32) -> Self {
        range * (2.0 * key.uniform::<f32>(0) - 1.0)
    }
}

impl<const V: usize> Drawn for Token<V> {
    fn drawn(key: Key, _: f32) -> Self {
        Self::new(usize::try_from(key.below(0, V as u64)).expect("small")).expect("a token")
    }
}

impl<S: Drawn, const N: usize> Drawn for [S; N] {
    fn drawn(key: Key, range: f32) -> Self {
        std::array::from_fn(|i| S::drawn(key.child(i as u64), range))
    }
}

/// The first steps count, at least one.
impl<X: Drawn + Steps> Drawn for typednet_tensor::Padded<X> {
    fn drawn(key: Key, range: f32) -> Self {
        let mut x = Self::full(X::drawn(key, range));
        x.set_length(1 + usize::try_from(key.below(1, X::STEPS as u64)).expect("small"));
        x
    }
}

fn inputs<S: Drawn>(rows: u64, range: f32) -> Vec<S> {
    (0..rows).map(|row| S::drawn(Key::new(9).child(row), range)).collect()
}

fn of_layer<L: Layer<Elem = f32>>(layer: &L, x: &[L::In]) -> Vec<f32> {
    let mut y = vec![L::Out::zeros(); x.len()];
    layer.infer(x, &mut y, &mut vec![0.0; L::INFER.of(x.len())], PassContext::new(Key::new(0)));
    flat(&y).to_vec()
}

fn name<L: Layer>() -> String {
    L::TREE.to_string()
}

/// The form of two bytes is the layer with rounded parameters.
fn rounded<L: Compact<In: Drawn>>() {
    let (net, x) = (drawn::<L>(1), inputs::<L::In>(11, 1.0));
    let (form, mut reference) = (net.to_bf16(), L::zeroed());
    for (to, from) in reference.as_flat_mut().iter_mut().zip(net.as_flat()) {
        *to = Bf16::round(*from).to_f32();
    }
    assert_eq!(L::Bf16::LEN, L::LEN, "{}", name::<L>());
    let what = format!("bf16 of {}", name::<L>());
    near(&infer(&Of::new(&*form, &x), PassContext::new(Key::new(0))), &of_layer(&*reference, &x), 2e-6, &what);
    batches(&Of::new(&*form, &x), &what);
}

/// The form of one byte of a layer whose products are in `f32` is the layer with weights of 255 steps, a factor for each output, and
/// all else as it is: no weight is further away than half a step.
fn of_steps<L: Compact<In: Drawn>>() {
    let (net, x) = (drawn::<L>(1), inputs::<L::In>(11, 1.0));
    let form = net.to_int8(&x);
    let what = format!("int8 of {}", name::<L>());
    batches(&Of::new(&*form, &x), &what);
    // Where all weights are whole multiples of a step from −127 to 127, nothing is lost: so each stands at its place.
    let mut whole = drawn::<L>(2);
    L::TREE.visit(&mut |place| {
        if place.param.kind == ParamKind::Weight {
            for (i, value) in whole.as_flat_mut()[place.range()].iter_mut().enumerate() {
                // Every output, and every row of a table, has one of 127 steps, by which the others are counted.
                let (n, size) = (Key::new(3).below(i as u64, 255) as f32 - 127.0, place.param.shape.sizes());
                let outputs = size[1..].iter().product::<usize>().max(1);
                *value = if i < outputs || i % outputs == 0 { 127.0 / 128.0 } else { n / 128.0 };
            }
        }
    });
    let form = whole.to_int8(&x);
    near(&infer(&Of::new(&*form, &x), PassContext::new(Key::new(0))), &of_layer(&*whole, &x), 2e-6, &what);
}

/// |ẑ − z| ≤ Σ (|x|·sₒ/2 + |w|·s/2 + s·sₒ/4) over the inputs of each output: `terms` gives output, weight and input of each.
fn products<L: Compact<In: Drawn + Flat<Elem = f32>>>(
    outputs: usize,
    terms: impl Fn(&mut dyn FnMut(usize, usize, Option<usize>)),
) {
    for (seed, range) in [(1, 1.0), (2, 7.0), (3, 1e-3)] {
        let (net, x) = (drawn::<L>(seed), inputs::<L::In>(7, range));
        let form = net.to_int8(&x);
        let what = format!("int8 of {}", name::<L>());
        batches(&Of::new(&*form, &x), &what);
        let numbers = || x.iter().flat_map(Flat::as_flat);
        let ends = numbers().fold((0.0_f32, 0.0_f32), |(a, b), x| (a.min(*x), b.max(*x)));
        let step = f64::from(ends.1 - ends.0) / 255.0;
        let mut largest = vec![0.0_f64; outputs];
        terms(&mut |o, w, _| {
            let size = &mut largest[o % outputs];
            *size = size.max(f64::from(net.as_flat()[w].abs()));
        });
        let found = infer(&Of::new(&*form, &x), PassContext::new(Key::new(0)));
        for (x, y) in x.iter().zip(found.chunks(L::Out::LEN)) {
            let mut exact = vec![0.0_f64; L::Out::LEN];
            let (mut bound, mut size) = (exact.clone(), exact.clone());
            terms(&mut |o, w, i| {
                let (w, width) = (f64::from(net.as_flat()[w]), largest[o % outputs] / 127.0);
                let x = i.map_or(0.0, |i| f64::from(x.as_flat()[i]));
                exact[o] += w * x;
                // Beyond the edge the input is exactly 0.
                let of_input = if i.is_some() { w.abs() * step / 2.0 + step * width / 4.0 } else { 0.0 };
                bound[o] += x.abs() * width / 2.0 + of_input;
                size[o] += (w.abs() + width) * f64::from(ends.1 - ends.0);
            });
            for (o, y) in y.iter().enumerate() {
                // The roundings of `f32` in the factors and of the last steps.
                let roundings = 8.0 * size[o] / f64::from(1 << 24);
                let error = (f64::from(*y) - exact[o]).abs();
                assert!(error <= bound[o] + roundings, "{what}, output {o}: {error:e} > {:e}", bound[o]);
            }
        }
    }
}

/// A convolution without biases, whose sizes are known.
fn convolution<L: Compact<In: Drawn + Flat<Elem = f32>>>(
    c: typednet_tensor::conv::Convolution,
    window: [[usize; 2]; 4],
    groups: usize,
) {
    let ([height, width, channels], [rows, columns, outputs]) = (c.input(), c.output());
    let [kernel, stride, pad, dilation] = window;
    let (in_group, per_group) = (channels / groups, outputs / groups);
    products::<L>(outputs, |term| {
        for o in 0..rows * columns * outputs {
            let (i, j, f) = (o / outputs / columns, o / outputs % columns, o % outputs);
            for w in 0..kernel[0] * kernel[1] * in_group {
                let (r, s, channel) = (w / in_group / kernel[1], w / in_group % kernel[1], w % in_group);
                let u = (i * stride[0] + r * dilation[0]).checked_sub(pad[0]).filter(|u| *u < height);
                let v = (j * stride[1] + s * dilation[1]).checked_sub(pad[1]).filter(|v| *v < width);
                let x = u.zip(v).map(|(u, v)| (u * width + v) * channels + f / per_group * in_group + channel);
                term(o, w * outputs + f, x);
            }
        }
    });
}

macro_rules! each {
    ($check:ident: $($layer:ty),* $(,)?) => { $($check::<$layer>();)* };
}

type Padded = Strides<1, 1, 1, 1>;
type Halves = Strides<2, 2>;
type Image = [[[f32; 2]; 4]; 5];

/// Layers whose forms compute in `f32`.
macro_rules! in_numbers {
    ($check:ident) => {
        each!($check:
            BatchNorm<5>, BatchNorm<3, Relu>, FrozenBatchNorm<4>, LayerNorm<6>, RmsNorm<7>, GroupNorm<3, 2, 4, 2>,
            Positions<3, 4>, SinusoidalPositions<3, 4>,
            ActivationLayer<[f32; 5], Softmax>, Dropout<[f32; 4], { bits(0.5) }>, Noise<[f32; 4], { bits(0.1) }>,
            Gaussian<[f32; 3]>, Flatten<Image, 40>, Reshape<Image, [[f32; 10]; 4]>,
            MaxPool<4, 4, 3, 2, 2, 2, 2, Halves>, AvgPool<4, 4, 3, 2, 2, 2, 2, Halves>, GlobalAvgPool<3, 4, 5>,
            Pad<3, 4, 2, 5, 7, 1, 2>, Crop<5, 7, 2, 3, 4, 1, 2>, Upsample<2, 3, 2, 4, 6, Nearest>,
            Last<[f32; 3], 4>, MeanOverSteps<4, 3>,
            Rnn<4, 3, 5, Tanh>, Lstm<4, 3, 5>, Lstm<3, 2, 17>, Gru<4, 3, 5>, Reverse<4, Gru<4, 2, 3>>,
            Attention<5, 8, 2, 4>, Attention<4, 6, 1, 6, Causal>, SwiGlu<5, 9>,
            ConvTranspose2d<3, 3, 2, 3, 2, 2, 3, 6, 6, Halves, Relu>, ConvTranspose2d<3, 4, 3, 2, 3, 3, 0, 5, 6>,
            Frozen<BatchNorm<4>>, Each<3, LayerNorm<4>>, Residual<Gru<3, 4, 4>>, Repeat<3, Rnn<4, 3, 3, Tanh>>,
            Chain<Lstm<4, 3, 5>, Last<[f32; 5], 4>>,
            Add<Lstm<3, 2, 4>, Gru<3, 2, 4>>, Concat<Lstm<3, 2, 4>, Reverse<3, Gru<3, 2, 5>>, [[f32; 9]; 3]>,
            Embedding<11, 5>, Chain<Each<3, Embedding<7, 4>>, Positions<3, 4>>,
            Residual<Chain<LayerNorm<8>, SwiGlu<8, 6>>>,
            EndPadded<Rnn<4, 3, 5, Tanh>>, OnPadded<Lstm<4, 3, 5>>, EndPadded<Reverse<4, Gru<4, 2, 3>>>,
            EndPadded<Attention<5, 8, 2, 4>>, OnPadded<Attention<4, 6, 1, 6, Causal>>, EndPadded<Each<3, LayerNorm<4>>>,
            OnPadded<Positions<3, 4>>, EndPadded<SinusoidalPositions<3, 4>>, EndPadded<Noise<[[f32; 2]; 3], { bits(0.1) }>>,
            EndPadded<ActivationLayer<[[f32; 3]; 4], Softmax>>, OnPadded<Dropout<[[f32; 2]; 4], { bits(0.5) }>>,
            EndPadded<Residual<Gru<3, 4, 4>>>, OnPadded<Repeat<3, Attention<4, 4, 2, 2>>>, Frozen<EndPadded<Gru<3, 2, 4>>>,
            EndPadded<Add<Lstm<3, 2, 4>, Reverse<3, Gru<3, 2, 4>>>>,
            EndPadded<Concat<Chain<Lstm<3, 2, 4>, Last<[f32; 4], 3>>, Chain<Gru<3, 2, 5>, MeanOverSteps<3, 5>>, [f32; 9]>>,
            PaddedEmbedding<4, 11, 5>, Chain<PaddedEmbedding<3, 7, 4>, Chain<OnPadded<Positions<3, 4>>, EndPadded<Last<[f32; 4], 3>>>>,
        )
    };
}

#[test]
fn two_bytes_are_the_layer_with_rounded_parameters() {
    in_numbers!(rounded);
    each!(rounded:
        Dense<5, 3, Relu>, Dense<37, 21>, Dense<8, 4, Softmax>,
        Conv2d<5, 6, 2, 3, 3, 3, 2, 3, 3, 4>, Conv2d<5, 5, 3, 6, 3, 3, 1, 0, 5, 5, Padded, Relu>,
        Conv1d<9, 2, 3, 3, 2, 3, 7, Strides, Gelu>,
        Residual<Conv2d<4, 4, 3, 3, 3, 3, 3, 3, 4, 4, Padded>>, Each<2, Each<3, Dense<4, 5, Tanh>>>,
        Repeat<2, Residual<Dense<4, 4, Relu>>>,
        TiedEmbedding<3, 7, 5, Each<3, LayerNorm<5>>>, TiedEmbedding<1, 2, 1, Same<1, 1>>, TiedEmbedding<2, 70, 16, Gru<2, 16, 16>>,
        TiedEmbedding<3, 7, 5, Each<3, LayerNorm<5>>, f32, 7>, TiedEmbedding<2, 70, 16, Gru<2, 16, 16>, f32, 70>,
        EndPadded<Each<4, Dense<5, 3, Relu>>>, OnPadded<Each<2, Chain<Dense<3, 4, Tanh>, Dense<4, 2>>>>,
        PaddedTiedEmbedding<TiedEmbedding<3, 7, 5, Attention<3, 5, 1, 5>>>,
        PaddedTiedEmbedding<TiedEmbedding<4, 70, 16, Gru<4, 16, 16>, f32, 70>>,
    );
}

#[test]
fn weights_of_one_byte_are_at_their_places() {
    in_numbers!(of_steps);
}

#[test]
fn dense_products_of_bytes_keep_their_bound() {
    fn dense<const I: usize, const O: usize>() {
        products::<Unbiased<I, O>>(O, |term| {
            for o in 0..O {
                (0..I).for_each(|i| term(o, i * O + o, Some(i)));
            }
        });
    }
    /// A dense layer is a convolution over one pixel, which has no biases if it says so.
    type Unbiased<const I: usize, const O: usize> = Conv2d<1, 1, I, O, 1, 1, I, 0, 1, 1>;
    dense::<1, 1>();
    dense::<5, 3>();
    dense::<37, 21>();
    dense::<64, 130>();
}

#[test]
fn convolutions_of_bytes_keep_their_bound() {
    type Plain = Conv2d<5, 6, 2, 3, 3, 3, 2, 0, 3, 4>;
    type Wide = Conv2d<6, 5, 4, 17, 3, 3, 4, 0, 3, 3, Strides<2, 2, 1, 1>>;
    type Dilated = Conv2d<7, 6, 1, 3, 3, 2, 1, 0, 3, 4, Strides<1, 1, 0, 0, 2, 2>>;
    type Grouped = Conv2d<4, 4, 4, 6, 3, 3, 2, 0, 4, 4, Padded>;
    type ByChannel = Conv2d<5, 5, 3, 3, 3, 3, 1, 0, 5, 5, Padded>;
    type Line = Conv1d<10, 3, 2, 3, 3, 0, 5, Strides<2, 1, 2, 0, 2, 1>>;
    let one = [1, 1];
    convolution::<Plain>(Plain::CONVOLUTION, [[3, 3], one, [0, 0], one], 1);
    convolution::<Wide>(Wide::CONVOLUTION, [[3, 3], [2, 2], one, one], 1);
    convolution::<Dilated>(Dilated::CONVOLUTION, [[3, 2], one, [0, 0], [2, 2]], 1);
    convolution::<Grouped>(Grouped::CONVOLUTION, [[3, 3], one, one, one], 2);
    convolution::<ByChannel>(ByChannel::CONVOLUTION, [[3, 3], one, one, one], 3);
    convolution::<Line>(Line::CONVOLUTION, [[3, 1], [2, 1], [2, 0], [2, 1]], 1);
}

/// Batches of bytes that are worth several threads are cut for them, and have the bits of one.
#[test]
fn large_batches_of_bytes_are_shared_by_threads() {
    fn shared<L: Compact<In: Drawn>>() {
        let (net, x) = (drawn::<L>(1), inputs::<L::In>(11, 1.0));
        let what = format!("int8 of {}", name::<L>());
        assert_eq!(batches(&Of::new(&*net.to_int8(&x), &x), &what), 3, "{what} is not cut for three threads");
    }
    type Direct = Conv2d<16, 16, 3, 16, 3, 3, 3, 16, 14, 14>;
    type ByChannel = Conv2d<24, 24, 32, 32, 3, 3, 1, 0, 24, 24, Padded>;
    each!(shared:
        Conv2d<12, 12, 8, 16, 3, 3, 8, 0, 12, 12, Padded>, Direct, ByChannel, Conv1d<40, 16, 32, 5, 16, 32, 36>,
        Dense<256, 256>, Dense<255, 250, Relu>, TiedEmbedding<16, 250, 64, Same<16, 64>>,
    );
}

/// Forms of layers within layers are the forms of those, put together.
#[test]
fn forms_are_composed_as_their_layers_are() {
    type First = Conv2d<4, 4, 2, 3, 3, 3, 2, 3, 4, 4, Padded, Relu>;
    type Second = Conv2d<4, 4, 3, 3, 1, 1, 3, 3, 4, 4>;
    type Net = Chain<First, Residual<Second>>;
    let (net, x) = (drawn::<Net>(1), inputs::<[[[f32; 2]; 4]; 4]>(9, 1.0));
    let form = net.to_int8(&x);
    let between: Vec<_> = x.iter().map(|x| net.first.predict(x)).collect();
    let (first, second) = (net.first.to_int8(&x), net.rest.inner.to_int8(&between));
    for x in &x {
        let a = first.predict(x);
        let b = second.predict(&a);
        for ((y, a), b) in form.predict(x).as_flat().iter().zip(a.as_flat()).zip(b.as_flat()) {
            assert_eq!(y.to_bits(), (a + b).to_bits());
        }
    }
}

#[test]
fn biases_are_added_as_they_are() {
    type Biased = Conv2d<3, 3, 1, 2, 2, 2, 1, 2, 2, 2>;
    let mut net = Biased::zeroed();
    net.bias = [0.3, -1e5];
    let form = net.to_int8(&[[[[1.0]; 3]; 3]]);
    for pixel in form.predict(&[[[0.7]; 3]; 3]).as_flattened() {
        assert_eq!(pixel.map(f32::to_bits), net.bias.map(f32::to_bits));
    }
}

/// What the report says of each layer is what its definition says.
#[test]
fn losses_are_those_of_weights_inputs_and_outputs() {
    type Part = Chain<Dense<3, 4, Tanh>, Dense<4, 2>>;
    type Net = Chain<Each<2, Part>, Chain<Flatten<[[f32; 2]; 2], 4>, Chain<Residual<Dense<4, 4, Relu>>, BatchNorm<4>>>>;
    let (net, known) = (drawn::<Net>(4), inputs::<[[f32; 3]; 2]>(20, 1.0));
    let form = net.to_int8(&known);
    let losses = net.losses(&form, &known);
    let paths: Vec<_> = losses.layers.iter().map(|loss| (loss.path.as_str(), loss.layer.as_str())).collect();
    assert_eq!(
        paths,
        [
            ("first.first", "Dense<4, Tanh>"),
            ("first.rest", "Dense<2, Linear>"),
            ("rest.rest.first.inner", "Dense<4, Relu>"),
        ]
    );
    // Of what chose the ranges nothing is beyond them; each of two parts of twenty samples is counted.
    for (loss, width) in losses.layers.iter().zip([3, 4, 4]) {
        let inputs = loss.inputs.expect("integers");
        let parts = if width == 4 && loss.path.contains("inner") { 1 } else { 2 };
        assert_eq!((inputs.clipped, inputs.count), (0, 20 * parts * width), "{}", loss.path);
        assert!(inputs.noise.noise > 0.0 && inputs.noise.decibels() > 40.0);
    }
    // The weights by hand: each is at most half a step away, and steps are 1/127 of an output's largest.
    let dense = &net.first.inner.first;
    let (mut signal, mut noise) = (0.0, 0.0);
    for o in 0..4 {
        let column = dense.weight.map(|row| f64::from(row[o]));
        let step = column.iter().fold(0.0_f64, |most, w| most.max(w.abs())) / 127.0;
        for w in column {
            signal += w * w;
            noise += (w - step * (w / step).round()).powi(2);
        }
    }
    let found = losses.layers[0].weights;
    assert!((found.signal - signal).abs() < 1e-9 && (found.noise - noise).abs() < 1e-3 * noise, "{found:?} {noise:e}");
    // What the network gives.
    let (mut signal, mut noise) = (0.0, 0.0);
    for x in &known {
        for (a, b) in net.predict(x).iter().zip(form.predict(x)) {
            signal += f64::from(*a).powi(2);
            noise += (f64::from(*a) - f64::from(b)).powi(2);
        }
    }
    assert!((losses.outputs.signal - signal).abs() < 1e-6 * signal);
    assert!((losses.outputs.noise - noise).abs() < 1e-6 * noise);
    // Three times the range: two of three numbers are beyond it.
    let beyond = net.losses(&form, &[[[9.0, -9.0, 0.25]; 2]]);
    let inputs = beyond.layers[0].inputs.expect("integers");
    assert_eq!((inputs.clipped, inputs.count), (4, 6));
    let text = losses.to_string();
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100) && text.contains(" dB") && text.contains("0.00 %"),
        "{text}"
    );
}

/// A layer whose weights are kept in bytes says what these lose, and that it computes in numbers.
#[test]
fn losses_of_layers_that_compute_in_numbers() {
    type Net = Chain<Lstm<4, 3, 5>, Chain<Last<[f32; 5], 4>, LayerNorm<5>>>;
    let (net, x) = (drawn::<Net>(4), inputs::<[[f32; 3]; 4]>(5, 1.0));
    let losses = net.losses(&net.to_int8(&x), &x);
    assert_eq!(losses.layers.len(), 1);
    let loss = &losses.layers[0];
    assert!(loss.inputs.is_none() && (30.0..60.0).contains(&loss.weights.decibels()) && loss.outputs.decibels() > 20.0);
    assert!(losses.to_string().contains("f32"));
}
