//! One layer, several times.

use typednet_tensor::{Flat, Sample, Scalar, impl_flat, same, same_mut};

use crate::{
    Arg, Behaviour, Child, Gradient, Layer, LayerInfo, Output, PassContext, Path, Trace, Workspace, WorkspaceSize,
};

/// `N` layers of the type `L` one after the other, each with parameters of its own: y = fₙ(… f₂(f₁(x))).
///
/// The gradient goes back through them from the last to the first, as through any layers that stand one after the other.
///
/// # Shapes
/// x and y are what `L` reads, and it must give the same. In `network!` it is written `Repeat<4, Residual<Dense<64, Relu>>>`; what
/// does not fit is an error there. By hand it is an error when the program is built.
///
/// Parameters: those of the first, then those of the second, and so on; in the tree they are called `0`, `1`, ….
///
/// ```
/// use typednet_layers::{Dense, Network, Repeat};
///
/// let double = || Dense::<1, 1>::new([[2.0]], [1.0]);
/// let layer = Repeat::new([double(), double(), double()]);
/// assert_eq!(layer.predict(&[1.0]), [15.0]);
/// ```
///
/// Halves count, and not their elements together:
///
/// ```compile_fail
/// use typednet_layers::{Dense, Halves, Network, Repeat};
/// use typednet_tensor::Pair;
///
/// let turns = || Halves::new(Dense::<6, 2>::new([[0.0; 2]; 6], [0.0; 2]), Dense::<2, 6>::new([[0.0; 6]; 2], [0.0; 6]));
/// Repeat::new([turns(), turns()]).predict(&Pair { first: [0.0; 6], second: [0.0; 2] });
/// ```
#[repr(C)]
pub struct Repeat<const N: usize, L> {
    /// f₁, f₂, …
    pub layers: [L; N],
}

impl<const N: usize, L> Repeat<N, L> {
    /// `layers`, from the first to the last.
    pub const fn new(layers: [L; N]) -> Self {
        Self { layers }
    }
}

impl_flat! {
    [const N: usize, L: Flat] Repeat<N, L>: L::Elem {
        layers: [L; N],
    }
}

/// The numbers from 0 to `N` − 1 as texts.
pub(crate) struct Numbers<const N: usize>;

/// More digits than a number of layers has.
const DIGITS: usize = 20;

impl<const N: usize> Numbers<N> {
    /// Each in its last bytes.
    const BYTES: &'static [[u8; DIGITS]; N] = &{
        let mut all = [[b'0'; DIGITS]; N];
        let mut i = 0;
        while i < N {
            let (mut rest, mut place) = (i, DIGITS);
            while rest > 0 {
                place -= 1;
                all[i][place] = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            i += 1;
        }
        all
    };

    pub(crate) const fn text(index: usize) -> &'static str {
        let (mut digits, mut rest) = (1, index / 10);
        while rest > 0 {
            (digits, rest) = (digits + 1, rest / 10);
        }
        match core::str::from_utf8(Self::BYTES[index].split_at(DIGITS - digits).1) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }
}

impl<const N: usize, L: Layer<Elem: Scalar>> Repeat<N, L> {
    const FITS: () = {
        assert!(N > 0, "a layer is repeated at least once");
        assert!(
            L::In::SHAPE.is(&L::Out::SHAPE),
            "a layer that is repeated reads what it gives: both must have one shape"
        );
        assert!(
            size_of::<Gradient<L::In>>() == size_of::<L::Out>(),
            "a layer that is repeated reads numbers, as it gives"
        );
    };

    const CHILDREN: [Child; N] = {
        let mut children = [Child { name: "", node: &L::TREE }; N];
        let mut i = 0;
        while i < N {
            children[i].name = Numbers::<N>::text(i);
            i += 1;
        }
        children
    };

    /// One value between two layers: what is read takes turns with what is written.
    const BETWEEN: WorkspaceSize = if N > 1 { WorkspaceSize::rows(L::Out::LEN) } else { WorkspaceSize::NONE };

    /// As [`in_turn`].
    fn each_step<'y>(
        x: &[L::In],
        y: &'y mut [L::Out],
        between: &'y mut [L::Out],
        step: impl FnMut(usize, &[L::In], &mut [L::Out]),
    ) {
        let () = Self::FITS;
        in_turn(N, x, y, between, step);
    }
}

/// Calls `step` with the number of each of `count` layers, what it reads and where it writes: `between` and `y` in turn, so that the
/// last one writes into `y`. `between` is empty where there is one layer.
pub(crate) fn in_turn<'y, I: 'static, O: 'static>(
    count: usize,
    x: &[I],
    mut y: &'y mut [O],
    mut between: &'y mut [O],
    mut step: impl FnMut(usize, &[I], &mut [O]),
) {
    if count.is_multiple_of(2) {
        core::mem::swap(&mut y, &mut between);
    }
    step(0, x, y);
    for index in 1..count {
        step(index, same(&*y), between);
        core::mem::swap(&mut y, &mut between);
    }
}

impl<const N: usize, L> Layer for Repeat<N, L>
where
    L: Layer<Elem: Scalar>,
{
    type In = L::In;
    type Out = L::Out;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo {
        name: "Repeat",
        args: &[Arg::Size(N)],
        input: L::In::SHAPE,
        output: L::Out::SHAPE,
        params: &[],
        children: &Self::CHILDREN,
        flops: 0,
        behaviour: Behaviour::IN_ORDER,
    };

    const SAVED: WorkspaceSize = {
        let (mut need, mut i) = (L::SAVED, 1);
        while i < N {
            need = need.and(step::<L>());
            i += 1;
        }
        need
    };

    /// The gradient of a value between two layers, and what a layer takes.
    const SCRATCH: WorkspaceSize = Self::BETWEEN.and(L::SCRATCH);

    const INFER: WorkspaceSize = Self::BETWEEN.and(L::INFER);

    #[inline]
    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        let mut between = [L::Out::zeros()];
        let x = core::slice::from_ref(x);
        Self::each_step(x, core::slice::from_mut(y), &mut between, |index, x, y| {
            self.layers[index].predict_into(&x[0], &mut y[0]);
        });
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        let (between, scratch) = between::<L>(scratch, x.len(), N);
        Self::each_step(x, y, between, |index, x, y| {
            self.layers[index].infer(x, y, scratch, turn(run, index, N));
        });
    }

    fn visit_outputs(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, L::Elem>),
    ) {
        let (between, scratch) = between::<L>(scratch, x.len(), N);
        Self::each_step(x, y, between, |index, x, y| {
            let path = path.inner(Numbers::<N>::text(index));
            Output::show(&self.layers[index], x, y, scratch, turn(run, index, N), &path, visit);
        });
    }

    fn forward(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let () = Self::FITS;
        forward(&self.layers, x, y, saved, scratch, run);
    }

    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [L::Out],
        dx: Option<&mut [Gradient<L::In>]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let () = Self::FITS;
        let Trace { x, y, saved } = trace;
        backward(&self.layers, Trace { x, y, saved }, dy, dx, &mut grad.layers, scratch, run);
    }

    fn commit(&mut self, grad: &Self) {
        for (layer, grad) in self.layers.iter_mut().zip(&grad.layers) {
            layer.commit(grad);
        }
    }
}

/// What a layer saves, and the value behind it.
const fn step<L: Layer>() -> WorkspaceSize {
    L::SAVED.and(WorkspaceSize::rows(L::Out::LEN))
}

/// The pass as layer `index` of `count` sees it.
fn turn(run: PassContext<'_>, index: usize, count: usize) -> PassContext<'_> {
    if index + 1 == count { run.last(index as u64) } else { run.child(index as u64) }
}

/// The forward pass through all `layers`, compiled once for each kind of layer, however many of them a network repeats.
#[inline(never)]
fn forward<L: Layer<Elem: Scalar>>(
    layers: &[L],
    x: &[L::In],
    y: &mut [L::Out],
    saved: &mut [L::Elem],
    scratch: &mut [L::Elem],
    run: PassContext<'_>,
) {
    let (rows, count) = (x.len(), layers.len());
    let (last_layer, layers) = layers.split_last().expect("a layer is repeated at least once");
    let (steps, last) = saved.split_at_mut(step::<L>().of(rows) * layers.len());
    let mut x = x;
    for ((index, layer), step) in layers.iter().enumerate().zip(steps.chunks_exact_mut(step::<L>().of(rows))) {
        let (saved, between) = step_of::<L>(step, rows);
        layer.forward(x, between, saved, scratch, turn(run, index, count));
        x = same(between);
    }
    last_layer.forward(x, y, last, scratch, turn(run, layers.len(), count));
}

/// The backward pass of [`forward`].
#[inline(never)]
fn backward<L: Layer<Elem: Scalar>>(
    layers: &[L],
    trace: Trace<'_, L>,
    dy: &mut [L::Out],
    dx: Option<&mut [Gradient<L::In>]>,
    grads: &mut [L],
    scratch: &mut [L::Elem],
    run: PassContext<'_>,
) {
    let Trace { x, mut y, saved } = trace;
    let (rows, count) = (x.len(), layers.len());
    let (mut d_between, scratch) = between::<L>(scratch, rows, count);
    let (mut steps, mut saved) = saved.split_at_mut(step::<L>().of(rows) * (count - 1));
    let mut dy = dy;
    for index in (1..count).rev() {
        let (before, step) = steps.split_at_mut(step::<L>().of(rows) * (index - 1));
        steps = before;
        let (saved_before, between) = step_of::<L>(step, rows);
        let trace = Trace { x: same(&*between), y, saved };
        let (layer, grad, run) = (&layers[index], &mut grads[index], turn(run, index, count));
        layer.backward(trace, dy, Some(same_mut(&mut *d_between)), grad, scratch, run);
        core::mem::swap(&mut dy, &mut d_between);
        (saved, y) = (saved_before, between);
    }
    let trace = Trace { x, y, saved };
    layers[0].backward(trace, dy, dx, &mut grads[0], scratch, turn(run, 0, count));
}

/// The value between two of the `layers`, if there are two, and what is left.
fn between<L: Layer>(scratch: &mut [L::Elem], rows: usize, layers: usize) -> (&mut [L::Out], &mut [L::Elem]) {
    let mut scratch = Workspace::new(scratch, rows);
    let between = if layers > 1 { scratch.samples::<L::Out>() } else { &mut [] };
    (between, scratch.rest())
}

/// What a layer saves, and the value behind it.
fn step_of<L: Layer>(step: &mut [L::Elem], rows: usize) -> (&mut [L::Elem], &mut [L::Out]) {
    let mut step = Workspace::new(step, rows);
    (step.take(L::SAVED), step.samples())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_called_by_their_numbers() {
        type Net = Repeat<12, crate::Dense<2, 2>>;
        let names: Vec<_> = Net::TREE.children.iter().map(|child| child.name).collect();
        assert_eq!(names, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
        assert_eq!(Net::TREE.params(), 12 * 6);
    }
}
