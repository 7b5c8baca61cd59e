//! The order of losses and scores, some of which may not be numbers.

use core::cmp::Ordering;

/// Which of two numbers is the better one: a loss is better where it is lower, an accuracy where it is higher.
///
/// NaN, whatever its sign bit says, is worse than every number, −∞ and ∞ among them; 0 and −0 are equal. The order of
/// [`f64::total_cmp`] is another one: it puts a NaN with a sign, such as ∞ − ∞ gives on x86-64, before all numbers.
///
/// ```
/// use typednet_tensor::Better;
///
/// let losses = [-f64::NAN, 0.25, f64::INFINITY, 0.125];
/// assert_eq!(Better::Lower.first_of(losses, |loss| *loss), Some(0.125));
/// let mut accuracies = [0.5, f64::NAN, 0.75];
/// accuracies.sort_by(|a, b| Better::Higher.order(*a, *b));
/// assert!(accuracies[..2] == [0.75, 0.5] && accuracies[2].is_nan());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The lower the better.
    Lower,
    /// The higher the better.
    Higher,
}

impl Better {
    /// The order that begins with the best and ends with what is not a number.
    pub fn order<T: PartialOrd + Copy>(self, a: T, b: T) -> Ordering {
        match (a.partial_cmp(&b), self) {
            (Some(order), Self::Lower) => order,
            (Some(order), Self::Higher) => order.reverse(),
            (None, _) => is_nan(&a).cmp(&is_nan(&b)),
        }
    }

    /// Whether `new` is better than `old`. A number is better than none, NaN never is.
    pub fn is_better<T: PartialOrd + Copy>(self, new: T, old: T) -> bool {
        self.order(new, old).is_lt()
    }

    /// The first of the items for which `of` is best; `None` if it is a number for none of them.
    pub fn first_of<I, T: PartialOrd>(self, items: impl IntoIterator<Item = I>, of: impl Fn(&I) -> T) -> Option<I> {
        let mut best: Option<(T, I)> = None;
        for item in items {
            let new = of(&item);
            let wins = best.as_ref().map_or_else(|| !is_nan(&new), |(old, _)| self.is_better(&new, old));
            if wins {
                best = Some((new, item));
            }
        }
        best.map(|(_, item)| item)
    }
}

fn is_nan<T: PartialOrd>(x: &T) -> bool {
    x.partial_cmp(x).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECIAL: [f64; 9] =
        [f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE, -0.0, 0.0, f64::MIN_POSITIVE, 1.0, f64::INFINITY, f64::NAN];

    #[test]
    fn what_is_no_number_comes_last_in_both_directions() {
        for better in [Better::Lower, Better::Higher] {
            for nan in [f64::NAN, -f64::NAN] {
                for number in &SPECIAL[..8] {
                    assert!(better.is_better(*number, nan) && !better.is_better(nan, *number), "{better:?} {number}");
                    assert_eq!(better.first_of([nan, *number, nan], |x| *x).map(f64::to_bits), Some(number.to_bits()));
                }
                assert!(!better.is_better(nan, nan) && better.first_of([nan, -nan], |x| *x).is_none());
            }
        }
    }

    #[test]
    fn it_is_an_order() {
        // A sort panics, or leaves a mess, where an order contradicts itself.
        for better in [Better::Lower, Better::Higher] {
            for (a, b) in SPECIAL.iter().flat_map(|a| SPECIAL.iter().map(move |b| (*a, *b))) {
                assert_eq!(better.order(a, b), better.order(b, a).reverse(), "{a} {b}");
                for c in SPECIAL {
                    if better.order(a, b).is_le() && better.order(b, c).is_le() {
                        assert!(better.order(a, c).is_le(), "{better:?}: {a} {b} {c}");
                    }
                }
            }
        }
        assert!(Better::Lower.is_better(1.0, 2.0) && Better::Higher.is_better(2.0_f32, 1.0));
    }

    #[test]
    fn of_equal_ones_the_first_is_taken() {
        let items = [(1, 0.5), (2, 0.0), (3, -0.0), (4, 0.5)];
        assert_eq!(Better::Lower.first_of(items, |item| item.1).map(|item| item.0), Some(2));
        assert_eq!(Better::Higher.first_of(items, |item| item.1).map(|item| item.0), Some(1));
    }
}
