//! The mistakes found so far.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// Collects every mistake of one network, so that a user sees all of them in one run of the compiler.
#[derive(Default)]
pub(crate) struct Context {
    errors: RefCell<Vec<Error>>,
}

impl Context {
    /// Notes a mistake; the caret covers `at`.
    pub(crate) fn error(&self, at: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(at, message));
    }

    /// Notes a mistake that the parser found.
    pub(crate) fn push(&self, error: Error) {
        self.errors.borrow_mut().push(error);
    }

    /// Whether nothing was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    /// Each mistake as a `compile_error!`.
    pub(crate) fn into_errors(self) -> Vec<TokenStream> {
        let errors = self.errors.into_inner();
        errors.into_iter().flatten().map(|error| error.to_compile_error()).collect()
    }
}
