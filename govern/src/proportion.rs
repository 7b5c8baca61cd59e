//! Confidence intervals of proportions.

/// The 97.5 % point of the standard normal distribution: a 95 % interval reaches so far to both sides.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of a share of which `right` of `cases` were seen, from its lower to its upper end (Wilson 1927).
pub(crate) fn wilson(right: usize, cases: usize) -> [f64; 2] {
    let (n, p) = (cases as f64, right as f64 / cases as f64);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    [-1.0, 1.0].map(|side| (p + Z * Z / (2.0 * n) + side * spread) / (1.0 + Z * Z / n))
}

/// The 95 % interval of the difference p₁ − p₂ of two shares, each given as the number that is right and that of all
/// cases: from the interval of each of both (Newcombe 1998, his method 10).
///
/// Other than the test of the difference by its standard error, it holds where a share is 0 or 1 and cases are few.
pub(crate) fn difference(first: [usize; 2], second: [usize; 2]) -> [f64; 2] {
    let share = |[right, cases]: [usize; 2]| right as f64 / cases as f64;
    let (p, q) = (share(first), share(second));
    let ([p_low, p_high], [q_low, q_high]) = (wilson(first[0], first[1]), wilson(second[0], second[1]));
    [p - q - (p - p_low).hypot(q_high - q), p - q + (p_high - p).hypot(q - q_low)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of Newcombe's table II, method 10, with four digits.
    #[test]
    fn differences_are_those_of_the_paper() {
        for (first, second, wanted) in [
            ([56, 70], [48, 80], [0.0524, 0.3339]),
            ([9, 10], [3, 10], [0.1705, 0.8090]),
            ([6, 7], [2, 7], [0.0582, 0.8062]),
            ([5, 56], [0, 29], [-0.0381, 0.1926]),
            ([10, 10], [0, 20], [0.6791, 1.0]),
            ([10, 10], [0, 10], [0.6075, 1.0]),
        ] {
            let found = difference(first, second);
            for (found, wanted) in found.into_iter().zip(wanted) {
                assert!((found - wanted).abs() < 0.5e-4 + 1e-12, "{first:?} and {second:?}: {found}, not {wanted}");
            }
            let turned = difference(second, first);
            assert!((turned[0] + found[1]).abs() < 1e-15 && (turned[1] + found[0]).abs() < 1e-15);
        }
    }
}
