//! A `state_dict` of `PyTorch` in a safetensors file.

mod elements;
mod load;
mod names;
mod report;
mod save;
mod tensors;

use std::collections::BTreeMap;

pub use report::{Arrival, Report};

use crate::FloatDtype;
use names::Names;

/// How a network is written as a `state_dict` of `PyTorch` and read from one.
///
/// A `state_dict` holds a dense layer's weight as `[outputs, inputs]` and a convolution's as `[outputs, channels, kernel..]`, with the
/// names of `PyTorch`; images have their channels first there. So dense layers behind an image that was flattened, and those whose
/// rows become an image, are written and read with their features in the other order. What has no counterpart is refused.
///
/// Layers are called as an `nn.Sequential` calls its modules, where an activation behind a layer is a module of its own:
/// `0.weight` and `2.weight` for `Dense<128, Relu> => Dense<10>`. A branch is a module under its label, `3.main.0.weight`, and what
/// is inside a `Residual` is called `inner`. [`renamed`](Self::renamed) and [`in_order`](Self::in_order) give other names.
///
/// A recurrent layer's bias is written as the first of `PyTorch`'s two, with zeros as the second, which is added to it; read, it is
/// their sum. Two of one kind and size side by side, of which the second is in `Reverse`, are one module with
/// `bidirectional=True`, whose second half ends with `_reverse`. Attention has the names of `nn.MultiheadAttention`, gated layers those of `Llama`, a table of positions is a `weight`.
///
/// A `TiedEmbedding` is written as safetensors writes a module with tied weights (`safetensors.torch.save_model`): its table once, as
/// `0.embedding.weight`, beside `0.inner`, and its bias, where it has one, as `0.head.bias`. The `state_dict` of a module that registers the same parameter a second time, as the `weight`
/// of its head, has that name too; such a module reads the file by `safetensors.torch.load_model`, or with `strict=False`.
///
/// ```
/// use typednet_exchange::Torch;
/// use typednet_layers::{Chain, Dense, Network, Relu};
///
/// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3>>;
/// let path = std::env::temp_dir().join("typednet-torch.safetensors");
/// let model = Net::seeded(1);
/// let torch = Torch::new().renamed([("first", "hidden"), ("rest", "head")]);
/// torch.save(&model, &path)?;
///
/// // In Python: module.load_state_dict(safetensors.torch.load_file("…"))
/// let (loaded, report) = torch.load::<Net>(&path)?;
/// assert_eq!(loaded.predict(&[0.5; 4]), model.predict(&[0.5; 4]));
/// assert_eq!(report.loaded[0].to_string(), "`hidden.weight` f32 [8, 4] -> `first.weight`");
///
/// // Without the names it is the state of another module.
/// let error = Torch::new().load::<Net>(&path).unwrap_err().to_string();
/// assert!(error.contains("`0.weight` is first.weight [8, 4] in the network and missing in the file"), "{error}");
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_exchange::ExchangeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Torch {
    names: Names,
    dtype: Option<FloatDtype>,
    notes: BTreeMap<String, String>,
    only: Option<Vec<String>>,
}

impl Torch {
    /// Modules are called as in an `nn.Sequential`, numbers have the network's type.
    pub fn new() -> Self {
        Self::default()
    }

    /// Modules are called as the layers are here, such as `encoder.l1`: the names that `summary` shows.
    #[must_use]
    pub fn by_paths(mut self) -> Self {
        self.names.by_paths();
        self
    }

    /// Layers are called otherwise: pairs of the name here, such as `l1` or `body.l3`, and the name there, such as `conv1`.
    /// What is inside such a layer is called from there on.
    #[must_use]
    pub fn renamed<A: Into<String>, B: Into<String>>(mut self, pairs: impl IntoIterator<Item = (A, B)>) -> Self {
        self.names.rename(pairs.into_iter().map(|(here, there)| (here.into(), there.into())));
        self
    }

    /// The layers that have parameters are called so, from the first to the last.
    #[must_use]
    pub fn in_order<A: Into<String>>(mut self, names: impl IntoIterator<Item = A>) -> Self {
        self.names.in_order(names.into_iter().map(Into::into));
        self
    }

    /// All names in the file begin so, such as `model.`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.names.prefix(prefix.into());
        self
    }

    /// The type that numbers are written in. Any of them is read.
    #[must_use]
    pub const fn dtype(mut self, dtype: FloatDtype) -> Self {
        self.dtype = Some(dtype);
        self
    }

    /// Writes a text into the metadata of the file, such as the names of the classes.
    #[must_use]
    pub fn note(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
        self.notes.insert(key.into(), text.into());
        self
    }

    /// Reads these layers alone, and those inside them; all others stay as they are, and so may tensors of the file be left over.
    ///
    /// ```
    /// use typednet_exchange::Torch;
    /// use typednet_layers::{Chain, Dense, Network, Relu};
    ///
    /// let path = std::env::temp_dir().join("typednet-part.safetensors");
    /// Torch::new().save(&Chain::<Dense<4, 8, Relu>, Dense<8, 3>>::seeded(1), &path)?;
    ///
    /// // The same body with two classes in place of three.
    /// let mut model = Chain::<Dense<4, 8, Relu>, Dense<8, 2>>::seeded(2);
    /// let report = Torch::new().only(["first"]).load_into(&mut *model, &path)?;
    /// assert_eq!(report.kept, ["rest.weight", "rest.bias"]);
    /// assert_eq!(report.unused, ["2.weight", "2.bias"]);
    /// # std::fs::remove_file(path).unwrap();
    /// # Ok::<(), typednet_exchange::ExchangeError>(())
    /// ```
    #[must_use]
    pub fn only<A: Into<String>>(mut self, layers: impl IntoIterator<Item = A>) -> Self {
        self.only = Some(layers.into_iter().map(Into::into).collect());
        self
    }
}
