//! Truncated, lying and foreign files: each gives an error that says what was expected and found, and none panics.

use std::error::Error;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use typednet_data::idx::{self, Idx};
use typednet_data::{DataError, IdxKind, Image};
use typednet_tensor::Class;

/// Three images of 2×2.
const IMAGES: [u8; 28] = [
    0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, // magic number, 3, 2, 2
    0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 255,
];

/// Three labels.
const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4];

fn images(file: &[u8]) -> Result<Vec<[u8; 4]>, DataError> {
    idx::read_images(file)
}

fn text(file: &[u8]) -> String {
    images(file).unwrap_err().to_string()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `IMAGES` with other bytes from place `at` on.
fn with<const N: usize>(at: usize, bytes: [u8; N]) -> [u8; 28] {
    let mut file = IMAGES;
    file[at..at + N].copy_from_slice(&bytes);
    file
}

#[test]
fn good_files_plain_and_gzipped() {
    let wanted = [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 255]];
    assert_eq!(images(&IMAGES).unwrap(), wanted);
    assert_eq!(images(&gzip(&IMAGES)).unwrap(), wanted);
    // A gzip file may consist of several parts.
    let parts = [gzip(&IMAGES[..17]), gzip(&IMAGES[17..])].concat();
    assert_eq!(images(&parts).unwrap(), wanted);
    for file in [&LABELS[..], &gzip(&LABELS)] {
        let labels: Vec<usize> = idx::read_labels::<10>(file).unwrap().iter().map(|label| label.index()).collect();
        assert_eq!(labels, [9, 0, 4]);
    }
}

/// More than one chunk is read, and the last one is not full.
#[test]
fn long_files_plain_and_gzipped() {
    for rows in [83_usize, 84, 1000] {
        let mut file = vec![0, 0, 8, 3, 0, 0, (rows >> 8) as u8, rows as u8, 0, 0, 0, 28, 0, 0, 0, 28];
        file.extend((0..rows * 784).map(|i| (i % 251) as u8));
        for packed in [file.clone(), gzip(&file)] {
            let images = idx::read_images::<784>(&packed[..]).unwrap();
            assert_eq!(images.len(), rows);
            assert_eq!(images.as_flattened(), &file[16..]);
        }
        let error = idx::read_images::<784>(&file[..file.len() - 1]).unwrap_err();
        let DataError::TooShort { promised, found } = error else { panic!("{error}") };
        assert_eq!((promised, u128::from(found) + 1), (rows as u128 * 784, promised));
    }
}

#[test]
fn every_length() {
    for len in 0..IMAGES.len() {
        let wanted = match len {
            0..4 => format!("the file ends inside its header: expected 4 bytes or more, found {len}"),
            4..16 => format!("the file ends inside its header: expected 16 bytes or more, found {len}"),
            _ => format!("the header promises 12 bytes of data, but the file has only {}", len - 16),
        };
        assert_eq!(text(&IMAGES[..len]), wanted);
        assert_eq!(text(&gzip(&IMAGES[..len])), wanted);
    }
    for len in 0..LABELS.len() {
        let error = idx::read_labels::<10>(&LABELS[..len]).unwrap_err();
        assert_eq!(matches!(error, DataError::Truncated { .. }), len < 8, "{len}: {error}");
        assert_eq!(matches!(error, DataError::TooShort { .. }), len >= 8, "{len}: {error}");
    }
    let longer = [&IMAGES[..], &[0]].concat();
    for file in [longer.clone(), gzip(&longer)] {
        assert_eq!(text(&file), "the header promises 12 bytes of data, but the file goes on after them");
    }
}

#[test]
fn foreign_files() {
    assert_eq!(
        text(&LABELS),
        "wrong magic number: expected 0x00000803 (IDX images), found 0x00000801, which is a file of labels; give the \
         file of images"
    );
    assert_eq!(
        idx::read_labels::<10>(&IMAGES[..]).unwrap_err().to_string(),
        "wrong magic number: expected 0x00000801 (IDX labels), found 0x00000803, which is a file of images; give the \
         file of labels"
    );
    assert_eq!(
        text(b"<!DOCTYPE html>"),
        "wrong magic number: expected 0x00000803 (IDX images), found 0x3C21444F; this is not such a file"
    );
    for magic in [[1, 0, 8, 3], [0, 1, 8, 3], [0, 0, 0, 3], [0, 0, 7, 3], [0, 0, 8, 0], [0, 0, 8, 8], [0, 0, 8, 255]] {
        let error = images(&with(0, magic)).unwrap_err();
        let DataError::WrongMagic { expected: IdxKind::Images, found } = error else { panic!("{error}") };
        assert_eq!(found.to_be_bytes(), magic);
    }
    for (code, name) in [(0x09, "i8"), (0x0B, "i16"), (0x0C, "i32"), (0x0D, "f32"), (0x0E, "f64")] {
        let wanted = format!(
            "the file holds elements of type {name} (0x{code:02X}), which u8 cannot hold exactly; read them as {name} with \
             `Idx::samples::<{name}, _>`"
        );
        assert_eq!(text(&with(2, [code])), wanted);
    }
}

/// A file of two samples of three elements, each of these bytes.
fn of_elements(code: u8, elements: [&[u8]; 6]) -> Vec<u8> {
    [&[0, 0, code, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &elements.concat()].concat()
}

/// The numbers of a file, plain and packed.
fn read<T: idx::IdxElement + PartialEq>(file: &[u8]) -> Result<Vec<T>, DataError> {
    let plain = Idx::new().samples::<T, 3>(file)?.into_flattened();
    let packed = Idx::new().samples::<T, 3>(&gzip(file)[..])?.into_flattened();
    assert!(plain == packed);
    Ok(plain)
}

/// Every element type is read as itself, and as each type that holds it exactly.
#[test]
fn all_element_types() {
    let bytes = of_elements(0x08, [&[0], &[1], &[127], &[128], &[200], &[255]]);
    let signed = of_elements(0x09, [&[0], &[1], &[127], &[128], &[200], &[255]]);
    let short = of_elements(0x0B, [&[0, 1], &[1, 0], &[127, 255], &[128, 0], &[255, 255], &[0, 0]]);
    let long = [1, -1, i32::MAX, i32::MIN, 256, 0].map(i32::to_be_bytes);
    let long = of_elements(0x0C, long.each_ref().map(|bytes| &bytes[..]));
    let singles = [0.1_f32, -1e30, f32::MIN_POSITIVE, f32::INFINITY, -0.0, 3.0];
    let single = of_elements(0x0D, singles.map(f32::to_be_bytes).each_ref().map(|bytes| &bytes[..]));
    let doubles = [0.1_f64, -1e300, 5e-324, f64::MAX, -0.0, 3.0];
    let double = of_elements(0x0E, doubles.map(f64::to_be_bytes).each_ref().map(|bytes| &bytes[..]));

    macro_rules! table {
        ($($file:ident as $type:ty: $wanted:expr;)*) => {$(
            assert_eq!(read::<$type>(&$file).unwrap(), $wanted, "{} as {}", stringify!($file), stringify!($type));
        )*};
    }
    table! {
        bytes as u8: [0, 1, 127, 128, 200, 255];
        bytes as i16: [0, 1, 127, 128, 200, 255];
        bytes as i32: [0, 1, 127, 128, 200, 255];
        bytes as f32: [0.0, 1.0, 127.0, 128.0, 200.0, 255.0];
        bytes as f64: [0.0, 1.0, 127.0, 128.0, 200.0, 255.0];
        signed as i8: [0, 1, 127, -128, -56, -1];
        signed as i16: [0, 1, 127, -128, -56, -1];
        signed as i32: [0, 1, 127, -128, -56, -1];
        signed as f32: [0.0, 1.0, 127.0, -128.0, -56.0, -1.0];
        signed as f64: [0.0, 1.0, 127.0, -128.0, -56.0, -1.0];
        short as i16: [1, 256, 32767, -32768, -1, 0];
        short as i32: [1, 256, 32767, -32768, -1, 0];
        short as f32: [1.0, 256.0, 32767.0, -32768.0, -1.0, 0.0];
        short as f64: [1.0, 256.0, 32767.0, -32768.0, -1.0, 0.0];
        long as i32: [1, -1, i32::MAX, i32::MIN, 256, 0];
        long as f64: [1.0, -1.0, f64::from(i32::MAX), f64::from(i32::MIN), 256.0, 0.0];
        single as f32: singles;
        single as f64: singles.map(f64::from);
        double as f64: doubles;
    }
    assert!(read::<u8>(&signed).is_err() && read::<i8>(&bytes).is_err() && read::<i16>(&long).is_err());
    assert!(read::<f32>(&double).is_err() && read::<i32>(&single).is_err() && read::<i32>(&double).is_err());
    let error = read::<f32>(&long).unwrap_err().to_string();
    let wanted = "the file holds elements of type i32 (0x0C), which f32 cannot hold exactly; read them as i32 with \
                  `Idx::samples::<i32, _>`";
    assert_eq!(error, wanted);
    // The promise counts bytes, not elements.
    let error = read::<i32>(&long[..long.len() - 1]).unwrap_err();
    assert!(matches!(error, DataError::TooShort { promised: 24, found: 23 }), "{error}");
}

/// As values of a shape: the sizes must be the type's, not only their product, but for sizes of 1 at the end.
#[test]
fn samples_of_a_shape() {
    let wanted = [[[0, 1], [2, 3]], [[10, 11], [12, 13]], [[20, 21], [22, 255]]];
    for file in [IMAGES.to_vec(), gzip(&IMAGES)] {
        assert_eq!(Idx::new().shaped::<[[u8; 2]; 2]>(&file[..]).unwrap(), wanted);
        let pixels = Idx::new().shaped::<Image<2, 2, 1>>(&file[..]).unwrap();
        assert_eq!(pixels, wanted.map(|rows| rows.map(|row| row.map(|value| [value]))));
        assert_eq!(
            Idx::new().shaped::<[[f64; 2]; 2]>(&file[..]).unwrap()[2][1].map(f64::to_bits),
            [22.0, 255.0_f64].map(f64::to_bits)
        );
    }
    let error = |text: &str, error: DataError| {
        assert!(matches!(error, DataError::WrongShape { .. }) && error.to_string().contains(text), "{error}");
    };
    error("is 2×2, but the type that is to hold it is 4", Idx::new().shaped::<[u8; 4]>(&IMAGES[..]).unwrap_err());
    error("is 4×1×2×2", Idx::new().shaped::<Image<4, 1, 2, [u8; 2]>>(&IMAGES[..]).unwrap_err());
    let turned = with(8, [0, 0, 0, 1, 0, 0, 0, 4]);
    error(
        "is 1×4, but the type that is to hold it is 4×1×1",
        Idx::new().shaped::<Image<4, 1, 1>>(&turned[..]).unwrap_err(),
    );
    assert_eq!(Idx::new().shaped::<Image<1, 4, 1>>(&turned[..]).unwrap()[0], [[[0], [1], [2], [3]]]);
    // A row of a file of one dimension is a single number.
    let numbers = [0, 0, 0x08, 1, 0, 0, 0, 2, 7, 9];
    assert_eq!(Idx::new().shaped::<[u8; 1]>(&numbers[..]).unwrap(), [[7], [9]]);
    error("is a single number, but", Idx::new().shaped::<[u8; 2]>(&numbers[..]).unwrap_err());
    assert!(matches!(Idx::new().shaped::<[[u8; 2]; 2]>(&IMAGES[..20]), Err(DataError::TooShort { .. })));
}

/// Targets of one number, and labels of whatever type.
#[test]
fn files_of_one_dimension() {
    let file = |code, elements: &[u8]| [&[0, 0, code, 1, 0, 0, 0, 2][..], elements].concat();
    let single = file(0x0D, &[1.5_f32.to_be_bytes(), (-2.0_f32).to_be_bytes()].concat());
    assert_eq!(Idx::new().samples::<f32, 1>(&single[..]).unwrap(), [[1.5], [-2.0]]);
    let labels = |file: &[u8]| Idx::new().labels::<10>(file).map(MapIndex::map_index);
    assert_eq!(labels(&file(0x0C, &[0, 0, 0, 9, 0, 0, 0, 0])).unwrap(), [9, 0]);
    assert_eq!(labels(&file(0x09, &[3, 4])).unwrap(), [3, 4]);
    assert_eq!(labels(&file(0x0E, &[3.0_f64.to_be_bytes(), 4.0_f64.to_be_bytes()].concat())).unwrap(), [3, 4]);
    let error = |file: &[u8]| labels(file).unwrap_err().to_string();
    assert_eq!(error(&single), "row 0: expected a label (0, 1, 2, …), found 1.5");
    assert_eq!(error(&file(0x09, &[0, 255])), "row 1: expected a label (0, 1, 2, …), found -1");
    assert_eq!(error(&file(0x0B, &[0, 1, 0, 10])), "row 1: label 10 is out of range: there are 10 classes, 0 to 9");
    let from_one = Idx::new().first_label(1).labels::<2>(&file(0x08, &[1, 2])[..]).unwrap();
    assert_eq!(from_one.map_index(), [0, 1]);
    let error = Idx::new().first_label(1).labels::<2>(&file(0x08, &[1, 0])[..]).unwrap_err().to_string();
    assert_eq!(error, "row 1: expected a label (1, 2, 3, …), found 0; `first_label` says which label is class 0");
}

trait MapIndex {
    fn map_index(self) -> Vec<usize>;
}

impl<const N: usize> MapIndex for Vec<Class<N>> {
    fn map_index(self) -> Vec<usize> {
        self.iter().map(|class| class.index()).collect()
    }
}

/// What a small packed file unpacks to has a limit, which can be set.
#[test]
fn limits() {
    let file = |rows: u32| {
        let header = [&[0, 0, 8, 2][..], &rows.to_be_bytes(), &[0, 0, 4, 0]].concat();
        [header, vec![0; rows as usize * 1024]].concat()
    };
    let packed = gzip(&file(1000));
    assert!(packed.len() < 2000);
    let read = |idx: Idx, file: &[u8]| idx.samples::<u8, 1024>(file).map(|samples| samples.len());
    assert_eq!(read(Idx::new(), &packed).unwrap(), 1000);
    assert_eq!(read(Idx::new().limit(1_024_000), &packed).unwrap(), 1000);
    for file in [&packed[..], &file(1000)] {
        let error = read(Idx::new().limit(1_023_999), file).unwrap_err();
        assert!(matches!(error, DataError::OverLimit { promised: 1_024_000, limit: 1_023_999 }), "{error}");
    }
    // Unless one is set, it is that of packed files alone: what is there unpacked has its place already.
    let lie = [&[0, 0, 8, 2, 255, 255, 255, 255, 0, 0, 4, 0][..], &[0; 50]].concat();
    assert!(matches!(read(Idx::new(), &gzip(&lie)), Err(DataError::OverLimit { limit: Idx::GZIP_LIMIT, .. })));
    assert!(matches!(read(Idx::new(), &lie), Err(DataError::TooShort { .. })));
}

#[test]
fn lying_counts() {
    let huge = u32::MAX.to_be_bytes();
    assert_eq!(text(&with(4, huge)), "the header promises 17179869180 bytes of data, but the file has only 12");
    assert_eq!(text(&with(4, [0, 0, 0, 0])), "there are no samples; at least one is needed");
    assert_eq!(
        text(&with(8, [0, 0, 0, 28, 0, 0, 0, 28])),
        "a sample in the file is 28×28, that is 784 elements, but the type that is to hold it has 4"
    );
    for sizes in [[0, 0, 0, 0, 0, 0, 0, 4], [255; 8], [128, 0, 0, 0, 0, 0, 0, 2]] {
        let error = images(&with(8, sizes)).unwrap_err();
        assert!(matches!(error, DataError::WrongSize { expected: 4, .. }), "{error}");
    }
    // Seven dimensions of 2³² − 1 each.
    let error = images(&[&[0, 0, 8, 7][..], &[255; 28]].concat()).unwrap_err();
    assert!(matches!(error, DataError::WrongSize { expected: 4, .. }), "{error}");
}

#[test]
fn labels_out_of_range() {
    for row in 0..3 {
        let mut file = LABELS;
        file[8 + row] = 10;
        let error = idx::read_labels::<10>(&file[..]).unwrap_err();
        assert_eq!(error.to_string(), format!("row {row}: label 10 is out of range: there are 10 classes, 0 to 9"));
        assert!(error.source().unwrap().is::<typednet_tensor::LabelError>());
    }
}

#[test]
fn damaged_gzip() {
    // Noise that hardly packs, so that a flipped bit changes bytes and not only lengths.
    let key = typednet_tensor::Key::new(1);
    let mut file = IMAGES[..16].to_vec();
    file[7] = 100;
    file.extend((0..400).map(|i| key.below(i, 40) as u8));
    let (wanted, packed) = (images(&file).unwrap(), gzip(&file));

    for len in 3..packed.len() {
        let error = images(&packed[..len]).unwrap_err();
        assert!(matches!(error, DataError::Gzip(_)), "cut to {len}: {error}");
        assert!(error.to_string().contains("fetch the file again") && error.source().is_some());
    }
    for place in 0..packed.len() {
        for bit in 0..8 {
            let mut damaged = packed.clone();
            damaged[place] ^= 1 << bit;
            match images(&damaged) {
                // Time, flags of the packer and operating system are not under the checksum; nor are the bits that
                // fill up the last byte before it.
                Ok(images) => assert!(
                    ((3..10).contains(&place) || place == packed.len() - 9) && images == wanted,
                    "bit {bit} of byte {place} of {}",
                    packed.len()
                ),
                // Without its first bytes it is no gzip file; the others are the decoder's errors, or those of what
                // came out before the checksum could be compared.
                Err(error) => assert!(
                    matches!(error, DataError::Gzip(_)) || place < 2 || (10..packed.len() - 8).contains(&place),
                    "bit {bit} of byte {place}: {error}"
                ),
            }
        }
    }
    let error = images(&[&packed[..], b"and more"].concat()).unwrap_err();
    assert!(matches!(error, DataError::Gzip(_)), "{error}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let error = idx::images_from_file::<784>("no/such/images").unwrap_err();
    assert!(error.to_string().starts_with("no/such/images: cannot read: "), "{error}");
    assert!(error.source().unwrap().is::<std::io::Error>());
    assert!(matches!(idx::labels_from_file::<10>(".").unwrap_err().cause(), DataError::Io(_)));
}

proptest! {
    #[test]
    fn no_bytes_panic(file in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = images(&file);
        let _ = idx::read_labels::<10>(&file[..]);
    }

    #[test]
    fn no_bytes_after_a_good_beginning_panic(
        skip in 0..28_usize,
        rest in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let file = [&IMAGES[..skip], &rest].concat();
        for file in [file.clone(), gzip(&file)] {
            if let Ok(images) = images(&file) {
                prop_assert!(!images.is_empty());
            }
        }
        let packed = gzip(&IMAGES);
        let _ = images(&[&packed[..skip], &rest].concat());
    }
}
