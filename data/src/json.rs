//! JSON as one line.

use serde::Serialize;

use crate::DataError;

/// `facts` as one line.
pub(crate) fn line(facts: &impl Serialize) -> Result<String, DataError> {
    serde_json::to_string(facts).map_err(DataError::Json)
}
