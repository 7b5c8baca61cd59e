//! Two branches, one beside the other.

use typednet_tensor::{Flat, Sample, Scalar, impl_flat};

use crate::branches::{Name, Pair, branch_name};
use crate::{Behaviour, Child, Layer, LayerInfo, Linear, Output, PassContext, Path, Trace, Workspace, WorkspaceSize};

/// Two branches that read the same, and what they give in one row: y = (a(x), b(x)), where a is the layer `A` and b the
/// layer `B`.
///
/// Each gets its part of ∂L/∂y, and what they give back for x is added: ∂L/∂x = (∂a/∂x)ᵀ ∂L/∂a + (∂b/∂x)ᵀ ∂L/∂b.
///
/// # Shapes
/// `A` and `B` read one shape; a is `[T; N]`, b is `[T; M]` and y is `[T; WIDTH]`, where `WIDTH` is N + M. In `network!` it
/// is written `Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>`, with two branches or more, and `WIDTH` follows
/// from them; what does not fit is an error there. By hand it is an error when the program is built.
///
/// `LEFT` and `RIGHT` are the names of the branches in the network's tree, as [`branch_name`] makes numbers of them. Of
/// three branches the last two are a `Concat` of their own, which is called `rest`.
///
/// Parameters: those of `A`, then those of `B`.
///
/// ```
/// use typednet_layers::{Concat, Dense, Network};
///
/// let sum = Dense::<2, 1>::new([[1.0], [1.0]], [0.0]);
/// let double = Dense::<2, 2>::new([[2.0, 0.0], [0.0, 2.0]], [0.0, 0.0]);
/// let layer: Concat<_, _, 3> = Concat::new(sum, double);
/// assert_eq!(layer.predict(&[1.0, 2.0]), [3.0, 2.0, 4.0]);
/// ```
#[repr(C)]
pub struct Concat<
    A,
    B,
    const WIDTH: usize,
    const LEFT: u128 = { branch_name("left") },
    const RIGHT: u128 = { branch_name("right") },
> {
    /// a
    pub left: A,
    /// b
    pub right: B,
}

impl<A, B, const WIDTH: usize, const LEFT: u128, const RIGHT: u128> Concat<A, B, WIDTH, LEFT, RIGHT> {
    /// `left` and `right`, one beside the other.
    pub const fn new(left: A, right: B) -> Self {
        Self { left, right }
    }
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>, const WIDTH: usize, const LEFT: u128, const RIGHT: u128]
    Concat<A, B, WIDTH, LEFT, RIGHT>: A::Elem {
        left: A,
        right: B,
    }
}

impl<A, B, const WIDTH: usize, const LEFT: u128, const RIGHT: u128> Concat<A, B, WIDTH, LEFT, RIGHT>
where
    A: Layer<Elem: Scalar>,
    B: Layer<Elem = A::Elem>,
{
    const FITS: () = {
        let rows = A::Out::SHAPE.sizes().len() == 1 && B::Out::SHAPE.sizes().len() == 1;
        assert!(rows, "a concat needs branches that each give one row of numbers");
        assert!(A::Out::LEN + B::Out::LEN == WIDTH, "a concat's width is the sum of what its branches give");
    };

    fn pair(&self) -> Pair<'_, A, B> {
        Pair { left: &self.left, right: &self.right }
    }

    /// y ← (a, b)
    fn join(a: &[A::Out], b: &[B::Out], y: &mut [[A::Elem; WIDTH]]) {
        let () = Self::FITS;
        for (y, (a, b)) in y.iter_mut().zip(a.iter().zip(b)) {
            let (left, right) = y.split_at_mut(A::Out::LEN);
            left.copy_from_slice(a.as_flat());
            right.copy_from_slice(b.as_flat());
        }
    }
}

/// Whether the branches read the same is asked apart, as with [`Residual`](crate::Residual).
impl<A, B, const WIDTH: usize, const LEFT: u128, const RIGHT: u128> Layer for Concat<A, B, WIDTH, LEFT, RIGHT>
where
    A: Layer<Elem: Scalar, In: Sample<Elem = <A as Flat>::Elem>>,
    B: Layer<Elem = A::Elem, In: Sample<Elem = A::Elem>>,
{
    type In = A::In;
    type Out = [A::Elem; WIDTH];
    /// The row as a whole is no activation's output, whatever the branches end with.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Concat",
        args: &[],
        input: A::In::SHAPE,
        output: <[A::Elem; WIDTH]>::SHAPE,
        params: &[],
        children: &[
            Child { name: Name::<LEFT>::TEXT, node: &A::TREE },
            Child { name: Name::<RIGHT>::TEXT, node: &B::TREE },
        ],
        flops: 0,
        behaviour: Behaviour::PLAIN,
    };

    const SAVED: WorkspaceSize = Pair::<A, B>::SAVED;

    /// Both parts of ∂L/∂y, and what both branches take.
    const SCRATCH: WorkspaceSize =
        WorkspaceSize::rows(A::Out::LEN).and(WorkspaceSize::rows(B::Out::LEN)).and(Pair::<A, B>::SCRATCH);

    const INFER: WorkspaceSize =
        WorkspaceSize::rows(A::Out::LEN).and(WorkspaceSize::rows(B::Out::LEN)).and(Pair::<A, B>::INFER);

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut Self::Out) {
        let (mut a, mut b) = ([A::Out::zeros()], [B::Out::zeros()]);
        self.pair().predict_into(x, &mut a[0], &mut b[0]);
        Self::join(&a, &b, core::slice::from_mut(y));
    }

    fn infer(&self, x: &[A::In], y: &mut [Self::Out], scratch: &mut [A::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (a, b) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        self.pair().infer(x, (&mut *a, &mut *b), scratch.rest(), run);
        Self::join(a, b, y);
    }

    fn visit_outputs(
        &self,
        x: &[A::In],
        y: &mut [Self::Out],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (a, b) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        let paths = (&path.inner(Name::<LEFT>::TEXT), &path.inner(Name::<RIGHT>::TEXT));
        self.pair().visit_outputs(x, (&mut *a, &mut *b), scratch.rest(), run, paths, visit);
        Self::join(a, b, y);
    }

    fn forward(
        &self,
        x: &[A::In],
        y: &mut [Self::Out],
        saved: &mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let (a, b) = self.pair().forward(x, saved, scratch, run);
        Self::join(a, b, y);
    }

    /// ∂L/∂a and ∂L/∂b are the two parts of ∂L/∂y.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [A::In]>,
        grad: &mut Self,
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let mut scratch = Workspace::new(scratch, x.len());
        let (da, db) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        for (dy, (da, db)) in dy.iter().zip(da.iter_mut().zip(&mut *db)) {
            let (left, right) = dy.split_at(A::Out::LEN);
            da.as_flat_mut().copy_from_slice(left);
            db.as_flat_mut().copy_from_slice(right);
        }
        let grads = (&mut grad.left, &mut grad.right);
        self.pair().backward((x, saved), (da, db), dx, grads, scratch.rest(), run);
    }

    fn commit(&mut self, grad: &Self) {
        self.left.commit(&grad.left);
        self.right.commit(&grad.right);
    }
}
