//! Claims of a lesson, and whether they held.

use std::fmt;

use crate::Failed;

/// A sentence of the course, with what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The sentence.
    pub says: String,
    /// The numbers that it was held against.
    pub found: String,
    /// Whether it held.
    pub holds: bool,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = if self.holds { "holds" } else { "DOES NOT HOLD" };
        write!(f, "{held}: {} ({})", self.says, self.found)
    }
}

/// The claims of a lesson.
///
/// ```
/// use typednet_course::Claims;
///
/// let claims = Claims::new().hold(1 + 1 == 2, "one and one are two", 1 + 1);
/// assert!(claims.all().is_ok());
/// let error = claims.hold(2 > 3, "two is more than three", "2 and 3").all().unwrap_err();
/// assert!(error.to_string().contains("two is more than three"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Claims(Vec<Claim>);

impl Claims {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One more claim: whether it holds, what it says, and what was found.
    pub fn hold(mut self, holds: bool, says: impl Into<String>, found: impl fmt::Display) -> Self {
        self.0.push(Claim { says: says.into(), found: found.to_string(), holds });
        self
    }

    /// Those of another list too.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Each of them.
    pub fn list(&self) -> &[Claim] {
        &self.0
    }

    /// How many hold.
    pub fn held(&self) -> usize {
        self.0.iter().filter(|claim| claim.holds).count()
    }

    /// That there are claims and all of them hold.
    ///
    /// # Errors
    /// If one does not hold; the error has its words and what was found.
    pub fn all(&self) -> Result<(), Failed> {
        match self.0.iter().find(|claim| !claim.holds) {
            Some(broken) => {
                Err(format!("a claim of the course does not hold: {} ({})", broken.says, broken.found).into())
            }
            None if self.0.is_empty() => Err("the lesson claims nothing".into()),
            None => Ok(()),
        }
    }
}
