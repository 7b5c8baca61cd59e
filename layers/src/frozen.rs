//! A layer that is not trained.

use typednet_tensor::{Flat, impl_flat};

use crate::{Gradient, Layer, LayerInfo, Output, PassContext, Path, Trace, WorkspaceSize};

/// The layer `L` as it is: it stands in the network's block with its parameters and is saved with them, but is not trained.
///
/// It is what transfer learning puts under a new head. In training it gives what it gives in use: dropout leaves nothing out,
/// and [`BatchNorm`](crate::BatchNorm) normalises by its running statistics and leaves them as they are. Its backward pass
/// computes ∂L/∂x where a layer before it is trained, and nothing at all where none is: never the gradient of its own
/// parameters, whose place in a gradient block is neither written nor read
/// ([`ParamKind::Frozen`](crate::ParamKind::Frozen)). Optimisers, penalties, limits and norms leave it alone.
///
/// To freeze parts only for a while, there are the groups of an optimiser, for which the gradient is computed nevertheless.
///
/// # Shapes
/// x and y are those of `L`.
///
/// Parameters: those of `L`, under the same names, of which none are counted as trained.
///
/// ```
/// use typednet_layers::{BatchNorm, Chain, Dense, Frozen, Network, Relu};
///
/// type Body = Chain<Dense<4, 8, Relu>, BatchNorm<8>>;
/// type Net = Chain<Frozen<Body>, Dense<8, 2>>;
///
/// // What was trained elsewhere, under a head that is new.
/// let trained = Body::seeded(1);
/// let mut model = Net::seeded(2);
/// model.first.inner.first.weight = trained.first.weight;
/// assert_eq!(Net::PARAMS, 8 * 2 + 2);
/// ```
#[repr(C)]
pub struct Frozen<L> {
    /// The layer.
    pub inner: L,
}

impl<L> Frozen<L> {
    /// `inner`, not to be trained.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [L: Flat] Frozen<L>: L::Elem {
        inner: L,
    }
}

/// But for [`PassContext::frozen`] it passes everything on as it is.
impl<L: Layer> Layer for Frozen<L> {
    type In = L::In;
    type Out = L::Out;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo { behaviour: L::TREE.behaviour.freezing(), ..L::TREE };

    const SAVED: WorkspaceSize = L::SAVED;

    const SCRATCH: WorkspaceSize = L::SCRATCH;

    const INFER: WorkspaceSize = L::INFER;

    #[inline]
    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        self.inner.predict_into(x, y);
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        self.inner.infer(x, y, scratch, run.frozen());
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
        self.inner.visit_outputs(x, y, scratch, run.frozen(), path, visit);
    }

    fn forward(
        &self,
        x: &[L::In],
        y: &mut [L::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        self.inner.forward(x, y, saved, scratch, run.frozen());
    }

    /// ∂L/∂x of `L`, where it is asked for.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [L::Out],
        dx: Option<&mut [Gradient<L::In>]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        if dx.is_some() {
            self.inner.backward(Trace { x, y, saved }, dy, dx, &mut grad.inner, scratch, run.frozen());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dense, Network, Sigmoid};
    use typednet_tensor::Key;

    /// A backward pass begins with δ in place of ∂L/∂y.
    #[test]
    fn without_an_input_gradient_nothing_is_computed() {
        type Layer = Frozen<Dense<3, 2, Sigmoid>>;
        let (model, mut grad) = (Layer::seeded(0), Layer::zeroed());
        let (x, mut y, run) = ([[0.5, -1.0, 2.0]], [[0.0; 2]], PassContext::new(Key::new(0)));
        model.forward(&x, &mut y, &mut [], &mut [], run);
        let (mut dy, mut dx) = ([[1.0, 2.0]], [[f32::NAN; 3]]);
        model.backward(Trace { x: &x, y: &y, saved: &mut [] }, &mut dy, None, &mut grad, &mut [], run);
        assert_eq!(dy, [[1.0, 2.0]]);
        model.backward(Trace { x: &x, y: &y, saved: &mut [] }, &mut dy, Some(&mut dx), &mut grad, &mut [], run);
        assert!(dy != [[1.0, 2.0]] && dx[0].iter().all(|dx| dx.is_finite()));
    }
}
