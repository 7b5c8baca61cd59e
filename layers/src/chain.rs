//! Two layers, one after the other, as a type.

use typednet_tensor::{Flat, Sample, Scalar, impl_flat, same, same_mut};

use crate::join::Gets;
use crate::{Behaviour, Child, Gradient, Layer, LayerInfo, Output, PassContext, Path, Trace, Workspace, WorkspaceSize};
#[cfg(feature = "alloc")]
use {
    crate::{Network, join::Known},
    typednet_tensor::Model,
};

/// First `A`, then `B`; what `network!( … )` gives where a type is wanted. A longer network is a chain of chains.
///
/// Where `B` does not read what `A` gives it is no layer, and [`seeded`](Chain::seeded) and [`zeroed`](Chain::zeroed) say
/// which sizes these are.
#[repr(C)]
pub struct Chain<A, B> {
    /// The first layer.
    pub first: A,
    /// The layers after it.
    pub rest: B,
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>] Chain<A, B>: A::Elem {
        first: A,
        rest: B,
    }
}

/// The model of a chain `C` of `A` and `B`: `Model<C>`, but a type that rustc does not know where `A` or `B` is a chain that
/// does not fit, or they do not. So what is done with the model gives no further errors.
#[cfg(feature = "alloc")]
type Fitting<C, A, B> = <<A as Layer>::Head as Known>::Then<
    <<B as Layer>::Head as Known>::Then<<<B as Layer>::In as Gets<<A as Layer>::Out, B>>::Then<Model<C>>>,
>;

/// The model as rustc knows it.
#[cfg(feature = "alloc")]
fn known<A, B>(model: Model<Chain<A, B>>) -> Fitting<Chain<A, B>, A, B>
where
    A: Layer,
    B: Layer<Elem = A::Elem, In: Gets<A::Out, B>>,
{
    let fitting = <B::In as Gets<A::Out, B>>::then(model);
    <A::Head as Known>::then(<B::Head as Known>::then(fitting))
}

/// The two ways to a model, as the chain's own: of those of a trait that it does not implement rustc would say that they are
/// missing, without the sizes.
#[cfg(feature = "alloc")]
#[rustfmt::skip]
impl<A, B> Chain<A, B> {
    /// As [`Network::seeded`]: a `Model<Chain<A, B>>`.
    // On one line, as rustc shows it.
    pub fn seeded(seed: u64) -> Fitting<Self, A, B> where A: Layer, B: Layer<Elem = A::Elem, In: Gets<A::Out, B>> {
        known::<A, B>(Network::seeded(seed))
    }

    /// As [`Network::zeroed`]: a `Model<Chain<A, B>>`.
    pub fn zeroed() -> Fitting<Self, A, B> where A: Layer, B: Layer<Elem = A::Elem, In: Gets<A::Out, B>> {
        known::<A, B>(Network::zeroed())
    }
}

impl<A, B> Layer for Chain<A, B>
where
    A: Layer,
    B: Layer<Elem = A::Elem>,
    A::Elem: Scalar,
    B::In: Gets<A::Out, B>,
{
    type In = A::In;
    type Out = B::Out;
    // The head of `B`, but not known where the chain does not fit: `Fitting` asks for it.
    type Head = <B::In as Gets<A::Out, B>>::Then<B::Head>;

    const TREE: LayerInfo = LayerInfo {
        name: "Chain",
        args: &[],
        input: A::In::SHAPE,
        output: B::Out::SHAPE,
        params: &[],
        children: &[Child { name: "first", node: &A::TREE }, Child { name: "rest", node: &B::TREE }],
        flops: 0,
        behaviour: Behaviour::PLAIN.sequence(),
    };

    /// What each layer saves, and the value between them.
    const SAVED: WorkspaceSize = A::SAVED.and(WorkspaceSize::rows(A::Out::LEN)).and(B::SAVED);

    /// The gradient of the value between them, and what either layer takes.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(A::Out::LEN).and(A::SCRATCH.or(B::SCRATCH));

    const INFER: WorkspaceSize = WorkspaceSize::rows(A::Out::LEN).and(A::INFER.or(B::INFER));

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut B::Out) {
        let mut between = [A::Out::zeros()];
        self.first.predict_into(x, &mut between[0]);
        self.rest.predict_into(&same(&between)[0], y);
    }

    fn infer(&self, x: &[A::In], y: &mut [B::Out], scratch: &mut [A::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        self.first.infer(x, between, scratch, run.child(0));
        self.rest.infer(same(between), y, scratch, run.last(1));
    }

    fn visit_outputs(
        &self,
        x: &[A::In],
        y: &mut [B::Out],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        Output::show(&self.first, x, between, scratch, run.child(0), &path.inner("first"), visit);
        Output::show(&self.rest, same(between), y, scratch, run.last(1), &path.inner("rest"), visit);
    }

    fn forward(
        &self,
        x: &[A::In],
        y: &mut [B::Out],
        saved: &mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let (saved_a, between, saved_b) = (saved.take(A::SAVED), saved.samples::<A::Out>(), saved.rest());
        self.first.forward(x, between, saved_a, scratch, run.child(0));
        self.rest.forward(same(between), y, saved_b, scratch, run.last(1));
    }

    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [B::Out],
        dx: Option<&mut [Gradient<A::In>]>,
        grad: &mut Self,
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let mut saved = Workspace::new(saved, x.len());
        let (saved_a, between, saved_b) = (saved.take(A::SAVED), saved.samples::<A::Out>(), saved.rest());
        let mut scratch = Workspace::new(scratch, x.len());
        let d_between = scratch.samples::<A::Out>();
        let scratch = scratch.rest();
        let trace_b = Trace { x: same(between), y, saved: saved_b };
        // Nobody reads the gradient of what a layer without parameters gives, unless its input's is asked for.
        let wanted = (dx.is_some() || A::LEN > 0).then_some(same_mut(&mut *d_between));
        self.rest.backward(trace_b, dy, wanted, &mut grad.rest, scratch, run.last(1));
        let trace_a = Trace { x, y: between, saved: saved_a };
        self.first.backward(trace_a, d_between, dx, &mut grad.first, scratch, run.child(0));
    }

    fn commit(&mut self, grad: &Self) {
        self.first.commit(&grad.first);
        self.rest.commit(&grad.rest);
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;
    use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use typednet_tensor::Key;

    use super::*;
    use crate::{ActivationLayer, Dense, Linear, Noise, Relu, bits};

    #[test]
    fn a_chain_makes_the_models_that_every_network_makes() {
        type Net = Chain<Dense<4, 3, Relu>, Chain<Dense<3, 3>, Dense<3, 2>>>;
        let bits = |model: Model<Net>| -> Vec<u32> { model.as_flat().iter().map(|weight| weight.to_bits()).collect() };
        assert_eq!(bits(Net::seeded(7)), bits(<Net as Network>::seeded(7)));
        assert_ne!(bits(Net::seeded(7)), bits(Net::seeded(8)));
        assert!(Net::zeroed().as_flat().iter().all(|weight| weight.to_bits() == 0));
    }

    /// Notes whether it was asked for the gradient of what it reads.
    #[repr(C)]
    struct Asked {
        elements: [f64; 0],
    }

    typednet_tensor::impl_flat! { [] Asked: f64 { elements: [f64; 0], } }

    static ASKED: AtomicBool = AtomicBool::new(false);

    impl Layer for Asked {
        type In = [f64; 2];
        type Out = [f64; 2];
        type Head = Linear;
        const TREE: LayerInfo = ActivationLayer::<[f64; 2], Relu>::TREE;

        fn predict_into(&self, x: &[f64; 2], y: &mut [f64; 2]) {
            *y = *x;
        }

        fn forward(&self, x: &[[f64; 2]], y: &mut [[f64; 2]], _: &mut [f64], _: &mut [f64], _: PassContext<'_>) {
            y.copy_from_slice(x);
        }

        fn backward(
            &self,
            _: Trace<'_, Self>,
            dy: &mut [[f64; 2]],
            dx: Option<&mut [[f64; 2]]>,
            _: &mut Self,
            _: &mut [f64],
            _: PassContext<'_>,
        ) {
            ASKED.store(dx.is_some(), Relaxed);
            if let Some(dx) = dx {
                dx.copy_from_slice(dy);
            }
        }
    }

    #[test]
    fn no_layer_is_asked_for_a_gradient_that_nobody_reads() {
        fn asked<A: Layer<In = [f64; 2], Out = [f64; 2], Elem = f64>>(input: bool) -> bool {
            let (model, mut grad) = (Chain::<A, Asked>::zeroed(), Chain::<A, Asked>::zeroed());
            let (mut saved, mut scratch, mut dx) = (vec![0.0; 64], vec![0.0; 64], [[0.0; 2]]);
            let trace = Trace { x: &[[1.0; 2]], y: &[[1.0; 2]], saved: &mut saved };
            let dx = input.then_some(&mut dx[..]);
            model.backward(trace, &mut [[1.0; 2]], dx, &mut grad, &mut scratch, PassContext::new(Key::new(0)));
            ASKED.load(Relaxed)
        }
        type Noisy = Noise<[f64; 2], { bits(0.1) }>;
        assert!(!asked::<Noisy>(false), "noise has no parameters");
        assert!(asked::<Noisy>(true), "the input's gradient is made of it");
        assert!(asked::<Dense<2, 2, Linear, f64>>(false), "so is that of the weights");
    }
}
