//! A layer on each part of an array.

use typednet_tensor::{Flat, Sample, impl_flat};

use crate::{Gradient, Layer, LayerInfo, Output, PassContext, Path, Trace, WorkspaceSize};

/// The layer `L` on each of N parts: yᵢ = f(xᵢ), with the same parameters for all of them.
///
/// A batch of m arrays is m·N rows of `L`, where they stand and without a copy. So each pass is one pass of `L` over more rows:
/// the gradient of a parameter is the sum over rows and parts, dropout draws for every element of every part, and
/// [`BatchNorm`](crate::BatchNorm) normalises over the batch and all parts.
///
/// Nested, it goes on for more axes: `Each<H, Each<W, L>>` is `L` on each pixel of an image. `Dense` on each pixel is a
/// convolution of 1×1, `BatchNorm` what other libraries call `BatchNorm2d`, and
/// [`LayerNorm`](crate::LayerNorm) a normalisation over the last axis of any array.
///
/// # Shapes
/// x is `[L::In; N]`, y is `[L::Out; N]`.
///
/// Parameters: those of `L`, under the same names. In the network's tree it is `L` itself with larger shapes; layers inside
/// `L` keep their own, and [`Behaviour::each`](crate::Behaviour::each) says how often they run.
///
/// ```
/// use typednet_layers::{Dense, Each, Network};
///
/// // Two pixels of three colours, each made grey.
/// let grey = Each::<2, Dense<3, 1>>::new(Dense::new([[0.25], [0.5], [0.25]], [0.0]));
/// assert_eq!(grey.predict(&[[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), [[0.5], [0.5]]);
/// ```
#[repr(C)]
pub struct Each<const N: usize, L> {
    /// f
    pub inner: L,
}

impl<const N: usize, L> Each<N, L> {
    /// `inner` on each part.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [const N: usize, L: Flat] Each<N, L>: L::Elem {
        inner: L,
    }
}

/// It passes the [`PassContext`] on, but for how many steps count, of which these are parts: to the layers inside it is not there.
impl<const N: usize, L: Layer> Layer for Each<N, L> {
    type In = [L::In; N];
    type Out = [L::Out; N];
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo {
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        flops: N as u64 * L::TREE.flops,
        behaviour: L::TREE.behaviour.on_each(N),
        ..L::TREE
    };

    const SAVED: WorkspaceSize = L::SAVED.times(N);

    const SCRATCH: WorkspaceSize = L::SCRATCH.times(N);

    const INFER: WorkspaceSize = L::INFER.times(N);

    #[inline]
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        for (x, y) in x.iter().zip(y) {
            self.inner.predict_into(x, y);
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        self.inner.infer(x.as_flattened(), y.as_flattened_mut(), scratch, run.over_parts());
    }

    /// What the layers inside `L` give is shown for each part as for a row of its own.
    fn visit_outputs(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, L::Elem>),
    ) {
        self.inner.visit_outputs(x.as_flattened(), y.as_flattened_mut(), scratch, run.over_parts(), path, visit);
    }

    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        self.inner.forward(x.as_flattened(), y.as_flattened_mut(), saved, scratch, run.over_parts());
    }

    /// ∂L/∂θ = Σ (∂f(xᵢ)/∂θ)ᵀ ∂L/∂yᵢ and ∂L/∂xᵢ = (∂f(xᵢ)/∂xᵢ)ᵀ ∂L/∂yᵢ: those of `L` over all parts.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Gradient<Self::In>]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let trace = Trace { x: x.as_flattened(), y: y.as_flattened(), saved };
        let dx = dx.map(<[Gradient<Self::In>]>::as_flattened_mut);
        self.inner.backward(trace, dy.as_flattened_mut(), dx, &mut grad.inner, scratch, run.over_parts());
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BatchNorm, Chain, Dense, Dropout, Network, Relu, bits, pass};
    use typednet_tensor::{Key, flat};

    const RUN: PassContext<'static> = PassContext::new(Key::new(3));

    /// Every second element of every part on average: one mask for each part would drop the same of each.
    #[test]
    fn dropout_inside_draws_for_each_element_of_each_part() {
        type Whole = Dropout<[[f32; 5]; 40], { bits(0.5) }>;
        let x = [[[1.0; 5]; 40]; 3];
        let (mut whole, mut parts) = (x, x);
        Whole::new().forward(&x, &mut whole, &mut [], &mut [], RUN);
        Each::<40, _>::new(Dropout::<[f32; 5], { bits(0.5) }>::new()).forward(&x, &mut parts, &mut [], &mut [], RUN);
        assert_eq!(whole, parts);
        assert_ne!(parts[0][0..20], parts[0][20..]);
    }

    #[test]
    fn a_tree_is_that_of_the_layer_with_larger_shapes() {
        type Inner = Chain<Dense<3, 4, Relu>, BatchNorm<4>>;
        type Pixels = Each<2, Each<5, Inner>>;
        assert_eq!((Pixels::TREE.input.sizes(), Pixels::TREE.output.sizes()), (&[2, 5, 3][..], &[2, 5, 4][..]));
        assert_eq!(Pixels::TREE.total_flops(), 10 * Inner::TREE.total_flops());
        assert_eq!(Each::<7, Dense<3, 4>>::TREE.total_flops(), 7 * Dense::<3, 4>::TREE.total_flops());
        assert_eq!(Pixels::PARAMS, Inner::PARAMS);
        let names = |tree: &'static LayerInfo| {
            let mut names = vec![];
            tree.visit(&mut |place| names.push(place.to_string()));
            names
        };
        assert_eq!(names(const { &Pixels::TREE }), names(const { &Inner::TREE }));
        assert_eq!(names(const { &Each::<7, Dense<3, 4>>::TREE }), ["weight", "bias"]);
    }

    #[test]
    fn what_is_inside_is_seen_part_by_part() {
        type Pixels = Each<3, Chain<Dense<2, 4, Relu>, Dense<4, 1>>>;
        let model = Pixels::seeded(0);
        let (x, mut y) = ([[[1.0, -1.0]; 3]; 2], [[[0.0]; 3]; 2]);
        let mut memory = vec![f32::NAN; pass::inference_need::<Pixels>().of(2)];
        let mut seen = vec![];
        model.visit_outputs(&x, &mut y, &mut memory, RUN, &Path::ROOT, &mut |output| {
            seen.push((output.path.to_string(), output.values.to_vec()));
        });
        assert_eq!(
            seen.iter().map(|(path, values)| (&path[..], values.len())).collect::<Vec<_>>(),
            [("first", 24), ("rest", 6)]
        );
        assert_eq!(flat(&y), seen[1].1);
    }
}
