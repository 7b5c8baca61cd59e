//! Samples that stay in their files.

mod pread;
mod records;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use typednet_tensor::{Class, Key, Sample};

use crate::idx::Idx;
use crate::{DataError, Gather, Parts, Source};
use records::Records;

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
/// # A file for each shard
/// Data may be cut into as many files as a batch has [shards](https://docs.rs/typednet-train): shard s of every batch draws from file s only,
/// so that of several processes each has the files of its own shards on its disk, and no others. Targets of all of them are in memory
/// everywhere. A file is opened when its first row is read, so the files of others need not be there. See [`Parts`].
///
/// # Files that change
/// A file that is written to, cut or replaced in place while it is read is an [error](DataError::Changed), of the training that reads it too.
/// What has gone wrong while rows were gathered is [`Source::take_error`], which trainers ask for after each batch.
#[derive(Debug)]
pub struct OnDisk<X, Y> {
    /// One, or one for each part.
    files: Vec<Records>,
    /// Where there is a file for each shard.
    parts: Option<Parts>,
    targets: Vec<Y>,
    /// Memory for records, which is used again.
    buffers: Mutex<Vec<Vec<u8>>>,
    has_failed: AtomicBool,
    error: Mutex<Option<DataError>>,
    samples: std::marker::PhantomData<fn() -> X>,
}

/// How many bytes of rows that follow each other are read at once, at most, but for one row.
const RUN: usize = 64 * 1024;

impl<X: Sample<Elem = u8>, Y> OnDisk<X, Y> {
    /// The records of a file from byte `offset` to its end, one for each target.
    ///
    /// # Errors
    /// If there are no targets, the file cannot be read, or it does not hold as many records; with its path.
    pub fn records(path: impl AsRef<Path>, offset: u64, targets: Vec<Y>) -> Result<Self, DataError> {
        let path = path.as_ref();
        Self::one(path, Some(offset), targets).map_err(|error| error.in_path(path))
    }

    /// The records of a file for each shard, each from byte `offset` to its end, one for each of the targets beside its path. A file is opened
    /// when it is read, so that the files of shards which another process computes need not be there.
    ///
    /// ```
    /// use typednet_data::{OnDisk, Parts, Source};
    /// use typednet_tensor::Key;
    ///
    /// # let folder = std::env::temp_dir().join(format!("typednet-record-parts-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// // The process that computes shard 1.
    /// std::fs::write(folder.join("part-1"), [7, 8, 9, 10])?;
    /// let targets = [vec![[0.0_f32], [1.0], [2.0]], vec![[3.0], [4.0]]];
    /// let parts = targets.into_iter().enumerate().map(|(part, targets)| (folder.join(format!("part-{part}")), targets));
    /// let data = OnDisk::<[u8; 2], _>::record_parts(0, parts)?;
    ///
    /// assert_eq!(Source::<[f32; 2], _>::parts(&data), Some(&Parts::of([3, 2])?));
    /// let (mut x, mut y) = ([[0.0_f32; 2]], [[0.0_f32]]);
    /// data.gather(&[4], Key::new(0), &mut x, &mut y);
    /// assert_eq!((x[0][1], y[0]), (10.0 * (1.0 / 255.0), [4.0]));
    /// data.gather(&[0], Key::new(0), &mut x, &mut y);
    /// let error = Source::<[f32; 2], [f32; 1]>::take_error(&data).unwrap();
    /// assert!(error.to_string().starts_with("part 0 of 2, from which shard 0 draws, cannot be read here: "));
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If there are no files, or one without targets. What is wrong with a file is said when it is [read](Source::take_error).
    pub fn record_parts<P: Into<PathBuf>>(
        offset: u64,
        parts: impl IntoIterator<Item = (P, Vec<Y>)>,
    ) -> Result<Self, DataError> {
        Self::several(parts.into_iter().map(|(path, targets)| Ok((path.into(), Some(offset), targets))))
    }

    fn one(path: &Path, offset: Option<u64>, targets: Vec<Y>) -> Result<Self, DataError> {
        let file = Records::new(path.to_owned(), offset, targets.len())?;
        file.open::<X>()?;
        Ok(Self::of(vec![file], None, targets))
    }

    /// What is in several files, which are opened later.
    fn several(
        parts: impl Iterator<Item = Result<(PathBuf, Option<u64>, Vec<Y>), DataError>>,
    ) -> Result<Self, DataError> {
        let (mut files, mut lengths, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            let (path, offset, targets) = part?;
            lengths.push(targets.len());
            all.extend(targets);
            files.push((path, offset));
        }
        let parts = Parts::of(lengths.iter().copied())?;
        let files = files.into_iter().zip(lengths).map(|((path, offset), rows)| Records::new(path, offset, rows));
        Ok(Self::of(files.collect::<Result<_, _>>()?, Some(parts), all))
    }

    fn of(files: Vec<Records>, parts: Option<Parts>, targets: Vec<Y>) -> Self {
        const { assert!(X::LEN > 0, "a sample has at least one element") };
        Self {
            files,
            parts,
            targets,
            buffers: Mutex::default(),
            has_failed: AtomicBool::new(false),
            error: Mutex::default(),
            samples: std::marker::PhantomData,
        }
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

    /// Reads rows and makes samples of them: those that stand in one file, and then those of the next.
    fn read<In>(&self, mut rows: &[u32], buffer: &mut Vec<u8>, mut x: &mut [In]) -> Result<(), DataError>
    where
        X: Gather<In>,
    {
        while let Some(first) = rows.first() {
            let part = self.parts.as_ref().map_or(0, |parts| parts.part_of(*first));
            let of_file = self.parts.as_ref().map_or(0..self.targets.len() as u32, |parts| parts.rows(part));
            let count = rows.iter().take_while(|row| of_file.contains(row)).count();
            let (here, behind) = rows.split_at(count);
            let (to, rest) = x.split_at_mut(count);
            let file = &self.files[part];
            file.read::<X, In>(here, of_file.start, buffer, to).map_err(|error| {
                let error = error.in_path(&file.path);
                match &self.parts {
                    Some(parts) => DataError::Part { part, parts: parts.count(), error: Box::new(error) },
                    None => error,
                }
            })?;
            (rows, x) = (behind, rest);
        }
        Ok(())
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
        let targets = idx.labels_from_file(labels)?;
        Self::one(images, None, targets).map_err(|error| error.in_path(images))
    }

    /// A pair of files for each shard: images, as [`idx`](Self::idx) reads them, and their labels. All files of labels are read at once; one of
    /// images is opened when it is read, so that the images of shards which another process computes need not be there.
    ///
    /// ```no_run
    /// use typednet_data::OnDisk;
    /// use typednet_data::idx::Idx;
    /// use typednet_tensor::Class;
    ///
    /// let files = (0..8).map(|part| (format!("images-{part}-idx3-ubyte"), format!("labels-{part}-idx1-ubyte")));
    /// let data: OnDisk<[[u8; 28]; 28], Class<10>> = OnDisk::idx_parts(Idx::new(), files)?;
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Idx::labels`], with the path; if there are no files, or one without labels. What is wrong with images is said when they are
    /// [read](Source::take_error).
    pub fn idx_parts<P: Into<PathBuf>>(idx: Idx, files: impl IntoIterator<Item = (P, P)>) -> Result<Self, DataError> {
        let read = |(images, labels): (P, P)| {
            let labels: PathBuf = labels.into();
            Ok((images.into(), None, idx.labels_from_file(labels)?))
        };
        Self::several(files.into_iter().map(read))
    }
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

    fn parts(&self) -> Option<&Parts> {
        self.parts.as_ref()
    }

    fn gather(&self, rows: &[u32], _key: Key, x: &mut [In], y: &mut [Y]) {
        assert_eq!(rows.len(), x.len(), "gather needs one place for each sample");
        assert_eq!(rows.len(), y.len(), "gather needs one place for each target");
        y.iter_mut().zip(rows).for_each(|(y, row)| *y = self.targets[*row as usize]);
        let mut buffer = lock(&self.buffers).pop().unwrap_or_else(|| Vec::with_capacity(RUN.max(X::LEN)));
        if let Err(error) = self.read(rows, &mut buffer, x) {
            lock(&self.error).get_or_insert(error);
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
