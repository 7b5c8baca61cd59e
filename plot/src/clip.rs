//! Lines are cut at the border of their chart.

/// The pieces of a line that lie in the unit square (Liang and Barsky). Where a point is not finite the line is broken.
pub(crate) fn pieces(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let Some((from, to)) = inside(pair[0], pair[1]) else {
            open = false;
            continue;
        };
        let at = |share: f64| (ax + share * (bx - ax), ay + share * (by - ay));
        if !(open && from == 0.0) {
            pieces.push(vec![at(from)]);
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(at(to));
        }
        open = to >= 1.0;
    }
    pieces
}

/// The part of the way from a to b that is inside, as two shares of the way.
fn inside((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> Option<(f64, f64)> {
    if ![ax, ay, bx, by].iter().all(|v| v.is_finite()) {
        return None;
    }
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (step, room) in [(ax - bx, ax), (bx - ax, 1.0 - ax), (ay - by, ay), (by - ay, 1.0 - ay)] {
        if step < 0.0 {
            from = from.max(room / step);
        } else if step > 0.0 {
            to = to.min(room / step);
        } else if room < 0.0 {
            return None;
        }
    }
    (from <= to).then_some((from, to))
}

/// Whether a point lies in the unit square, its border included.
pub(crate) fn holds((x, y): (f64, f64)) -> bool {
    (-1e-9..=1.0 + 1e-9).contains(&x) && (-1e-9..=1.0 + 1e-9).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_is_cut_off() {
        let found = pieces(&[(0.0, 0.5), (0.25, 100.0), (0.5, -100.0), (0.75, 0.5), (1.0, 0.5)]);
        assert_eq!(found.len(), 3, "up to the border, down through it, and on from there: {found:?}");
        assert!(found.iter().flatten().all(|point| holds(*point)), "{found:?}");
        assert_eq!(found[2].last(), Some(&(1.0, 0.5)));
    }

    #[test]
    fn what_is_no_number_breaks_the_line() {
        assert_eq!(pieces(&[(0.1, 0.1), (0.2, 0.1), (0.3, f64::NAN), (0.4, 0.1), (0.5, 0.1)]).len(), 2);
        assert!(pieces(&[(2.0, 0.0), (2.0, 1.0)]).is_empty());
        assert!(pieces(&[(0.5, 0.5)]).is_empty());
    }
}
