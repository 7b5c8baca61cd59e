//! What all Rust contestants share: the flags, the data, how time is taken, and the form of the results.
//!
//! `work.py` is the same for the Python contestants.

use std::hint::black_box;
use std::time::Instant;

/// Bytes of an image.
pub(crate) const PIXELS: usize = 784;
/// Kinds of images.
pub(crate) const CLASSES: usize = 10;
/// Images of the inference of many.
pub(crate) const TEST_IMAGES: usize = 10_000;
/// Images that the inference of many takes at once.
pub(crate) const TEST_BATCH: usize = 256;

/// What is asked for.
pub(crate) struct Options {
    /// Threads that may be used.
    pub(crate) threads: usize,
    /// Samples of a training step.
    pub(crate) batch: usize,
    /// Samples of an epoch.
    pub(crate) samples: usize,
    /// Epochs of which the best counts.
    pub(crate) epochs: usize,
    /// Inference instead of training.
    pub(crate) infer: bool,
}

impl Options {
    /// The flags of the command line.
    ///
    /// # Errors
    /// If a flag is unknown or its number is none.
    pub(crate) fn parse() -> Result<Self, String> {
        let mut options = Self { threads: 1, batch: 64, samples: 60_000, epochs: 3, infer: false };
        let mut words = std::env::args().skip(1);
        while let Some(flag) = words.next() {
            let number = match flag.as_str() {
                "--infer" => {
                    options.infer = true;
                    continue;
                }
                "--threads" => &mut options.threads,
                "--batch" => &mut options.batch,
                "--samples" => &mut options.samples,
                "--epochs" => &mut options.epochs,
                _ => return Err(format!("{flag} is none of --infer --threads --batch --samples --epochs")),
            };
            let word = words.next().unwrap_or_default();
            *number = word.parse().map_err(|_| format!("{flag} needs a number, found `{word}`"))?;
            if *number == 0 {
                return Err(format!("{flag} must be at least 1"));
            }
        }
        Ok(options)
    }
}

/// Random numbers by splitmix64.
pub(crate) struct Random(pub u64);

impl Random {
    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// The rows 0 to `count` - 1 in random order (Fisher-Yates).
    #[allow(dead_code, reason = "not every contestant shuffles by itself")]
    pub(crate) fn order(&mut self, count: usize) -> Vec<u32> {
        let mut rows = (0..count as u32).collect::<Vec<_>>();
        for last in (1..count).rev() {
            rows.swap(last, self.below(last + 1));
        }
        rows
    }
}

/// Images of random bytes and random labels.
///
/// The first ten pixels are black but for one. In even rows that one is the label's, in odd rows any. So there is
/// something to learn, by which the loss shows that the work was done, and it never vanishes, so that no contestant
/// ends among denormal numbers: the best loss on unseen data is about 1.68, that of guessing 2.30.
pub(crate) fn data(samples: usize) -> (Vec<[u8; PIXELS]>, Vec<u8>) {
    let mut random = Random(1);
    (0..samples)
        .map(|row| {
            let label = random.below(CLASSES);
            let mut image: [u8; PIXELS] = std::array::from_fn(|_| random.bits() as u8);
            image[..CLASSES].fill(0);
            image[if row % 2 == 0 { label } else { random.below(CLASSES) }] = 255;
            (image, label as u8)
        })
        .unzip()
}

/// The images of `rows`, scaled to between 0 and 1.
#[allow(dead_code, reason = "typednet gathers by itself")]
pub(crate) fn gather(images: &[[u8; PIXELS]], rows: &[u32]) -> Vec<f32> {
    let mut x = Vec::with_capacity(rows.len() * PIXELS);
    for &row in rows {
        x.extend(images[row as usize].iter().map(|&pixel| f32::from(pixel) * (1.0 / 255.0)));
    }
    x
}

/// The images of the inference, scaled already.
pub(crate) fn test_images() -> Vec<[f32; PIXELS]> {
    let mut random = Random(2);
    (0..TEST_IMAGES).map(|_| std::array::from_fn(|_| f32::from(random.bits() as u8) / 255.0)).collect()
}

/// The best of `epochs` epochs in seconds. After three seconds no other is begun.
#[allow(dead_code, reason = "typednet keeps the time of its epochs")]
pub(crate) fn best_epoch(epochs: usize, mut epoch: impl FnMut()) -> f64 {
    let (mut best, begin) = (f64::INFINITY, Instant::now());
    for _ in 0..epochs {
        let start = Instant::now();
        epoch();
        best = best.min(start.elapsed().as_secs_f64());
        if begin.elapsed().as_secs_f64() > 3.0 {
            break;
        }
    }
    best
}

/// The median time of a call, in microseconds.
pub(crate) fn median_microseconds<T>(mut call: impl FnMut() -> T) -> f64 {
    let mut times = (0..10_000)
        .map(|_| {
            let start = Instant::now();
            black_box(call());
            start.elapsed().as_nanos()
        })
        .collect::<Vec<_>>();
    times.sort_unstable();
    times[times.len() / 2] as f64 / 1e3
}

/// The best time of twenty passes over the test images, in milliseconds.
pub(crate) fn best_milliseconds<T>(mut pass: impl FnMut() -> T) -> f64 {
    let times = (0..20).map(|_| {
        let start = Instant::now();
        black_box(pass());
        start.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Prints the results of training.
pub(crate) fn print_training(version: &str, epoch: f64, loss: f64) {
    println!(r#"{{"version": "{version}", "epoch": {epoch}, "loss": {loss}}}"#);
}

/// Prints the results of inference.
pub(crate) fn print_inference(version: &str, one: f64, many: f64) {
    println!(r#"{{"version": "{version}", "one": {one}, "many": {many}}}"#);
}
