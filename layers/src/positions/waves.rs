//! Angles that grow with the steps, step·10000^(−2·pair/width): fast for the first pairs, slowly for the last.

use num_traits::Float;

/// How many steps follow from each other: rounding adds up from one to the next.
const ANCHOR: usize = 64;

/// 10000^(−2·pair/width)
fn frequency(pair: usize, width: usize) -> f64 {
    Float::powf(10000.0, -2.0 * pair as f64 / width as f64)
}

/// Sine and cosine of the angle of one step.
pub(crate) fn angle(step: usize, pair: usize, width: usize) -> [f64; 2] {
    let (sin, cos) = Float::sin_cos(step as f64 * frequency(pair, width));
    [sin, cos]
}

/// Calls `each` with step, pair, and [sine, cosine], for all of them.
pub(crate) fn waves(steps: usize, pairs: usize, width: usize, mut each: impl FnMut(usize, usize, [f64; 2])) {
    for pair in 0..pairs {
        let (sin_of_one, cos_of_one) = Float::sin_cos(frequency(pair, width));
        let mut wave = [0.0, 1.0];
        for step in 0..steps {
            if step % ANCHOR == 0 {
                wave = angle(step, pair, width);
            }
            each(step, pair, wave);
            let [sin, cos] = wave;
            wave = [sin * cos_of_one + cos * sin_of_one, cos * cos_of_one - sin * sin_of_one];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_sines_and_cosines() {
        let mut seen = 0;
        waves(500, 8, 17, |step, pair, [sin, cos]| {
            let wanted = step as f64 / 10000_f64.powf(2.0 * pair as f64 / 17.0);
            assert!((sin - wanted.sin()).abs() < 1e-13 && (cos - wanted.cos()).abs() < 1e-13, "{step}, {pair}");
            seen += 1;
        });
        assert_eq!(seen, 500 * 8);
    }
}
