//! A folder with a folder for each class.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use typednet_tensor::Class;

use super::{ImageError, ImageFiles};
use crate::bytes::grow;
use crate::{ClassNames, DataError, Dataset, Image};

/// The pictures of a folder in which each class has a folder.
#[derive(Debug)]
pub struct ImageFolder<const H: usize, const W: usize, const C: usize, const K: usize> {
    /// The pictures with their classes: class by class, and within a class by the files' names.
    pub data: Dataset<Image<H, W, C>, Class<K>>,
    /// The names of the classes, which are those of the folders: keep them with the network's weights.
    pub names: ClassNames<K>,
    /// The file of each picture.
    pub files: Vec<PathBuf>,
    /// What was left out, as [`skip_bad`](ImageFiles::skip_bad) allows.
    pub skipped: Vec<Skipped>,
}

/// A file that was left out.
#[derive(Debug)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why, with the path.
    pub error: DataError,
}

impl<const H: usize, const W: usize, const C: usize> ImageFiles<H, W, C> {
    /// The pictures in the folder at `path`, in which there is one folder for each of `K` classes with its pictures.
    ///
    /// Classes are numbered by the names of their folders in the order of their letters' numbers (Unicode), so that the
    /// order is the same on every system. Hidden files and folders, whose names begin with a dot, do not count, nor do
    /// files beside the folders of the classes unless they are named as pictures.
    ///
    /// # Errors
    /// If there are not exactly `K` folders, if a class has no picture, if a folder cannot be read, or, without
    /// [`skip_bad`](Self::skip_bad), at the first file that is no picture of this shape; with the path.
    pub fn folder<const K: usize>(&self, path: impl AsRef<Path>) -> Result<ImageFolder<H, W, C, K>, DataError> {
        self.classes(path.as_ref(), None)
    }

    /// As [`folder`](Self::folder), with the classes of other pictures: those to test with have the numbers of those that
    /// were trained on.
    ///
    /// # Errors
    /// As [`folder`](Self::folder), and if the names of the folders are not those of the classes.
    pub fn folder_of<const K: usize>(
        &self,
        path: impl AsRef<Path>,
        names: &ClassNames<K>,
    ) -> Result<ImageFolder<H, W, C, K>, DataError> {
        self.classes(path.as_ref(), Some(names))
    }

    fn classes<const K: usize>(
        &self,
        path: &Path,
        names: Option<&ClassNames<K>>,
    ) -> Result<ImageFolder<H, W, C, K>, DataError> {
        let mut found = Found { images: Vec::new(), targets: Vec::new(), files: Vec::new(), skipped: Vec::new() };
        let (mut folders, strays) = split(path)?;
        for stray in strays {
            self.skip_or_refuse(&mut found, stray, ImageError::NoClass.into())?;
        }
        let mut classes = named(&folders)?;
        if let Some(names) = names {
            // In the order of the names, which need not be that of their letters.
            let mut sorted = names.names().to_vec();
            sorted.sort_unstable();
            if sorted == classes {
                classes = names.names().to_vec();
                folders = classes.iter().map(|name| path.join(name)).collect();
            }
        }
        if classes.len() != K || names.is_some_and(|names| names.names() != classes) {
            let expected = names.map_or_else(Vec::new, |names| names.names().to_vec());
            return Err(DataError::from(ImageError::Classes { expected, count: K, found: classes }).in_path(path));
        }
        for (class, folder) in Class::all().zip(&folders) {
            self.class(&mut found, folder, class)?;
        }
        let Found { images, targets, files, skipped } = found;
        let data = Dataset::new(images, targets).map_err(|error| error.in_path(path))?;
        Ok(ImageFolder { data, names: ClassNames::checked(classes)?, files, skipped })
    }

    /// Adds the pictures of one class.
    fn class<const K: usize>(
        &self,
        found: &mut Found<Image<H, W, C>, K>,
        folder: &Path,
        class: Class<K>,
    ) -> Result<(), DataError> {
        let (before, skipped) = (found.images.len(), found.skipped.len());
        for path in entries(folder)? {
            match self.file(&path) {
                Ok(image) => {
                    grow(&mut found.images, 1, usize::MAX)?;
                    found.images.extend_from_slice(std::slice::from_ref(&*image));
                    found.targets.push(class);
                    found.files.push(path);
                }
                Err(DataError::In { error, .. }) => self.skip_or_refuse(found, path, *error)?,
                Err(error) => return Err(error),
            }
        }
        if found.images.len() > before {
            return Ok(());
        }
        let skipped = found.skipped.len() - skipped;
        Err(DataError::from(ImageError::EmptyClass { skipped }).in_path(folder))
    }

    fn skip_or_refuse<I, const K: usize>(
        &self,
        found: &mut Found<I, K>,
        path: PathBuf,
        error: DataError,
    ) -> Result<(), DataError> {
        let error = error.in_path(&path);
        if !self.skip_bad {
            return Err(error);
        }
        found.skipped.push(Skipped { path, error });
        Ok(())
    }
}

/// What there is so far.
struct Found<I, const K: usize> {
    images: Vec<I>,
    targets: Vec<Class<K>>,
    files: Vec<PathBuf>,
    skipped: Vec<Skipped>,
}

/// The folders in `path`, and the files that are named as pictures.
fn split(path: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), DataError> {
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries(path)?.into_iter().partition(|entry| entry.is_dir());
    let is_picture = |file: &PathBuf| {
        let end = file.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        matches!(&*end, "png" | "jpg" | "jpeg")
    };
    if folders.is_empty() {
        return Err(DataError::from(ImageError::NoClasses).in_path(path));
    }
    Ok((folders, files.into_iter().filter(is_picture).collect()))
}

/// The names of the folders, all of which must be text.
fn named(folders: &[PathBuf]) -> Result<Vec<String>, DataError> {
    let name = |folder: &PathBuf| {
        let name = folder.file_name().and_then(OsStr::to_str);
        name.map(str::to_owned).ok_or_else(|| DataError::from(ImageError::ClassName).in_path(folder))
    };
    folders.iter().map(name).collect()
}

/// What is in a folder and not hidden, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                paths.push(entry.path());
            }
        }
        Ok(paths)
    };
    let mut paths = read().map_err(|error| DataError::Io(error).in_path(folder))?;
    paths.sort_unstable_by(by_name);
    Ok(paths)
}

/// By the bytes of the names, which order text as its letters' numbers do.
fn by_name(a: &PathBuf, b: &PathBuf) -> Ordering {
    let name = |path: &PathBuf| path.file_name().map(|name| name.as_encoded_bytes().to_vec());
    name(a).cmp(&name(b))
}
