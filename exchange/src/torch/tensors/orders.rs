//! The order that a layer wants of what comes in, and that of what it gives where it has no weights to mend it.

use typednet_layers::{LayerInfo, Operation};

use super::Position;
use crate::ExchangeError;
use crate::order::{Order, channels_first, part, usual};

/// The order that `node` wants of what comes in, where `after` is wanted of what it gives; `None` where any will do.
pub(super) fn wanted(node: &LayerInfo, after: Option<&Order>) -> Option<Order> {
    let (input, output) = (node.input.sizes(), node.output.sizes());
    if input.len() >= 3 {
        return Some(usual(input));
    }
    let is_whole = node.behaviour.each.sizes().is_empty();
    match node.behaviour.operation {
        Operation::OfIdentity
        | Operation::OfScale(_)
        | Operation::OfBatchNorm { .. }
        | Operation::OfLayerNorm { .. }
        | Operation::OfRmsNorm { .. } => after.cloned(),
        Operation::OfReshape if is_whole => {
            if output.len() >= 3 {
                Some(usual(output))
            } else {
                after.cloned()
            }
        }
        Operation::OfConvolution { .. } if is_whole => Some(channels_first(input)),
        Operation::OfRnn
        | Operation::OfLstm
        | Operation::OfGru
        | Operation::OfReverse
        | Operation::OfAttention { .. } => Some(None),
        Operation::OfSequence if is_whole => {
            node.children.iter().rev().fold(after.cloned(), |after, child| wanted(child.node, after.as_ref()))
        }
        Operation::OfResidual if is_whole => {
            node.children.iter().find_map(|child| wanted(child.node, after)).or(after.cloned())
        }
        Operation::OfAdd if is_whole => node.children.iter().find_map(|child| wanted(child.node, after)),
        Operation::OfConcat if is_whole => node.children.iter().find_map(|child| wanted(child.node, None)),
        _ => None,
    }
}

/// The order of an array whose rows were changed one by one.
pub(super) fn spread(node: &LayerInfo, input: &Order) -> Order {
    let output = node.output.sizes();
    if output.len() >= 3 || input.is_some() { channels_first(output) } else { None }
}

/// The same elements in another shape, which PyTorch takes in the order that they have there.
pub(super) fn reshaped(node: &LayerInfo, at: &Position, input: &Order, is_whole: bool) -> Result<Order, ExchangeError> {
    let reason = "an image is made of features in another order";
    if !is_whole {
        for sizes in part(node) {
            agree(at, &usual(sizes), &None, "it is done to each part of an array of images")?;
        }
        return Ok(spread(node, input));
    }
    let output = node.output.sizes();
    if output.len() >= 3 {
        agree(at, input, &usual(output), reason)?;
    }
    Ok(input.clone())
}

pub(super) fn agree(at: &Position, found: &Order, expected: &Order, reason: &str) -> Result<(), ExchangeError> {
    if found == expected {
        return Ok(());
    }
    Err(ExchangeError::FeatureOrder { layer: at.layer.clone(), reason: reason.to_owned() })
}
