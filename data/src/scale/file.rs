//! The file format of all scalers.

use super::ScaleError;

/// The numbers of the `N` features.
pub(super) fn each<'n, const N: usize>(name: &str, numbers: &'n [f64]) -> Result<&'n [f64; N], ScaleError> {
    numbers.try_into().map_err(|_| {
        let reason = format!("`{name}` has {} numbers for {N} features", numbers.len());
        ScaleError::Malformed { reason }
    })
}

/// Whether the scaler is one of `N` features.
pub(super) fn features<const N: usize>(found: usize) -> Result<(), ScaleError> {
    if found == N { Ok(()) } else { Err(ScaleError::OtherFeatures { expected: N, found }) }
}
