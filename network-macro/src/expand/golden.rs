//! The code of networks, as it is kept in `tests/expand`.
//!
//! `UPDATE_GOLDENS=1 cargo test -p typednet-macro` writes the files anew.

use std::path::Path;
use std::{env, fs};

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let source = fs::read_to_string(folder.join(format!("{name}.in.rs"))).expect("a network");
    let tokens: TokenStream = source.parse().expect("tokens");
    // As the facade's `macro_rules!` calls it, with the crate's usual name for `$crate`.
    let expanded = crate::code(quote::quote!((::typednet) #tokens));
    // The type form gives a type, which is no file.
    let is_type = syn::parse2::<syn::File>(expanded.clone()).is_err();
    let file = if is_type { quote::quote!(type Network = #expanded;) } else { expanded };
    let file = syn::parse2::<syn::File>(file).expect("Rust code");
    let found = prettyplease::unparse(&file);
    let path = folder.join(format!("{name}.rs"));
    if env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(&path, found).expect("a file that can be written");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "{} is not what the macro writes: UPDATE_GOLDENS=1 writes it anew\n{found}", path.display());
}

macro_rules! goldens {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

goldens! {
    mnist
    xor
    generic
    constants
    networks_within
    activations
    type_form
    branches
    foreign
    images
    images_type
    public_of_private
    tokens
}

/// What the networks of the goldens expand to, where the library is called `krate`.
fn files(krate: &TokenStream) -> Vec<syn::File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let entries = fs::read_dir(folder).expect("the goldens").map(|entry| entry.expect("an entry").path());
    let networks = entries.filter(|path| path.to_string_lossy().ends_with(".in.rs"));
    let file = |path| {
        let tokens: TokenStream = fs::read_to_string(path).expect("a network").parse().expect("tokens");
        let code = crate::code(quote::quote!((#krate) #tokens));
        syn::parse2(code.clone()).or_else(|_| syn::parse2(quote::quote!(type __Network = #code;))).expect("Rust code")
    };
    networks.map(file).collect()
}

/// What could be taken for something of the user's.
#[derive(Default)]
struct Names {
    bound: Vec<String>,
    found: Vec<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.bound.push(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        if item.ident != "_" {
            self.bound.push(item.ident.to_string());
        }
        visit::visit_item_const(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.bound.push(item.ident.to_string());
        visit::visit_item_type(self, item);
    }

    fn visit_use_rename(&mut self, rename: &'ast syn::UseRename) {
        if rename.rename != "_" {
            self.bound.push(rename.rename.to_string());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.found.push(path.segments[0].ident.to_string());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        assert!(called.path.segments.len() > 1, "a macro without its path: {}", called.path.segments[0].ident);
        visit::visit_macro(self, called);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        // A method that takes `&mut self` gives way to one of a user's trait that takes `self`.
        let method = call.method.to_string();
        assert!(["len", "map"].contains(&&*method), "{method} may be another trait's");
        visit::visit_expr_method_call(self, call);
    }
}

#[test]
fn no_name_can_be_taken_for_one_of_the_users() {
    let mut names = Names::default();
    for file in &files(&quote::quote!(::typednet)) {
        names.visit_file(file);
    }
    assert!(names.bound.iter().any(|name| name == "__rows"), "{:?}", names.bound);
    for name in &names.bound {
        assert!(name.starts_with("__"), "`{name}` is bound: a user's `const {name}` would be in its place");
    }
    let primitive = ["bool", "f32", "f64", "isize", "str", "u8", "u32", "u64", "usize"];
    for name in &names.found {
        assert!(!primitive.contains(&&**name), "`{name}` may be a type of the user's: name it by the library");
    }
}

#[test]
fn the_library_may_have_any_name() {
    for file in files(&quote::quote!(::renamed)) {
        let text = prettyplease::unparse(&file);
        assert!(!text.contains("typednet"), "the library by its usual name in\n{text}");
    }
}
