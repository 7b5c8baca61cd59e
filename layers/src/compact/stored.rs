//! A layer whose parameters are kept in fewer bytes than it computes with.

use core::marker::PhantomData;

use typednet_tensor::{Flat, impl_flat, value_mut};

use super::Predictor;
use super::block::Block;
use super::form::{form, whole};
use crate::{Layer, LayerInfo, PassContext, Workspace, WorkspaceSize};

/// The layer `L` with its parameters in the block `P`: a pass makes `f32` of them and is the layer's own, so it gives the bits of `L`
/// with these parameters.
///
/// One sample takes the room of the layer's parameters on the stack; a batch takes it in the memory that it is lent, once.
#[repr(C)]
pub struct Stored<L, P> {
    parameters: P,
    layer: PhantomData<fn() -> L>,
}

impl_flat! {
    [L: 'static, P: Flat] Stored<L, P>: P::Elem {
        parameters: P,
    } markers { layer }
}

impl<L: Layer<Elem = f32>, P: Block> Stored<L, P> {
    const FITS: () = assert!(P::NUMBERS == L::LEN, "the block of a layer's form has as many numbers as the layer");

    /// The parameters that it computes with.
    pub(super) fn restore(&self, to: &mut L) {
        let () = Self::FITS;
        self.parameters.expand(to.as_flat_mut());
    }

    /// Lends the layer with the parameters that it keeps, on the stack.
    pub(super) fn with_layer(&self, work: impl FnOnce(&L)) {
        let () = Self::FITS;
        let mut layer = L::zeros();
        self.parameters.expand(layer.as_flat_mut());
        work(&layer);
    }

    /// Takes the parameters of `layer`.
    pub(super) fn write(&mut self, layer: &L) {
        let () = Self::FITS;
        self.parameters.write(layer.as_flat());
    }
}

impl<L: Layer<Elem = f32>, P: Block> Predictor for Stored<L, P> {
    type In = L::In;
    type Out = L::Out;

    const TREE: LayerInfo = form::<Self>(L::TREE.name, L::TREE.args, &[whole::<Self>()], &[]);

    /// The layer's parameters, and what it takes.
    const INFER: WorkspaceSize = WorkspaceSize::fixed(L::LEN).and(L::INFER);

    const STACK: usize = size_of::<L>() + size_of::<f32>() * L::INFER.of(1);

    fn predict_into(&self, x: &L::In, y: &mut L::Out) {
        self.with_layer(|layer| layer.predict_into(x, y));
    }

    fn infer(&self, x: &[L::In], y: &mut [L::Out], scratch: &mut [f32], run: PassContext<'_>) {
        let () = Self::FITS;
        let mut scratch = Workspace::new(scratch, x.len());
        let layer = value_mut::<L>(scratch.elements(L::LEN));
        self.parameters.expand(layer.as_flat_mut());
        // A form gives what it computes, all of it.
        layer.infer(x, y, scratch.rest(), run.stop_at_logits(false));
    }
}
