//! Folders of PNG and JPEG files: whatever is in them becomes images of one shape or an error that names the file.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba};
use typednet_data::images::{ImageError, ImageFiles, Resize};
use typednet_data::{ClassNames, DataError, Image};

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("typednet-pictures-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    file(&picture.into(), ImageFormat::Png)
}

fn jpeg(picture: impl Into<DynamicImage>) -> Vec<u8> {
    file(&picture.into(), ImageFormat::Jpeg)
}

/// Another colour at each place.
fn colour(width: u32, height: u32, seed: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([seed, (16 * x) as u8, (16 * y) as u8]))
}

fn grey(width: u32, height: u32, value: u8) -> GrayImage {
    GrayImage::from_pixel(width, height, Luma([value]))
}

type Small<const C: usize> = ImageFiles<3, 5, C>;

fn cause<T>(result: Result<T, DataError>) -> ImageError {
    match result.err().expect("an error").cause() {
        DataError::Image(error) => error.clone(),
        other => panic!("{other}"),
    }
}

#[test]
fn pixels_are_those_of_the_file() {
    let picture = colour(5, 3, 9);
    let image = Small::<3>::new().decode(&png(picture.clone())).unwrap();
    for (y, row) in image.iter().enumerate() {
        for (x, pixel) in row.iter().enumerate() {
            assert_eq!(*pixel, picture.get_pixel(x as u32, y as u32).0, "row {y}, column {x}");
        }
    }
    // JPEG keeps an even colour to within its rounding; here grey, which it has a form of its own for.
    let image = Small::<1>::new().decode(&jpeg(grey(5, 3, 100))).unwrap();
    assert!(image.iter().flatten().all(|[value]| value.abs_diff(100) <= 1), "{image:?}");
    let even = RgbImage::from_pixel(5, 3, Rgb([200, 100, 50]));
    let image = Small::<3>::new().decode(&jpeg(even)).unwrap();
    assert!(image.iter().flatten().all(|pixel| pixel.iter().zip([200, 100, 50]).all(|(a, b)| a.abs_diff(b) <= 4)));
}

#[test]
fn other_shapes_are_refused_unless_asked_for() {
    let error = |files: Small<3>, file: &[u8]| files.decode(file).unwrap_err().to_string();
    let large = png(colour(10, 6, 1));
    assert_eq!(
        error(Small::new(), &large),
        "the picture is 6×10×3, but 3×5×3 is expected (height×width×channels); `resize` brings pictures to that size"
    );
    // Height and width the wrong way round.
    let turned = ImageError::Shape { expected: [3, 5, 3], found: [5, 3, 3] };
    assert_eq!(cause(Small::<3>::new().decode(&png(colour(3, 5, 1)))), turned);
    assert_eq!(
        error(Small::new(), &png(grey(5, 3, 7))),
        "the picture is 3×5×1, but 3×5×3 is expected (height×width×channels); `convert` makes grey of colour and the like"
    );
    // The one permission is not the other.
    assert!(error(Small::new().resize(Resize::Stretch), &png(grey(10, 6, 7))).contains("`convert`"));
    assert!(error(Small::new().convert(), &large).contains("`resize`"));
    let found = ImageError::Shape { expected: [3, 5, 1], found: [3, 5, 3] };
    assert_eq!(cause(Small::<1>::new().decode(&png(colour(5, 3, 1)))), found);
    let deep: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(5, 3, Luma([0x8000]));
    assert_eq!(cause(Small::<1>::new().decode(&png(deep.clone()))), ImageError::Bits { found: 16 });
    assert_eq!(*Small::<1>::new().convert().decode(&png(deep)).unwrap(), [[[128]; 5]; 3]);
}

#[test]
fn grey_colour_and_alpha_are_converted() {
    let opaque = Small::<4>::new().convert().decode(&png(grey(5, 3, 7))).unwrap();
    assert_eq!(*opaque, [[[7, 7, 7, 255]; 5]; 3]);
    let even = RgbImage::from_pixel(5, 3, Rgb([200, 100, 50]));
    let dark = Small::<1>::new().convert().decode(&png(even)).unwrap();
    let wanted = 0.2126 * 200.0 + 0.7152 * 100.0 + 0.0722 * 50.0;
    assert!(dark.iter().flatten().all(|[value]| (f64::from(*value) - wanted).abs() <= 1.0), "{dark:?}");
    let glass = ImageBuffer::from_pixel(5, 3, Rgba([1_u8, 2, 3, 0]));
    assert_eq!(*Small::<3>::new().convert().decode(&png(glass.clone())).unwrap(), [[[1, 2, 3]; 5]; 3]);
    assert_eq!(*Small::<4>::new().decode(&png(glass)).unwrap(), [[[1, 2, 3, 0]; 5]; 3]);
    assert_eq!(*Small::<2>::new().convert().decode(&png(grey(5, 3, 9))).unwrap(), [[[9, 255]; 5]; 3]);
}

/// Left half black and right half white, in the middle of a wider picture.
#[test]
fn sizes_are_changed_as_asked() {
    let halves = |width: u32| GrayImage::from_fn(width, 4, |x, _| Luma([if 2 * x < width { 0 } else { 255 }]));
    let files = ImageFiles::<2, 4, 1>::new();
    let stretched = files.clone().resize(Resize::Stretch).decode(&png(halves(40))).unwrap();
    let cut = files.clone().resize(Resize::Crop).decode(&png(halves(40))).unwrap();
    for image in [&stretched, &cut] {
        assert!(image.iter().all(|row| row[0] == [0] && row[3] == [255]), "{image:?}");
    }
    // Stripes at both ends are left out where proportions are kept.
    let stripes = GrayImage::from_fn(40, 4, |x, _| Luma([if (12..28).contains(&x) { 0 } else { 255 }]));
    assert_eq!(*files.clone().resize(Resize::Crop).decode(&png(stripes.clone())).unwrap(), [[[0]; 4]; 2]);
    let all = files.clone().resize(Resize::Stretch).decode(&png(stripes)).unwrap();
    assert!(all.iter().all(|row| row[0][0] > 200 && row[1][0] < 100), "{all:?}");
    // A picture of the right size is left alone, and one pixel becomes many.
    let exact = png(colour(4, 2, 3));
    let plain = ImageFiles::<2, 4, 3>::new();
    for how in [Resize::Stretch, Resize::Crop] {
        assert_eq!(plain.clone().resize(how).decode(&exact).unwrap(), plain.decode(&exact).unwrap());
        assert_eq!(*files.clone().resize(how).decode(&png(grey(1, 1, 77))).unwrap(), [[[77]; 4]; 2]);
    }
}

/// A JPEG file whose camera was held on its side: mark 6 of Exif says that it is to be turned by 90° clockwise.
#[test]
fn pictures_are_turned_upright() {
    let wide = RgbImage::from_fn(16, 8, |x, _| if x < 8 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let plain = jpeg(wide);
    let exif = b"Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let marked = [&plain[..2], &[0xFF, 0xE1], &length, exif, &plain[2..]].concat();
    let lying = ImageFiles::<8, 16, 3>::new().decode(&plain).unwrap();
    assert!(lying[0][0][0] > 200 && lying[7][15][2] > 200 && lying[7][0][0] > 200);
    // What was left is above, in every row.
    let upright = ImageFiles::<16, 8, 3>::new().decode(&marked).unwrap();
    for (y, row) in upright.iter().enumerate() {
        let [more, less] = if y < 8 { [0, 2] } else { [2, 0] };
        assert!(row.iter().all(|pixel| pixel[more] > pixel[less]), "row {y}: {row:?}");
    }
    let found = ImageError::Shape { expected: [8, 16, 3], found: [16, 8, 3] };
    assert_eq!(cause(ImageFiles::<8, 16, 3>::new().decode(&marked)), found);
}

/// Every beginning of a file, in both formats: no picture that ends half-way is taken for a whole one.
#[test]
fn files_that_were_cut_off_are_refused() {
    let picture = RgbImage::from_fn(40, 30, |x, y| Rgb([(x * y) as u8, (7 * x) as u8, (9 * y) as u8]));
    for (file, whole_from) in [(png(picture.clone()), 12), (jpeg(picture), 0)] {
        let files = ImageFiles::<30, 40, 3>::new();
        let whole = files.decode(&file).unwrap();
        for len in 0..file.len() {
            // What ends a PNG file holds nothing of the picture.
            let cut_end = len + whole_from >= file.len();
            match files.decode(&file[..len]) {
                Ok(image) => assert!(image == whole && cut_end, "cut to {len} of {}", file.len()),
                Err(DataError::Image(ImageError::Damaged { .. } | ImageError::Format { .. })) => {}
                Err(error) => panic!("cut to {len}: {error}"),
            }
        }
        assert_eq!(files.decode(&[&file[..], b"and more"].concat()).unwrap(), whole);
    }
}

#[test]
fn what_is_no_picture_is_named() {
    let text = |file: &[u8]| Small::<3>::new().decode(file).unwrap_err().to_string();
    assert_eq!(text(b""), "expected a PNG or JPEG file, found an empty file");
    assert_eq!(
        text(b"name,age\n"),
        "expected a PNG or JPEG file, found a file that begins with the bytes 6E 61 6D 65 2C 61 67 65"
    );
    assert_eq!(text(b"GIF89a\x01\0\x01\0"), "expected a PNG or JPEG file, found a file of format Gif");
    // A bit of the compressed data, which is under a checksum.
    let mut damaged = png(colour(5, 3, 1));
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    assert!(text(&damaged).starts_with("the picture is damaged or cut off: "), "{}", text(&damaged));
}

/// The header of a PNG file is enough to say that a picture is too large, and no memory is taken for it.
#[test]
fn huge_pictures_are_refused_before_they_are_unpacked() {
    let mut file = png(grey(5, 3, 0));
    file[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    let checksum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&checksum.to_be_bytes());
    let files = ImageFiles::<8, 8, 1>::new().resize(Resize::Stretch);
    let error = files.decode(&file).unwrap_err();
    let large = ImageError::TooLarge { size: [65_535; 2], bytes: 65_535 * 65_535, limit: 256 << 20 };
    assert_eq!(error.to_string(), DataError::from(large).to_string());
    // A line of one pixel's height, whose rows would be made many.
    file[16..24].copy_from_slice(&[0x0F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1]);
    let checksum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&checksum.to_be_bytes());
    let limit = ImageFiles::<1000, 8, 1>::new().resize(Resize::Stretch).limit(1 << 30);
    assert!(matches!(cause(limit.decode(&file)), ImageError::TooLarge { size: [1, 0x0FFF_FFFF], .. }));
    // A limit that an ordinary picture exceeds, and a file that is longer than it.
    let files = ImageFiles::<30, 40, 3>::new();
    let picture = png(RgbImage::new(40, 30));
    assert!(files.clone().limit(3600).decode(&picture).is_ok());
    let error = files.clone().limit(3599).decode(&picture).unwrap_err();
    assert!(matches!(error, DataError::Image(ImageError::TooLarge { bytes: 3600, limit: 3599, .. })), "{error}");
    let folder = Folder::new("limit");
    let path = folder.write("picture.png", &picture);
    let error = files.limit(picture.len() as u64 - 1).file(path).unwrap_err();
    assert!(matches!(error.cause(), DataError::AboveLimit { .. }), "{error}");
}

/// The checksum of a PNG chunk, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8)
            .fold(crc ^ u32::from(*byte), |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Three classes whose names do not come in the order in which they are written.
fn pets(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("dog/b.png", &png(colour(5, 3, 21)));
    folder.write("dog/a.PNG", &png(colour(5, 3, 20)));
    folder.write("Zebra/1.png", &png(colour(5, 3, 1)));
    folder.write("cat/10.png", &png(colour(5, 3, 11)));
    folder.write("cat/2.png", &png(colour(5, 3, 12)));
    // What a file is called does not say what it is.
    folder.write("cat/3.jpg", &png(colour(5, 3, 13)));
    folder.write("cat/.hidden", b"no picture");
    folder.write(".cache/x.png", b"no picture");
    folder.write("README.txt", b"no picture");
    folder
}

#[test]
fn classes_and_files_are_in_the_order_of_their_names() {
    let folder = pets("order");
    let pets = Small::<3>::new().folder::<3>(&folder.0).unwrap();
    assert_eq!(pets.names.names(), ["Zebra", "cat", "dog"]);
    let seeds: Vec<(usize, u8)> =
        pets.data.iter().map(|(image, class): (&Image<3, 5, 3>, _)| (class.index(), image[0][0][0])).collect();
    assert_eq!(seeds, [(0, 1), (1, 11), (1, 12), (1, 13), (2, 20), (2, 21)]);
    let files: Vec<_> = pets.files.iter().map(|path| path.strip_prefix(&folder.0).unwrap().to_owned()).collect();
    assert_eq!(files, ["Zebra/1.png", "cat/10.png", "cat/2.png", "cat/3.jpg", "dog/a.PNG", "dog/b.png"].map(Path::new));
    assert!(pets.skipped.is_empty());
    // The classes of other pictures, by name and not by order.
    let names = ClassNames::new(["dog", "Zebra", "cat"]).unwrap();
    let again = Small::<3>::new().folder_of(&folder.0, &names).unwrap();
    assert_eq!(again.names, names);
    assert_eq!(again.data.targets().iter().map(|class| class.index()).collect::<Vec<_>>(), [0, 0, 1, 2, 2, 2]);
    assert_eq!(again.data.samples()[0][0][0][0], 20);
}

#[test]
fn other_classes_are_named() {
    let folder = pets("classes");
    let error = Small::<3>::new().folder::<2>(&folder.0).unwrap_err().to_string();
    let shown = folder.0.display();
    assert_eq!(error, format!("{shown}: expected 2 classes, one folder for each, found 3 (Zebra, cat, dog)"));
    let names = ClassNames::new(["cat", "dog", "horse"]).unwrap();
    let error = Small::<3>::new().folder_of(&folder.0, &names).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("{shown}: expected 3 classes, one folder for each (cat, dog, horse), found 3 (Zebra, cat, dog)")
    );
    fs::create_dir(folder.0.join("empty")).unwrap();
    folder.write("empty/.hidden", b"");
    for files in [Small::<3>::new(), Small::new().skip_bad()] {
        let error = files.folder::<4>(&folder.0).unwrap_err().to_string();
        assert_eq!(error, format!("{shown}/empty: the class has no pictures; each needs at least one"));
    }
    folder.write("empty/a.png", b"no picture");
    let error = Small::<3>::new().skip_bad().folder::<4>(&folder.0).unwrap_err().to_string();
    assert_eq!(error, format!("{shown}/empty: the class has no picture that can be read; all 1 files were skipped"));
    // Pictures without folders, nothing at all, a file, and no such place.
    let flat = Folder::new("flat");
    assert_eq!(cause(Small::<3>::new().folder::<1>(&flat.0)), ImageError::NoClasses);
    let path = flat.write("a.png", &png(colour(5, 3, 1)));
    assert_eq!(cause(Small::<3>::new().folder::<1>(&flat.0)), ImageError::NoClasses);
    for path in [&*path, Path::new("no/such/folder")] {
        let error = Small::<3>::new().folder::<1>(path).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{}: cannot read: ", path.display())), "{error}");
    }
}

#[test]
fn bad_files_are_refused_or_skipped_by_name() {
    let folder = pets("bad");
    let large = folder.write("cat/4.png", &png(colour(50, 30, 1)));
    let text = folder.write("cat/notes.txt", b"two cats");
    let cut = folder.write("dog/c.jpeg", &jpeg(colour(5, 3, 1))[..100]);
    let stray = folder.write("stray.JPG", &jpeg(colour(5, 3, 1)));
    let inner = folder.0.join("dog/more");
    fs::create_dir(&inner).unwrap();
    let error = Small::<3>::new().folder::<3>(&folder.0).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "{}: the picture is in no class; put it into the folder of its class, or out of this one",
            stray.display()
        )
    );
    let pets = Small::<3>::new().skip_bad().folder::<3>(&folder.0).unwrap();
    assert_eq!((pets.data.len(), pets.files.len()), (6, 6));
    let skipped: Vec<(&Path, &DataError)> = pets.skipped.iter().map(|file| (&*file.path, file.error.cause())).collect();
    let wanted = [&stray, &large, &text, &cut, &inner];
    assert_eq!(skipped.iter().map(|(path, _)| *path).collect::<Vec<_>>(), wanted.map(|path| &**path));
    let kinds: Vec<bool> = vec![
        matches!(skipped[0].1, DataError::Image(ImageError::NoClass)),
        matches!(skipped[1].1, DataError::Image(ImageError::Shape { expected: [3, 5, 3], found: [30, 50, 3] })),
        matches!(skipped[2].1, DataError::Image(ImageError::Format { .. })),
        matches!(skipped[3].1, DataError::Image(ImageError::Damaged { .. })),
        matches!(skipped[4].1, DataError::Image(ImageError::NotAFile)),
    ];
    assert_eq!(kinds, [true; 5], "{skipped:?}");
    for (file, skipped) in wanted.iter().zip(&pets.skipped) {
        let text = skipped.error.to_string();
        assert!(text.starts_with(&format!("{}: ", file.display())), "{text}");
        assert_eq!(text.matches(&*file.display().to_string()).count(), 1, "{text}");
    }
    // Without permission to skip, each of them alone is an error.
    for path in [&stray, &large, &text, &cut] {
        assert!(
            Small::<3>::new().folder::<3>(&folder.0).unwrap_err().to_string().contains(&*path.display().to_string())
        );
        fs::remove_file(path).unwrap();
    }
    assert_eq!(cause(Small::<3>::new().folder::<3>(&folder.0)), ImageError::NotAFile);
}

/// Names that are no text, links that lead nowhere, and files that may not be read.
#[cfg(unix)]
#[test]
fn odd_entries() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    let folder = pets("odd");
    let nowhere = folder.0.join("dog/nowhere.png");
    symlink("no such file", &nowhere).unwrap();
    let error = Small::<3>::new().folder::<3>(&folder.0).unwrap_err();
    assert!(error.to_string().starts_with(&format!("{}: cannot read: ", nowhere.display())), "{error}");
    assert_eq!(Small::<3>::new().skip_bad().folder::<3>(&folder.0).unwrap().skipped.len(), 1);
    fs::remove_file(nowhere).unwrap();
    // A link to a class is a class.
    symlink("cat", folder.0.join("tiger")).unwrap();
    assert_eq!(Small::<3>::new().folder::<4>(&folder.0).unwrap().data.len(), 9);
    fs::create_dir(folder.0.join(OsStr::from_bytes(b"\xFFclass"))).unwrap();
    assert_eq!(cause(Small::<3>::new().folder::<5>(&folder.0)), ImageError::ClassName);
}
