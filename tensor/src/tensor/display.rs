//! How tensors are printed.

use core::fmt;

use super::Tensor;
use crate::{Flat, Sample, Scalar};

/// How many elements of an axis are printed at each end where not all are.
const SHOWN: usize = 3;
/// The longest axis that is printed whole.
const WHOLE: usize = 8;

/// The places of an axis that are printed, with `None` for those left out.
fn shown(len: usize) -> impl Iterator<Item = Option<usize>> {
    let elided = len > WHOLE;
    let (first, last) = if elided { (SHOWN, len - SHOWN) } else { (len, len) };
    (0..first).map(Some).chain(elided.then_some(None)).chain((last..len).map(Some))
}

/// Calls `f` with each element that is printed.
fn each_shown<T: Scalar>(sizes: &[usize], x: &[T], f: &mut dyn FnMut(T)) {
    match sizes {
        [] => f(x[0]),
        [len, inner @ ..] => {
            for i in shown(*len).flatten() {
                let step = x.len() / len;
                each_shown(inner, &x[i * step..(i + 1) * step], f);
            }
        }
    }
}

/// Counts the characters that are written.
struct Width(usize);

impl fmt::Write for Width {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.chars().count();
        Ok(())
    }
}

/// One element, with the precision that was asked for.
fn write_element<T: Scalar>(to: &mut dyn fmt::Write, precision: Option<usize>, x: T) -> fmt::Result {
    match precision {
        Some(digits) => write!(to, "{x:.digits$}"),
        None => write!(to, "{x}"),
    }
}

fn width_of<T: Scalar>(precision: Option<usize>, x: T) -> usize {
    let mut width = Width(0);
    // Counting does not fail.
    let _ = write_element(&mut width, precision, x);
    width.0
}

/// The elements in nested brackets, each `indent` spaces from the left and at least `width` characters wide.
fn write_nested<T: Scalar>(
    f: &mut fmt::Formatter<'_>,
    sizes: &[usize],
    x: &[T],
    (indent, width): (usize, usize),
) -> fmt::Result {
    let [len, inner @ ..] = sizes else {
        let blank = width.saturating_sub(width_of(f.precision(), x[0]));
        let precision = f.precision();
        write!(f, "{:blank$}", "")?;
        return write_element(f, precision, x[0]);
    };
    f.write_str("[")?;
    for (count, place) in shown(*len).enumerate() {
        if count > 0 {
            f.write_str(if inner.is_empty() { ", " } else { "," })?;
            if !inner.is_empty() {
                // One line per row, and an empty line more for each further dimension.
                for _ in 0..inner.len() {
                    f.write_str("\n")?;
                }
                write!(f, "{:1$}", "", indent + 1)?;
            }
        }
        match place {
            None => f.write_str("...")?,
            Some(i) => {
                let step = x.len() / len;
                write_nested(f, inner, &x[i * step..(i + 1) * step], (indent + 1, width))?;
            }
        }
    }
    f.write_str("]")
}

/// Nested brackets with the columns aligned, as `NumPy` prints an array. Axes longer than 8 show their ends only.
///
/// ```
/// use typednet_tensor::Tensor;
///
/// let a = Tensor([[1.0, -20.5], [0.25, 3.0]]);
/// assert_eq!(a.to_string(), "[[    1, -20.5],\n [ 0.25,     3]]");
/// assert_eq!(format!("{a:.1}"), "[[  1.0, -20.5],\n [  0.2,   3.0]]");
/// ```
impl<T: Scalar, A: Sample<Elem = T>> fmt::Display for Tensor<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sizes, x) = (A::SHAPE, self.as_flat());
        let mut width = 0;
        each_shown(sizes.sizes(), x, &mut |x| width = width.max(width_of(f.precision(), x)));
        write_nested(f, sizes.sizes(), x, (0, width))
    }
}

impl<T: Scalar, A: Sample<Elem = T>> fmt::Debug for Tensor<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
