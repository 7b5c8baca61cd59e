//! Samples that change from epoch to epoch (lecture section 7, augmentation).
//!
//! Each wrapper is a [`Source`](crate::Source) around another one, so they can be put around each other:
//!
//! | wrapper | for | what it does |
//! | --- | --- | --- |
//! | [`Augmented`] | images | shift, rotate, scale, shear, flip, crop, elastic, noise, cutout |
//! | [`Noisy`] | tables | adds normal noise |
//! | [`Mixup`] | anything with classes | mixes two samples and their targets |
//!
//! All random numbers of a sample come from the key of the epoch and the number of its row, so they depend neither on
//! threads nor on batches. Gathering allocates nothing once a thread has gathered its first batch.
//!
//! [`Augment`], [`Mixup`] and [`Noisy`] print their settings, for the manifest of a run: with the same seed, data and
//! settings every epoch has the same samples.

mod draw;
mod elastic;
mod error;
mod images;
mod mixup;
mod noisy;
mod scratch;
mod settings;
mod warp;

pub use error::AugmentError;
pub use images::Augmented;
pub use mixup::Mixup;
pub use noisy::Noisy;
pub use scratch::Pixel;
pub use settings::Augment;

use typednet_tensor::Key;

/// The key of the source inside a wrapper: no row has this number, so wrappers around each other draw different
/// numbers.
fn inner(key: Key) -> Key {
    key.child(u64::MAX)
}
