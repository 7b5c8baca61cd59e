//! Weights by themselves, to be used.

use std::path::Path;

use typednet_data::{Attached, Attachment, DataError};
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
    write_weights(model.as_network(), path.as_ref(), &Attached::new())
}

/// Writes the block of a network.
fn write_weights<M: Layer>(model: &M, path: &Path, attached: &Attached) -> Result<(), CheckpointError> {
    let section = Section { prefix: String::new(), block: model.as_flat() };
    write(path, const { &M::TREE }, &[section], None, attached)
}

/// As [`save_weights`], and in the same file what the network cannot be used without: an encoder of tables, a scaler, the
/// names of the classes, or several of them as a tuple.
///
/// ```
/// use typednet_data::{ClassNames, Columns, Table, TableEncoder};
/// use typednet_layers::{Dense, Network, Softmax};
/// use typednet_train::{load_attached, save_attached};
///
/// let table = Table::from_csv("town,area,kind\nOslo,40,flat\nRome,90,house\n")?;
/// let encoder = TableEncoder::<3>::fit(&table, &Columns::new().numbers(["area"]).categories(["town"]))?;
/// let kinds = ClassNames::<2>::of(&table, "kind")?;
/// let path = std::env::temp_dir().join("typednet-homes.safetensors");
/// type Net = Dense<3, 2, Softmax>;
/// save_attached(&Net::seeded(0), &(encoder, kinds), &path)?;
///
/// // In the program that uses the network:
/// let (model, (encoder, kinds)) = load_attached::<Net, (TableEncoder<3>, ClassNames<2>)>(&path)?;
/// let home = encoder.row(&[("town", "Oslo".into()), ("area", 55.into())])?;
/// println!("{}", kinds.of_largest(&model.predict(&home)));
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If two things of one kind are to be kept, or the file cannot be written.
pub fn save_attached(
    model: &impl AsNetwork,
    attachment: &impl Attachment,
    path: impl AsRef<Path>,
) -> Result<(), CheckpointError> {
    let (path, mut attached) = (path.as_ref(), Attached::new());
    attachment.attach(&mut attached).map_err(|error| in_file(&path.display().to_string(), &error))?;
    write_weights(model.as_network(), path, &attached)
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
    weights_in(&mut Archive::open(path.as_ref())?, non_finite)
}

fn weights_in<M: Layer>(archive: &mut Archive, non_finite: NonFinite) -> Result<Model<M>, CheckpointError> {
    let prefix = if archive.has(AVERAGE) { AVERAGE } else { "" };
    archive.read(prefix, non_finite)
}

/// As [`load_weights`], with what [`save_attached`] has kept in the file.
///
/// # Errors
/// As [`load_weights`], and if something is not in the file, or is of another size or damaged.
pub fn load_attached<M: Layer, A: Attachment>(path: impl AsRef<Path>) -> Result<(Model<M>, A), CheckpointError> {
    let mut archive = Archive::open(path.as_ref())?;
    let attachment = A::detach(&archive.attached()).map_err(|error| in_file(&archive.path(), &error))?;
    Ok((weights_in(&mut archive, NonFinite::Refuse)?, attachment))
}

fn in_file(path: &str, error: &DataError) -> CheckpointError {
    CheckpointError::Attachment { path: path.to_owned(), reason: error.to_string() }
}
