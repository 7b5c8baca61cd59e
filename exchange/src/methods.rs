//! The exchange with other programs as methods of a network.

use std::path::Path;

use typednet_layers::Layer;
use typednet_tensor::Model;

use crate::{ExchangeError, Onnx, Torch, npz};

/// A network that other programs can be given; implemented for every [`Layer`].
///
/// ```
/// use typednet_exchange::Exchange;
/// use typednet_layers::{Chain, Dense, Network, Relu};
///
/// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3>>;
///
/// let path = std::env::temp_dir().join("typednet-exchange.safetensors");
/// let model = Net::seeded(1);
/// model.save_torch(&path)?;
/// let loaded = Net::load_torch(&path)?;
/// assert_eq!(loaded.predict(&[0.5; 4]), model.predict(&[0.5; 4]));
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), typednet_exchange::ExchangeError>(())
/// ```
pub trait Exchange: Layer {
    /// Writes the weights as the `state_dict` of an `nn.Sequential` of `PyTorch`, as [`Torch::save`] does.
    ///
    /// # Errors
    /// As [`Torch::save`].
    fn save_torch(&self, path: impl AsRef<Path>) -> Result<(), ExchangeError> {
        Torch::new().save(self, path)
    }

    /// A model with the weights of an `nn.Sequential`'s `state_dict`, as [`Torch::load`] reads them.
    ///
    /// # Errors
    /// As [`Torch::load`].
    fn load_torch(path: impl AsRef<Path>) -> Result<Model<Self>, ExchangeError> {
        Ok(Torch::new().load(path)?.0)
    }

    /// Writes the weights as arrays of numpy's, under names such as `hidden.weight` and with the sizes that they have here: a dense layer
    /// is `x @ weights["hidden.weight"] + weights["hidden.bias"]` for `weights = numpy.load("net.npz")`.
    ///
    /// ```
    /// use typednet_exchange::Exchange;
    /// use typednet_layers::{Chain, Dense, Network, Relu};
    /// use typednet_tensor::Flat;
    ///
    /// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3>>;
    ///
    /// let path = std::env::temp_dir().join("typednet-exchange.npz");
    /// let model = Net::seeded(1);
    /// model.save_npz(&path)?;
    /// assert_eq!(Net::load_npz(&path)?.as_flat(), model.as_flat());
    /// # std::fs::remove_file(path).ok();
    /// # Ok::<(), typednet_exchange::ExchangeError>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be written; the old one under that name is then as it was.
    fn save_npz(&self, path: impl AsRef<Path>) -> Result<(), ExchangeError> {
        npz::save(self, path.as_ref())
    }

    /// A model with the weights of a file that [`save_npz`](Self::save_npz) or `numpy.savez` has written, packed or not: arrays of the
    /// network's names and sizes, of `float16`, `float32` or `float64`, in C's order or in Fortran's.
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, holds other arrays, of which all are named, or a weight that is not finite.
    fn load_npz(path: impl AsRef<Path>) -> Result<Model<Self>, ExchangeError> {
        npz::load(path.as_ref())
    }

    /// The network as the bytes of an ONNX file, as [`Onnx::bytes`] gives them.
    ///
    /// # Errors
    /// As [`Onnx::bytes`].
    fn to_onnx(&self) -> Result<Vec<u8>, ExchangeError> {
        Onnx::new().bytes(self)
    }

    /// Writes the network as an ONNX file, as [`Onnx::save`] does.
    ///
    /// # Errors
    /// As [`Onnx::save`].
    fn save_onnx(&self, path: impl AsRef<Path>) -> Result<(), ExchangeError> {
        Onnx::new().save(self, path)
    }
}

impl<L: Layer> Exchange for L {}
