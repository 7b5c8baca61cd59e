//! Attention on every lane that this processor has.

mod across;
mod itself;

use typednet_tensor::simd::Lane;
use typednet_tensor::{Key, Scalar};

fn numbers<T: Scalar>(len: usize, seed: u64) -> Vec<T> {
    (0..len).map(|i| T::of(2.0 * Key::new(seed).uniform::<f64>(i as u64) - 1.0)).collect()
}

#[track_caller]
fn near<T: Scalar>(what: &str, found: &[T], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let off = (found.to_f64_exact() - wanted).abs();
        assert!(off <= tolerance, "{what}, place {i}: {found} should be {wanted}");
    }
}

fn lanes() -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(|lane| lane.available())
}
