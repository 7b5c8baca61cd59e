//! The labels of branches.

use std::cell::RefCell;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::Ident;

use crate::ast::{Item, Network};

/// The name of the branches behind the first, where there are more than two.
pub(crate) const REST: &str = "rest";

/// The most bytes of a label where it stands in a type.
pub(crate) const LONGEST: usize = 16;

/// A hidden struct for each two labels of a network, whose fields they are; beside a type nothing stands, and there the labels
/// are numbers.
pub(crate) struct Labels<'a> {
    network: &'a Network,
    found: RefCell<Vec<Pair>>,
}

struct Pair {
    /// The struct.
    name: Ident,
    fields: [Ident; 2],
    /// Whether the second is made of the branches behind the first, which then are fields too.
    has_rest: bool,
}

impl<'a> Labels<'a> {
    pub(crate) fn new(network: &'a Network) -> Self {
        Self { network, found: RefCell::default() }
    }

    /// The type of two labels; `has_rest` says that the second stands for all branches behind the first.
    pub(crate) fn of(&self, fields: [&Ident; 2], has_rest: bool, span: Span) -> TokenStream {
        let Some(item) = &self.network.item else {
            let [left, right] = fields.map(|field| number(&field.to_string()));
            let library = self.network.library.path(span);
            return quote_spanned!(span=> #library::Named<#left, #right>);
        };
        let mut found = self.found.borrow_mut();
        let same =
            found.iter().find(|pair| pair.has_rest == has_rest && pair.fields.iter().zip(fields).all(|(a, b)| a == b));
        if let Some(Pair { name, .. }) = same {
            return quote_spanned!(span=> #name);
        }
        let name = format_ident!("__{}_labels_{}", item.name, found.len() + 1, span = Span::mixed_site());
        found.push(Pair { name: name.clone(), fields: fields.map(Clone::clone), has_rest });
        quote_spanned!(span=> #name)
    }

    /// The structs, which stand beside the network's.
    pub(crate) fn structs(&self, item: &Item) -> Vec<TokenStream> {
        let visibility = &item.visibility;
        let of = |Pair { name, fields: [left, right], .. }: &Pair| {
            quote_spanned! {Span::mixed_site()=>
                #[doc(hidden)]
                #[allow(dead_code, non_camel_case_types, reason = "its name holds that of the struct, and not every field is used")]
                #[repr(C)]
                #visibility struct #name<__A = (), __B = ()> {
                    pub #left: __A,
                    pub #right: __B,
                }
            }
        };
        self.found.borrow().iter().map(of).collect()
    }

    /// What they are for the library, where that is `__net`.
    pub(crate) fn impls(&self) -> Vec<TokenStream> {
        let of = |Pair { name, fields: [left, right], has_rest }: &Pair| {
            let names = [left, right].map(ToString::to_string);
            let rest = has_rest.then(|| {
                quote_spanned! {Span::mixed_site()=>
                    #[automatically_derived]
                    impl<__A, __B> ::core::ops::Deref for #name<__A, __B> {
                        type Target = __B;
                        fn deref(&self) -> &__B {
                            &self.#right
                        }
                    }

                    #[automatically_derived]
                    impl<__A, __B> ::core::ops::DerefMut for #name<__A, __B> {
                        fn deref_mut(&mut self) -> &mut __B {
                            &mut self.#right
                        }
                    }
                }
            });
            quote_spanned! {Span::mixed_site()=>
                __net::impl_flat! {
                    [__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>] #name<__A, __B>: __A::Elem {
                        #left: __A,
                        #right: __B,
                    }
                }

                #[automatically_derived]
                impl __net::Labels for #name {
                    const NAMES: [&'static __net::str; 2] = [#(#names),*];
                    type Fields<__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>> = #name<__A, __B>;
                }

                #rest
            }
        };
        self.found.borrow().iter().map(of).collect()
    }
}

/// A label as a const parameter.
fn number(name: &str) -> Literal {
    let mut bytes = [0; LONGEST];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Literal::u128_unsuffixed(u128::from_le_bytes(bytes))
}
