//! The order of what a layer gives that has no weights to mend it.

use typednet_layers::LayerInfo;

use super::Position;
use crate::ExchangeError;
use crate::order::{Order, channels_first, part, usual};

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
