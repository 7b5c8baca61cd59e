//! The functions of a module, for any network.

use std::path::Path;

use numpy::{PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use typednet::data::Source;
use typednet::prelude::*;
use typednet::tensor::{flat, rows, rows_mut};

use crate::borrow::Borrow;
use crate::state::Busy;
use crate::{State, Teach, array};

/// How a model is trained.
#[derive(Clone, Copy)]
pub struct Course {
    /// How often it walks over the data.
    pub epochs: usize,
    /// How many samples a step has.
    pub batch: usize,
    /// The rate of Adam.
    pub rate: f64,
    /// What decides the order of the samples.
    pub seed: u64,
}

/// What is said of the network beside its functions.
///
/// # Errors
/// If the interpreter has no memory.
pub fn constants<M: Layer>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__doc__", format!("{}: {} trained parameters.", M::TREE, M::PARAMS))?;
    module.add("INPUT", PyTuple::new(module.py(), M::In::SHAPE.sizes())?)?;
    module.add("OUTPUT", PyTuple::new(module.py(), M::Out::SHAPE.sizes())?)?;
    module.add("PARAMS", M::PARAMS)
}

/// What `predict` and `train` read of an array.
struct Samples<'py> {
    array: PyReadonlyArrayDyn<'py, f32>,
    _borrow: Borrow,
    /// None where it is one sample by itself.
    rows: Option<usize>,
}

impl<'py> Samples<'py> {
    fn of<S: Sample<Elem = f32>>(x: &Bound<'py, PyAny>) -> PyResult<Self> {
        let array = array::of::<f32>("x", x)?;
        let rows = array::rows::<S>("x", array.shape())?;
        let written = || PyValueError::new_err("x is being written by another call");
        let borrow = Borrow::read(array::place(&array)).ok_or_else(written)?;
        let array = array.try_readonly().map_err(|_| written())?;
        Ok(Self { array, _borrow: borrow, rows })
    }

    fn samples<S: Sample<Elem = f32>>(&self) -> PyResult<&[S]> {
        Ok(rows(self.array.as_slice()?))
    }
}

/// See the module's function of this name.
///
/// # Errors
/// An exception that says what is wrong, with both shapes.
pub fn predict<'py, M>(
    state: &State<M>,
    x: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>>
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    let py = x.py();
    let input = Samples::of::<M::In>(x)?;
    let shape: Vec<usize> = input.rows.into_iter().chain(M::Out::SHAPE.sizes().iter().copied()).collect();
    let out = match out {
        None => PyArrayDyn::<f32>::zeros(py, shape, false),
        Some(out) => {
            let out = array::of::<f32>("out", out)?;
            if out.shape() != shape {
                let (found, expected) = (array::tuple(out.shape()), array::tuple(&shape));
                let of = array::tuple(input.array.shape());
                return Err(PyValueError::new_err(format!(
                    "out has the shape {found}; expected {expected} for x of the shape {of}"
                )));
            }
            out
        }
    };
    let refused = || PyValueError::new_err("out is read-only, overlaps x or is in use");
    let borrow = Borrow::write(array::place(&out)).ok_or_else(refused)?;
    let mut written = out.try_readwrite().map_err(|_| refused())?;
    let (x, y) = (input.samples::<M::In>()?, rows_mut::<M::Out>(written.as_slice_mut()?));
    let model = state.current();
    py.detach(|| infer::<M>(&model, x, y));
    drop((written, borrow));
    Ok(out.into_any())
}

/// As `predict` and `predict_many` compute, to a place of the caller's.
fn infer<M: Layer<Elem = f32>>(model: &M, x: &[M::In], y: &mut [M::Out]) {
    match (x, &mut *y) {
        ([], _) => (),
        ([x], [y]) => model.predict_to(x, y),
        _ => {
            for (y, from) in y.iter_mut().zip(model.predict_many(x)) {
                *y = from;
            }
        }
    }
}

/// The data of a training, where they are.
struct View<'a, X, Y> {
    x: &'a [X],
    y: Vec<Y>,
}

impl<X: Sample, Y: Copy + Sync> Source<X, Y> for View<'_, X, Y> {
    fn len(&self) -> usize {
        self.x.len()
    }

    fn target(&self, row: u32) -> Y {
        self.y[row as usize]
    }

    fn gather(&self, rows: &[u32], _: Key, x: &mut [X], y: &mut [Y]) {
        assert!(rows.len() == x.len() && rows.len() == y.len(), "there must be a place for each row");
        for ((row, x), y) in rows.iter().zip(x).zip(y) {
            (*x, *y) = (self.x[*row as usize], self.y[*row as usize]);
        }
    }
}

/// See the module's function of this name.
///
/// # Errors
/// An exception that says what is wrong, with both shapes.
pub fn train<M>(state: &State<M>, x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>, course: Course) -> PyResult<Vec<f64>>
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>, Head: Teach<M::Out>>,
{
    let py = x.py();
    let input = Samples::of::<M::In>(x)?;
    let x = input.samples::<M::In>()?;
    let data = View { x, y: M::Head::targets(y, x.len())? };
    let Course { epochs, batch, rate, seed } = course;
    let training = state.train().map_err(busy)?;
    let mut model = Model::<M>::zeroed();
    model.copy_from(&state.current());
    let trainer = Trainer::new(model, M::Head::loss(), Adam::new(rate));
    let mut trainer = trainer.batch(batch).epochs(1).seed(seed).quiet();
    let mut losses = Vec::new();
    for _ in 0..epochs {
        let history = py.detach(|| trainer.fit(&data)).map_err(|error| PyValueError::new_err(error.to_string()))?;
        losses.extend(history.last().map(|record| record.training.loss));
        // Ctrl-C ends it between two epochs, and leaves the module's model as it was.
        py.check_signals()?;
    }
    training.end(trainer.into_model());
    Ok(losses)
}

/// What is being trained is left alone, since the training would undo whatever was done.
fn busy(_: Busy) -> PyErr {
    PyRuntimeError::new_err("the model is being trained by another thread")
}

/// See the module's function of this name.
///
/// # Errors
/// If another thread trains.
pub fn reset<M: Layer>(state: &State<M>, seed: u64) -> PyResult<()> {
    state.replace(M::seeded(seed)).map_err(busy)
}

/// See the module's function of this name.
///
/// # Errors
/// An exception that says what is wrong, with both shapes.
pub fn load<M: Layer>(state: &State<M>, py: Python<'_>, path: &Path) -> PyResult<()> {
    if !path.exists() {
        return Err(PyFileNotFoundError::new_err(format!("{}: there is no such file", path.display())));
    }
    let model = py.detach(|| M::load(path)).map_err(|error| PyValueError::new_err(error.to_string()))?;
    state.replace(model).map_err(busy)
}

/// See the module's function of this name.
///
/// # Errors
/// An exception that says what is wrong, with both shapes.
pub fn save<M: Layer>(state: &State<M>, py: Python<'_>, path: &Path) -> PyResult<()> {
    let model = state.current();
    py.detach(|| model.save(path)).map_err(|error| PyOSError::new_err(error.to_string()))
}

/// See the module's function of this name.
///
/// # Errors
/// An exception that says what is wrong, with both shapes.
pub fn address<M>(_: &State<M>, x: &Bound<'_, PyAny>) -> PyResult<usize>
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    Ok(flat(Samples::of::<M::In>(x)?.samples::<M::In>()?).as_ptr().addr())
}
