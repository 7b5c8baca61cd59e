//! A network with a loss, its types erased, so that tests are plain loops.

use std::fmt::Debug;

use typednet_layers::loss::LossFor;
use typednet_layers::{Layer, LayerInfo, Network, ParamKind, PassContext, Trace, Workspace, pass};
use typednet_tensor::{
    Buffer, Class, Differentiable, Flat, Key, Model, Pair, Parallel, Sample, Scalar, Shape, flat, flat_mut,
};

use super::activations::NaiveActivation;
use super::losses::Naive;
use super::reference::{self, NaiveLayer, Output};

/// A network, its loss, a batch, and all memory that passes over it take.
pub(crate) trait Subject<T> {
    /// The layers and the loss, such as `Dense<4, Relu> => Dense<3, Softmax> | CrossEntropy`.
    fn name(&self) -> String;
    fn tree(&self) -> &'static LayerInfo;

    /// Makes room for a batch of `rows`, and draws its inputs and targets and all parameters.
    ///
    /// All are multiples of 2⁻²⁴, which both scalars hold exactly. Buffers are from ½ to 1, since some are variances.
    fn draw(&mut self, rows: usize, key: Key);

    /// Lets all passes run on `parallel` from now on, but those of [`predict`](Subject::predict).
    fn on(&mut self, parallel: Parallel<'static>);

    fn params(&mut self) -> &mut [T];
    fn grad(&mut self) -> &mut [T];
    /// Fills the gradient's block but for the places of frozen layers, which no pass writes.
    fn fill_gradient(&mut self, value: T)
    where
        T: Copy,
    {
        let (tree, grad) = (self.tree(), self.grad());
        tree.visit(&mut |place| {
            if place.kind.has_gradient() {
                grad[place.range()].fill(value);
            }
        });
    }
    fn memory(&mut self) -> &mut [T];
    fn x(&mut self) -> &mut [T];
    fn dx(&mut self) -> &mut [T];
    /// The outputs of the last pass.
    fn y(&self) -> &[T];
    /// The targets as numbers: one for a class, else one for each output.
    fn targets(&self) -> &[f64];
    fn set_targets(&mut self, numbers: Vec<f64>);

    /// A pass of training; the mean loss.
    fn gradient(&mut self) -> f64;
    /// The same by hand, with the gradient of the input.
    fn gradient_with_input(&mut self) -> f64;
    /// The forward pass of training, with the last activation.
    fn forward(&mut self);
    /// The gradient of the loss alone, at the outputs of the last pass.
    fn of_loss(&mut self);
    /// A pass of use.
    fn infer(&mut self);
    /// Each row by itself.
    fn predict(&mut self);
    /// The mean loss in use.
    fn evaluate(&mut self) -> f64;
    /// The mean loss in training, from a forward pass.
    fn training_loss(&mut self) -> f64;

    /// As [`gradient_with_input`](Subject::gradient_with_input), through a layer that is frozen.
    fn frozen_gradient(&mut self);
    /// A pass of use without the activation that the loss brings along.
    fn infer_logits(&mut self);
    /// The mean loss in use, from [`infer_logits`](Subject::infer_logits).
    fn loss_in_use(&mut self) -> f64;

    /// Takes over what the last pass of training left for the buffers.
    fn commit(&mut self);

    /// Whether a layer is defined to differ between training and use.
    fn differs_in_training(&self) -> bool {
        self.tree().any(|node| node.behaviour.differs_in_training)
    }

    /// Whether a layer is defined to make the rows of a batch depend on each other in training.
    fn normalises_over_rows(&self) -> bool {
        self.tree().any(|node| node.behaviour.normalises_over_rows)
    }

    /// What the network gives for the sample `x` with the parameters `params`, by the formulas.
    fn naive(&self, params: &[f64], x: &[f64]) -> Output;
    /// What the loss gives for one sample with the outputs `a`, by its formula.
    fn naive_loss(&self, a: &[f64], target: &[f64]) -> f64;
}

/// Networks with their losses.
pub(crate) type Table<T> = Vec<Box<dyn Subject<T>>>;

/// What an output is compared with, made from numbers.
pub(crate) trait Target: Copy + 'static {
    /// How many classes there are, where the target is one of them.
    const CLASSES: Option<u64> = None;
    const NUMBERS: usize;
    fn from_numbers(numbers: &[f64]) -> Self;
}

impl Target for f32 {
    const NUMBERS: usize = 1;
    fn from_numbers(numbers: &[f64]) -> Self {
        numbers[0] as f32
    }
}

impl Target for f64 {
    const NUMBERS: usize = 1;
    fn from_numbers(numbers: &[f64]) -> Self {
        numbers[0]
    }
}

impl<A: Target, B: Target> Target for Pair<A, B> {
    const NUMBERS: usize = A::NUMBERS + B::NUMBERS;
    fn from_numbers(numbers: &[f64]) -> Self {
        Self { first: A::from_numbers(numbers), second: B::from_numbers(&numbers[A::NUMBERS..]) }
    }
}

impl<S: Target, const N: usize> Target for [S; N] {
    const NUMBERS: usize = N * S::NUMBERS;
    fn from_numbers(numbers: &[f64]) -> Self {
        std::array::from_fn(|i| S::from_numbers(&numbers[i * S::NUMBERS..]))
    }
}

impl<const N: usize> Target for Class<N> {
    const CLASSES: Option<u64> = Some(N as u64);
    const NUMBERS: usize = 1;
    fn from_numbers(numbers: &[f64]) -> Self {
        Self::new(class(numbers)).expect("a class")
    }
}

/// The class that a target's only number names.
#[allow(clippy::cast_sign_loss, reason = "the number of a class is not negative")]
pub(super) fn class(target: &[f64]) -> usize {
    target[0] as usize
}

/// Targets for any loss, `rows` of them: each a class of so many, or `numbers` probabilities that are multiples of 1/1024 and sum to 1.
fn draw_targets(classes: Option<u64>, numbers: usize, rows: usize, key: Key) -> Vec<f64> {
    (0..rows as u64).flat_map(|row| draw_target(classes, numbers, key.child(row))).collect()
}

fn draw_target(classes: Option<u64>, numbers: usize, key: Key) -> Vec<f64> {
    if let Some(classes) = classes {
        return vec![key.below(0, classes) as f64];
    }
    let weights: Vec<u64> = (0..numbers as u64).map(|n| 1 + key.below(n, 100)).collect();
    let sum: u64 = weights.iter().sum();
    let mut shares: Vec<u64> = weights.iter().map(|weight| weight * 1024 / sum).collect();
    shares[0] += 1024 - shares.iter().sum::<u64>();
    shares.into_iter().map(|share| share as f64 / 1024.0).collect()
}

struct Of<N: Layer, L: LossFor<N::Head, N::Out>> {
    loss: L,
    model: Model<N>,
    grad: Model<N>,
    x: Vec<N::In>,
    dx: Vec<N::In>,
    y: Vec<N::Out>,
    targets: Vec<L::Target>,
    numbers: Vec<f64>,
    memory: Buffer<N::Elem>,
    run: PassContext<'static>,
}

pub(crate) fn subject<N, L>(loss: L) -> Box<dyn Subject<N::Elem>>
where
    N: NaiveLayer<In: Differentiable<Elem = N::Elem>, Head: NaiveActivation>,
    L: LossFor<N::Head, N::Out, Target: Target> + Naive + Debug + 'static,
{
    Box::new(Of::<N, L> {
        loss,
        model: N::zeroed(),
        grad: N::zeroed(),
        x: vec![],
        dx: vec![],
        y: vec![],
        targets: vec![],
        numbers: vec![],
        memory: Buffer::new(),
        run: PassContext::new(Key::new(7)),
    })
}

impl<N, L> Of<N, L>
where
    N: NaiveLayer<In: Differentiable<Elem = N::Elem>, Head: NaiveActivation>,
    L: LossFor<N::Head, N::Out, Target: Target> + Naive + Debug + 'static,
{
    /// A pass of training by hand, with the gradient of the input.
    fn forth_and_back(&mut self, run: PassContext<'_>) -> f64 {
        let Self { loss, model, grad, x, dx, targets, memory, y, .. } = self;
        let run = run.stop_at_logits(L::LOGITS);
        let mut space = Workspace::new(memory.as_mut_slice(), x.len());
        let (out, dy, saved) = (space.samples::<N::Out>(), space.samples::<N::Out>(), space.take(N::SAVED));
        let scratch = space.rest();
        model.forward(x, out, saved, scratch, run);
        let sum = loss.gradient(out, targets, dy, run.parallel());
        model.backward(Trace { x, y: out, saved }, dy, Some(dx), grad, scratch, run);
        y.copy_from_slice(out);
        sum / x.len() as f64
    }
}

/// As [`Subject::name`] says.
fn name_of(tree: &LayerInfo, loss: &dyn Debug) -> String {
    fn layers(node: &LayerInfo, names: &mut Vec<String>) {
        if node.behaviour.is_sequence {
            node.children.iter().for_each(|child| layers(child.node, names));
        } else {
            names.push(node.to_string());
        }
    }
    let mut names = vec![];
    layers(tree, &mut names);
    format!("{} => {} | {loss:?}", tree.input, names.join(" => "))
}

/// Numbers from −1 to 1.
fn draw<T: Scalar>(values: &mut [T], key: Key) {
    for (n, value) in values.iter_mut().enumerate() {
        *value = T::of(2.0 * key.uniform::<f64>(n as u64) - 1.0);
    }
}

fn draw_params<T: Scalar>(params: &mut [T], tree: &'static LayerInfo, key: Key) {
    draw(params, key);
    tree.visit(&mut |place| {
        if place.param.kind == ParamKind::Buffer {
            for value in &mut params[place.range()] {
                *value = T::of(1.0 - value.to_f64_exact().abs() / 2.0);
            }
        }
    });
}

/// Samples of `len` numbers each, in whose padded halves from one step to all count.
fn draw_samples<T: Scalar>(samples: &mut [T], shape: Shape, len: usize, key: Key) {
    draw(samples, key.child(1));
    for (n, x) in samples.chunks_mut(len.max(1)).enumerate() {
        draw_lengths(shape, x, key.child(3), n as u64);
    }
}

/// Lets some steps of sample `n` count, in each half that is padded.
fn draw_lengths<T: Scalar>(shape: Shape, x: &mut [T], key: Key, n: u64) {
    if let Some([first, second]) = shape.halves() {
        let (first_x, second_x) = x.split_at_mut(first.len());
        draw_lengths(*first, first_x, key, n);
        draw_lengths(*second, second_x, key.child(1), n);
    } else if let ([steps, ..], true) = (shape.sizes(), shape.is_padded()) {
        *x.last_mut().expect("a mark") = T::of(key.below(n, *steps as u64) as f64);
    }
}

impl<N, L> Subject<N::Elem> for Of<N, L>
where
    N: NaiveLayer<In: Differentiable<Elem = N::Elem>, Head: NaiveActivation>,
    L: LossFor<N::Head, N::Out, Target: Target> + Naive + Debug + 'static,
{
    fn name(&self) -> String {
        name_of(const { &N::TREE }, &self.loss)
    }

    fn tree(&self) -> &'static LayerInfo {
        const { &N::TREE }
    }

    fn naive(&self, params: &[f64], x: &[f64]) -> Output {
        reference::predict::<N>(params, x)
    }

    fn naive_loss(&self, a: &[f64], target: &[f64]) -> f64 {
        self.loss.naive(N::Head::GIVES_LOGARITHMS, a, target)
    }

    fn draw(&mut self, rows: usize, key: Key) {
        draw_params(self.model.as_flat_mut(), const { &N::TREE }, key.child(0));
        self.x.resize(rows, N::In::zeros());
        draw_samples(flat_mut(&mut self.x), N::In::SHAPE, N::In::LEN, key);
        self.dx.resize(rows, N::In::zeros());
        self.y.resize(rows, N::Out::zeros());
        self.set_targets(draw_targets(L::Target::CLASSES, L::Target::NUMBERS, rows, key.child(2)));
        let need = pass::training_need::<N>().of(rows).max(pass::inference_need::<N>().of(rows));
        // A new one each time, so that a need that is too small is seen.
        self.memory = Buffer::new();
        self.memory.grow(need);
    }

    fn on(&mut self, parallel: Parallel<'static>) {
        self.run = self.run.on(parallel);
    }

    fn params(&mut self) -> &mut [N::Elem] {
        self.model.as_flat_mut()
    }

    fn grad(&mut self) -> &mut [N::Elem] {
        self.grad.as_flat_mut()
    }

    fn memory(&mut self) -> &mut [N::Elem] {
        self.memory.as_mut_slice()
    }

    fn x(&mut self) -> &mut [N::Elem] {
        flat_mut(&mut self.x)
    }

    fn dx(&mut self) -> &mut [N::Elem] {
        flat_mut(&mut self.dx)
    }

    fn y(&self) -> &[N::Elem] {
        flat(&self.y)
    }

    fn targets(&self) -> &[f64] {
        &self.numbers
    }

    fn set_targets(&mut self, numbers: Vec<f64>) {
        self.targets = numbers.chunks_exact(L::Target::NUMBERS).map(L::Target::from_numbers).collect();
        self.numbers = numbers;
    }

    fn gradient(&mut self) -> f64 {
        let Self { loss, model, grad, x, targets, memory, y, run, .. } = self;
        let (value, out) = pass::gradient(&**model, loss, x, targets, &mut **grad, memory.as_mut_slice(), *run);
        y.copy_from_slice(out);
        value
    }

    fn gradient_with_input(&mut self) -> f64 {
        self.forth_and_back(self.run)
    }

    fn frozen_gradient(&mut self) {
        self.forth_and_back(self.run.frozen());
    }

    fn infer_logits(&mut self) {
        let Self { model, x, memory, y, run, .. } = self;
        let run = run.stop_at_logits(L::LOGITS);
        y.copy_from_slice(pass::infer(&**model, x, memory.as_mut_slice(), run));
    }

    fn loss_in_use(&mut self) -> f64 {
        self.infer_logits();
        self.loss.value(&self.y, &self.targets, Parallel::SERIAL) / self.x.len() as f64
    }

    fn forward(&mut self) {
        let Self { model, x, memory, y, run, .. } = self;
        let mut space = Workspace::new(memory.as_mut_slice(), x.len());
        let saved = space.take(N::SAVED);
        model.forward(x, y, saved, space.rest(), *run);
    }

    fn of_loss(&mut self) {
        let mut dy = self.y.clone();
        self.loss.gradient(&self.y, &self.targets, &mut dy, self.run.parallel());
    }

    fn infer(&mut self) {
        let Self { model, x, memory, y, run, .. } = self;
        y.copy_from_slice(pass::infer(&**model, x, memory.as_mut_slice(), *run));
    }

    fn predict(&mut self) {
        for (x, y) in self.x.iter().zip(&mut self.y) {
            self.model.predict_into(x, y);
        }
    }

    fn evaluate(&mut self) -> f64 {
        let Self { loss, model, x, targets, memory, y, run, .. } = self;
        let (sum, out) = pass::evaluate(&**model, loss, x, targets, memory.as_mut_slice(), *run);
        y.copy_from_slice(out);
        sum / x.len() as f64
    }

    fn commit(&mut self) {
        self.model.commit(&self.grad);
    }

    fn training_loss(&mut self) -> f64 {
        let Self { loss, model, x, targets, memory, y, run, .. } = self;
        let mut space = Workspace::new(memory.as_mut_slice(), x.len());
        let saved = space.take(N::SAVED);
        model.forward(x, y, saved, space.rest(), run.stop_at_logits(L::LOGITS));
        loss.value(y, targets, Parallel::SERIAL) / x.len() as f64
    }
}
