//! Which loss a network learns by, which its last activation says.

use numpy::{Element, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use typednet::loss::LossFor;
use typednet::prelude::*;
use typednet::tensor::rows;

use crate::array;
use crate::borrow::Borrow;

/// A last activation that says what a network is trained with.
pub trait Teach<Out: Sample>: Sized {
    /// What an output is compared with.
    type Target: Copy + Send + Sync + 'static;

    /// How.
    type Loss: LossFor<Self, Out, Target = Self::Target>;

    /// It itself.
    fn loss() -> Self::Loss;

    /// An array's targets, `count` of them.
    ///
    /// # Errors
    /// If the array is of another kind or shape, or holds what is no target.
    fn targets(y: &Bound<'_, PyAny>, count: usize) -> PyResult<Vec<Self::Target>>;
}

/// Labels from 0: an array of whole numbers of 64 bits.
impl<const N: usize> Teach<[f32; N]> for Softmax {
    type Target = Class<N>;
    type Loss = CrossEntropy;

    fn loss() -> CrossEntropy {
        CrossEntropy
    }

    fn targets(y: &Bound<'_, PyAny>, count: usize) -> PyResult<Vec<Class<N>>> {
        let y = array::of::<i64>("y", y)?;
        same_count(y.shape(), &[count])?;
        let (_borrow, labels) = read(&y)?;
        let labels = labels.as_slice()?.iter().enumerate().map(|(at, label)| {
            let class = usize::try_from(*label).ok().and_then(|label| Class::new(label).ok());
            class
                .ok_or_else(|| PyValueError::new_err(format!("y[{at}] is {label}; the {N} classes are 0 to {}", N - 1)))
        });
        labels.collect()
    }
}

macro_rules! numbers {
    ($($head:ty => $loss:ty = $value:expr),* $(,)?) => {$(
        impl<const N: usize> Teach<[f32; N]> for $head {
            type Target = [f32; N];
            type Loss = $loss;

            fn loss() -> $loss {
                $value
            }

            fn targets(y: &Bound<'_, PyAny>, count: usize) -> PyResult<Vec<[f32; N]>> {
                let y = array::of::<f32>("y", y)?;
                same_count(y.shape(), &[count, N])?;
                let (_borrow, numbers) = read(&y)?;
                Ok(rows(numbers.as_slice()?).to_vec())
            }
        }
    )*};
}

numbers! {
    Sigmoid => BinaryCrossEntropy = BinaryCrossEntropy,
    Linear => SquaredError = SquaredError::Mean,
    Tanh => SquaredError = SquaredError::Mean,
    Relu => SquaredError = SquaredError::Mean,
}

/// What is read of the targets, as long as it is.
fn read<'py, E: Element>(y: &Bound<'py, PyArrayDyn<E>>) -> PyResult<(Borrow, PyReadonlyArrayDyn<'py, E>)> {
    let written = || PyValueError::new_err("y is being written by another call");
    let borrow = Borrow::read(array::place(y)).ok_or_else(written)?;
    Ok((borrow, y.try_readonly().map_err(|_| written())?))
}

fn same_count(found: &[usize], expected: &[usize]) -> PyResult<()> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (array::tuple(found), array::tuple(expected));
    Err(PyValueError::new_err(format!("y has the shape {found}; expected {expected}, one target for each sample of x")))
}
