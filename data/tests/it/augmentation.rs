//! Augmented samples keep their shape and range, and depend on nothing but the epoch's key and their row.
#![allow(clippy::float_cmp, reason = "pixels that are copied, and samples of one key, are equal to the bit")]

use proptest::prelude::*;
use typednet_data::{
    Augment, Augmented, ChannelScaled, ChannelStandard, DataError, Dataset, Image as Pixels, InParts, Mixup, Noisy,
    Parts, Source, mnist,
};
use typednet_tensor::{Class, Key, Sample};

type Digits = Augment<28, 28, 1>;

fn everything() -> Digits {
    Digits::new()
        .shift(0.1)
        .rotate(20.0)
        .scale(0.8, 1.2)
        .shear(10.0)
        .crop(2)
        .flip_horizontal(0.5)
        .flip_vertical(0.5)
        .elastic(1.5, 4)
        .noise(0.1)
        .cutout(7)
}

fn digits(count: usize) -> Dataset<mnist::Image, mnist::Label> {
    mnist::embedded().unwrap().train.take(count).unwrap()
}

fn gathered<In: Sample + Blank, Y: Copy>(source: &impl Source<In, Y>, rows: &[u32], key: Key) -> Vec<In> {
    let (mut x, mut y) = (vec![In::BLANK; rows.len()], vec![source.target(0); rows.len()]);
    source.gather(rows, key, &mut x, &mut y);
    assert!(rows.iter().zip(&y).all(|(row, _)| (*row as usize) < source.len()));
    x
}

trait Blank {
    const BLANK: Self;
}
impl<const N: usize> Blank for [f32; N] {
    const BLANK: Self = [f32::NAN; N];
}
impl<const N: usize> Blank for [f64; N] {
    const BLANK: Self = [f64::NAN; N];
}

type Image = [f32; 784];

#[test]
fn a_sample_depends_on_nothing_but_its_key_and_row() {
    let augmented = Augmented::new(digits(40), everything()).unwrap();
    let rows: Vec<u32> = (0..40).rev().collect();
    let key = Key::new(3).child(5);
    let all: Vec<Image> = gathered::<_, Class<10>>(&augmented, &rows, key);
    // One by one, in another order, on another thread.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for row in 0..40_u32 {
                let [one]: [Image; 1] = gathered::<_, Class<10>>(&augmented, &[row], key).try_into().unwrap();
                assert_eq!(one.map(f32::to_bits), all[39 - row as usize].map(f32::to_bits));
            }
        });
    });
    let next: Vec<Image> = gathered::<_, Class<10>>(&augmented, &rows, Key::new(3).child(6));
    assert!(all.iter().zip(&next).all(|(a, b)| a != b));
}

#[test]
fn nothing_changes_nothing() {
    let plain = digits(40);
    let rows: Vec<u32> = (0..40).collect();
    let wanted: Vec<Image> = gathered::<_, Class<10>>(&plain, &rows, Key::new(1));
    for augment in [Digits::new(), Digits::new().fill(0.3).range(0.2, 0.8).scale(1.0, 1.0).elastic(0.0, 3)] {
        let augmented = Augmented::new(&plain, augment).unwrap();
        assert_eq!(gathered::<Image, Class<10>>(&augmented, &rows, Key::new(1)), wanted);
        assert_eq!(Source::<Image, _>::target(&augmented, 3), plain.targets()[3]);
    }
    let noisy = Noisy::new(&plain, 0.0).unwrap();
    assert_eq!(gathered::<Image, Class<10>>(&noisy, &rows, Key::new(1)), wanted);
}

#[test]
fn each_step_does_something_and_keeps_the_range() {
    let plain = digits(30);
    let rows: Vec<u32> = (0..30).collect();
    let before: Vec<Image> = gathered::<_, Class<10>>(&plain, &rows, Key::new(1));
    for (augment, all) in [
        (Digits::new().shift(0.1), true),
        (Digits::new().rotate(20.0), true),
        (Digits::new().scale(0.8, 1.2), true),
        (Digits::new().shear(10.0), true),
        (Digits::new().elastic(1.0, 4), true),
        (Digits::new().noise(0.1), true),
        (Digits::new().crop(3), false),
        (Digits::new().flip_horizontal(0.5), false),
        (Digits::new().flip_vertical(0.5), false),
        (Digits::new().cutout(9), false),
        (everything(), true),
    ] {
        let after: Vec<Image> =
            gathered::<_, Class<10>>(&Augmented::new(&plain, augment.clone()).unwrap(), &rows, Key::new(1));
        assert!(after.as_flattened().iter().all(|pixel| (0.0..=1.0).contains(pixel)), "{augment:?}");
        let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        assert!(if all { changed == 30 } else { changed > 5 }, "{augment:?} changed {changed} of 30");
    }
}

/// Flips and crops copy pixels, and what comes in from outside is the fill.
#[test]
fn whole_pixel_steps_are_exact() {
    let image: [f32; 6] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    let data = Dataset::new([image], [[0.0_f32]]).unwrap();
    let with = |augment: Augment<2, 3, 1>| -> [f32; 6] {
        gathered::<_, [f32; 1]>(&Augmented::new(&data, augment).unwrap(), &[0], Key::new(1))[0]
    };
    assert_eq!(with(Augment::new().flip_horizontal(1.0)), [0.3, 0.2, 0.1, 0.6, 0.5, 0.4]);
    assert_eq!(with(Augment::new().flip_vertical(1.0)), [0.4, 0.5, 0.6, 0.1, 0.2, 0.3]);
    assert_eq!(with(Augment::new().cutout(100).fill(-1.0)), [-1.0; 6]);
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let augmented = Augmented::new(&data, Augment::<2, 3, 1>::new().crop(1).fill(9.0)).unwrap();
        let [one]: [[f32; 6]; 1] = gathered::<_, [f32; 1]>(&augmented, &[0], Key::new(seed)).try_into().unwrap();
        let wanted = (-1..=1_i32).flat_map(|dy| (-1..=1_i32).map(move |dx| (dx, dy))).find(|(dx, dy)| {
            (0..6).all(|i| {
                let (x, y) = (i % 3 - dx, i / 3 - dy);
                let inside = (0..3).contains(&x) && (0..2).contains(&y);
                one[i.unsigned_abs() as usize] == if inside { image[(y * 3 + x).unsigned_abs() as usize] } else { 9.0 }
            })
        });
        seen.insert(wanted.expect("one of nine windows"));
    }
    assert_eq!(seen.len(), 9);
}

#[test]
fn a_disc_turned_and_twice_the_size() {
    // By whatever angle it is turned, a disc stays the same but for interpolation.
    let disc: [f32; 784] = std::array::from_fn(|i| {
        let (x, y) = ((i % 28) as f32 - 13.5, (i / 28) as f32 - 13.5);
        (1.0 - (x * x + y * y).sqrt() / 12.0).max(0.0)
    });
    let data = Dataset::new([disc], [[0.0_f32]]).unwrap();
    let with = |augment: Digits| -> Image {
        gathered::<_, [f32; 1]>(&Augmented::new(&data, augment).unwrap(), &[0], Key::new(2))[0]
    };
    let turned = with(Digits::new().rotate(360.0));
    assert!(turned != disc && turned.iter().zip(&disc).all(|(a, b)| (a - b).abs() < 0.06));
    let twice = with(Digits::new().scale(2.0, 2.0));
    for (i, pixel) in twice.iter().enumerate() {
        let (x, y) = ((i % 28) as f32 - 13.5, (i / 28) as f32 - 13.5);
        let wanted = (1.0 - (x * x + y * y).sqrt() / 24.0).max(0.0);
        assert!((pixel - wanted).abs() < 0.03, "{i}: {pixel}, wanted {wanted}");
    }
}

/// A picture of three channels: each pixel of each has another value.
type Colour = [[[f32; 3]; 9]; 7];

fn colours() -> Colour {
    std::array::from_fn(|y| {
        std::array::from_fn(|x| std::array::from_fn(|c| ((c * 63 + y * 9 + x) % 101) as f32 / 101.0))
    })
}

/// One picture of one data set under one key.
fn one<In: Sample + Default + Copy, S: Source<In, [f32; 1]>>(source: &S, seed: u64) -> In {
    let (mut x, mut y) = ([In::default()], [[0.0]]);
    source.gather(&[0], Key::new(seed), &mut x, &mut y);
    x[0]
}

/// The settings that move pixels, for any number of channels.
fn moves<const C: usize>(fill: [f32; C]) -> [Augment<7, 9, C>; 7] {
    let new = || Augment::new().fill_channels(fill);
    [
        new().crop(4),
        new().crop(2).flip_horizontal(0.5),
        new().flip_vertical(0.5),
        new().shift(0.3).rotate(40.0).scale(0.6, 1.5).shear(20.0),
        new().elastic(1.5, 3),
        new().cutout(4),
        new().rotate(30.0).elastic(1.0, 4).flip_horizontal(0.5).cutout(3),
    ]
}

/// Where a pixel comes from is the same in all channels, whatever their number: each channel is, to the bit, what a grey
/// picture of it alone becomes.
#[test]
fn channels_are_moved_together() {
    let (image, fill) = (colours(), [0.25, 0.5, 0.75]);
    for c in 0..3 {
        let grey: [[f32; 9]; 7] = image.map(|row| row.map(|pixel| pixel[c]));
        for (colour_settings, grey_settings) in moves(fill).into_iter().zip(moves([fill[c]])) {
            let text = colour_settings.to_string();
            let colour = Augmented::new(Dataset::new([image], [[0.0_f32]]).unwrap(), colour_settings).unwrap();
            let grey = Augmented::new(Dataset::new([grey], [[0.0_f32]]).unwrap(), grey_settings).unwrap();
            for seed in 0..20 {
                let (all, alone): (Colour, [[f32; 9]; 7]) = (one(&colour, seed), one(&grey, seed));
                let found = all.map(|row| row.map(|pixel| pixel[c].to_bits()));
                assert_eq!(found, alone.map(|row| row.map(f32::to_bits)), "{text}, seed {seed}, channel {c}");
            }
        }
    }
}

/// What is usual for CIFAR-10: a border of four pixels, a window of the old size, and half of the pictures mirrored.
#[test]
fn crop_and_flip_copy_whole_pixels() {
    let image = colours();
    let augment = Augment::<7, 9, 3>::new().crop(4).flip_horizontal(0.5).fill_channels([-1.0, -2.0, -3.0]);
    assert_eq!(augment.to_string(), "7×9×3 images: crop 4, flip horizontally 0.5, fill [-1.0, -2.0, -3.0]");
    let source = Augmented::new(Dataset::new([image], [[0.0_f32]]).unwrap(), augment).unwrap();
    let (mut windows, mut mirrored) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..1500 {
        let found: Colour = one(&source, seed);
        let at = |x: usize, y: usize, dx: isize, dy: isize| {
            let (x, y) = (x.checked_add_signed(-dx)?, y.checked_add_signed(-dy)?);
            image.get(y)?.get(x)
        };
        let fits = |dx: isize, dy: isize, flip: bool| {
            found.iter().enumerate().all(|(y, row)| {
                row.iter().enumerate().all(|(x, pixel)| {
                    let wanted = at(if flip { 8 - x } else { x }, y, dx, dy);
                    pixel == wanted.unwrap_or(&[-1.0, -2.0, -3.0])
                })
            })
        };
        let all = (-4..=4).flat_map(|dx| (-4..=4).flat_map(move |dy| [(dx, dy, false), (dx, dy, true)]));
        let mut fitting = all.filter(|(dx, dy, flip)| fits(*dx, *dy, *flip));
        let (dx, dy, flip) = fitting.next().unwrap_or_else(|| panic!("seed {seed}: no window of the picture"));
        windows.insert((dx, dy));
        mirrored += usize::from(flip);
    }
    assert_eq!(windows.len(), 81);
    assert!((600..900).contains(&mirrored), "{mirrored} of 1500 are mirrored");
}

/// An image is the same image as one row of numbers, as rows of numbers where it is grey, and as rows of pixels.
#[test]
fn the_shape_of_a_sample_does_not_matter() {
    let image = colours();
    let all = || Augment::<7, 9, 3>::new().rotate(20.0).crop(2).elastic(1.0, 4).noise(0.1).cutout(3);
    let shaped = Dataset::new([image], [[0.0_f32]]).unwrap();
    let row = shaped.clone().reshape::<[f32; 189]>();
    let shaped = Augmented::new(shaped, all()).unwrap();
    let row = Augmented::new(row, all()).unwrap();
    for seed in 0..10 {
        let (mut x, mut y) = ([[0.0; 189]], [[0.0]]);
        row.gather(&[0], Key::new(seed), &mut x, &mut y);
        let shaped: Colour = one(&shaped, seed);
        assert_eq!(shaped.as_flattened().as_flattened(), x[0]);
    }
    // Digits: bytes as rows, as rows of rows, and as rows of pixels.
    let plain = digits(5);
    let flat = Augmented::new(plain.clone(), everything()).unwrap();
    let rows = Augmented::new(plain.clone().reshape::<[[u8; 28]; 28]>(), everything()).unwrap();
    let pixels = Augmented::new(plain.reshape::<Pixels<28, 28, 1>>(), everything()).unwrap();
    let key = Key::new(8).child(1);
    let (mut a, mut b, mut c) = ([[0.0_f32; 784]; 5], [[[0.0_f32; 28]; 28]; 5], [[[[0.0_f32; 1]; 28]; 28]; 5]);
    let mut y = [Class::<10>::default(); 5];
    flat.gather(&[0, 1, 2, 3, 4], key, &mut a, &mut y);
    rows.gather(&[0, 1, 2, 3, 4], key, &mut b, &mut y);
    pixels.gather(&[0, 1, 2, 3, 4], key, &mut c, &mut y);
    assert_eq!(a.as_flattened(), b.as_flattened().as_flattened());
    assert_eq!(a.as_flattened(), c.as_flattened().as_flattened().as_flattened());
}

/// A training that is begun again with the same seed sees the same digits: a change of these is one that the CHANGELOG names.
#[test]
fn digits_have_the_bits_that_they_had() {
    let (plain, rows) = (digits(200), (0..200).collect::<Vec<u32>>());
    let augment = everything().noise(0.0).fill(0.25);
    for (augment, golden) in [
        (augment.clone(), "aa8bbf6cb44bed2187f4f1f9f7962a25476fcb9a3eb56c9a533f177ee65dc0ce"),
        (augment.noise(0.1), "e8ac29afde075eb299b7ffde778c6e93eec7789b57d4e27c1c46c5f16583f1f2"),
    ] {
        let source = Augmented::new(&plain, augment).unwrap();
        let (mut x, mut y) = (vec![[0.0_f32; 784]; 200], vec![Class::<10>::default(); 200]);
        source.gather(&rows, Key::new(5).child(3), &mut x, &mut y);
        assert_eq!(Dataset::new(x, y).unwrap().content_hash().to_string(), golden, "{}", source.augment());
    }
}

#[test]
fn noise_has_its_deviation() {
    let data = Dataset::new(vec![[2.0_f64; 100]; 500], vec![[0.0_f64]; 500]).unwrap();
    let rows: Vec<u32> = (0..500).collect();
    let x: Vec<[f64; 100]> = gathered::<_, [f64; 1]>(&Noisy::new(&data, 0.25).unwrap(), &rows, Key::new(1));
    let mean = x.as_flattened().iter().sum::<f64>() / 50_000.0;
    let variance = x.as_flattened().iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 50_000.0;
    assert!((mean - 2.0).abs() < 0.005 && (variance.sqrt() - 0.25).abs() < 0.003, "{mean} {variance}");
    // Two wrappers draw different numbers: variances add up, as they would not for the same numbers twice.
    let twice = Noisy::new(Noisy::new(&data, 0.25).unwrap(), 0.25).unwrap();
    let x: Vec<[f64; 100]> = gathered::<_, [f64; 1]>(&twice, &rows, Key::new(1));
    let variance = x.as_flattened().iter().map(|x| (x - 2.0) * (x - 2.0)).sum::<f64>() / 50_000.0;
    assert!((variance / (2.0 * 0.25 * 0.25) - 1.0).abs() < 0.03, "{variance}");
}

#[test]
fn mixed_samples_have_mixed_targets() {
    // The sample says how much of which class is in it.
    let targets: Vec<Class<3>> = (0..60).map(|row| Class::new(row % 3).unwrap()).collect();
    let samples: Vec<[f32; 3]> = targets.iter().map(|class| class.one_hot()).collect();
    let mixup = Mixup::new(Dataset::new(samples, targets).unwrap(), 1.0).unwrap();
    let rows: Vec<u32> = (0..60).collect();
    let (mut x, mut y) = ([[0.0; 3]; 60], [[0.0_f32; 3]; 60]);
    mixup.gather(&rows, Key::new(1), &mut x, &mut y);
    assert!(x.iter().zip(&y).all(|(x, y)| x == y && (x.iter().sum::<f32>() - 1.0).abs() < 1e-6));
    assert!(y.iter().filter(|y| y.iter().all(|share| *share < 0.99)).count() > 20);
    let (mut again, mut target) = ([[0.0; 3]], [[0.0; 3]]);
    mixup.gather(&[17], Key::new(1), &mut again, &mut target);
    assert_eq!((again[0], target[0]), (x[17], y[17]));
    assert_eq!(Source::<[f32; 3], [f32; 3]>::target(&mixup, 1), [0.0, 1.0, 0.0]);
}

/// Through every wrapper, so that who has not the samples knows the targets.
#[test]
fn targets_are_told_as_they_are_gathered() {
    let targets: Vec<Class<3>> = (0..20).map(|row| Class::new(row % 3).unwrap()).collect();
    let samples: Vec<[f32; 12]> = (0..20).map(|row| [row as f32; 12]).collect();
    let parts = || Parts::of([7, 13]).unwrap();
    let data = Noisy::new(InParts::new(Dataset::new(samples, targets).unwrap(), parts()), 0.1).unwrap();
    let scaler = ChannelStandard::from_parameters([&[0.5], &[0.25]]).unwrap();
    let mixed = ChannelScaled::new(Noisy::new(Mixup::new(data, 0.4).unwrap(), 0.1).unwrap(), scaler);
    let augmented = Augmented::new(mixed, Augment::<4, 3, 1>::new().crop(1)).unwrap();
    let source: &dyn Source<[f32; 12], [f32; 3]> = &&InParts::new(augmented, parts());
    let rows = [3, 19, 0, 3, 8, 12, 5];
    for key in (0..5).map(Key::new) {
        let (mut x, mut y) = ([[0.0; 12]; 7], [[0.0; 3]; 7]);
        source.gather(&rows, key, &mut x, &mut y);
        let mut told = vec![[9.0; 3]];
        source.gathered_targets(&rows, key, &mut told);
        assert_eq!(told[1..], y, "behind what is there");
        assert_ne!(y, rows.map(|row| source.target(row)), "they are mixed");
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let text = |augment: Digits| Augmented::new((), augment).unwrap_err().to_string();
    assert_eq!(text(Digits::new().shift(1.5)), "augmentation `shift`: expected a share from 0 to 1, found 1.5");
    for (augment, name) in [
        (Digits::new().rotate(f32::NAN), "rotate"),
        (Digits::new().scale(0.0, 1.0), "scale"),
        (Digits::new().scale(1.2, 1.1), "scale"),
        (Digits::new().shear(90.0), "shear"),
        (Digits::new().crop(28), "crop"),
        (Digits::new().flip_horizontal(1.1), "flip_horizontal"),
        (Digits::new().flip_vertical(-0.1), "flip_vertical"),
        (Digits::new().elastic(-1.0, 3), "elastic"),
        (Digits::new().elastic(1.0, 0), "elastic"),
        (Digits::new().noise(f32::INFINITY), "noise"),
        (Digits::new().fill(f32::NAN), "fill"),
        (Digits::new().range(1.0, 0.0), "range"),
    ] {
        assert!(text(augment).starts_with(&format!("augmentation `{name}`: expected")));
    }
    assert!(matches!(Noisy::new((), -1.0), Err(DataError::Augment(_))));
    for alpha in [0.0, -1.0, f64::NAN, 101.0] {
        assert!(matches!(Mixup::new((), alpha), Err(DataError::Augment(_))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any sensible settings on any size: the range holds, and all is finite.
    #[test]
    fn pixels_stay_in_range(
        shift in 0.0_f32..=1.0,
        degrees in 0.0_f32..=360.0,
        scale in 0.01_f32..=2.0,
        more in 0.0_f32..=10.0,
        shear in 0.0_f32..=80.0,
        elastic in 0.0_f32..=1e6,
        cells in 1_usize..=64,
        cutout in 0_usize..10,
        seed: u64,
    ) {
        let image: [[[f64; 2]; 5]; 3] = std::array::from_fn(|y| {
            std::array::from_fn(|x| std::array::from_fn(|c| ((c * 15 + y * 5 + x) % 7) as f64 / 6.0))
        });
        let data = Dataset::new([image], [[0.0_f64]]).unwrap();
        let augment = Augment::<3, 5, 2>::new()
            .shift(shift)
            .rotate(degrees)
            .scale(scale, scale + more)
            .shear(shear)
            .crop(4)
            .flip_vertical(0.5)
            .elastic(elastic, cells)
            .noise(0.2)
            .cutout(cutout)
            .fill(1.0);
        let augmented = Augmented::new(data, augment).unwrap();
        let (mut x, mut y) = ([[[[f64::NAN; 2]; 5]; 3]], [[0.0]]);
        augmented.gather(&[0], Key::new(seed), &mut x, &mut y);
        prop_assert!(x[0].as_flattened().as_flattened().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    }
}
