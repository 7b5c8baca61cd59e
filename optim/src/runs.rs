//! Ranges of a flat block whose parameters are of one kind.

use core::ops::Range;

use typednet_layers::{LayerInfo, ParamKind};

/// Calls `visit` for every run of elements in the flat block whose kind is `wanted`, in order. Runs that touch are one.
///
/// With it, penalties find the weights, and parts of a network can have their own rates.
///
/// ```
/// use typednet_layers::{Chain, Dense, ParamKind, Layer, Relu};
/// use typednet_optim::runs;
///
/// type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;
/// let mut weights = vec![];
/// runs(const { &Net::TREE }, |kind| kind == ParamKind::Weight, |run| weights.push(run));
/// assert_eq!(weights, [0..12, 16..24]);
/// ```
pub fn runs(tree: &'static LayerInfo, wanted: impl Fn(ParamKind) -> bool, mut visit: impl FnMut(Range<usize>)) {
    visit_runs(tree, &wanted, &mut visit);
}

/// [`runs`], compiled once for all that call it.
fn visit_runs(tree: &'static LayerInfo, wanted: &dyn Fn(ParamKind) -> bool, visit: &mut dyn FnMut(Range<usize>)) {
    let mut run = 0..0;
    tree.visit(&mut |place| {
        let next = place.range();
        if !wanted(place.kind) || next.is_empty() {
            return;
        }
        if run.end == next.start {
            run.end = next.end;
        } else {
            let done = core::mem::replace(&mut run, next);
            if !done.is_empty() {
                visit(done);
            }
        }
    });
    if !run.is_empty() {
        visit(run);
    }
}

/// [`runs`] of everything that is trained: all but buffers and frozen layers. A network without either is a single run.
///
/// ```
/// use typednet_layers::{Chain, Dense, Layer, Relu};
/// use typednet_optim::trained;
///
/// type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;
/// let mut runs = vec![];
/// trained(const { &Net::TREE }, |run| runs.push(run));
/// assert_eq!(runs, [0..26]);
/// ```
pub fn trained(tree: &'static LayerInfo, mut visit: impl FnMut(Range<usize>)) {
    visit_runs(tree, &ParamKind::is_trained, &mut visit);
}

/// [`runs`] of everything that has a place in a gradient block: all but frozen layers. What stands in the places of those is
/// whatever was there before.
///
/// ```
/// use typednet_layers::{BatchNorm, Chain, Dense, Frozen, Layer, Relu};
/// use typednet_optim::with_gradient;
///
/// type Net = Chain<Frozen<Dense<3, 4, Relu>>, Chain<BatchNorm<4>, Dense<4, 2>>>;
/// let mut runs = vec![];
/// with_gradient(const { &Net::TREE }, |run| runs.push(run));
/// assert_eq!(runs, [16..42]);
/// ```
pub fn with_gradient(tree: &'static LayerInfo, mut visit: impl FnMut(Range<usize>)) {
    visit_runs(tree, &ParamKind::has_gradient, &mut visit);
}
