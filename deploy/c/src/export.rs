//! The functions, for any network.

/// Makes the functions of a library for C of a network of `f32`, whose names begin with the text.
///
/// A third argument is a `static` of the network, whose weights are then part of the library.
///
/// | function, of `"mnist"` | what it does |
/// | --- | --- |
/// | `mnist_load` | loads weights from a file |
/// | `mnist_builtin` | the weights that are part of the library, if any are |
/// | `mnist_free` | frees what was loaded |
/// | `mnist_inputs`, `mnist_outputs` | how many floats a sample has |
/// | `mnist_predict`, `mnist_predict_many` | the outputs of one sample, of many |
/// | `mnist_status_text`, `mnist_last_error` | what went wrong: by number, and in a sentence |
///
/// ```
/// use typednet::prelude::*;
/// use typednet_c::export_c;
///
/// network! { pub struct Xor: 2 => hidden: Dense<8, Tanh> => answer: Dense<1, Sigmoid> }
///
/// static MODEL: Xor = weights!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/xor.safetensors"));
///
/// export_c!(Xor, "xor", MODEL);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export_c {
    ($network:ty, $prefix:literal $(, $builtin:path)? $(,)?) => {
        const _: () = {
            use ::core::ffi::c_char;
            use $crate::Status;

            type Model = $crate::Handle<$network>;

            // The functions begin: the header is made of the text from here on.

            /// Loads weights from a safetensors file and writes a new model to `*model`, which is to be freed; on failure
            /// `*model` is null.
            ///
            /// # Safety
            /// `path` is a text that ends with 0, and `model` a place for a pointer, or null.
            #[unsafe(export_name = concat!($prefix, "_load"))]
            pub unsafe extern "C" fn load(path: *const c_char, model: *mut *mut Model) -> Status {
                // SAFETY: by contract.
                unsafe { $crate::__private::load(path, model) }
            }

            /// Frees a model. Null, misaligned pointers, and what is part of the library, are left alone. No call may use the model
            /// any more.
            ///
            /// # Safety
            /// `model` is null or of this library, and not freed yet.
            #[unsafe(export_name = concat!($prefix, "_free"))]
            pub unsafe extern "C" fn free(model: *mut Model) {
                // SAFETY: by contract.
                unsafe { $crate::__private::free(model) }
            }

            /// How many floats one input has.
            #[unsafe(export_name = concat!($prefix, "_inputs"))]
            pub extern "C" fn inputs() -> usize {
                <<$network as $crate::__private::Layer>::In as $crate::__private::Flat>::LEN
            }

            /// How many floats one output has.
            #[unsafe(export_name = concat!($prefix, "_outputs"))]
            pub extern "C" fn outputs() -> usize {
                <<$network as $crate::__private::Layer>::Out as $crate::__private::Flat>::LEN
            }

            /// Writes the output of the one sample at `x` to `y`. Lengths are in floats.
            ///
            /// All threads may call this at once, also with one model. It allocates nothing, unless the network has layers of
            /// more than 64 KiB between its input and its output.
            ///
            /// # Safety
            /// `model` is a model or null; `x` and `y` point to as many floats as is said, which do not change meanwhile.
            #[unsafe(export_name = concat!($prefix, "_predict"))]
            pub unsafe extern "C" fn predict(
                model: *const Model,
                x: *const f32,
                x_len: usize,
                y: *mut f32,
                y_len: usize,
            ) -> Status {
                // SAFETY: by contract.
                unsafe { $crate::__private::predict(model, x, x_len, y, y_len) }
            }

            /// Writes the outputs of all samples at `x`, one behind the other, to `y`. Lengths are in floats; there are as many
            /// samples as `x_len` has room for. Large numbers of samples are computed on all processors.
            ///
            /// # Safety
            /// `model` is a model or null; `x` and `y` point to as many floats as is said, which do not change meanwhile.
            #[unsafe(export_name = concat!($prefix, "_predict_many"))]
            pub unsafe extern "C" fn predict_many(
                model: *const Model,
                x: *const f32,
                x_len: usize,
                y: *mut f32,
                y_len: usize,
            ) -> Status {
                // SAFETY: by contract.
                unsafe { $crate::__private::predict_many(model, x, x_len, y, y_len) }
            }

            /// The text of a status, of any number. It is part of the library and is not freed.
            #[unsafe(export_name = concat!($prefix, "_status_text"))]
            pub extern "C" fn status_text(status: i32) -> *const c_char {
                $crate::__private::text(status)
            }

            /// A sentence for the last call of this thread that failed, with what was expected and what was found; empty before
            /// the first. It is the library's, and lasts until the next call of this thread that fails.
            #[unsafe(export_name = concat!($prefix, "_last_error"))]
            pub extern "C" fn last_error() -> *const c_char {
                $crate::__private::last_error()
            }

            $(
            // The built-in model begins.

            /// The model that is part of the library. It need not be freed.
            #[unsafe(export_name = concat!($prefix, "_builtin"))]
            pub extern "C" fn builtin() -> *const Model {
                static BUILTIN: Model = Model::builtin(&$builtin);
                &BUILTIN
            }
            )?

            // The functions end.
        };
    };
}
