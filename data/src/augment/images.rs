//! Images that are shifted, turned, bent and covered a little differently in every epoch.

use typednet_tensor::{Key, Parallel, Sample, Shape, flat_mut, noise};

use super::draw::Draw;
use super::elastic::Elastic;
use super::scratch::{self, Pixel};
use super::warp::{Map, Warp, bordered, copy_in};
use super::{Augment, inner};
use crate::{DataError, Parts, Source};

/// A source of images whose samples are changed as [`Augment`] says while they are gathered.
///
/// A sample is `[[[f32; C]; W]; H]`, or the same elements in one row of `[f32; H·W·C]`, or, with one channel,
/// `[[f32; W]; H]`; or any of these of `f64`. Another shape is an error when the program is built. Wrap the training data
/// only. [`Augment`] has an example.
#[derive(Clone, Debug)]
pub struct Augmented<S, const H: usize, const W: usize, const C: usize> {
    source: S,
    augment: Augment<H, W, C>,
    elastic: Option<Elastic>,
    warps: bool,
}

impl<S, const H: usize, const W: usize, const C: usize> Augmented<S, H, W, C> {
    /// `source` with these changes.
    ///
    /// # Errors
    /// If a setting makes no sense.
    pub fn new(source: S, augment: Augment<H, W, C>) -> Result<Self, DataError> {
        augment.check()?;
        let (pixels, cells) = augment.elastic;
        let elastic = (pixels > 0.0).then(|| Elastic::new(pixels, cells, H, W));
        Ok(Self { source, warps: !augment.is_plane(), augment, elastic })
    }

    /// The images as they are.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// What is done to them; its text goes into the manifest of a run.
    pub fn augment(&self) -> &Augment<H, W, C> {
        &self.augment
    }

    /// Changes one image; `from` has a border already.
    fn change<T: Pixel>(&self, key: Key, from: &mut [T], scratch: &mut [f32], image: &mut [T]) {
        let augment = &self.augment;
        let draw = Draw::new(key);
        if self.warps {
            let map = augment.map(&draw);
            let elastic = self.elastic.as_ref().map(|elastic| (elastic, elastic.draw(key.child(1), scratch)));
            if map != Map::IDENTITY || elastic.is_some() {
                copy_in::<T, W, C>(image, from);
                T::dispatch(Warp::<T, H, W, C> { from, map, elastic, out: image });
            }
        }
        if augment.noise > 0.0 {
            noise::add_normal(key.child(0), T::of(f64::from(augment.noise)), image, Parallel::SERIAL);
            let [low, high] = augment.range.map(|end| T::of(f64::from(end)));
            for pixel in image.iter_mut() {
                *pixel = pixel.max(low).min(high);
            }
        }
        if augment.cutout > 0 {
            augment.cut_out(&draw, image);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<In, Target, S, const H: usize, const W: usize, const C: usize> Source<In, Target> for Augmented<S, H, W, C>
where
    In: Sample<Elem: Pixel>,
    S: Source<In, Target>,
{
    fn len(&self) -> usize {
        self.source.len()
    }

    fn target(&self, row: u32) -> Target {
        self.source.target(row)
    }

    fn targets(&self, rows: &[u32], to: &mut Vec<Target>) {
        self.source.targets(rows, to);
    }

    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<Target>) {
        self.source.gathered_targets(rows, inner(key), to);
    }

    fn parts(&self) -> Option<&Parts> {
        self.source.parts()
    }

    fn take_error(&self) -> Option<DataError> {
        self.source.take_error()
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]) {
        const {
            assert!(H * W * C > 0, "an image has pixels");
            assert!(
                is_image(&In::SHAPE, [H, W, C]),
                "a sample must be an image of the augmentation's height, width and channels, `[[[f32; C]; W]; H]`, or \
                 the same elements in one row"
            );
        }
        self.source.gather(rows, inner(key), x, y);
        let border = if self.warps { bordered(H, W, C) } else { 0 };
        scratch::with(border, |from: &mut [In::Elem]| {
            self.augment.fill_in(from);
            scratch::with(self.elastic.as_ref().map_or(0, Elastic::scratch), |scratch| {
                for (row, image) in rows.iter().zip(flat_mut(x).chunks_exact_mut(In::LEN)) {
                    self.change(key.child(u64::from(*row)), from, scratch, image);
                }
            });
        });
    }
}

/// Whether a sample of this shape holds an image of these sizes.
const fn is_image(shape: &Shape, [height, width, channels]: [usize; 3]) -> bool {
    if shape.is_padded() || shape.halves().is_some() {
        return false;
    }
    match shape.sizes() {
        [all] => *all == height * width * channels,
        [rows, columns] => *rows == height && *columns == width && channels == 1,
        [rows, columns, last] => *rows == height && *columns == width && *last == channels,
        _ => false,
    }
}
