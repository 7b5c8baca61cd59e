//! Scalers in files: they come back with their bits, and what is no whole file of such a scaler is refused by name.

use std::fs;
use std::path::PathBuf;

use typednet_data::{Attached, Attachment, ChannelStandard, Constant, DataError, Image, MinMax, ScaleError, Standard};
use typednet_tensor::Key;

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-scaler-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

fn samples(seed: u64) -> Vec<[f64; 3]> {
    let key = Key::new(seed);
    (0..7_u64).map(|row| [0, 1, 2].map(|column| key.uniform::<f64>(3 * row + column) * 1e3 - 400.0)).collect()
}

fn bits<const N: usize>(parameters: [&[f64; N]; 2]) -> [[u64; N]; 2] {
    parameters.map(|numbers| numbers.map(f64::to_bits))
}

/// What is wrong with the file, whose name must be in the text.
fn refused<T: std::fmt::Debug>(read: Result<T, DataError>, name: &str) -> DataError {
    let error = read.unwrap_err();
    assert!(error.to_string().contains(name), "{error}");
    error
}

/// As [`refused`], because the numbers are not those of such a scaler.
fn cause<T: std::fmt::Debug>(read: Result<T, DataError>, name: &str) -> ScaleError {
    match refused(read, name).cause() {
        DataError::Scale(error) => error.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn scalers_come_back_with_their_bits() {
    let folder = Folder::new("bits");
    // The folder between is made.
    let (standard, min_max) = (folder.file("model/standard.json"), folder.file("model/min_max.json"));
    for seed in 0..100 {
        let samples = samples(seed);
        let written = Standard::fit(&samples).unwrap();
        written.write(&standard).unwrap();
        assert_eq!(bits(Standard::<3>::read(&standard).unwrap().parameters()), bits(written.parameters()));
        let written = MinMax::fit_with(&samples, -0.1, 1.0 / 3.0, Constant::Refuse).unwrap();
        written.write(&min_max).unwrap();
        let read = MinMax::<3>::read(&min_max).unwrap();
        assert_eq!(bits(read.parameters()), bits(written.parameters()));
        assert_eq!(read.range().map(f64::to_bits), written.range().map(f64::to_bits));
    }
    let extreme = Standard::from_parameters([&[f64::MAX, -0.0, 5e-324], &[f64::MIN_POSITIVE, 0.1 + 0.2, 1.0]]).unwrap();
    extreme.write(&standard).unwrap();
    assert_eq!(bits(Standard::<3>::read(&standard).unwrap().parameters()), bits(extreme.parameters()));
    let names: Vec<_> = fs::read_dir(folder.file("model")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left beside the files: {names:?}");
}

#[test]
fn another_scaler_is_refused_by_name() {
    let folder = Folder::new("other");
    let (standard, min_max) = (folder.file("standard.json"), folder.file("min_max.json"));
    Standard::fit(&samples(0)).unwrap().write(&standard).unwrap();
    MinMax::fit(&samples(0)).unwrap().write(&min_max).unwrap();
    assert_eq!(
        cause(Standard::<4>::read(&standard), "standard.json"),
        ScaleError::OtherFeatures { expected: 4, found: 3 }
    );
    assert_eq!(cause(MinMax::<2>::read(&min_max), "min_max.json"), ScaleError::OtherFeatures { expected: 2, found: 3 });
    let error = refused(Standard::<3>::read(&min_max), "min_max.json").to_string();
    assert!(error.contains("holds a min-max scaler, but a standard scaler is expected"), "{error}");
    let error = refused(MinMax::<3>::read(&standard), "standard.json").to_string();
    assert!(error.contains("holds a standard scaler, but a min-max scaler is expected"), "{error}");
}

#[test]
fn damaged_files_are_refused_and_kept() {
    let folder = Folder::new("damaged");
    let path = folder.file("standard.json");
    Standard::fit(&samples(1)).unwrap().write(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    // The last byte is the end of the line, which may be missing.
    for length in 0..text.len() - 1 {
        fs::write(&path, &text[..length]).unwrap();
        let error = refused(Standard::<3>::read(&path), "standard.json");
        assert!(matches!(error.cause(), DataError::File(_)), "cut to {length} bytes: {error}");
    }
    let edit = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    };
    for (from, to, says) in [
        ("\"format\": 2", "\"format\": 1", "is of format 1, but this version reads format 2"),
        ("\"kind\"", "\"sort\"", "does not say that it holds a standard scaler"),
        ("\"mean\": [", "\"mean\": [1e999,", "out of range"),
        ("\"mean\": [", "\"mean\": [1.0,", "is damaged"),
    ] {
        edit(from, to);
        let error = refused(Standard::<3>::read(&path), "standard.json").to_string();
        assert!(error.contains(says), "{error}");
    }
    // Changed on purpose, with a checksum that fits.
    let edited = |from: &str, to: &str| {
        edit(from, to);
        typednet_formats::reseal(&path).unwrap();
        refused(Standard::<3>::read(&path), "standard.json")
    };
    let error = edited("\"mean\": [", "\"mean\": [1.0,").to_string();
    assert!(error.contains("`mean` has 4 numbers for 3 features"), "{error}");
    let error = edited("\"deviation\"", "\"deviations\"").to_string();
    assert!(error.contains("unknown field `deviations`"), "{error}");
    let error = edited("\"features\": 3", "\"features\": 18446744073709551615").to_string();
    assert!(error.contains("found one of 18446744073709551615"), "{error}");

    // A number that no scaler has.
    let first = text.split_once("\"deviation\": [").unwrap().1.split(',').next().unwrap().trim();
    let found = edited(first, "-1.0");
    assert!(
        matches!(found.cause(), DataError::Scale(ScaleError::Parameters { column: 0, found: [_, -1.0] })),
        "{found:?}"
    );

    let missing = Standard::<3>::read(folder.file("none.json")).unwrap_err();
    assert!(matches!(missing.cause(), DataError::File(_)) && missing.to_string().contains("none.json"), "{missing}");
    let nowhere = Standard::fit(&samples(1)).unwrap().write(path.join("below a file.json")).unwrap_err();
    assert!(matches!(nowhere.cause(), DataError::File(_)), "{nowhere}");
}

fn images(seed: u64) -> Vec<Image<2, 2, 3, f64>> {
    let key = Key::new(seed);
    let value = |place: usize| key.uniform::<f64>(place as u64) * 1e3 - 400.0;
    let image = |i: usize| {
        std::array::from_fn(|y| std::array::from_fn(|x| std::array::from_fn(|c| value(((2 * i + y) * 2 + x) * 3 + c))))
    };
    (0..4).map(image).collect()
}

/// Scalers of channels: with their bits, from files and from the weights' text, and told from the scalers of columns.
#[test]
fn scalers_of_channels_come_back_with_their_bits() {
    let folder = Folder::new("channels");
    let path = folder.file("channels.json");
    for seed in 0..50 {
        let written = ChannelStandard::fit(&images(seed)).unwrap();
        written.write(&path).unwrap();
        assert_eq!(bits(ChannelStandard::<3>::read(&path).unwrap().parameters()), bits(written.parameters()));
        let mut attached = Attached::new();
        written.attach(&mut attached).unwrap();
        assert_eq!(bits(ChannelStandard::<3>::detach(&attached).unwrap().parameters()), bits(written.parameters()));
    }
    assert_eq!(
        cause(ChannelStandard::<1>::read(&path), "channels.json"),
        ScaleError::OtherChannels { expected: 1, found: 3 }
    );
    let error = refused(Standard::<3>::read(&path), "channels.json").to_string();
    assert!(error.contains("holds a channel scaler, but a standard scaler is expected"), "{error}");
    let text = fs::read_to_string(&path).unwrap();
    for length in 0..text.len() - 1 {
        fs::write(&path, &text[..length]).unwrap();
        refused(ChannelStandard::<3>::read(&path), "channels.json");
    }
    // Another number under the same checksum, and numbers that no scaler has under a new one.
    let first = text.split_once("\"mean\": [").unwrap().1.split(',').next().unwrap().trim();
    fs::write(&path, text.replacen(first, "1.25", 1)).unwrap();
    let error = refused(ChannelStandard::<3>::read(&path), "channels.json").to_string();
    assert!(error.contains("is damaged"), "{error}");
    let deviation = text.split_once("\"deviation\": [").unwrap().1.split(',').next().unwrap().trim();
    for (from, to, says) in [
        (deviation, "0.0", "are no parameters of such a scaler"),
        ("\"mean\": [", "\"mean\": [1.0,", "`mean` has 4 numbers for 3 features"),
        ("\"deviation\"", "\"deviations\"", "unknown field `deviations`"),
    ] {
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        typednet_formats::reseal(&path).unwrap();
        let error = refused(ChannelStandard::<3>::read(&path), "channels.json").to_string();
        assert!(error.contains(says), "{error}");
    }
}
