//! `#[derive(Flat)]`: the fields of a layer of the user's, handed to `impl_flat!`, which checks them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Error, Fields, GenericParam, Meta, Result, Token, Type};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    expand(input).unwrap_or_else(Error::into_compile_error)
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(name, "a layer's parameters are the fields of a struct: declare a `struct`"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(
            name,
            "a layer's parameters have names: write `struct Name { weight: [f32; 3] }`",
        ));
    };
    if !input.attrs.iter().any(is_repr_c) {
        return Err(Error::new_spanned(
            name,
            "`#[derive(Flat)]` needs the fields to stand in memory as they are written: put `#[repr(C)]` before the struct",
        ));
    }
    if let Some(condition) = &input.generics.where_clause {
        return Err(Error::new_spanned(condition, "write the bounds behind the parameters: `struct Name<T: Scalar>`"));
    }
    let (markers, numbers): (Vec<_>, Vec<_>) = fields.named.iter().partition(|field| is_marker(&field.ty));
    let Some(first) = numbers.first() else {
        return Err(Error::new_spanned(
            name,
            "the struct has no numbers, which say what it computes with: give a layer without parameters a field of \
             type `[f32; 0]`",
        ));
    };
    let first = &first.ty;
    let parameters = input.generics.params.iter().map(without_default);
    let (_, arguments, _) = input.generics.split_for_impl();
    let marker_names = markers.iter().map(|field| &field.ident);
    let (names, types): (Vec<_>, Vec<_>) = numbers.iter().map(|field| (&field.ident, &field.ty)).unzip();
    Ok(quote! {
        ::typednet::tensor::impl_flat! {
            [#(#parameters),*] #name #arguments: <#first as ::typednet::tensor::Flat>::Elem {
                #(#names: #types,)*
            } markers { #(#marker_names),* }
        }
    })
}

fn is_repr_c(attribute: &Attribute) -> bool {
    let parts = || attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    attribute.path().is_ident("repr") && parts().is_ok_and(|parts| parts.iter().any(|part| part.path().is_ident("C")))
}

fn is_marker(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "PhantomData"))
}

/// The parameter as an `impl` takes it.
fn without_default(parameter: &GenericParam) -> GenericParam {
    let mut parameter = parameter.clone();
    match &mut parameter {
        GenericParam::Type(parameter) => parameter.default = None,
        GenericParam::Const(parameter) => parameter.default = None,
        GenericParam::Lifetime(_) => {}
    }
    parameter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        derive(&syn::parse_str(source).expect("an item")).to_string().split_whitespace().collect()
    }

    #[test]
    fn fields_markers_and_parameters_are_handed_on() {
        let found =
            text("#[repr(C)] struct A<T: Scalar = f32, const N: usize = 3> { a: [T; N], b: T, m: PhantomData<T> }");
        let wanted = "::typednet::tensor::impl_flat!{[T:Scalar,constN:usize]A<T,N>:<[T;N]as::typednet::tensor::Flat>::Elem\
                      {a:[T;N],b:T,}markers{m}}";
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_cannot_be_flat_is_refused_in_words() {
        for (source, words) in [
            ("enum A { B }", "declarea`struct`"),
            ("#[repr(C)] struct A([f32; 3]);", "havenames"),
            ("struct A { b: f32 }", "put`#[repr(C)]`before"),
            ("#[repr(transparent)] struct A { b: f32 }", "put`#[repr(C)]`before"),
            ("#[repr(C)] struct A { b: PhantomData<u8> }", "nonumbers"),
            ("#[repr(C)] struct A<T> where T: Scalar { b: T }", "boundsbehind"),
        ] {
            let found = text(source);
            assert!(found.contains("compile_error") && found.contains(words), "{source}: {found}");
        }
        assert!(!text("#[repr(C, align(4))] struct A { b: f32 }").contains("compile_error"));
    }
}
