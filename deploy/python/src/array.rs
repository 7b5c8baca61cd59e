//! Arrays as samples, read where they are, or an exception with both shapes in it.

use numpy::{Element, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use typednet::prelude::Sample;

/// An array of `E` whose elements lie side by side in the order of C, or why it is none.
pub(crate) fn of<'py, E: Element>(name: &str, array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArrayDyn<E>>> {
    let Ok(untyped) = array.cast::<PyUntypedArray>() else {
        let kind = array.get_type().name()?;
        return Err(PyTypeError::new_err(format!("{name} is a {kind}; expected a numpy array")));
    };
    let Ok(typed) = array.cast::<PyArrayDyn<E>>() else {
        let (found, expected) = (untyped.dtype(), E::get_dtype(array.py()));
        return Err(PyTypeError::new_err(format!(
            "{name} has elements of {found}; expected {expected}: {name}.astype('{expected}') makes them"
        )));
    };
    if !typed.is_c_contiguous() {
        return Err(PyValueError::new_err(format!(
            "{name} has gaps or another order than C's; numpy.ascontiguousarray({name}) makes a copy without"
        )));
    }
    if !typed.is_aligned() {
        let size = size_of::<E>();
        return Err(PyValueError::new_err(format!(
            "{name} lies at an address that is no multiple of {size}; {name}.copy() lies at one"
        )));
    }
    Ok(typed.clone())
}

/// The numbers of an array that [`of`] has given, as a place in memory.
pub(crate) fn place<E: Element>(array: &Bound<'_, PyArrayDyn<E>>) -> *const [E] {
    std::ptr::slice_from_raw_parts(array.data(), array.len())
}

/// How many samples an array holds; none where it is one sample by itself.
pub(crate) fn rows<S: Sample>(name: &str, shape: &[usize]) -> PyResult<Option<usize>> {
    let sizes = S::SHAPE.sizes();
    match shape {
        shape if shape == sizes => Ok(None),
        [rows, sample @ ..] if sample == sizes => Ok(Some(*rows)),
        found => {
            let (found, one, many) =
                (tuple(found), tuple(sizes), tuple(sizes).replacen('(', "(n, ", 1).replace(",)", ")"));
            Err(PyValueError::new_err(format!("{name} has the shape {found}; expected {one}, or {many} for n samples")))
        }
    }
}

/// As Python writes a shape.
pub(crate) fn tuple(sizes: &[usize]) -> String {
    match sizes {
        [one] => format!("({one},)"),
        sizes => format!("({})", sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
