//! Two layers on the two halves of a pair.

use typednet_tensor::{Beside, Flat, Pair, Sample, Scalar, impl_flat};

use super::half::{self, Half};
use crate::{
    Behaviour, Child, Gradient, Layer, LayerInfo, Linear, Operation, Output, PassContext, Path, Trace, Workspace,
    WorkspaceSize,
};

/// A layer for each of two samples: (x, z) becomes (f(x), g(z)), as an encoder's and a decoder's embedding do of two texts.
///
/// # Shapes
/// x is `Pair<A::In, B::In>`, y is `Pair<A::Out, B::Out>`. Each half may be of any kind: tokens of different vocabularies, a picture and a
/// row, padded steps. Parameters: those of both.
///
/// A half that is itself a pair of tokens and numbers can be read in use, but not trained: that a part of it has a gradient and a part has
/// none is an error when the program is built. Let tokens and numbers be the two halves of the outer pair.
///
/// ```
/// use typednet_layers::{Dense, Embedding, Halves, Network};
/// use typednet_tensor::{Pair, Token};
///
/// let both = Halves::new(Embedding::<3, 2>::new([[0.0; 2], [5.0; 2], [7.0; 2]]), Dense::<1, 1>::new([[2.0]], [0.0]));
/// let y = both.predict(&Pair { first: Token::new(2)?, second: [3.0] });
/// assert_eq!(y, Pair { first: [7.0, 7.0], second: [6.0] });
/// # Ok::<(), typednet_tensor::TokenError>(())
/// ```
#[repr(C)]
pub struct Halves<A, B> {
    /// f
    pub first: A,
    /// g
    pub second: B,
}

impl<A, B> Halves<A, B> {
    /// `first` on the first half, and `second` on the second.
    pub const fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>] Halves<A, B>: A::Elem {
        first: A,
        second: B,
    }
}

impl<A, B> Layer for Halves<A, B>
where
    A: Layer<Elem: Scalar, In: Sample<Elem: Beside<<B::In as Flat>::Elem>>>,
    B: Layer<Elem = A::Elem>,
{
    type In = Pair<A::In, B::In>;
    type Out = Pair<A::Out, B::Out>;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Halves",
        args: &[],
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        params: &[],
        children: &[Child { name: "first", node: &A::TREE }, Child { name: "second", node: &B::TREE }],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfHalves),
    };

    const SAVED: WorkspaceSize = A::SAVED.and(B::SAVED);

    /// One half after the other.
    const SCRATCH: WorkspaceSize = half::need::<A>().or(half::need::<B>());

    const INFER: WorkspaceSize = half::infer_need::<A>().or(half::infer_need::<B>());

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        self.first.predict_into(&x.first, &mut y.first);
        self.second.predict_into(&x.second, &mut y.second);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [A::Elem], run: PassContext<'_>) {
        half::infer(&self.first, (x, Half::first()), (y, Half::first()), scratch, run.child(0));
        half::infer(&self.second, (x, Half::second()), (y, Half::second()), scratch, run.child(1));
    }

    fn visit_outputs(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        let [first, second] = [path.inner("first"), path.inner("second")];
        half::show(&self.first, (x, Half::first()), (y, Half::first()), scratch, run.child(0), &first, visit);
        half::show(&self.second, (x, Half::second()), (y, Half::second()), scratch, run.child(1), &second, visit);
    }

    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        saved: &mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let of_first = saved.take(A::SAVED);
        half::forward(&self.first, (x, Half::first()), (y, Half::first()), of_first, scratch, run.child(0));
        half::forward(&self.second, (x, Half::second()), (y, Half::second()), saved.rest(), scratch, run.child(1));
    }

    /// That of each layer for its half.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        mut dx: Option<&mut [Pair<Gradient<A::In>, Gradient<B::In>>]>,
        grad: &mut Self,
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let mut saved = Workspace::new(saved, x.len());
        let of_first = saved.take(A::SAVED);
        half::backward(
            &self.first,
            (x, Half::first()),
            (y, dy, Half::first()),
            dx.as_deref_mut().map(|dx| (dx, Half::first())),
            &mut grad.first,
            [of_first, &mut *scratch],
            run.child(0),
        );
        half::backward(
            &self.second,
            (x, Half::second()),
            (y, dy, Half::second()),
            dx.map(|dx| (dx, Half::second())),
            &mut grad.second,
            [saved.rest(), scratch],
            run.child(1),
        );
    }

    fn commit(&mut self, grad: &Self) {
        self.first.commit(&grad.first);
        self.second.commit(&grad.second);
    }
}
