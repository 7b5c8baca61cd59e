//! Two half circles that reach into each other: two classes which no straight line parts.

use typednet::data::{DataError, Dataset};
use typednet::prelude::*;

/// Points of the plane, each with the target 0 or 1.
pub type Moons = Dataset<[f32; 2], [f32; 1]>;

/// `count` points in turns from the upper and the lower moon, each moved by normal noise of this standard deviation.
///
/// # Errors
/// If `count` is 0.
pub fn moons(count: usize, noise: f32, seed: u64) -> Result<Moons, DataError> {
    let key = Key::new(seed);
    let point = |i: usize| {
        let angle = std::f32::consts::PI * key.child(0).uniform::<f32>(i as u64);
        let [x, y] =
            if i.is_multiple_of(2) { [angle.cos(), angle.sin()] } else { [1.0 - angle.cos(), 0.5 - angle.sin()] };
        let moved = |n: u64| noise * key.child(1).normal::<f32>(n);
        // Around 0, as an input should be.
        [x - 0.5 + moved(2 * i as u64), y - 0.25 + moved(2 * i as u64 + 1)]
    };
    let target = |i: usize| [if i.is_multiple_of(2) { 0.0 } else { 1.0 }];
    Dataset::new((0..count).map(point).collect::<Vec<_>>(), (0..count).map(target).collect::<Vec<_>>())
}
