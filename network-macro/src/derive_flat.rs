//! `#[derive(Flat)]`: the fields of a layer of the user's, handed to `impl_flat!`, which checks them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Error, Fields, GenericParam, Meta, Path, Result, Token, Type, parse_quote};

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
    let library = library(&input.attrs)?;
    let parameters = input.generics.params.iter().map(without_default);
    let (_, arguments, _) = input.generics.split_for_impl();
    let marker_names = markers.iter().map(|field| &field.ident);
    let (names, types): (Vec<_>, Vec<_>) = numbers.iter().map(|field| (&field.ident, &field.ty)).unzip();
    Ok(quote! {
        #library::tensor::impl_flat! {
            [#(#parameters),*] #name #arguments: <#first as #library::tensor::Flat>::Elem {
                #(#names: #types,)*
            } markers { #(#marker_names),* }
        }
    })
}

/// The library as the user's file knows it: a derive, other than a macro by example, is not told where it comes from.
fn library(attributes: &[Attribute]) -> Result<Path> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("flat")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("expected where the library is, as in `#[flat(crate = nn)]`"));
            }
            if found.is_some() {
                return Err(meta.error("the library is named twice: leave one of them out"));
            }
            found = Some(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        })?;
    }
    Ok(found.unwrap_or_else(|| parse_quote!(::typednet)))
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
    fn the_library_is_where_the_attribute_says() {
        for (attribute, library) in [
            ("", "::typednet"),
            ("crate = nn", "nn"),
            ("crate = ::nn", "::nn"),
            ("crate = crate::ml::nn", "crate::ml::nn"),
        ] {
            let found = text(&format!("#[repr(C)] #[flat({attribute})] struct A {{ b: f32 }}"));
            let wanted = format!(
                "{library}::tensor::impl_flat!{{[]A:<f32as{library}::tensor::Flat>::Elem{{b:f32,}}markers{{}}}}"
            );
            assert_eq!(found, wanted);
        }
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
            ("#[repr(C)] #[flat(name = nn)] struct A { b: f32 }", "`#[flat(crate=nn)]`"),
            ("#[repr(C)] #[flat(crate = a, crate = b)] struct A { b: f32 }", "namedtwice"),
            ("#[repr(C)] #[flat(crate = \"nn\")] struct A { b: f32 }", "expectedidentifier"),
            ("#[repr(C)] #[flat] struct A { b: f32 }", "expectedattributearguments"),
        ] {
            let found = text(source);
            assert!(found.contains("compile_error") && found.contains(words), "{source}: {found}");
        }
        assert!(!text("#[repr(C, align(4))] struct A { b: f32 }").contains("compile_error"));
    }
}
