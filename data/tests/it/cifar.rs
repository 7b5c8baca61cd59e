//! CIFAR's binary files: planes become pixels, and whatever is no such file is refused by name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use typednet_data::cifar::{self, Cifar};
use typednet_data::{ChannelStandard, ClassNames, DataError};
use typednet_tensor::Class;

/// A record with these labels, whose channels and places can be told apart.
fn record(labels: &[u8], seed: u8) -> Vec<u8> {
    let plane = |channel: u8| (0..1024_u32).map(move |place| value(seed, channel, (place % 251) as u8));
    labels.iter().copied().chain((0..3).flat_map(plane)).collect()
}

fn value(seed: u8, channel: u8, place: u8) -> u8 {
    place.wrapping_mul(3).wrapping_add(channel.wrapping_mul(85)).wrapping_add(seed)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("typednet-cifar-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn planes_become_pixels() {
    let file = [record(&[9], 1), record(&[0], 2), record(&[4], 3)].concat();
    for file in [file.clone(), gzip(&file)] {
        let data = Cifar::new().read_10(&file[..]).unwrap();
        assert_eq!(data.targets().iter().map(|class| class.index()).collect::<Vec<_>>(), [9, 0, 4]);
        for (image, seed) in data.samples().iter().zip([1, 2, 3]) {
            for (place, pixel) in image.as_flattened().iter().enumerate() {
                assert_eq!(*pixel, [0, 1, 2].map(|channel| value(seed, channel, (place % 251) as u8)), "place {place}");
            }
        }
    }
    let data = Cifar::new().read_100(&[record(&[19, 99], 1), record(&[0, 7], 2)].concat()[..]).unwrap();
    let labels: Vec<_> = data.targets().iter().map(|labels| (labels.coarse.index(), labels.fine.index())).collect();
    assert_eq!(labels, [(19, 99), (0, 7)]);
    let hash = data.content_hash();
    assert_ne!(
        hash,
        data.clone().map_targets(|labels| cifar::Labels { fine: Class::default(), ..labels }).content_hash()
    );
    assert_eq!(data.map_targets(|labels| labels.fine).targets()[0].index(), 99);
}

#[test]
fn names_are_as_many_as_classes_and_in_their_order() {
    for names in [&cifar::FINE_CLASSES[..], &cifar::COARSE_CLASSES, &cifar::CLASSES_10] {
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }
    assert_eq!(ClassNames::new(cifar::FINE_CLASSES).unwrap().names()[52], "oak_tree");
}

/// The files of a set in a folder of that name, one record in each.
fn cifar10(folder: &Folder, prefix: &str, end: &str, pack: impl Fn(&[u8]) -> Vec<u8>) {
    for number in 1..=5_u8 {
        folder.write(&format!("{prefix}data_batch_{number}.bin{end}"), &pack(&record(&[number], number)));
    }
    folder.write(&format!("{prefix}test_batch.bin{end}"), &pack(&record(&[0], 100)));
}

#[test]
fn folders() {
    let plain = Folder::new("plain");
    cifar10(&plain, "", "", <[u8]>::to_vec);
    let unpacked = Folder::new("unpacked");
    cifar10(&unpacked, "cifar-10-batches-bin/", "", <[u8]>::to_vec);
    let packed = Folder::new("packed");
    cifar10(&packed, "", ".gz", gzip);
    let wanted = cifar::cifar10(&plain.0).unwrap();
    assert_eq!(wanted.train.targets().iter().map(|class| class.index()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((wanted.test.len(), wanted.test.samples()[0][0][0]), (1, [100, 185, 14]));
    assert!(cifar::cifar10(&unpacked.0).unwrap() == wanted && cifar::cifar10(&packed.0).unwrap() == wanted);
    // What is read can be scaled by channel.
    assert!(ChannelStandard::fit(wanted.train.samples()).unwrap().mean().iter().all(|mean| (0.4..0.6).contains(mean)));

    let hundred = Folder::new("hundred");
    hundred.write("train.bin", &[record(&[3, 42], 1), record(&[4, 43], 2)].concat());
    hundred.write("test.bin.gz", &gzip(&record(&[5, 44], 3)));
    let data = cifar::cifar100(&hundred.0).unwrap();
    assert_eq!((data.train.len(), data.test.targets()[0].fine.index()), (2, 44));
}

fn refused<T>(result: Result<T, DataError>) -> DataError {
    result.err().expect("an error")
}

#[test]
fn what_is_no_such_file_is_refused() {
    let read = |file: &[u8]| refused(Cifar::new().read_10(file).map(|_| ()));
    let whole = [record(&[1], 1), record(&[2], 2)].concat();
    assert!(matches!(read(&[]), DataError::Empty));
    for len in [1, 2, 100, 3072, 3074, 6145] {
        for file in [whole[..len].to_vec(), gzip(&whole[..len])] {
            let error = read(&file);
            assert!(matches!(error, DataError::NotRecords { record: 3073, found } if found == len as u64), "{error}");
        }
    }
    let error = read(&[whole.clone(), record(&[10], 3), record(&[255], 4)].concat());
    assert_eq!(error.to_string(), "row 2: label 10 is out of range: there are 10 classes, 0 to 9");
    // Records of the other set, whose coarse labels are no classes of this one.
    let hundred = [record(&[15, 3], 1), record(&[19, 99], 2)].concat();
    assert_eq!(
        read(&hundred).to_string(),
        "expected whole records of 3073 bytes, found 6148 bytes; these are whole records of 3074 bytes, as CIFAR-100 has \
         them"
    );
    let read_100 = |file: &[u8]| refused(Cifar::new().read_100(file).map(|_| ())).to_string();
    assert_eq!(read_100(&record(&[20, 0], 1)), "row 0: label 20 is out of range: there are 20 classes, 0 to 19");
    assert_eq!(read_100(&record(&[0, 100], 1)), "row 0: label 100 is out of range: there are 100 classes, 0 to 99");
    assert!(read_100(&whole).ends_with("these are whole records of 3073 bytes, as CIFAR-10 has them"));
    assert!(read_100(&whole[..50]).ends_with("the file is cut off or something else: fetch it again"));

    let packed = gzip(&whole);
    assert!(matches!(read(&packed[..packed.len() - 3]), DataError::Gzip(_)));
    for file in [&whole[..], &packed] {
        assert_eq!(Cifar::new().limit(6146).read_10(file).unwrap().len(), 2);
        let error = refused(Cifar::new().limit(6145).read_10(file));
        assert!(matches!(error, DataError::AboveLimit { limit: 6145 }), "{error}");
    }
}

#[test]
fn files_are_named() {
    let folder = Folder::new("named");
    cifar10(&folder, "", "", <[u8]>::to_vec);
    let error = |folder: &Path| refused(cifar::cifar10(folder)).to_string();
    folder.write("data_batch_3.bin", &record(&[12], 1));
    let bad = folder.0.join("data_batch_3.bin");
    assert_eq!(
        error(&folder.0),
        format!("{}: row 0: label 12 is out of range: there are 10 classes, 0 to 9", bad.display())
    );
    // A folder where the file should be, and then nothing.
    fs::remove_file(&bad).unwrap();
    fs::create_dir(&bad).unwrap();
    assert_eq!(
        error(&folder.0),
        format!(
            "{}: a file is missing; expected one named data_batch_3.bin or data_batch_3.bin.gz; the folder has \
             data_batch_1.bin, data_batch_2.bin, data_batch_3.bin/, data_batch_4.bin, data_batch_5.bin, test_batch.bin",
            folder.0.display()
        )
    );
    // A file where the folder should be, and no folder.
    let file = folder.0.join("test_batch.bin");
    assert!(error(&file).starts_with(&format!("{}: cannot read: ", file.display())), "{}", error(&file));
    assert!(error(Path::new("no/such/folder")).starts_with("no/such/folder: cannot read: "));
    assert!(matches!(refused(cifar::cifar100(&folder.0)), DataError::MissingFile { .. }));
}

proptest! {
    #[test]
    fn no_bytes_panic(file in proptest::collection::vec(any::<u8>(), 0..200), records in 0_usize..3) {
        let file = [record(&[1, 2], 7).repeat(records), file].concat();
        let _ = Cifar::new().read_10(&file[..]);
        let _ = Cifar::new().read_100(&gzip(&file)[..]);
    }
}
