//! Two branches, one beside the other.

use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::branches::Pair;
use crate::{
    Behaviour, Child, Labels, Layer, LayerInfo, Linear, Named, Operation, Output, PassContext, Path, Trace, Workspace,
    WorkspaceSize, threads,
};
use typednet_tensor::{
    Differentiable, Flat, Parallel, Sample, Scalar, Shape, flat, flat_mut, impl_flat, recast, recast_mut,
};

/// Two branches that read the same, and what they give side by side: y = (a(x), b(x)), where a is the layer `A` and b the
/// layer `B`. Rows are joined to one row, images by their channels, and any other arrays along their last axis.
///
/// Each gets its part of ∂L/∂y, and what they give back for x is added: ∂L/∂x = (∂a/∂x)ᵀ ∂L/∂a + (∂b/∂x)ᵀ ∂L/∂b.
///
/// # Shapes
/// `A` and `B` read one shape; a is `[T; N]`, b is `[T; M]` and y is `[T; N + M]`, or all three are arrays of as many of those,
/// such as images `[[[T; N]; W]; H]` of one height and width. `Out` is the type of y. In `network!` it is written
/// `Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>`, with two branches or more, and `Out` follows from them; what
/// does not fit is an error there. By hand it is an error when the program is built.
///
/// `L` holds the [`Labels`], by which the branches are fields: `layer.deep.first.weight`. Of three branches the last two are a
/// `Concat` of their own, which is called `rest`.
///
/// Parameters: those of `A`, then those of `B`.
///
/// ```
/// use typednet_layers::{Concat, Dense, Network};
///
/// let sum = Dense::<2, 1>::new([[1.0], [1.0]], [0.0]);
/// let double = Dense::<2, 2>::new([[2.0, 0.0], [0.0, 2.0]], [0.0, 0.0]);
/// let layer: Concat<_, _, [f32; 3]> = Concat::new(sum, double);
/// assert_eq!(layer.predict(&[1.0, 2.0]), [3.0, 2.0, 4.0]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Concat, Dense, Network};
///
/// // Two and two are not five.
/// Concat::<Dense<3, 2>, Dense<3, 2>, [f32; 5]>::seeded(0).predict(&[0.0; 3]);
/// ```
#[repr(C)]
pub struct Concat<A, B, Out, L = Named> {
    pub(crate) first: A,
    pub(crate) second: B,
    kind: PhantomData<fn() -> (Out, L)>,
}

impl<A, B, Out, L> Concat<A, B, Out, L> {
    /// `first` and `second`, one beside the other.
    pub const fn new(first: A, second: B) -> Self {
        Self { first, second, kind: PhantomData }
    }
}

/// The branches as fields under their labels.
impl<A: Flat, B: Flat<Elem = A::Elem>, Out: 'static, L: Labels> Deref for Concat<A, B, Out, L> {
    type Target = L::Fields<A, B>;

    #[inline]
    fn deref(&self) -> &L::Fields<A, B> {
        recast(self)
    }
}

impl<A: Flat, B: Flat<Elem = A::Elem>, Out: 'static, L: Labels> DerefMut for Concat<A, B, Out, L> {
    #[inline]
    fn deref_mut(&mut self) -> &mut L::Fields<A, B> {
        recast_mut(self)
    }
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>, Out: 'static, L: 'static]
    Concat<A, B, Out, L>: A::Elem {
        first: A,
        second: B,
    } markers { kind }
}

impl<A, B, Out, L: Labels> Concat<A, B, Out, L>
where
    A: Layer<Elem: Scalar>,
    B: Layer<Elem = A::Elem>,
    Out: Differentiable<Elem = A::Elem>,
{
    /// The size of the last axis of a.
    const LEFT_WIDTH: usize = last(A::Out::SHAPE.sizes());

    /// The size of the last axis of b.
    const RIGHT_WIDTH: usize = last(B::Out::SHAPE.sizes());

    const FITS: () = {
        let (a, b, y) = (A::Out::SHAPE, B::Out::SHAPE, Out::SHAPE);
        assert!(
            is_of_numbers(a) && is_of_numbers(b) && is_of_numbers(y),
            "`Concat` joins arrays of numbers: its branches must give neither padded steps nor pairs"
        );
        let ([outer_a @ .., a], [outer_b @ .., b], [outer_y @ .., y]) = (a.sizes(), b.sizes(), y.sizes()) else {
            panic!("a concat joins rows or arrays of rows: its branches must not give single numbers")
        };
        assert!(
            are_equal(outer_a, outer_b),
            "a concat joins along the last axis: before it, what its branches give must have one shape"
        );
        assert!(
            are_equal(outer_a, outer_y) && *a + *b == *y,
            "a concat gives what its branches give side by side: the last axis of its output is the sum of theirs, and the others \
             are the same"
        );
    };

    fn pair(&self) -> Pair<'_, A, B> {
        Pair { left: &self.first, right: &self.second }
    }

    /// The branches.
    pub(crate) const fn branches(&self) -> (&A, &B) {
        (&self.first, &self.second)
    }

    /// y ← (a, b), whatever stands before the last axis.
    pub(crate) fn join(a: &[A::Elem], b: &[A::Elem], y: &mut [A::Elem], parallel: Parallel<'_>) {
        let () = Self::FITS;
        join(a, b, y, [Self::LEFT_WIDTH, Self::RIGHT_WIDTH], parallel);
    }

    /// (a, b) ← y
    fn cut(y: &[Out], a: &mut [A::Out], b: &mut [B::Out], parallel: Parallel<'_>) {
        Self::column(flat(y), 0, flat_mut(a), Self::LEFT_WIDTH, parallel);
        Self::column(flat(y), Self::LEFT_WIDTH, flat_mut(b), Self::RIGHT_WIDTH, parallel);
    }

    /// part ← `width` elements of each row of y, from `first` on
    fn column(y: &[A::Elem], first: usize, part: &mut [A::Elem], width: usize, parallel: Parallel<'_>) {
        if width == 0 {
            return;
        }
        threads::by_rows(parallel, part, width, |at, part| {
            let whole = Self::LEFT_WIDTH + Self::RIGHT_WIDTH;
            for (row, part) in y[at / width * whole..].chunks_exact(whole).zip(part.chunks_exact_mut(width)) {
                part.copy_from_slice(&row[first..first + width]);
            }
        });
    }
}

/// y ← (a, b) of rows of these widths.
fn join<T: Scalar>(a: &[T], b: &[T], y: &mut [T], [of_a, of_b]: [usize; 2], parallel: Parallel<'_>) {
    let width = of_a + of_b;
    if width == 0 {
        return;
    }
    threads::by_rows(parallel, y, width, |at, y| {
        let (mut a, mut b) = (&a[at / width * of_a..], &b[at / width * of_b..]);
        for row in y.chunks_exact_mut(width) {
            let (left, right) = row.split_at_mut(of_a);
            let (from_a, from_b);
            (from_a, a) = a.split_at(of_a);
            (from_b, b) = b.split_at(of_b);
            left.copy_from_slice(from_a);
            right.copy_from_slice(from_b);
        }
    });
}

/// y ← (a, b), joined along the last axis, of which the layer has asked that it fits.
pub(crate) fn beside<A, B, Y>(a: &[A], b: &[B], y: &mut [Y], parallel: Parallel<'_>)
where
    A: Differentiable<Elem: Scalar>,
    B: Differentiable<Elem = A::Elem>,
    Y: Differentiable<Elem = A::Elem>,
{
    join(flat(a), flat(b), flat_mut(y), const { [last(A::SHAPE.sizes()), last(B::SHAPE.sizes())] }, parallel);
}

/// The last of some sizes; 0 where there is none.
/// Whether it is that of an array of numbers, and of nothing else.
const fn is_of_numbers(shape: Shape) -> bool {
    !shape.is_padded() && shape.halves().is_none()
}

/// Whether the sizes are the same.
const fn are_equal(a: &[usize], b: &[usize]) -> bool {
    let mut equal = a.len() == b.len();
    let mut i = 0;
    while equal && i < a.len() {
        equal = a[i] == b[i];
        i += 1;
    }
    equal
}

const fn last(sizes: &[usize]) -> usize {
    if let [.., last] = sizes { *last } else { 0 }
}

/// Whether the branches read the same is asked apart, as with [`Residual`](crate::Residual).
impl<A, B, Out, L: Labels> Layer for Concat<A, B, Out, L>
where
    A: Layer<Elem: Scalar, In: Differentiable<Elem = <A as Flat>::Elem>>,
    B: Layer<Elem = A::Elem, In: Differentiable<Elem = A::Elem>>,
    Out: Differentiable<Elem = A::Elem>,
{
    type In = A::In;
    type Out = Out;
    /// The row as a whole is no activation's output, whatever the branches end with.
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Concat",
        args: &[],
        input: A::In::SHAPE,
        output: Out::SHAPE,
        params: &[],
        children: &[Child { name: L::NAMES[0], node: &A::TREE }, Child { name: L::NAMES[1], node: &B::TREE }],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfConcat),
    };

    const SAVED: WorkspaceSize = Pair::<A, B>::SAVED;

    /// Both parts of ∂L/∂y, and what both branches take.
    const SCRATCH: WorkspaceSize =
        WorkspaceSize::rows(A::Out::LEN).and(WorkspaceSize::rows(B::Out::LEN)).and(Pair::<A, B>::SCRATCH);

    const INFER: WorkspaceSize =
        WorkspaceSize::rows(A::Out::LEN).and(WorkspaceSize::rows(B::Out::LEN)).and(Pair::<A, B>::INFER);

    #[inline]
    fn predict_into(&self, x: &A::In, y: &mut Out) {
        let (mut a, mut b) = ([A::Out::zeros()], [B::Out::zeros()]);
        self.pair().predict_into(x, &mut a[0], &mut b[0]);
        Self::join(flat(&a), flat(&b), y.as_flat_mut(), Parallel::SERIAL);
    }

    fn infer(&self, x: &[A::In], y: &mut [Out], scratch: &mut [A::Elem], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (a, b) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        self.pair().infer(x, (&mut *a, &mut *b), scratch.rest(), run);
        Self::join(flat(a), flat(b), flat_mut(y), run.parallel());
    }

    fn visit_outputs(
        &self,
        x: &[A::In],
        y: &mut [Out],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let (a, b) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        let paths = (&path.inner(L::NAMES[0]), &path.inner(L::NAMES[1]));
        self.pair().visit_outputs(x, (&mut *a, &mut *b), scratch.rest(), run, paths, visit);
        Self::join(flat(a), flat(b), flat_mut(y), run.parallel());
    }

    fn forward(
        &self,
        x: &[A::In],
        y: &mut [Out],
        saved: &mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let (a, b) = self.pair().forward(x, saved, scratch, run);
        Self::join(flat(a), flat(b), flat_mut(y), run.parallel());
    }

    /// ∂L/∂a and ∂L/∂b are the two parts of ∂L/∂y.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Out],
        dx: Option<&mut [A::In]>,
        grad: &mut Self,
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let mut scratch = Workspace::new(scratch, x.len());
        let (da, db) = (scratch.samples::<A::Out>(), scratch.samples::<B::Out>());
        Self::cut(dy, da, db, run.parallel());
        let grads = (&mut grad.first, &mut grad.second);
        self.pair().backward((x, saved), (da, db), dx, grads, scratch.rest(), run);
    }

    fn commit(&mut self, grad: &Self) {
        self.first.commit(&grad.first);
        self.second.commit(&grad.second);
    }
}
