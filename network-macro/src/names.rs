//! Names of the library in the code of a network.
//!
//! The user's file may hold anything: a `const x`, a `struct f64`, a `macro_rules! assert`, the library under another name.
//! So every path begins with the library, number types included, and every name that the code binds begins with two
//! underscores: a pattern `x` would be the user's `const x`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

/// The library, as the code of one network names it.
pub(crate) struct Library {
    /// `$crate` of the `macro_rules!` that users call.
    krate: TokenStream,
    /// What the item form calls the library's hidden module, in a `use` beside the struct: a path that begins with
    /// `$crate` would draw rustc's carets to the whole of `network!`.
    alias: Option<Ident>,
}

impl Library {
    /// For the type form, beside which nothing can stand.
    pub(crate) fn new(krate: TokenStream) -> Self {
        Self { krate, alias: None }
    }

    /// For the struct `name`.
    pub(crate) fn beside(&mut self, name: &Ident) {
        self.alias = Some(quote::format_ident!("__net_of_{name}", span = Span::mixed_site()));
    }

    /// The hidden module by its whole path.
    pub(crate) fn module(&self) -> TokenStream {
        let krate = &self.krate;
        quote_spanned!(Span::mixed_site()=> #krate::__private)
    }

    /// The hidden module in a type, with the place to blame.
    pub(crate) fn path(&self, span: Span) -> TokenStream {
        self.alias_at(span).unwrap_or_else(|| self.module())
    }

    /// The hidden module in a [`block`](Self::block), with the place to blame.
    pub(crate) fn path_in_block(&self, span: Span) -> TokenStream {
        self.alias_at(span).unwrap_or_else(|| Ident::new("__net", span).to_token_stream())
    }

    /// Code in braces.
    pub(crate) fn block(&self, code: &TokenStream) -> TokenStream {
        let module = self.module();
        let named = self.alias.is_none().then(|| quote_spanned!(Span::mixed_site()=> use #module as __net;));
        quote!({ #named #code })
    }

    /// The item that makes the alias known.
    pub(crate) fn item(&self) -> TokenStream {
        let module = self.module();
        let alias = self.alias.iter();
        quote_spanned!(Span::mixed_site()=> #(#[doc(hidden)] #[allow(unused_imports, reason = "not every network needs it")] use #module as #alias;)*)
    }

    fn alias_at(&self, span: Span) -> Option<TokenStream> {
        let alias = self.alias.as_ref()?;
        Some(Ident::new(&alias.to_string(), span).to_token_stream())
    }
}
