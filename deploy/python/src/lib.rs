//! Networks as modules of Python: `export_python!(Mnist, "mnist")` in a crate whose type is `cdylib` is all of it.
//!
//! ```
//! use typednet::prelude::*;
//! use typednet_python::export_python;
//!
//! network! { pub struct Xor: 2 => Dense<8, Tanh> => Dense<1, Sigmoid> -> 1 }
//!
//! export_python!(Xor, "xor");
//! # fn main() {}
//! ```
//!
//! | function of the module | what it does |
//! | --- | --- |
//! | `predict(x, out=None)` | the outputs for one sample or many, read where the array is |
//! | `train(x, y, epochs=10, batch=64, rate=0.001, seed=0)` | trains the module's model by Adam: the mean loss of each epoch |
//! | `reset(seed=0)` | new first weights |
//! | `load(path)`, `save(path)` | weights in a safetensors file |
//!
//! | module | what is in it |
//! | --- | --- |
//! | `array` | arrays as samples, or an exception with both shapes in it |
//! | `borrow` | which memory the calls are using |
//! | `state` | the module's model, which calls of several threads share |
//! | `teach` | which loss a network learns by, which its last activation says |
//! | `functions` | the functions above, for any network |
#![forbid(unsafe_code)]

mod array;
mod borrow;
mod functions;
mod state;
mod teach;

#[doc(hidden)]
pub use pyo3;

pub use state::State;
pub use teach::Teach;

/// What [`export_python!`] expands to; no part of what is promised.
#[doc(hidden)]
pub mod __private {
    pub use crate::functions::{Course, address, constants, load, predict, reset, save, train};
}

/// Makes the module of a network of `f32`, of that name.
///
/// A third argument is a `static` of the network, with whose weights the module begins; without one they are
/// `Network::seeded(0)`'s.
#[macro_export]
macro_rules! export_python {
    ($network:ty, $name:literal $(, $builtin:path)? $(,)?) => {
        const _: () = {
            use $crate::pyo3::prelude::*;

            static STATE: $crate::State<$network> = $crate::State::new($crate::export_python!(@ $($builtin)?));

            /// The outputs for one sample or many: of float32, where `out` is or in a new array.
            ///
            /// `x` is read where it is. Nobody may change `x` or `out` meanwhile: other threads run.
            #[pyfunction]
            #[pyo3(signature = (x, out = None), crate = "::typednet_python::pyo3")]
            fn predict<'py>(x: &Bound<'py, PyAny>, out: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
                $crate::__private::predict(&STATE, x, out)
            }

            /// Trains the model by Adam and gives the mean loss of each epoch; other threads run meanwhile, and predict with
            /// the weights from before; `train`, `reset` and `load` refuse them. `x` is read where it is.
            #[pyfunction]
            #[pyo3(
                signature = (x, y, epochs = 10, batch = 64, rate = 0.001, seed = 0),
                crate = "::typednet_python::pyo3"
            )]
            fn train(
                x: &Bound<'_, PyAny>,
                y: &Bound<'_, PyAny>,
                epochs: usize,
                batch: usize,
                rate: f64,
                seed: u64,
            ) -> PyResult<Vec<f64>> {
                $crate::__private::train(&STATE, x, y, $crate::__private::Course { epochs, batch, rate, seed })
            }

            /// Gives the model new first weights.
            #[pyfunction]
            #[pyo3(signature = (seed = 0), crate = "::typednet_python::pyo3")]
            fn reset(seed: u64) -> PyResult<()> {
                $crate::__private::reset(&STATE, seed)
            }

            /// Loads weights from a safetensors file.
            #[pyfunction]
            #[pyo3(crate = "::typednet_python::pyo3")]
            fn load(py: Python<'_>, path: ::std::path::PathBuf) -> PyResult<()> {
                $crate::__private::load(&STATE, py, &path)
            }

            /// Writes the weights to a safetensors file, which is whole or as it was.
            #[pyfunction]
            #[pyo3(crate = "::typednet_python::pyo3")]
            fn save(py: Python<'_>, path: ::std::path::PathBuf) -> PyResult<()> {
                $crate::__private::save(&STATE, py, &path)
            }

            /// The address of the first number that `predict(x)` reads: `x.ctypes.data`, since nothing is copied.
            #[pyfunction]
            #[pyo3(crate = "::typednet_python::pyo3")]
            fn _address(x: &Bound<'_, PyAny>) -> PyResult<usize> {
                $crate::__private::address(&STATE, x)
            }

            #[pymodule]
            #[pyo3(name = $name, crate = "::typednet_python::pyo3")]
            fn initialise(module: &Bound<'_, PyModule>) -> PyResult<()> {
                $crate::__private::constants::<$network>(module)?;
                module.add_function(wrap_pyfunction!(predict, module)?)?;
                module.add_function(wrap_pyfunction!(train, module)?)?;
                module.add_function(wrap_pyfunction!(reset, module)?)?;
                module.add_function(wrap_pyfunction!(load, module)?)?;
                module.add_function(wrap_pyfunction!(save, module)?)?;
                module.add_function(wrap_pyfunction!(_address, module)?)
            }
        };
    };
    (@ $builtin:path) => { ::core::option::Option::Some(&$builtin) };
    (@) => { ::core::option::Option::None };
}
