//! Weights by themselves, to be used.

use std::path::Path;

use typednet_layers::{AsNetwork, Layer};
use typednet_tensor::Model;

use super::CheckpointError;
use super::archive::{Archive, NonFinite, Section, write};

/// The prefix of the moving average of the weights.
pub(super) const AVERAGE: &str = "average/";

/// Writes a model's weights to a safetensors file, under names such as `hidden.weight`.
///
/// At any moment there is the old file or the new one under `path`, also when the program is killed or others write to the
/// same path; symbolic links, modes and missing folders are as in [`write_with`](typednet_formats::write_with).
///
/// ```
/// use typednet_layers::{Chain, Dense, Network, Relu};
/// use typednet_tensor::Flat;
/// use typednet_train::{load_weights, save_weights};
///
/// type Net = Chain<Dense<2, 8, Relu>, Dense<8, 1>>;
/// let path = std::env::temp_dir().join("typednet-weights.safetensors");
/// let model = Net::seeded(1);
/// save_weights(&model, &path)?;
/// let loaded = load_weights::<Net>(&path)?;
/// assert_eq!(loaded.predict(&[0.5, -0.5]), model.predict(&[0.5, -0.5]));
///
/// type Wider = Chain<Dense<2, 9, Relu>, Dense<9, 1>>;
/// let error = load_weights::<Wider>(&path).unwrap_err().to_string();
/// assert!(error.contains("`first.weight` is f32 [2, 9] in the network and f32 [2, 8] in the file"), "{error}");
/// # Ok::<(), typednet_train::CheckpointError>(())
/// ```
///
/// # Errors
/// If the file cannot be written.
pub fn save_weights(model: &impl AsNetwork, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
    write(path.as_ref(), &[Section { prefix: String::new(), block: model.as_network() }], None)
}

/// Reads a model's weights from a file of [`save_weights`] or from a checkpoint; of the latter the average of the
/// weights, where one was kept.
///
/// Names, sizes and scalars must be those of the network. The file is read piece by piece. Its content must be that of its
/// checksum; a file that another program wrote has none, and is read without.
///
/// # Errors
/// If the file cannot be read, is not whole, is damaged, holds the weights of another network, or a weight in it is not
/// finite.
pub fn load_weights<M: Layer>(path: impl AsRef<Path>) -> Result<Model<M>, CheckpointError> {
    load_weights_with(path, NonFinite::Refuse)
}

/// As [`load_weights`], with a say about weights that are infinite or not a number.
///
/// ```
/// use typednet_layers::{Dense, Linear, Network};
/// use typednet_train::{NonFinite, load_weights, load_weights_with, save_weights};
///
/// type Net = Dense<1, 1, Linear>;
/// let path = std::env::temp_dir().join("typednet-infinite.safetensors");
/// let mut model = Net::seeded(1);
/// model.bias[0] = f32::INFINITY;
/// save_weights(&*model, &path)?;
///
/// let error = load_weights::<Net>(&path).unwrap_err().to_string();
/// assert!(error.contains("element 0 of `bias`") && error.contains("is inf"), "{error}");
/// let kept = load_weights_with::<Net>(&path, NonFinite::Keep)?;
/// assert_eq!(kept.bias, [f32::INFINITY]);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_train::CheckpointError>(())
/// ```
///
/// # Errors
/// As [`load_weights`].
pub fn load_weights_with<M: Layer>(path: impl AsRef<Path>, non_finite: NonFinite) -> Result<Model<M>, CheckpointError> {
    let mut archive = Archive::open(path.as_ref())?;
    let prefix = if archive.has(AVERAGE) { AVERAGE } else { "" };
    archive.read(prefix, non_finite)
}
