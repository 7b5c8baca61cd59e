//! The texts of the errors.

use std::fmt;
use std::path::Path;

use super::{DataError, IdxKind};
use crate::{cifar, short};

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Io(error) => write!(f, "cannot read: {error}"),
            Self::File(error) => error.fmt(f),
            Self::MissingFile { folder, names, there } => write_missing_file(f, folder, names, there),
            Self::Gzip(error) => write!(f, "the gzip data are damaged or cut off ({error}); fetch the file again"),
            Self::Truncated { expected, found } => {
                write!(f, "the file ends inside its header: expected {expected} bytes or more, found {found}")
            }
            Self::WrongMagic { expected, found } => write_wrong_magic(f, *expected, *found),
            Self::OtherElement { expected, found } => write!(
                f,
                "the file holds elements of type {0} (0x{1:02X}), which {expected} cannot hold exactly; read them as {0} \
                 with `Idx::samples::<{0}, _>`",
                found.name(),
                found.code()
            ),
            Self::OverLimit { promised, limit } => write!(
                f,
                "the header promises {promised} bytes of data, but at most {limit} are to be read; `Idx::limit` sets \
                 another limit"
            ),
            Self::WrongSize { expected, found } => write_wrong_size(f, *expected, found),
            Self::WrongShape { expected, found } => write!(
                f,
                "a sample in the file is {}, but the type that is to hold it is {}",
                Sizes(found),
                Sizes(expected.sizes())
            ),
            Self::NotRecords { record, found } => write_not_records(f, *record, *found),
            Self::AboveLimit { limit } => {
                write!(f, "the file holds more than the {limit} bytes that are to be read; `limit` sets another limit")
            }
            Self::TooShort { promised, found } => {
                write!(f, "the header promises {promised} bytes of data, but the file has only {found}")
            }
            Self::TrailingBytes { promised } => {
                write!(f, "the header promises {promised} bytes of data, but the file goes on after them")
            }
            Self::RecordBytes { expected, found } => {
                write!(f, "expected {expected} bytes of samples, one sample for each target, found {found}")
            }
            Self::Packed => f.write_str(
                "the file is gzipped, but its samples are to be read from where they stand; unpack it, as with `gunzip`",
            ),
            Self::Changed => f.write_str(
                "the file was written to, cut or replaced since it was opened; open it again when nobody writes it any more",
            ),
            Self::Part { part, parts, error } => write_part(f, [*part, *parts], error),
            Self::EmptyPart { part } => write_empty_part(f, *part),
            Self::OutOfMemory { bytes } => write!(f, "there is not enough memory for {bytes} bytes of data"),
            Self::Label { row, error } => write!(f, "row {row}: {error}"),
            Self::NotLabel { row, found, first } => {
                write!(
                    f,
                    "row {row}: expected a label ({first}, {}, {}, …), found {found}",
                    u64::from(*first) + 1,
                    u64::from(*first) + 2
                )?;
                if *first > 0 { write!(f, "; `first_label` says which label is class 0") } else { Ok(()) }
            }
            Self::RowWidth { row, expected, found } => {
                write!(f, "row {row} has {found} numbers, but a sample of the expected type has {expected}")
            }
            Self::CountsDiffer { samples, targets } => write!(
                f,
                "there are {samples} samples but {targets} targets (labels); each sample needs one, so check that \
                 both come from the same set"
            ),
            Self::HalvesDiffer { first, second } => write_halves_differ(f, *first, *second),
            Self::Empty => write!(f, "there are no samples; at least one is needed"),
            Self::TooMany { samples } => {
                write!(f, "there are {samples} samples; at most {} can be used", u32::MAX)
            }
            Self::BatchOfZero => write!(f, "a batch of 0 rows cannot be trained on; the batch size must be at least 1"),
            Self::Table(error) => error.fmt(f),
            Self::Split(error) => error.fmt(f),
            Self::Series(error) => error.fmt(f),
            Self::Scale(error) => error.fmt(f),
            Self::Augment(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::Text(error) => error.fmt(f),
            #[cfg(feature = "images")]
            Self::Image(error) => error.fmt(f),
            Self::Json(error) => write!(f, "this cannot be written as JSON: {error}"),
            Self::AttachedTwice { name } => {
                write!(f, "one file cannot hold two of the kind `{name}`; write one of them to a file of its own")
            }
            Self::NotAttached { name, known } => {
                write!(f, "expected a `{name}` in the file, found ")?;
                if known.is_empty() {
                    write!(f, "none of anything")
                } else {
                    write!(f, "only {}", short::list(known))
                }?;
                write!(f, "; write the weights together with it")
            }
        }
    }
}

fn write_part(f: &mut fmt::Formatter<'_>, [part, parts]: [usize; 2], error: &DataError) -> fmt::Result {
    write!(
        f,
        "part {part} of {parts}, from which shard {part} draws, cannot be read here: {error}; a process needs the "
    )?;
    f.write_str("parts of its own shards, and all of them only to measure or look at all data by itself")
}

fn write_empty_part(f: &mut fmt::Formatter<'_>, part: usize) -> fmt::Result {
    write!(f, "part {part} of the data has no rows, but a shard draws from each part; cut the data into fewer parts")
}

fn write_halves_differ(f: &mut fmt::Formatter<'_>, first: usize, second: usize) -> fmt::Result {
    write!(
        f,
        "there are {first} first halves but {second} second halves; a pair is made of one of each, so check that "
    )?;
    f.write_str("both come from the same set")
}

fn write_missing_file(f: &mut fmt::Formatter<'_>, folder: &Path, names: &[String], there: &[String]) -> fmt::Result {
    write!(f, "{}: a file is missing; expected one named {}; ", folder.display(), names.join(" or "))?;
    if there.is_empty() { write!(f, "the folder is empty") } else { write!(f, "the folder has {}", short::list(there)) }
}

fn write_wrong_magic(f: &mut fmt::Formatter<'_>, expected: IdxKind, found: u32) -> fmt::Result {
    let magic = expected.magic();
    write!(f, "wrong magic number: expected 0x{magic:08X} (IDX {expected}), found 0x{found:08X}")?;
    match (expected, found) {
        (IdxKind::Images, 0x0801) => write!(f, ", which is a file of labels; give the file of images"),
        (IdxKind::Samples, _) => write!(f, "; this is no IDX file of samples"),
        (IdxKind::Labels, 0x0802..=0x08FF) => write!(f, ", which is a file of images; give the file of labels"),
        _ => write!(f, "; this is not such a file"),
    }
}

fn write_wrong_size(f: &mut fmt::Formatter<'_>, expected: usize, found: &[u32]) -> fmt::Result {
    let elements = elements(found);
    write!(
        f,
        "a sample in the file is {}, that is {elements} elements, but the type that is to hold it has {expected}",
        Sizes(found)
    )
}

/// Sizes as in `28×28`.
struct Sizes<'a, N>(&'a [N]);

impl<N: fmt::Display> fmt::Display for Sizes<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("a single number");
        }
        for (i, size) in self.0.iter().enumerate() {
            write!(f, "{}{size}", if i > 0 { "×" } else { "" })?;
        }
        Ok(())
    }
}

fn write_not_records(f: &mut fmt::Formatter<'_>, record: usize, found: u64) -> fmt::Result {
    write!(f, "expected whole records of {record} bytes, found {found} bytes; ")?;
    let fits = |(_, size): &(&str, usize)| *size != record && found.is_multiple_of(*size as u64);
    match RECORDS.into_iter().find(fits) {
        Some((name, size)) => write!(f, "these are whole records of {size} bytes, as {name} has them"),
        None => write!(f, "the file is cut off or something else: fetch it again"),
    }
}

/// The sets whose files are records without a header.
const RECORDS: [(&str, usize); 2] = [("CIFAR-10", cifar::RECORD_10), ("CIFAR-100", cifar::RECORD_100)];

/// The product of sizes; the largest number where it is larger still.
pub(crate) fn elements(sizes: &[u32]) -> u128 {
    sizes.iter().fold(1, |product: u128, size| product.saturating_mul(u128::from(*size)))
}
