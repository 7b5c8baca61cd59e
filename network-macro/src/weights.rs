//! `weights!`: the bytes of a file, and a question to the library while the program is compiled.

use std::env;
use std::path::Path;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, LitStr};

/// `(crate) file`: the library's name first, as the macro by example around this one writes it.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Group(library)) = tokens.next() else { return TokenStream::new() };
    let file: TokenStream = tokens.collect();
    let expanded = code(&library.stream(), file);
    expanded.unwrap_or_else(Error::into_compile_error)
}

fn code(library: &TokenStream, file: TokenStream) -> Result<TokenStream, Error> {
    let Some(first) = file.clone().into_iter().next() else {
        let what = "`weights!` needs the name of a safetensors file: `weights!(\"mnist.safetensors\")`";
        return Err(Error::new(Span::call_site(), what));
    };
    let span = first.span();
    let (path, name) = match syn::parse2::<LitStr>(file.clone()) {
        Ok(name) => (in_the_package(&name)?, quote!(#name)),
        // An expression that the compiler knows, such as `concat!(env!("OUT_DIR"), "/mnist.safetensors")`.
        Err(_) => (file.clone(), file),
    };
    // In the place of the name, so that an error points at it and has no note about macros; and so a path that begins there too.
    Ok(quote_spanned! {span=>
        const {
            use #library::__private as __library;
            #[allow(long_running_const_eval, reason = "the header is read one byte after the other, which ends")]
            let model = __library::embedded(::core::include_bytes!(#path), #name);
            model
        }
    })
}

/// The path of a file that stands beside `Cargo.toml`, where `cargo run` works too.
fn in_the_package(name: &LitStr) -> Result<TokenStream, Error> {
    let Some(folder) = env::var_os("CARGO_MANIFEST_DIR") else { return Ok(quote!(#name)) };
    let path = Path::new(&folder).join(name.value());
    if !path.is_file() {
        let what = format!(
            "there is no file `{}` in `{}`, the folder of Cargo.toml: write it with `save`, or name another place with \
             `concat!(env!(\"OUT_DIR\"), \"/{}\")`",
            name.value(),
            folder.display(),
            Path::new(&name.value()).file_name().unwrap_or_default().display(),
        );
        return Err(Error::new(name.span(), what));
    }
    let Some(path) = path.to_str() else {
        return Err(Error::new(
            name.span(),
            "the path of this file is no UTF-8, which the compiler needs: move the package",
        ));
    };
    let path = LitStr::new(path, name.span());
    Ok(quote!(#path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case of `ui` has it too, as far as that is built in the folder of the workspace.
    #[test]
    fn a_file_that_is_not_there_is_one_error_with_the_folder_where_it_should_be() {
        let error = code(&quote!(typednet), quote!("parts/small.safetensors")).expect_err("there is no such file");
        let folder = env!("CARGO_MANIFEST_DIR");
        let said = format!(
            "there is no file `parts/small.safetensors` in `{folder}`, the folder of Cargo.toml: write it with `save`, or name another \
             place with `concat!(env!(\"OUT_DIR\"), \"/small.safetensors\")`"
        );
        assert_eq!(error.to_string(), said);
        assert_eq!(error.into_iter().count(), 1);
    }

    #[test]
    fn a_file_beside_cargo_toml_is_named_by_its_whole_path() {
        let code = code(&quote!(typednet), quote!("Cargo.toml")).expect("this package has one").to_string();
        assert!(code.contains(&format!("{:?}", Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))), "{code}");
    }
}
