//! Data: loaders, tables, data sets, splits, scalers, augmentation, shuffling and batches.
//!
//! | module | holds |
//! | --- | --- |
//! | [`idx`] | the reader of IDX files of all element types, plain or gzipped, the format of MNIST |
//! | [`mnist`] | 10,000 digits inside the program; MNIST, Fashion-MNIST and EMNIST from a folder |
//! | [`cifar`] | CIFAR-10 and CIFAR-100 from their binary files |
//! | `images`, with the feature of that name | PNG and JPEG files in a folder for each class |
//! | [`Table`], [`Csv`] | tables of named columns, missing values, typed rows |
//! | [`TableEncoder`], [`Columns`] | rows of a table as numbers, the same way in training and in use |
//! | [`ClassNames`], [`Attachment`] | what is kept with a network's weights |
//! | [`tabular`] | breast cancer, iris, penguins and carbon dioxide inside the program |
//! | [`series`] | time series: windows, and forecasts to be beaten |
//! | [`text`] | characters as tokens, windows over a text, eight plays inside the program |
//! | [`split`], [`Folds`] | training, validation and test part; cross-validation; class weights |
//! | [`Standard`], [`MinMax`] | columns brought to one scale |
//! | [`ChannelStandard`], [`ChannelScaled`] | channels of images brought to one scale |
//! | [`augment`] | images and tables that change from epoch to epoch |
//! | [`ContentHash`] | the version of a data set |
//! | [`Dataset`], [`Split`] | samples with their targets; one set to train on and one to test on |
//! | [`OnDisk`] | samples that stay in their files: data larger than memory |
//! | [`Parts`], [`InParts`] | data of which each process has a part only |
//! | [`Image`], [`from_planes`] | images as `[[[T; C]; W]; H]`, also of data that come channels first |
//! | [`samples_of`], [`classes_of`] | samples and classes out of rows of any width and plain labels; with the feature `ndarray` out of arrays |
//! | [`Source`] | what a trainer asks of data: gather these rows as numbers |
//! | [`Order`] | the order of the rows in an epoch, cut into batches |
//!
//! ```
//! use typednet_data::{Order, Source, mnist};
//! use typednet_tensor::{Class, Key};
//!
//! let digits = mnist::embedded()?.train;
//! let mut order = Order::new(digits.len())?;
//! let (mut x, mut y) = (vec![[0.0_f32; 784]; 64], vec![Class::<10>::default(); 64]);
//! for epoch in 0..2 {
//!     let key = Key::new(42).child(epoch);
//!     order.shuffle(key);
//!     for rows in order.batches(64)? {
//!         digits.gather(rows, key, &mut x[..rows.len()], &mut y[..rows.len()]);
//!         // One training step on `x` and `y`.
//!     }
//! }
//! assert!(x[0].iter().all(|pixel| (0.0..=1.0).contains(pixel)));
//! # Ok::<(), typednet_data::DataError>(())
//! ```
#![forbid(unsafe_code)]
#![allow(clippy::inline_always, reason = "a kernel must be inlined into the function that is compiled for its lane")]

mod attachment;
pub mod augment;
mod batches;
mod bytes;
pub mod cifar;
mod class_names;
mod dataset;
mod encoder;
mod error;
mod files;
mod hash;
pub mod idx;
#[cfg(feature = "images")]
pub mod images;
mod json;
pub mod mnist;
mod on_disk;
mod pairs;
mod parts;
mod planes;
mod rows;
mod scale;
pub mod series;
#[doc(hidden)]
pub mod short;
mod source;
pub mod split;
mod table;
pub mod tabular;
pub mod text;

pub use attachment::{Attached, Attachment};
pub use augment::{Augment, AugmentError, Augmented, Mixup, Noisy};
pub use batches::Order;
pub use class_names::ClassNames;
pub use dataset::{Dataset, Split};
pub use encoder::{Columns, EncodeError, Scaling, TableEncoder, Unknown, Value};
pub use error::{DataError, IdxKind};
pub use hash::{Content, ContentHash};
pub use on_disk::OnDisk;
pub use pairs::pairs;
pub use parts::{InParts, Parts};
pub use planes::{Image, Planes, from_planes, to_planes};
#[cfg(feature = "ndarray")]
pub use rows::{array_of, samples_of_array};
pub use rows::{classes_of, samples_of};
pub use scale::{ChannelScaled, ChannelStandard, Constant, MinMax, ScaleError, Standard};
pub use source::{Gather, Source};
pub use split::{Fold, Folds, SplitError};
pub use table::{CellError, Column, ColumnKind, Csv, Fill, RaggedHint, Table, TableError};
