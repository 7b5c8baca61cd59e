//! A network with a loss, its types erased, so that tests are plain loops.

use std::any::Any;
use std::fmt::Debug;

use typednet_layers::loss::LossFor;
use typednet_layers::{LayerInfo, ParamKind, PassContext, Workspace};
use typednet_tensor::{Buffer, Differentiable, Key, Parallel, Scalar, Shape};

use super::activations::NaiveActivation;
use super::passes::{AnyLoss, Batch, Pass, Passes, passes};
use super::reference::{self, NaiveLayer, Output};
use super::target::draw_targets;
pub(crate) use super::target::{Target, class};

/// A network, its loss, a batch, and all memory that passes over it take.
///
/// All of it is flat, so that the code of tests is compiled for each scalar, and that of [`Passes`] alone for each network.
pub(crate) struct Subject<T: 'static> {
    passes: &'static Passes<T>,
    loss: Box<dyn AnyLoss>,
    params: Buffer<T>,
    grad: Buffer<T>,
    x: Vec<T>,
    dx: Vec<T>,
    y: Vec<T>,
    targets: Box<dyn Any>,
    numbers: Vec<f64>,
    memory: Buffer<T>,
    run: PassContext<'static>,
    rows: usize,
}

/// Networks with their losses.
pub(crate) type Table<T> = Vec<Subject<T>>;

pub(crate) fn subject<N, L>(loss: L) -> Subject<N::Elem>
where
    N: NaiveLayer<In: Differentiable<Elem = N::Elem>, Head: NaiveActivation>,
    L: LossFor<N::Head, N::Out, Target: Target> + AnyLoss,
{
    Subject::new(passes::<N, L>(), Box::new(loss))
}

impl<T: Scalar> Subject<T> {
    fn new(passes: &'static Passes<T>, loss: Box<dyn AnyLoss>) -> Self {
        let block = || {
            let mut block = Buffer::new();
            block.grow(passes.params);
            block
        };
        Self {
            passes,
            loss,
            params: block(),
            grad: block(),
            x: vec![],
            dx: vec![],
            y: vec![],
            targets: Box::new(()),
            numbers: vec![],
            memory: Buffer::new(),
            run: PassContext::new(Key::new(7)),
            rows: 0,
        }
    }

    /// The layers and the loss, such as `Dense<4, Relu> => Dense<3, Softmax> | CrossEntropy`.
    pub(crate) fn name(&self) -> String {
        name_of(self.tree(), &self.loss)
    }

    pub(crate) fn tree(&self) -> &'static LayerInfo {
        self.passes.tree
    }

    /// Makes room for a batch of `rows`, and draws its inputs and targets and all parameters.
    ///
    /// All are multiples of 2⁻²⁴, which both scalars hold exactly. Buffers are from ½ to 1, since some are variances.
    pub(crate) fn draw(&mut self, rows: usize, key: Key) {
        let passes = self.passes;
        draw_params(self.params.as_mut_slice(), passes.tree, key.child(0));
        self.rows = rows;
        self.x.resize(rows * passes.input_len, T::zero());
        draw_samples(&mut self.x, passes.input, passes.input_len, key);
        self.dx.resize(rows * passes.input_len, T::zero());
        self.y.resize(rows * passes.output_len, T::zero());
        self.set_targets(draw_targets(passes.classes, passes.numbers, rows, key.child(2)));
        let need = passes.training_need.of(rows).max(passes.inference_need.of(rows));
        // A new one each time, so that a need that is too small is seen.
        self.memory = Buffer::new();
        self.memory.grow(need);
    }

    /// Lets all passes run on `parallel` from now on, but those of [`predict`](Subject::predict).
    pub(crate) fn on(&mut self, parallel: Parallel<'static>) {
        self.run = self.run.on(parallel);
    }

    pub(crate) fn params(&mut self) -> &mut [T] {
        self.params.as_mut_slice()
    }

    pub(crate) fn grad(&mut self) -> &mut [T] {
        self.grad.as_mut_slice()
    }

    /// Fills the gradient's block but for the places of frozen layers, which no pass writes.
    pub(crate) fn fill_gradient(&mut self, value: T) {
        let (tree, grad) = (self.tree(), self.grad());
        tree.visit(&mut |place| {
            if place.kind.has_gradient() {
                grad[place.range()].fill(value);
            }
        });
    }

    pub(crate) fn memory(&mut self) -> &mut [T] {
        self.memory.as_mut_slice()
    }

    pub(crate) fn x(&mut self) -> &mut [T] {
        &mut self.x
    }

    pub(crate) fn dx(&mut self) -> &mut [T] {
        &mut self.dx
    }

    /// The outputs of the last pass.
    pub(crate) fn y(&self) -> &[T] {
        &self.y
    }

    /// The targets as numbers: one for a class, else one for each output.
    pub(crate) fn targets(&self) -> &[f64] {
        &self.numbers
    }

    pub(crate) fn set_targets(&mut self, numbers: Vec<f64>) {
        self.targets = (self.passes.targets)(&numbers);
        self.numbers = numbers;
    }

    /// One pass in all of the memory.
    fn pass(&mut self, what: Pass, run: PassContext<'_>) -> f64 {
        let batch = Batch {
            params: self.params.as_mut_slice(),
            grad: self.grad.as_mut_slice(),
            x: &self.x,
            dx: &mut self.dx,
            y: &mut self.y,
            dy: &mut [],
            saved: &mut [],
            memory: self.memory.as_mut_slice(),
            targets: &*self.targets,
        };
        (self.passes.run)(what, &*self.loss, batch, run)
    }

    /// A pass of training; the mean loss.
    pub(crate) fn gradient(&mut self) -> f64 {
        self.pass(Pass::Gradient, self.run)
    }

    /// The same by hand, with the gradient of the input.
    pub(crate) fn gradient_with_input(&mut self) -> f64 {
        self.forth_and_back(self.run, &mut |_| ())
    }

    /// As [`gradient_with_input`](Subject::gradient_with_input); tells `note` what is done as soon as it is: the forward pass, the loss,
    /// the backward pass.
    pub(crate) fn gradient_with_input_noting(&mut self, note: &mut dyn FnMut(Pass)) {
        self.forth_and_back(self.run, note);
    }

    /// As [`gradient_with_input`](Subject::gradient_with_input), through a layer that is frozen.
    pub(crate) fn frozen_gradient(&mut self) {
        self.forth_and_back(self.run.frozen(), &mut |_| ());
    }

    /// A pass of training by hand, with the gradient of the input.
    fn forth_and_back(&mut self, run: PassContext<'_>, note: &mut dyn FnMut(Pass)) -> f64 {
        let (passes, run) = (self.passes, run.stop_at_logits(self.passes.logits));
        let mut space = Workspace::new(self.memory.as_mut_slice(), self.rows);
        let outputs = self.rows * passes.output_len;
        let (y, dy, saved) = (space.elements(outputs), space.elements(outputs), space.take(passes.saved));
        let memory = space.rest();
        let mut pass = |what| {
            let batch = Batch {
                params: self.params.as_mut_slice(),
                grad: self.grad.as_mut_slice(),
                x: &self.x,
                dx: &mut self.dx,
                y: &mut *y,
                dy: &mut *dy,
                saved: &mut *saved,
                memory: &mut *memory,
                targets: &*self.targets,
            };
            let loss = (passes.run)(what, &*self.loss, batch, run);
            note(what);
            loss
        };
        pass(Pass::Forward);
        let sum = pass(Pass::LossGradient);
        pass(Pass::Backward);
        self.y.copy_from_slice(y);
        sum / self.rows as f64
    }

    /// The forward pass of training, with the last activation.
    pub(crate) fn forward(&mut self) {
        self.forward_by(self.run);
    }

    fn forward_by(&mut self, run: PassContext<'_>) {
        let mut space = Workspace::new(self.memory.as_mut_slice(), self.rows);
        let saved = space.take(self.passes.saved);
        let batch = Batch {
            params: self.params.as_mut_slice(),
            grad: &mut [],
            x: &self.x,
            dx: &mut [],
            y: &mut self.y,
            dy: &mut [],
            saved,
            memory: space.rest(),
            targets: &*self.targets,
        };
        (self.passes.run)(Pass::Forward, &*self.loss, batch, run);
    }

    /// A pass of use.
    pub(crate) fn infer(&mut self) {
        self.pass(Pass::Infer, self.run);
    }

    /// A pass of use without the activation that the loss brings along.
    pub(crate) fn infer_logits(&mut self) {
        self.pass(Pass::Infer, self.run.stop_at_logits(self.passes.logits));
    }

    /// Each row by itself.
    pub(crate) fn predict(&mut self) {
        let (input, output) = (self.passes.input_len, self.passes.output_len);
        for (x, y) in self.x.chunks(input).zip(self.y.chunks_mut(output)) {
            let batch = Batch {
                params: self.params.as_mut_slice(),
                grad: &mut [],
                x,
                dx: &mut [],
                y,
                dy: &mut [],
                saved: &mut [],
                memory: &mut [],
                targets: &*self.targets,
            };
            (self.passes.run)(Pass::Predict, &*self.loss, batch, self.run);
        }
    }

    /// The mean loss in use.
    pub(crate) fn evaluate(&mut self) -> f64 {
        self.pass(Pass::Evaluate, self.run) / self.rows as f64
    }

    /// The mean loss of the outputs of the last pass.
    fn loss(&mut self) -> f64 {
        self.pass(Pass::Loss, self.run.on(Parallel::SERIAL)) / self.rows as f64
    }

    /// The mean loss in use, from [`infer_logits`](Subject::infer_logits).
    pub(crate) fn loss_in_use(&mut self) -> f64 {
        self.infer_logits();
        self.loss()
    }

    /// The mean loss in training, from a forward pass.
    pub(crate) fn training_loss(&mut self) -> f64 {
        self.forward_by(self.run.stop_at_logits(self.passes.logits));
        self.loss()
    }

    /// Takes over what the last pass of training left for the buffers.
    pub(crate) fn commit(&mut self) {
        self.pass(Pass::Commit, self.run);
    }

    /// Whether a layer is defined to differ between training and use.
    pub(crate) fn differs_in_training(&self) -> bool {
        self.tree().any(|node| node.behaviour.differs_in_training)
    }

    /// Whether a layer is defined to make the rows of a batch depend on each other in training.
    pub(crate) fn normalises_over_rows(&self) -> bool {
        self.tree().any(|node| node.behaviour.normalises_over_rows)
    }

    /// What the network gives for the sample `x` with the parameters `params`, by the formulas.
    pub(crate) fn naive(&self, params: &[f64], x: &[f64]) -> Output {
        reference::predict(self.passes.naive, params, x)
    }

    /// What the loss gives for one sample with the outputs `a`, by its formula.
    pub(crate) fn naive_loss(&self, a: &[f64], target: &[f64]) -> f64 {
        self.loss.naive(self.passes.gives_logarithms, a, target)
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
