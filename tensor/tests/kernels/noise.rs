//! The distribution of a large sample of noise.

use typednet_tensor::noise::add_normal;
use typednet_tensor::{Key, Parallel};

/// As many lie beyond each of these as should, on both sides: a Poisson number, within 5 of its deviations.
#[test]
fn the_tails_of_a_large_sample_are_those_of_the_normal_distribution() {
    let beyond = [1.0, 2.0, 3.0, 4.0, 5.0_f64];
    let (mut found, mut largest, count) = ([[0; 2]; 5], 0.0_f64, 1 << 25);
    let mut values = vec![0.0_f64; 1 << 18];
    for part in 0..count / values.len() {
        values.fill(0.0);
        add_normal(Key::new(11).child(part as u64), 1.0, &mut values, Parallel::SERIAL);
        for x in &values {
            largest = largest.max(x.abs());
            for (found, beyond) in found.iter_mut().zip(beyond) {
                found[0] += u32::from(*x > beyond);
                found[1] += u32::from(-x > beyond);
            }
        }
    }
    for (found, beyond) in found.into_iter().zip(beyond) {
        let wanted = count as f64 * 0.5 * libm::erfc(beyond / core::f64::consts::SQRT_2);
        for found in found {
            assert!((f64::from(found) - wanted).abs() < 5.0 * wanted.sqrt(), "{found} beyond {beyond}, not {wanted}");
        }
    }
    assert!(largest > 5.2 && largest < 6.661);
}
