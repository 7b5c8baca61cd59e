//! The order in which another program has the elements of a value.

use std::rc::Rc;

use typednet_layers::LayerInfo;

/// Where each element of a value that is flattened there stands here: element j there is element `order[j]` here.
/// `None` where both have one order.
pub(crate) type Order = Option<Rc<[usize]>>;

/// The order of a value that a channels-first program holds: the last axis stands first there. Sequences of rows and images are
/// such values; what has one axis is not turned.
pub(crate) fn channels_first(sizes: &[usize]) -> Order {
    let (channels, outer) = sizes.split_last()?;
    let pixels: usize = outer.iter().product();
    if *channels < 2 || pixels < 2 {
        return None;
    }
    Some((0..*channels).flat_map(|channel| (0..pixels).map(move |pixel| pixel * channels + channel)).collect())
}

/// The order of an array of these sizes where nothing says another: images have their channels first.
pub(crate) fn usual(sizes: &[usize]) -> Order {
    if sizes.len() >= 3 { channels_first(sizes) } else { None }
}

/// Two rows, one behind the other, `first` of so many elements.
pub(crate) fn joined(first: &Order, second: &Order, lens: [usize; 2]) -> Order {
    if first.is_none() && second.is_none() {
        return None;
    }
    let indices = |order: &Order, len: usize| order.as_ref().map_or_else(|| (0..len).collect(), |order| order.to_vec());
    let [a, b] = lens;
    Some(indices(first, a).into_iter().chain(indices(second, b).into_iter().map(|index| index + a)).collect())
}

/// The shape of one part of what `node` reads, and of what it gives: its own without the axes over which it runs.
pub(crate) fn part(node: &LayerInfo) -> [&[usize]; 2] {
    let axes = node.behaviour.each.sizes().len();
    [&node.input, &node.output].map(|shape| shape.sizes().get(axes..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_of_an_image_stand_first_there() {
        // Two pixels of three channels: r0 g0 b0 r1 g1 b1.
        assert_eq!(channels_first(&[1, 2, 3]).as_deref(), Some(&[0, 3, 1, 4, 2, 5][..]));
        assert_eq!((channels_first(&[5, 4, 1]), channels_first(&[1, 1, 7]), channels_first(&[3])), (None, None, None));
        assert_eq!((usual(&[2, 3]), usual(&[2, 1, 3])), (None, channels_first(&[2, 3])));
    }

    #[test]
    fn rows_are_joined_with_their_orders() {
        let turned = channels_first(&[2, 2]);
        assert_eq!(joined(&turned, &None, [4, 2]).as_deref(), Some(&[0, 2, 1, 3, 4, 5][..]));
        assert_eq!(joined(&None, &turned, [1, 4]).as_deref(), Some(&[0, 1, 3, 2, 4][..]));
        assert_eq!(joined(&None, &None, [1, 4]), None);
    }
}
