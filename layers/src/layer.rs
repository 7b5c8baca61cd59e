//! The trait of all layers.

use typednet_tensor::{Differentiable, Flat, Sample, Scalar, flat};

use crate::{BackwardOverSlices, ForwardOverSlices, LayerInfo, PassContext, Path, WorkspaceSize};

/// The gradient of a loss by a sample `S`; see [`Sample::Grad`].
pub type Gradient<S> = <S as Sample>::Grad;

/// A function of a sample with parameters, whose input and output shapes are types, and its derivative.
///
/// The value of a layer is its parameters; its gradient is another value of the same type. Everything a layer needs
/// beside its parameters is lent to it: nothing is allocated in a pass.
///
/// # Contract
/// - [`forward`](Layer::forward) and [`infer`](Layer::infer) compute the same function of each row, except where a layer
///   is defined to differ between training and use (dropout, batch normalisation).
/// - [`backward`](Layer::backward) is called after `forward` with the same batch. It **overwrites** the gradient of each
///   of its parameters, so nobody has to zero it first.
/// - Where [`PassContext::logits`] is set, all passes leave off the activation that [`Head`](Layer::Head) names, and `dy` is the
///   gradient of what is left. A layer whose `Head` is [`Linear`](crate::Linear) has nothing to leave off.
/// - Where [`PassContext::is_frozen`] is set, `forward` computes what `infer` does, and `backward` computes ∂L/∂x of that and
///   leaves the gradient of its parameters alone. A layer that computes it nevertheless costs time, and nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer",
    note = "what `network!` declares is one; where a `Model<Net>` is at hand, write `&*model` or `&mut *model` for the `Net` in it"
)]
pub trait Layer: Flat<Elem: Scalar> + Send + Sync {
    /// One input.
    type In: Sample;

    /// One output.
    type Out: Differentiable<Elem = Self::Elem>;

    /// The activation at the end, which decides what losses fit; [`Linear`](crate::Linear) where there is none.
    type Head: 'static;

    /// The layer's parts, for summaries, initialisation, files and penalties.
    const TREE: LayerInfo;

    /// What the forward pass keeps for the backward pass, beside its input and output.
    const SAVED: WorkspaceSize = WorkspaceSize::NONE;

    /// Working memory that a pass of training may use and forget.
    const SCRATCH: WorkspaceSize = WorkspaceSize::NONE;

    /// Working memory that [`infer`](Layer::infer) may use and forget.
    const INFER: WorkspaceSize = WorkspaceSize::NONE;

    /// [`forward`](Layer::forward) as a function that is compiled once for all layers of this kind: the same bits.
    #[doc(hidden)]
    const FORWARD: Option<&'static dyn ForwardOverSlices<Self::Elem>> = None;

    /// The same for [`backward`](Layer::backward).
    #[doc(hidden)]
    const BACKWARD: Option<&'static dyn BackwardOverSlices<Self::Elem>> = None;

    /// y ← f(x) for one sample, with nothing but the stack.
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out);

    /// y ← f(x) for each row, in use: no dropout, running statistics.
    ///
    /// `scratch` has at least [`INFER`](Layer::INFER) elements for the number of rows.
    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [Self::Elem], run: PassContext<'_>) {
        let _ = scratch;
        debug_assert!(!run.logits(), "a layer with an activation at its end must write its own `infer`");
        for (x, y) in x.iter().zip(y) {
            self.predict_into(x, y);
        }
    }

    /// As [`infer`](Layer::infer), and shows `visit` what each layer inside this one gives, in the order of the pass.
    ///
    /// A layer with layers inside it shows each of them, after those inside that one; it does not show itself. `path` is
    /// where it stands in the network: [`Path::ROOT`] for the network itself. Nothing is allocated.
    ///
    /// ```
    /// use typednet_layers::{Chain, Dense, Layer, Network, Path, Relu, PassContext};
    /// use typednet_tensor::Key;
    ///
    /// type Net = Chain<Dense<2, 3, Relu>, Dense<3, 1>>;
    /// let (net, mut y) = (Net::seeded(0), [[0.0]; 4]);
    /// let mut memory = vec![0.0; Net::INFER.of(4)];
    /// let mut seen = Vec::new();
    /// net.visit_outputs(&[[1.0, 2.0]; 4], &mut y, &mut memory, PassContext::new(Key::new(0)), &Path::ROOT, &mut |output| {
    ///     seen.push(format!("{}: {} gives {} values", output.path, output.node, output.values.len()));
    /// });
    /// assert_eq!(seen, ["first: Dense<3, Relu> gives 12 values", "rest: Dense<1, Linear> gives 4 values"]);
    /// ```
    fn visit_outputs(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [Self::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, Self::Elem>),
    ) {
        let _ = (path, visit);
        self.infer(x, y, scratch, run);
    }

    /// y ← f(x) for each row, in training.
    ///
    /// `saved` has at least [`SAVED`](Layer::SAVED) elements and `scratch` at least [`SCRATCH`](Layer::SCRATCH).
    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        saved: &mut [Self::Elem],
        scratch: &mut [Self::Elem],
        run: PassContext<'_>,
    );

    /// From ∂L/∂y in `dy`: ∂L/∂θ into `grad`, and ∂L/∂x into `dx` where that is asked for.
    ///
    /// `dy` may be used as scratch. `scratch` has at least [`SCRATCH`](Layer::SCRATCH) elements.
    ///
    /// A layer of numbers writes `Option<&mut [Self::In]>`: the gradient is of the same type. That of tokens is nothing
    /// ([`NoGradient`](typednet_tensor::NoGradient)).
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Gradient<Self::In>]>,
        grad: &mut Self,
        scratch: &mut [Self::Elem],
        run: PassContext<'_>,
    );

    /// Takes over what the backward pass left in the places of [`ParamKind::Buffer`](crate::ParamKind::Buffer) in `grad`; called
    /// once after each step.
    fn commit(&mut self, grad: &Self) {
        let _ = grad;
    }
}

/// What a forward pass left behind for the backward pass.
pub struct Trace<'a, L: Layer> {
    /// The batch that went in.
    pub x: &'a [L::In],
    /// The batch that came out.
    pub y: &'a [L::Out],
    /// What the layer saved.
    pub saved: &'a mut [L::Elem],
}

/// What a layer inside a network gives for a batch; see [`Layer::visit_outputs`].
#[derive(Clone, Copy, Debug)]
pub struct Output<'a, T> {
    /// Where the layer stands in the network.
    pub path: &'a Path<'a>,
    /// The layer.
    pub node: &'static LayerInfo,
    /// What it gives, one row behind the other.
    pub values: &'a [T],
}

impl<T> Output<'_, T> {
    /// Passes the batch through `layer`, which stands at `path`, and shows what it gives.
    pub(crate) fn show<L: Layer<Elem = T>>(
        layer: &L,
        x: &[L::In],
        y: &mut [L::Out],
        scratch: &mut [T],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, T>),
    ) {
        layer.visit_outputs(x, y, scratch, run, path, visit);
        visit(Output { path, node: const { &L::TREE }, values: flat(y) });
    }
}
