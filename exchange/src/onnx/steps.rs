//! The steps of a form of one byte, by the places of its layers.

use std::collections::BTreeMap;

use typednet_layers::Compact;

/// The steps of a layer's input and of the weights that lead to each of its outputs.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    /// The width of a step of the input.
    pub(super) input: f32,
    /// The step that stands for 0.
    pub(super) zero: u8,
    pub(super) weights: Vec<f32>,
}

/// Of each layer that has some, by the first of its elements in the flat block.
pub(super) type StepsOf = BTreeMap<usize, Steps>;

/// The steps of `form`.
pub(super) fn steps_of<L: Compact>(form: &L::Int8) -> StepsOf {
    let mut places = Vec::new();
    L::TREE.visit_leaves(&mut |_, _, place| places.push(place));
    let (mut places, mut all) = (places.into_iter(), StepsOf::new());
    L::steps(form, &mut |steps| {
        let place = places.next().expect("steps of no more layers than the network has");
        if let Some(steps) = steps {
            let weights = (0..steps.scale.len()).map(|o| steps.width(o)).collect();
            // Where every input counts as 0, so do all weights.
            let input = if steps.inverse > 0.0 { 1.0 / steps.inverse } else { 1.0 };
            all.insert(place, Steps { input, zero: steps.zero_step(), weights });
        }
    });
    assert!(places.next().is_none(), "each layer says its steps, or that it has none");
    all
}
