//! Samples that are read from their file when they are gathered.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use typednet_data::idx::Idx;
use typednet_data::{
    Augment, Augmented, ChannelScaled, ChannelStandard, DataError, Dataset, InParts, Mixup, Noisy, OnDisk, Parts,
    Source,
};
use typednet_tensor::{Class, Key, zeroed_samples};

const ROWS: usize = 300;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-data-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// An IDX file of images of 3×4, and one of labels.
fn files(folder: &Folder) -> [PathBuf; 2] {
    let count = (ROWS as u32).to_be_bytes();
    let pixels: Vec<u8> = (0..ROWS * 12).map(|pixel| (pixel * 89 + pixel / 251) as u8).collect();
    let labels: Vec<u8> = (0..ROWS).map(|row| (row % 3) as u8).collect();
    let images = [&[0, 0, 8, 3][..], &count, &[0, 0, 0, 3, 0, 0, 0, 4], &pixels].concat();
    [folder.write("images", &images), folder.write("labels", &[&[0, 0, 8, 1][..], &count, &labels].concat())]
}

/// Rows apart, twice the same, in a run, in a run that is longer than what is read at once, and none.
fn orders() -> Vec<Vec<u32>> {
    let all: Vec<u32> = (0..ROWS as u32).collect();
    vec![vec![299, 0, 7, 7, 8, 9, 3], (0..ROWS as u32).rev().collect(), all, Vec::new(), vec![298, 299]]
}

#[test]
fn rows_have_the_bits_that_they_have_in_memory() {
    let folder = Folder::new("bits");
    let [images, labels] = files(&folder);
    let flat: OnDisk<[u8; 12], Class<3>> = OnDisk::idx(&images, &labels).unwrap();
    let shaped: OnDisk<[[u8; 4]; 3], Class<3>> = OnDisk::idx(&images, &labels).unwrap();
    let pixels = Idx::new().samples_from_file::<u8, 12>(&images).unwrap();
    let memory = Dataset::new(pixels, flat.targets().to_vec()).unwrap();
    assert_eq!((flat.len(), flat.is_empty(), flat.targets()[4].index()), (ROWS, false, 1));
    for rows in orders() {
        let key = Key::new(0);
        let mut targets = [(); 3].map(|()| vec![Class::default(); rows.len()]);
        let (mut expected, mut x) = (vec![[0.0_f32; 12]; rows.len()], vec![[9.0_f32; 12]; rows.len()]);
        let mut wide = vec![[[9.0_f64; 4]; 3]; rows.len()];
        memory.gather(&rows, key, &mut expected, &mut targets[0]);
        flat.gather(&rows, key, &mut x, &mut targets[1]);
        shaped.gather(&rows, key, &mut wide, &mut targets[2]);
        assert_eq!(x, expected);
        assert!(targets[0] == targets[1] && targets[0] == targets[2]);
        let narrow: Vec<f32> = wide.iter().flatten().flatten().map(|x| *x as f32).collect();
        assert!(narrow.iter().zip(expected.as_flattened()).all(|(a, b)| (a - b).abs() < 1e-7));
    }
    // Two of these are read at once, and one of those.
    large_rows::<30_000>(&folder);
    large_rows::<70_000>(&folder);
}

/// Six rows behind five other bytes.
fn large_rows<const N: usize>(folder: &Folder) {
    let bytes: Vec<u8> = (0..5 + 6 * N).map(|byte| (byte / 7) as u8).collect();
    let data = OnDisk::<[u8; N], _>::records(folder.write("large", &bytes), 5, (0..6).collect()).unwrap();
    let (mut x, mut y) = (zeroed_samples::<[f32; N]>(6), vec![0; 6]);
    data.gather(&[0, 1, 2, 3, 4, 5], Key::new(0), &mut x, &mut y);
    assert!(
        x.as_flattened()
            .iter()
            .zip(&bytes[5..])
            .all(|(x, byte)| x.to_bits() == (f32::from(*byte) * (1.0 / 255.0)).to_bits())
    );
    assert_eq!(y, [0, 1, 2, 3, 4, 5]);
    assert!(Source::<[f32; N], _>::take_error(&data).is_none());
}

#[test]
fn files_that_cannot_serve_are_refused_in_words() {
    let folder = Folder::new("refused");
    let [images, labels] = files(&folder);
    let whole = fs::read(&images).unwrap();
    let says = |images: &PathBuf, labels: &PathBuf| {
        let error = OnDisk::<[[u8; 4]; 3], Class<3>>::idx(images, labels).unwrap_err();
        assert!(matches!(&error, DataError::In { path, .. } if path == images || path == labels), "{error}");
        error.to_string()
    };
    let cut = folder.write("cut", &whole[..whole.len() - 1]);
    assert!(
        says(&cut, &labels).ends_with("expected 3600 bytes of samples, one sample for each target, found 3599"),
        "{}",
        says(&cut, &labels)
    );
    let long = folder.write("long", &[&whole[..], &[0]].concat());
    assert!(says(&long, &labels).ends_with("one sample for each target, found 3601"));
    let packed = folder.write("packed", &[0x1F, 0x8B, 8, 0]);
    assert!(
        says(&packed, &labels)
            .contains("the file is gzipped, but its samples are to be read from where they stand; unpack it")
    );
    assert!(says(&labels, &labels).contains("0x00000801"));
    assert!(says(&images, &images).contains("0x00000803"));
    let few = folder.write("few", &[0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
    assert!(says(&images, &few).contains("300 samples"), "{}", says(&images, &few));
    says(&folder.0.join("nothing"), &labels);
    let turned = OnDisk::<[[u8; 3]; 4], Class<3>>::idx(&images, &labels).unwrap_err();
    assert!(
        turned.to_string().contains("a sample in the file is 3×4, but the type that is to hold it is 4×3"),
        "{turned}"
    );
    let small = OnDisk::<[u8; 11], Class<3>>::idx(&images, &labels).unwrap_err();
    assert!(
        matches!(small, DataError::In { error, .. } if matches!(*error, DataError::WrongSize { expected: 11, .. }))
    );
    let bad = OnDisk::<[u8; 12], Class<2>>::idx(&images, &labels).unwrap_err().to_string();
    assert!(bad.contains("row 2: label 2 is out of range"), "{bad}");
    let none = OnDisk::<[u8; 12], u8>::records(&images, 0, Vec::new()).unwrap_err();
    assert!(matches!(none, DataError::In { error, .. } if matches!(*error, DataError::Empty)));
    let from_one: OnDisk<[u8; 12], Class<2>> = OnDisk::idx_from(
        Idx::new().first_label(1),
        &images,
        folder.write("ones", &[&[0, 0, 8, 1, 0, 0, 1, 44][..], &[2; ROWS]].concat()),
    )
    .unwrap();
    assert_eq!(from_one.targets()[0].index(), 1);
}

/// Cut, made longer, or written to without another length: the rows of that call are not to be used, and it is said once.
#[test]
fn a_file_that_changes_is_an_error_that_is_said_once_through_every_wrapper() {
    let folder = Folder::new("changes");
    let [images, labels] = files(&folder);
    let whole = fs::read(&images).unwrap();
    let open = || {
        fs::write(&images, &whole).unwrap();
        OnDisk::<[[[u8; 1]; 4]; 3], Class<3>>::idx(&images, &labels).unwrap()
    };
    let cut = || File::options().write(true).open(&images).unwrap().set_len(100).unwrap();
    let longer = || File::options().write(true).open(&images).unwrap().set_len(1 << 20).unwrap();
    let touched = || {
        let later = SystemTime::now() + Duration::from_secs(5);
        File::options().write(true).open(&images).unwrap().set_modified(later).unwrap();
    };
    let (mut x, mut y) = ([[[[0.0_f32; 1]; 4]; 3]; 2], [Class::default(); 2]);
    let said = |error: Option<DataError>| {
        let error = error.expect("the file has changed");
        assert!(matches!(&error, DataError::In { error, .. } if matches!(**error, DataError::Changed)), "{error}");
        assert!(error.to_string().contains("was written to, cut or replaced since it was opened"), "{error}");
    };
    let changes: [&dyn Fn(); 3] = [&cut, &longer, &touched];
    for change in changes {
        let data = open();
        let source: &dyn Source<[[[f32; 1]; 4]; 3], Class<3>> = &data;
        source.gather(&[200, 299], Key::new(0), &mut x, &mut y);
        assert!(source.take_error().is_none());
        change();
        source.gather(&[200, 299], Key::new(0), &mut x, &mut y);
        said(source.take_error());
        assert!(source.take_error().is_none(), "it is said once");
        source.gather(&[1], Key::new(0), &mut x[..1], &mut y[..1]);
        said(source.take_error());
    }
    let images_in_memory = Idx::new().shaped_from_file::<[[[u8; 1]; 4]; 3]>(folder.write("whole", &whole)).unwrap();
    let scaler = ChannelStandard::fit(&images_in_memory).unwrap();
    let mut mixed = [[0.0_f32; 3]; 2];
    let data = open();
    cut();
    let around =
        Noisy::new(Augmented::new(ChannelScaled::new(&data, scaler), Augment::<3, 4, 1>::new().crop(1)).unwrap(), 0.1)
            .unwrap();
    let source: &dyn Source<[[[f32; 1]; 4]; 3], Class<3>> = &around;
    source.gather(&[298, 299], Key::new(0), &mut x, &mut y);
    said(source.take_error());
    let mixup = Mixup::new(&data, 0.2).unwrap();
    let source: &dyn Source<[[[f32; 1]; 4]; 3], [f32; 3]> = &mixup;
    source.gather(&[298, 299], Key::new(0), &mut x, &mut mixed);
    said(source.take_error());
}

/// A file for each part, of which the third is not there.
fn in_parts(folder: &Folder) -> (OnDisk<[u8; 12], Class<3>>, Dataset<[u8; 12], Class<3>>) {
    let samples: Vec<[u8; 12]> = (0..20).map(|row| std::array::from_fn(|pixel| (row * 12 + pixel) as u8)).collect();
    let targets: Vec<Class<3>> = (0..20).map(|row| Class::new(row % 3).unwrap()).collect();
    let parts = [0..7, 7..8, 8..13, 13..20].into_iter().enumerate().map(|(part, rows)| {
        let bytes = [&[1, 2, 3], samples[rows.clone()].as_flattened()].concat();
        let path = folder.0.join(format!("part-{part}"));
        if part != 2 {
            fs::write(&path, bytes).unwrap();
        }
        (path, targets[rows].to_vec())
    });
    let on_disk = OnDisk::record_parts(3, parts).unwrap();
    (on_disk, Dataset::new(samples, targets.clone()).unwrap())
}

#[test]
fn rows_of_several_files_have_the_bits_that_they_have_in_memory() {
    let folder = Folder::new("parts");
    let (data, memory) = in_parts(&folder);
    assert_eq!(Source::<[f32; 12], _>::parts(&data), Some(&Parts::of([7, 1, 5, 7]).unwrap()));
    // A run that goes over the ends of two files, both ways, the same row twice, and one row of each file in turn.
    for rows in [&[5, 6, 7, 13, 14][..], &[14, 13, 7, 6, 5], &[7, 7, 6, 6], &[0, 13, 1, 14, 19]] {
        let (mut expected, mut x) = (vec![[0.0_f32; 12]; rows.len()], vec![[9.0_f32; 12]; rows.len()]);
        let mut targets = [(); 2].map(|()| vec![Class::default(); rows.len()]);
        memory.gather(rows, Key::new(0), &mut expected, &mut targets[0]);
        data.gather(rows, Key::new(0), &mut x, &mut targets[1]);
        assert!(Source::<[f32; 12], _>::take_error(&data).is_none());
        assert!(x == expected && targets[0] == targets[1], "{rows:?}");
    }
    // All targets are here, and the samples of one part are not, until they come.
    let mut targets = Vec::new();
    Source::<[f32; 12], _>::targets(&data, &[8, 12], &mut targets);
    assert_eq!(targets, [memory.targets()[8], memory.targets()[12]]);
    let (mut x, mut y) = ([[0.0_f32; 12]; 2], [Class::default(); 2]);
    data.gather(&[0, 10], Key::new(0), &mut x, &mut y);
    let error = Source::<[f32; 12], _>::take_error(&data).expect("part 2 is not here");
    assert!(matches!(&error, DataError::Part { part: 2, parts: 4, .. }) && matches!(error.cause(), DataError::Io(_)));
    let path = folder.0.join("part-2");
    let expected =
        format!("part 2 of 4, from which shard 2 draws, cannot be read here: {}: cannot read: ", path.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    fs::write(&path, [&[1, 2, 3], memory.samples()[8..13].as_flattened()].concat()).unwrap();
    data.gather(&[0, 10], Key::new(0), &mut x, &mut y);
    assert!(Source::<[f32; 12], _>::take_error(&data).is_none());
    assert_eq!(x[1][0].to_bits(), (120.0_f32 * (1.0 / 255.0)).to_bits());

    let nothing: [(PathBuf, Vec<u8>); 0] = [];
    assert!(matches!(OnDisk::<[u8; 12], u8>::record_parts(0, nothing), Err(DataError::Empty)));
    let error = OnDisk::<[u8; 12], u8>::record_parts(0, [("a", vec![1]), ("b", Vec::new())]).unwrap_err();
    assert!(matches!(error, DataError::EmptyPart { part: 1 }));
}

/// A rank that augments its parts needs no other.
#[test]
fn wrappers_pass_parts_on_and_a_mixup_mixes_rows_of_one_part() {
    let folder = Folder::new("wrapped");
    let data = in_parts(&folder).0;
    let augment = Augment::<4, 3, 1>::new().flip_horizontal(0.5);
    let scaler = ChannelStandard::<1>::fit(&[[[[7_u8]; 3]; 4], [[[9]; 3]; 4]]).unwrap();
    let scaled = ChannelScaled::new(Augmented::new(&data, augment).unwrap(), scaler);
    let mixed = Mixup::new(Noisy::new(scaled, 0.1).unwrap(), 1.0).unwrap();
    assert_eq!(Source::<[f32; 12], [f32; 3]>::parts(&mixed).map(Parts::count), Some(4));
    // Row 7 is a part by itself, and part 2 is not there.
    let rows: Vec<u32> = (0..8).chain(13..20).collect();
    let (mut x, mut y) = (vec![[0.0_f32; 12]; rows.len()], vec![[0.0_f32; 3]; rows.len()]);
    let mut others = false;
    for epoch in 0..40 {
        mixed.gather(&rows, Key::new(epoch), &mut x, &mut y);
        assert!(Source::<[f32; 12], [f32; 3]>::take_error(&mixed).is_none());
        assert!((y[7][1] - 1.0).abs() < 1e-6, "it is mixed with itself");
        others |= y[0][0] < 0.99;
    }
    assert!(others, "others are mixed with others");
    let in_parts = InParts::new(&mixed, Parts::even(20, 2).unwrap());
    assert_eq!(Source::<[f32; 12], [f32; 3]>::parts(&&in_parts).map(Parts::count), Some(2));
    in_parts.gather(&[10], Key::new(0), &mut x[..1], &mut y[..1]);
    assert!(matches!(Source::<[f32; 12], [f32; 3]>::take_error(&in_parts), Some(DataError::Part { part: 2, .. })));
}
