//! A network's weights in a file, as methods.

use std::path::Path;

use typednet_data::Attachment;
use typednet_layers::Layer;
use typednet_tensor::Model;

use crate::{CheckpointError, load_attached, load_weights, save_attached, save_weights};

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

    /// Writes the weights and what the network cannot be used without to one file, as [`save_attached`] does: an encoder
    /// of tables, a scaler, the names of the classes, or several of them as a tuple.
    ///
    /// # Errors
    /// If two things of one kind are to be kept, or the file cannot be written.
    fn save_with(&self, path: impl AsRef<Path>, attachment: &impl Attachment) -> Result<(), CheckpointError> {
        save_attached(self, attachment, path)
    }

    /// A model with the weights of a file, and what [`save_with`](Persist::save_with) has kept with them.
    ///
    /// # Errors
    /// As [`load`](Persist::load), and if something is not in the file, or is of another size or damaged.
    fn load_with<A: Attachment>(path: impl AsRef<Path>) -> Result<(Model<Self>, A), CheckpointError> {
        load_attached(path)
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
