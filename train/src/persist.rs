//! A network's weights in a file, as methods.

use std::path::Path;

use typednet_layers::Layer;
use typednet_tensor::Model;

use crate::{CheckpointError, load_weights, save_weights};

/// A network that can be saved to a file and loaded from one; implemented for every [`Layer`].
///
/// ```
/// use typednet_layers::{Chain, Dense, Network, Relu};
/// use typednet_train::Persist;
///
/// type Net = Chain<Dense<2, 8, Relu>, Dense<8, 1>>;
///
/// let path = std::env::temp_dir().join("typednet-persist.safetensors");
/// let model = Net::seeded(1);
/// model.save(&path)?;
/// let loaded = Net::load(&path)?;
/// assert_eq!(loaded.predict(&[0.5, -0.5]), model.predict(&[0.5, -0.5]));
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), typednet_train::CheckpointError>(())
/// ```
pub trait Persist: Layer {
    /// Writes the weights to a safetensors file, as [`save_weights`] does.
    ///
    /// # Errors
    /// If the file cannot be written; the old one under that name is then as it was.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        save_weights(self, path)
    }

    /// A model with the weights of a file, as [`load_weights`] reads them.
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, or holds the weights of another network.
    fn load(path: impl AsRef<Path>) -> Result<Model<Self>, CheckpointError> {
        load_weights(path)
    }
}

impl<L: Layer> Persist for L {}
