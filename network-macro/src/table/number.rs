//! Rules for numbers in angle brackets.

/// What a number must be.
#[derive(Clone, Copy)]
pub(crate) enum NumberRule {
    Probability,
    Deviation,
    Finite,
}

impl NumberRule {
    /// What it is called, here and in the library's `check`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::Deviation => "deviation",
            Self::Finite => "number",
        }
    }

    /// The rule.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Probability => "is from 0 up to but not including 1",
            Self::Deviation => "is finite and not negative",
            Self::Finite => "is finite",
        }
    }

    pub(crate) fn keeps(self, value: f64) -> bool {
        match self {
            Self::Probability => (0.0..1.0).contains(&value),
            Self::Deviation => value >= 0.0 && value.is_finite(),
            Self::Finite => value.is_finite(),
        }
    }
}
