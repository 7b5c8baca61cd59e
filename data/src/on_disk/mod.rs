//! Samples that stay in their file.

mod pread;

use std::fs::{File, Metadata};
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use typednet_tensor::{Class, Key, Sample, rows};

use crate::bytes::{Bytes, GZIP};
use crate::dataset::check_count;
use crate::idx::{self, Idx};
use crate::{DataError, Gather, IdxKind, Source};

/// Samples of bytes that stay in a file of fixed-size records, with their targets in memory: data larger than memory.
///
/// A batch's samples are read from where they stand, and nothing of them is kept; rows that follow each other are read at once. So a rank of
/// a training on [many processes](https://docs.rs/typednet-distributed) reads its own shards of a batch, and whatever the system has room
/// for stays in its cache of files. Bytes become numbers from 0 to 1, as those of a [`Dataset`](crate::Dataset), with the same bits.
///
/// ```
/// use typednet_data::{OnDisk, Source};
/// use typednet_tensor::{Class, Key};
///
/// # let folder = std::env::temp_dir().join(format!("typednet-on-disk-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// // Three images of two rows and two columns, and their labels, as MNIST has them.
/// let [images, labels] = ["images-idx3-ubyte", "labels-idx1-ubyte"].map(|name| folder.join(name));
/// std::fs::write(&images, [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8])?;
/// std::fs::write(&labels, [0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 2])?;
///
/// let data: OnDisk<[[u8; 2]; 2], Class<3>> = OnDisk::idx(&images, &labels)?;
/// let (mut x, mut y) = ([[[0.0_f32; 2]; 2]; 2], [Class::default(); 2]);
/// data.gather(&[0, 2], Key::new(0), &mut x, &mut y);
/// assert_eq!((x[1][1][1], y[1].index()), (8.0 * (1.0 / 255.0), 2));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Files that change
/// A file that is written to, cut or replaced in place while it is read is an [error](DataError::Changed), of the training that reads it too.
/// What has gone wrong while rows were gathered is [`Source::take_error`], which trainers ask for after each batch.
#[derive(Debug)]
pub struct OnDisk<X, Y> {
    path: PathBuf,
    file: File,
    /// Where the first record begins.
    offset: u64,
    targets: Vec<Y>,
    /// What the system said of the file when it was opened.
    version: Version,
    /// Memory for records, which is used again.
    buffers: Mutex<Vec<Vec<u8>>>,
    has_failed: AtomicBool,
    error: Mutex<Option<DataError>>,
    samples: std::marker::PhantomData<fn() -> X>,
}

/// How many bytes of rows that follow each other are read at once, at most, but for one row.
const RUN: usize = 64 * 1024;

/// What changes with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    len: u64,
    modified: Option<SystemTime>,
}

impl Version {
    fn of(metadata: &Metadata) -> Self {
        Self { len: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl<X: Sample<Elem = u8>, Y> OnDisk<X, Y> {
    /// The records of a file from byte `offset` to its end, one for each target.
    ///
    /// # Errors
    /// If there are no targets, the file cannot be read, or it does not hold as many records; with its path.
    pub fn records(path: impl AsRef<Path>, offset: u64, targets: Vec<Y>) -> Result<Self, DataError> {
        const { assert!(X::LEN > 0, "a sample has at least one element") };
        let path = path.as_ref();
        Self::open(path, offset, targets).map_err(|error| error.in_path(path))
    }

    fn open(path: &Path, offset: u64, targets: Vec<Y>) -> Result<Self, DataError> {
        check_count(targets.len())?;
        let file = File::open(path).map_err(DataError::Io)?;
        let version = Version::of(&file.metadata().map_err(DataError::Io)?);
        let expected = targets.len() as u128 * X::LEN as u128;
        let found = version.len.saturating_sub(offset);
        if u128::from(found) != expected {
            return Err(DataError::RecordBytes { expected, found });
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            offset,
            targets,
            version,
            buffers: Mutex::default(),
            has_failed: AtomicBool::new(false),
            error: Mutex::default(),
            samples: std::marker::PhantomData,
        })
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none, which cannot be.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The targets.
    pub fn targets(&self) -> &[Y] {
        &self.targets
    }

    /// Reads rows and makes samples of them, in as few calls of the system as there are runs.
    fn read<In>(&self, rows_of: &[u32], buffer: &mut Vec<u8>, x: &mut [In]) -> Result<(), DataError>
    where
        X: Gather<In>,
    {
        let most = (RUN / X::LEN).max(1);
        let mut start = 0;
        while let Some(first) = rows_of.get(start) {
            let follows = |(step, row): &(u32, &u32)| **row == first.wrapping_add(*step);
            let count = (0..).zip(&rows_of[start..]).take(most).take_while(follows).count();
            buffer.resize(count * X::LEN, 0);
            let at = self.offset + u64::from(*first) * X::LEN as u64;
            pread::exact(&self.file, buffer, at).map_err(|error| match error.kind() {
                // It was long enough when it was opened.
                ErrorKind::UnexpectedEof => DataError::Changed,
                _ => DataError::Io(error),
            })?;
            X::gather(rows(buffer), &mut x[start..start + count]);
            start += count;
        }
        // Behind the reading, so that nothing is taken that was written meanwhile.
        let version = Version::of(&self.file.metadata().map_err(DataError::Io)?);
        if version == self.version { Ok(()) } else { Err(DataError::Changed) }
    }
}

impl<X: Sample<Elem = u8>, const K: usize> OnDisk<X, Class<K>> {
    /// The images of an IDX file of bytes, which is not gzipped, with the labels of another one, which may be: MNIST's files.
    ///
    /// A type of one dimension, as `[u8; 784]`, holds images of any sizes with as many pixels; any other must be of their shape.
    ///
    /// # Errors
    /// As [`Idx::shaped`] and [`Idx::labels`]; if the images are gzipped, or there are not as many as labels; with the path.
    pub fn idx(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::idx_from(Idx::new(), images, labels)
    }

    /// As [`idx`](Self::idx), with labels that begin elsewhere: [`Idx::first_label`].
    ///
    /// # Errors
    /// As [`idx`](Self::idx).
    pub fn idx_from(idx: Idx, images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Self, DataError> {
        let images = images.as_ref();
        let (offset, count) = header::<X>(images).map_err(|error| error.in_path(images))?;
        let targets = idx.labels_from_file(labels)?;
        if targets.len() != count as usize {
            return Err(DataError::CountsDiffer { samples: count as usize, targets: targets.len() }.in_path(images));
        }
        Self::records(images, offset, targets)
    }
}

/// Where the images of an IDX file begin, and how many there are.
fn header<X: Sample<Elem = u8>>(path: &Path) -> Result<(u64, u32), DataError> {
    let mut reader = BufReader::new(File::open(path).map_err(DataError::Io)?);
    let mut first = [0; 2];
    if reader.read_exact(&mut first).is_ok() && first == GZIP {
        return Err(DataError::Packed);
    }
    reader = BufReader::new(File::open(path).map_err(DataError::Io)?);
    idx::header_of::<X>(&mut Bytes::new(reader)?, IdxKind::Images)
}

#[diagnostic::do_not_recommend]
impl<X, Y, In> Source<In, Y> for OnDisk<X, Y>
where
    X: Sample<Elem = u8> + Gather<In>,
    Y: Copy + Sync,
    In: Sample,
{
    fn len(&self) -> usize {
        self.targets.len()
    }

    fn target(&self, row: u32) -> Y {
        self.targets[row as usize]
    }

    fn gather(&self, rows: &[u32], _key: Key, x: &mut [In], y: &mut [Y]) {
        assert_eq!(rows.len(), x.len(), "gather needs one place for each sample");
        assert_eq!(rows.len(), y.len(), "gather needs one place for each target");
        y.iter_mut().zip(rows).for_each(|(y, row)| *y = self.targets[*row as usize]);
        let mut buffer = lock(&self.buffers).pop().unwrap_or_else(|| Vec::with_capacity(RUN.max(X::LEN)));
        if let Err(error) = self.read(rows, &mut buffer, x) {
            lock(&self.error).get_or_insert(error.in_path(&self.path));
            self.has_failed.store(true, Ordering::Release);
        }
        lock(&self.buffers).push(buffer);
    }

    fn take_error(&self) -> Option<DataError> {
        if self.has_failed.load(Ordering::Acquire) { lock(&self.error).take() } else { None }
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
