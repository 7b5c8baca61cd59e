//! The digits inside the crate, and folders of MNIST's four files.

use std::fs;
use std::path::{Path, PathBuf};

use typednet_data::{DataError, mnist};

/// The folder of the embedded sample in the repository: four gzipped files under their standard names.
fn sample() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/mnist-10k"))
}

const FILES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    /// The sample under other names; no file where the name is empty.
    fn of_sample(name: &str, rename: impl Fn(&str) -> String) -> Self {
        let folder = std::env::temp_dir().join(format!("typednet-data-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for file in FILES {
            let new = rename(file);
            if !new.is_empty() {
                fs::copy(sample().join(format!("{file}.gz")), folder.join(new)).unwrap();
            }
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_embedded_digits_are_digits() {
    let digits = mnist::embedded().unwrap();
    assert_eq!((digits.train.len(), digits.test.len()), (8000, 2000));
    for set in [&digits.train, &digits.test] {
        for class in mnist::Label::all() {
            let count = set.targets().iter().filter(|label| **label == class).count();
            assert!((8 * set.len()..13 * set.len()).contains(&(100 * count)), "{count} times class {class}");
        }
        for (image, label) in set {
            let ink = image.iter().filter(|pixel| **pixel > 127).count();
            assert!((10..400).contains(&ink), "{ink} dark pixels in a {label}");
        }
    }
    let mut all: Vec<&mnist::Image> = digits.train.samples().iter().chain(digits.test.samples()).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 10_000);
}

#[test]
fn all_names_in_use_are_found() {
    let wanted = mnist::embedded().unwrap();
    assert!(mnist::from_folder(sample()).unwrap() == wanted);
    // What is in a file counts, not its name: these are gzipped without saying so.
    let plain = Folder::of_sample("plain", str::to_owned);
    assert!(mnist::from_folder(&plain.0).unwrap() == wanted);
    let dotted = Folder::of_sample("dotted", |name| name.replace("-idx", ".idx"));
    assert!(mnist::from_folder(&dotted.0).unwrap() == wanted);
}

#[test]
fn a_missing_file_is_named() {
    let folder = Folder::of_sample("missing", |name| if name == FILES[3] { String::new() } else { name.to_owned() });
    let error = mnist::from_folder(&folder.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: a file is missing; expected one named t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz or \
             t10k-labels.idx1-ubyte or t10k-labels.idx1-ubyte.gz or test-labels-idx1-ubyte or \
             test-labels-idx1-ubyte.gz or test-labels.idx1-ubyte or test-labels.idx1-ubyte.gz; the folder has \
             t10k-images-idx3-ubyte, train-images-idx3-ubyte, train-labels-idx1-ubyte",
            folder.0.display()
        )
    );
    fs::create_dir(folder.0.join("empty")).unwrap();
    let error = mnist::from_folder(folder.0.join("empty")).unwrap_err().to_string();
    assert!(error.ends_with("; the folder is empty"), "{error}");
    let error = mnist::from_folder("no/such/folder").unwrap_err();
    assert!(error.to_string().starts_with("no/such/folder: cannot read: "), "{error}");
}

/// An archive that unpacks to a file and, under the other name in use for it, a folder.
#[test]
fn folders_with_the_names_of_files() {
    let wanted = mnist::embedded().unwrap();
    let folder = Folder::of_sample("folders", |name| name.replace("-idx", ".idx"));
    for name in FILES {
        fs::create_dir(folder.0.join(name)).unwrap();
    }
    assert!(mnist::from_folder(&folder.0).unwrap() == wanted);
    // Alone, such a folder is no file, and is shown as what it is.
    fs::remove_file(folder.0.join(FILES[1].replace("-idx", ".idx"))).unwrap();
    let error = mnist::from_folder(&folder.0).unwrap_err();
    assert!(matches!(error.cause(), DataError::MissingFile { .. }), "{error}");
    assert!(error.to_string().contains("train-labels-idx1-ubyte/"), "{error}");
    // It may hold the file.
    fs::copy(sample().join(format!("{}.gz", FILES[1])), folder.0.join(FILES[1]).join(FILES[1])).unwrap();
    assert!(mnist::from_folder(&folder.0).unwrap() == wanted);
}

/// EMNIST: a word before the names, `test` for `t10k`, images on their sides, and for the letters labels from 1 on.
#[test]
fn images_on_their_sides_are_turned_upright() {
    let name = |file: &str| format!("emnist-letters-{}", file.replace("t10k", "test"));
    let folder = Folder::of_sample("turned", name);
    let upright = mnist::embedded().unwrap();
    let turned = mnist::Folder::new(&folder.0).prefix("emnist-letters-").transposed().read::<10>().unwrap();
    for (turned, upright) in turned.test.samples().iter().zip(upright.test.samples()) {
        assert!((0..784).all(|place| turned[place] == upright[place % 28 * 28 + place / 28]));
    }
    assert_eq!(turned.train.targets(), upright.train.targets());
    let letters = |first| mnist::Folder::new(&folder.0).prefix("emnist-letters-").first_label(first).read::<10>();
    let error = letters(1).unwrap_err();
    let row = upright.train.targets().iter().position(|label| label.index() == 0).unwrap();
    assert!(matches!(error.cause(), DataError::NotLabel { row: found, first: 1, .. } if *found == row), "{error}");
    assert!(letters(0).is_ok());
    let error = mnist::Folder::new(&folder.0).prefix("emnist-letters-").limit(1000).read::<10>().unwrap_err();
    assert!(matches!(error.cause(), DataError::OverLimit { promised: 6_272_000, limit: 1000 }), "{error}");
}

#[test]
fn confused_files_are_named() {
    // Labels of the other set, and labels in the place of images.
    let folder = Folder::of_sample("other", |name| name.replace("train-labels", "t10k-labels-too"));
    fs::copy(sample().join("t10k-labels-idx1-ubyte.gz"), folder.0.join(FILES[1])).unwrap();
    let error = mnist::from_folder(&folder.0).unwrap_err();
    assert!(matches!(error.cause(), DataError::CountsDiffer { samples: 8000, targets: 2000 }), "{error}");
    fs::copy(folder.0.join(FILES[1]), folder.0.join(FILES[0])).unwrap();
    let error = mnist::from_folder(&folder.0).unwrap_err().to_string();
    assert!(error.contains(FILES[0]) && error.contains("which is a file of labels"), "{error}");
}

/// Fashion-MNIST, where the Debian package `dataset-fashion-mnist` is installed.
#[test]
fn fashion_mnist() {
    let folder = Path::new("/usr/share/datasets/fashion-mnist");
    if !folder.exists() {
        println!("skipped: {} is not there (Debian package dataset-fashion-mnist)", folder.display());
        return;
    }
    let fashion = mnist::from_folder(folder).unwrap();
    for (set, len) in [(&fashion.train, 60_000), (&fashion.test, 10_000)] {
        assert_eq!(set.len(), len);
        for class in mnist::Label::all() {
            assert_eq!(set.targets().iter().filter(|label| **label == class).count(), len / mnist::FASHION.len());
        }
    }
}
