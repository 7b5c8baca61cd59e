//! CSV tables, IDX files, MNIST's folder of four and CIFAR's records, plain and compressed.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use typednet::data::{Csv, Image, Table, cifar::Cifar, idx, idx::Idx, mnist::Folder as Mnist};

use crate::files::Folder;

/// The first byte chooses among settings.
pub(crate) fn csv(bytes: &[u8]) {
    let Some((settings, text)) = bytes.split_first() else { return };
    let mut csv = Csv::new();
    if settings & 1 != 0 {
        csv = csv.separated_by(b';').decimal_comma();
    }
    if settings & 2 != 0 {
        csv = csv.comment(b'#');
    }
    if settings & 4 != 0 {
        csv = csv.number_duplicates().trailing_mark();
    }
    if settings & 8 != 0 {
        csv = csv.renamed(["one", "two", "three"]);
    }
    match csv.read(text) {
        Ok(table) => show(&table),
        Err(error) => drop(error.to_string()),
    }
}

fn show(table: &Table) {
    for column in table.columns() {
        drop(format!("{column:?}"));
    }
    let names: Vec<&str> = table.names().collect();
    drop(table.samples::<f32, 2>(&names[..names.len().min(2)].try_into().unwrap_or(["a", "b"])));
    if let Some(last) = names.last() {
        drop(table.labels::<3>(last));
        drop(table.classes::<3>(last));
    }
    drop(format!("{table:?}"));
}

/// As images and as labels.
pub(crate) fn idx(bytes: &[u8]) {
    if let Err(error) = idx::read_images::<6>(bytes) {
        drop(error.to_string());
    }
    if let Err(error) = idx::read_labels::<3>(bytes) {
        drop(error.to_string());
    }
    if let Err(error) = Idx::new().shaped::<Image<1, 6, 1>>(bytes) {
        drop(error.to_string());
    }
}

/// As records of either set.
pub(crate) fn cifar(bytes: &[u8]) {
    let cifar = Cifar::new().limit(1 << 20);
    if let Err(error) = cifar.read_10(bytes) {
        drop(error.to_string());
    }
    match cifar.read_100(bytes) {
        Ok(data) => drop(data.content_hash()),
        Err(error) => drop(error.to_string()),
    }
}

pub(crate) fn cifar_seeds() -> Vec<Vec<u8>> {
    let record = |labels: &[u8]| [labels, &[7; 3072]].concat();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&record(&[3]).repeat(2)).expect("a vector takes everything");
    vec![record(&[9]), record(&[19, 99]), packed.finish().expect("a vector takes everything")]
}

pub(crate) fn idx_seeds() -> Vec<Vec<u8>> {
    vec![images(2, 6), labels(3)]
}

/// `count` images of 1×`width` pixels.
fn images(count: u8, width: u8) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, width];
    file.extend((0..count * width).map(|pixel| pixel.wrapping_mul(7)));
    file
}

fn labels(count: u8) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 1, 0, 0, 0, count];
    file.extend((0..count).map(|label| label % 3));
    file
}

/// Compressed images in a folder whose other three files are right.
pub(crate) fn folder(bytes: &[u8]) {
    let folder = Folder::new();
    folder.file("train-images-idx3-ubyte.gz", bytes);
    folder.file("train-labels-idx1-ubyte", &labels(2));
    folder.file("t10k-images-idx3-ubyte", &digits(2));
    let last = folder.file("t10k-labels-idx1-ubyte", &labels(2));
    let path = last.parent().expect("a folder");
    if let Err(error) = Mnist::new(path).limit(1 << 20).read::<3>() {
        drop(error.to_string());
    }
}

/// `count` images of 28×28 pixels.
fn digits(count: u8) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28];
    file.resize(16 + usize::from(count) * 784, 3);
    file
}

pub(crate) fn folder_seeds() -> Vec<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&digits(2)).expect("a vector takes everything");
    vec![packed.finish().expect("a vector takes everything"), digits(2)]
}
