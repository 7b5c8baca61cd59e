//! The header of a library, written by cbindgen from the text of `export_c!` itself.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fmt, fs, io};

use typednet::layers::Layer;
use typednet::prelude::{Flat, Sample};

/// The header of the library that `export_c!` makes of a network.
///
/// ```
/// use typednet::prelude::*;
/// use typednet_c::Header;
///
/// network! { struct Xor: 2 => Dense<8, Tanh> => Dense<1, Sigmoid> -> 1 }
///
/// let header = Header::<Xor>::new("xor").text()?;
/// assert!(header.contains("#define XOR_INPUTS 2"));
/// assert!(header.contains("xor_status xor_load(const char *path, xor_model **model);"));
/// assert!(!header.contains("xor_builtin"));
/// # Ok::<(), typednet_c::HeaderError>(())
/// ```
pub struct Header<M> {
    prefix: String,
    has_builtin: bool,
    network: PhantomData<M>,
}

/// How often a text was asked for in this process.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Why there is no header.
pub enum HeaderError {
    /// A file could not be written or read.
    File(PathBuf, io::Error),
    /// cbindgen refuses.
    Bindings(cbindgen::Error),
    /// A header is not what it should be: it was changed by hand, or the library was changed.
    Stale(PathBuf),
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Bindings(error) => write!(f, "cbindgen writes no header: {error}"),
            Self::Stale(path) => {
                write!(f, "{} is not the header of this library; write it anew with UPDATE_HEADER=1", path.display())
            }
        }
    }
}

impl fmt::Debug for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for HeaderError {}

impl<M: Layer<Elem = f32, In: Sample<Elem = f32>>> Header<M> {
    /// The header of `export_c!(M, prefix)`.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), has_builtin: false, network: PhantomData }
    }

    /// The same with a model that is part of the library.
    #[must_use]
    pub fn with_builtin(self) -> Self {
        Self { has_builtin: true, ..self }
    }

    /// The header's text.
    ///
    /// # Errors
    /// If a temporary file cannot be written.
    pub fn text(&self) -> Result<String, HeaderError> {
        let prefix = &self.prefix;
        // Each call has a file of its own, since tests run at once.
        let (process, call) = (std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed));
        let name = format!("typednet-c-{process}-{call}-{prefix}.rs");
        let path = std::env::temp_dir().join(name);
        fs::write(&path, self.source()).map_err(|error| HeaderError::File(path.clone(), error))?;
        let mut config = cbindgen::Config {
            language: cbindgen::Language::C,
            cpp_compat: true,
            include_guard: Some(format!("{}_H", prefix.to_uppercase())),
            autogen_warning: Some("/* Written by cbindgen from export_c!; do not change it by hand. */".into()),
            documentation_style: cbindgen::DocumentationStyle::C,
            style: cbindgen::Style::Type,
            usize_is_size_t: true,
            line_length: 120,
            tab_width: 4,
            ..cbindgen::Config::default()
        };
        config.enumeration.rename_variants = cbindgen::RenameRule::QualifiedScreamingSnakeCase;
        let bindings = cbindgen::Builder::new().with_config(config).with_src(&path).generate();
        fs::remove_file(&path).ok();
        let mut text = Vec::new();
        bindings.map_err(HeaderError::Bindings)?.write(&mut text);
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Compares a header with what it should be, or writes it where the environment has `UPDATE_HEADER`.
    ///
    /// # Errors
    /// If they differ, or the file cannot be read or written.
    pub fn check(&self, path: impl AsRef<Path>) -> Result<(), HeaderError> {
        let path = path.as_ref();
        let wrong = |error| HeaderError::File(path.to_path_buf(), error);
        let text = self.text()?;
        if std::env::var_os("UPDATE_HEADER").is_some() {
            return fs::write(path, text).map_err(wrong);
        }
        if fs::read_to_string(path).map_err(wrong)? == text {
            return Ok(());
        }
        Err(HeaderError::Stale(path.to_path_buf()))
    }

    /// What cbindgen reads: the macro's own text and the statuses', with C's names in place of the macro's variables.
    fn source(&self) -> String {
        let between = |text: &'static str, from: &str, to: &str| {
            let (_, text) = text.split_once(from).expect("the marks stand in the file");
            text.split_once(to).expect("the marks stand in the file").0
        };
        let export = include_str!("export.rs");
        let mut functions = between(export, "from here on.", "$(\n").to_owned();
        if self.has_builtin {
            functions += between(export, "The built-in model begins.", ")?");
        }
        let statuses = between(include_str!("status.rs"), "use std::ffi::{CStr, c_char};", "impl Status");
        let Self { prefix, .. } = self;
        let capitals = prefix.to_uppercase();
        let (inputs, outputs) = (M::In::LEN, M::Out::LEN);
        let sizes = format!(
            "/// How many floats one input has.\npub const {capitals}_INPUTS: usize = {inputs};\n\
             /// How many floats one output has.\npub const {capitals}_OUTPUTS: usize = {outputs};\n\
             /// A network with its weights.\npub struct Model(());\n"
        );
        let in_c = [
            ("concat!($prefix, \"", format!("\"{prefix}")),
            ("\"))]", "\")]".into()),
            ("$crate", "crate".into()),
            ("$network", "Network".into()),
            ("$builtin", "MODEL".into()),
            ("/// # Safety\n", "/// What the caller must see to:\n".into()),
            ("Model", format!("{prefix}_model")),
            ("Status", format!("{prefix}_status")),
        ];
        in_c.iter().fold(sizes + statuses + &functions, |text, (from, to)| text.replace(from, to))
    }
}
