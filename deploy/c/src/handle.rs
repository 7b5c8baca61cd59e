//! A model that a caller holds.

use std::ffi::{CStr, c_char};

use typednet::layers::Layer;
use typednet::prelude::{Model, Persist};

use crate::Status;
use crate::border::{Failure, call, look_at};

/// A model that a caller holds: of a file, or part of the program. Nothing changes it, so all threads may use it at once.
pub struct Handle<M: Layer>(Held<M>);

enum Held<M: Layer> {
    Loaded(Model<M>),
    Builtin(&'static M),
}

impl<M: Layer> Handle<M> {
    /// The handle of a model that is part of the program; to free it does nothing.
    pub const fn builtin(model: &'static M) -> Self {
        Self(Held::Builtin(model))
    }

    pub(crate) fn model(&self) -> &M {
        match &self.0 {
            Held::Loaded(model) => model,
            Held::Builtin(model) => model,
        }
    }
}

/// Loads weights and hands the model over.
///
/// # Safety
/// `path` is null or points to a text that ends with 0; `to` is null or points to a place for a pointer.
pub unsafe fn load<M: Layer>(path: *const c_char, to: *mut *mut Handle<M>) -> Status {
    call(|| {
        look_at("place for the model", to)?;
        // SAFETY: it is neither null nor misaligned, so by contract it is a place for a pointer.
        unsafe { to.write(std::ptr::null_mut()) };
        look_at("path", path)?;
        // SAFETY: it is not null, so by contract it is a text that ends with 0.
        let path = unsafe { CStr::from_ptr(path) };
        let path = path.to_str().map_err(|error| Failure::new(Status::NotUtf8, format!("the path: {error}")))?;
        let model = M::load(path).map_err(|error| Failure::new(Status::CannotLoad, error.to_string()))?;
        let handle = Box::into_raw(Box::new(Handle(Held::Loaded(model))));
        // SAFETY: as above.
        unsafe { to.write(handle) };
        Ok(())
    })
}

/// Frees a model; null, misaligned pointers and what is part of the program are left alone.
///
/// # Safety
/// `handle` is null, of [`load`], or that of a model that is part of the program; no call uses it now or later.
pub unsafe fn free<M: Layer>(handle: *mut Handle<M>) {
    // What is misaligned is no handle of this library's.
    let may_be_one = handle.is_aligned();
    // SAFETY: it is aligned, and null or a handle by contract.
    let is_loaded = may_be_one && unsafe { handle.as_ref() }.is_some_and(|handle| matches!(handle.0, Held::Loaded(_)));
    if is_loaded {
        // Nothing that a model holds can panic where it is dropped, but a status costs nothing.
        call(|| {
            // SAFETY: `load` has made it by `Box::into_raw`, and by contract this is the last use.
            drop(unsafe { Box::from_raw(handle) });
            Ok(())
        });
    }
}
