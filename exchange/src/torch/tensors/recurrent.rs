//! Recurrent layers, in one direction and in both.

use typednet_layers::{Child, LayerInfo, Operation};

use super::super::elements::Axis;
use super::{Position, Tensor, Walk, dotted};
use crate::order::{Order, usual};

/// The weights for the input and for the state, and the biases of both.
type Names = [&'static str; 4];

/// What a module of recurrent layers calls the parameters of the one that reads from the beginning.
pub(super) const FORTH: Names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];

/// And those of the one that reads from the end.
const BACK: Names = ["weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse"];

/// The layer within `back`, where that reads from the end and is of the kind and the sizes of the recurrent layer `forth`: both are one
/// module there, with `bidirectional=True`.
fn other_direction(forth: &LayerInfo, back: &LayerInfo) -> Option<&'static Child> {
    let whole = |node: &LayerInfo| node.behaviour.each.sizes().is_empty();
    let child = back.children.first().filter(|_| back.behaviour.operation == Operation::OfReverse && whole(back))?;
    let is_recurrent =
        matches!(forth.behaviour.operation, Operation::OfRnn | Operation::OfLstm | Operation::OfGru) && whole(forth);
    let kind = |node: &LayerInfo| (node.behaviour.operation, node.behaviour.function, node.params.len());
    let shapes = || forth.params.iter().zip(child.node.params);
    let is_same = kind(forth) == kind(child.node) && shapes().all(|(a, b)| a.shape == b.shape);
    (is_recurrent && is_same).then_some(child)
}

impl Walk {
    /// Two recurrent layers of one kind and size side by side, of which the second reads from the end: one module there. Whether they
    /// are so.
    pub(super) fn both_directions(&mut self, forth: &Child, back: &Child, at: &Position) -> bool {
        let Some(inner) = other_direction(forth.node, back.node) else { return false };
        self.recurrent(forth.node, &at.part(forth.name.to_owned(), 0), &FORTH);
        self.recurrent(inner.node, &at.part(dotted(back.name, inner.name), forth.node.len()), &BACK);
        true
    }

    /// One weight for the input and one for the state, the gates of each as rows, and a bias for both, which are added: there is one
    /// for each gate here, and a second one where something stands between them.
    pub(super) fn recurrent(&mut self, node: &LayerInfo, at: &Position, names: &Names) -> Order {
        let rows = node.params[2].shape.len();
        let [input, state, bias, second_bias] = *names;
        self.matrix(node, at, 0, input, [1, 0]);
        self.matrix(node, at, 1, state, [1, 0]);
        self.vector(node, at, 2, bias, &None);
        // The second one stands behind the first, whose last rows it replaces.
        let second = node.params.get(3).map_or(0, |param| param.shape.len());
        let shared = rows - second;
        let order = (second > 0).then(|| (0..shared).chain(rows..rows + second).collect());
        self.put(node, at, 2, second_bias, vec![Axis { size: rows, stride: 1, order }]);
        if let Some(Tensor { elements: Some(elements), .. }) = self.tensors.last_mut() {
            elements.shared = shared;
        }
        usual(node.output.sizes())
    }
}
