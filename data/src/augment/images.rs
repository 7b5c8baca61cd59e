//! Images that are shifted, turned, bent and covered a little differently in every epoch.

use std::fmt;

use typednet_tensor::{Key, Sample, Scalar, flat_mut};

use super::elastic::Elastic;
use super::scratch::{self, Pixel};
use super::warp::{Map, Warp, bordered, copy_in};
use super::{AugmentError, inner, normal};
use crate::{DataError, Source};

/// What is done to images of `C` channels, `H` rows and `W` columns: nothing until it is asked for.
///
/// Whatever the order in which they are named, the steps are taken in this one: crop, shift, rotate, scale, shear,
/// flip and elastic are one map of the plane, and the image is interpolated (bilinearly) once; then noise is added;
/// then a square is cut out.
///
/// ```
/// use typednet_data::{Augment, Augmented, Source, mnist};
/// use typednet_tensor::{Class, Key};
///
/// let digits = mnist::embedded()?.train;
/// let augment = Augment::<1, 28, 28>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
/// let digits = Augmented::new(digits, augment)?;
///
/// let (mut x, mut y) = ([[0.0_f32; 784]; 2], [Class::<10>::default(); 2]);
/// digits.gather(&[7, 7], Key::new(42).child(0), &mut x, &mut y);
/// assert_eq!(x[0], x[1]);
/// digits.gather(&[7], Key::new(42).child(1), &mut x[..1], &mut y[..1]);
/// assert_ne!(x[0], x[1]);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Augment<const C: usize, const H: usize, const W: usize> {
    shift: f32,
    degrees: f32,
    scale: [f32; 2],
    shear: f32,
    crop: u32,
    flip_horizontal: f32,
    flip_vertical: f32,
    elastic: (f32, usize),
    noise: f32,
    cutout: usize,
    fill: f32,
    range: [f32; 2],
}

impl<const C: usize, const H: usize, const W: usize> Default for Augment<C, H, W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const C: usize, const H: usize, const W: usize> Augment<C, H, W> {
    /// Leaves images as they are.
    pub const fn new() -> Self {
        Self {
            shift: 0.0,
            degrees: 0.0,
            scale: [1.0; 2],
            shear: 0.0,
            crop: 0,
            flip_horizontal: 0.0,
            flip_vertical: 0.0,
            elastic: (0.0, 1),
            noise: 0.0,
            cutout: 0,
            fill: 0.0,
            range: [0.0, 1.0],
        }
    }

    /// Shifts by up to this share of the width and of the height, in either direction.
    #[must_use]
    pub const fn shift(mut self, share: f32) -> Self {
        self.shift = share;
        self
    }

    /// Turns around the middle by up to so many degrees, in either direction.
    #[must_use]
    pub const fn rotate(mut self, degrees: f32) -> Self {
        self.degrees = degrees;
        self
    }

    /// Makes what is seen `smallest` to `largest` times as large, around the middle.
    #[must_use]
    pub const fn scale(mut self, smallest: f32, largest: f32) -> Self {
        self.scale = [smallest, largest];
        self
    }

    /// Slants by up to so many degrees, in either direction.
    #[must_use]
    pub const fn shear(mut self, degrees: f32) -> Self {
        self.shear = degrees;
        self
    }

    /// Puts `border` pixels around the image and cuts an image of the old size out at a random place: a shift by whole
    /// pixels.
    #[must_use]
    pub const fn crop(mut self, border: u32) -> Self {
        self.crop = border;
        self
    }

    /// Swaps left and right with this probability.
    #[must_use]
    pub const fn flip_horizontal(mut self, probability: f32) -> Self {
        self.flip_horizontal = probability;
        self
    }

    /// Swaps top and bottom with this probability.
    #[must_use]
    pub const fn flip_vertical(mut self, probability: f32) -> Self {
        self.flip_vertical = probability;
        self
    }

    /// Bends the image smoothly: at the points of a grid of `cells`×`cells` cells it is displaced by normal numbers of
    /// this standard deviation in pixels, and in between by what a cubic says (Simard, Steinkraus and Platt 2003 with
    /// the grid of Ronneberger, Fischer and Brox 2015).
    #[must_use]
    pub const fn elastic(mut self, pixels: f32, cells: usize) -> Self {
        self.elastic = (pixels, cells);
        self
    }

    /// Adds normal noise of this standard deviation to every pixel, within the [`range`](Self::range).
    #[must_use]
    pub const fn noise(mut self, deviation: f32) -> Self {
        self.noise = deviation;
        self
    }

    /// Fills a square of `size`×`size` pixels around a random one; part of it may lie outside (`DeVries` and Taylor
    /// 2017).
    #[must_use]
    pub const fn cutout(mut self, size: usize) -> Self {
        self.cutout = size;
        self
    }

    /// What stands where the source has no pixel, and in the cut out square; 0 unless stated.
    #[must_use]
    pub const fn fill(mut self, value: f32) -> Self {
        self.fill = value;
        self
    }

    /// The smallest and the largest value of a pixel after noise, 0 and 1 unless stated.
    #[must_use]
    pub const fn range(mut self, smallest: f32, largest: f32) -> Self {
        self.range = [smallest, largest];
        self
    }

    fn check(&self) -> Result<(), AugmentError> {
        let [smallest, largest] = self.scale;
        let [low, high] = self.range;
        let (pixels, cells) = self.elastic;
        for (good, name, expected, found) in [
            ((0.0..=1.0).contains(&self.shift), "shift", "a share from 0 to 1", self.shift),
            ((0.0..=360.0).contains(&self.degrees), "rotate", "degrees from 0 to 360", self.degrees),
            ((0.01..=100.0).contains(&smallest), "scale", "a factor from 0.01 to 100", smallest),
            ((smallest..=100.0).contains(&largest), "scale", "a second factor from the first to 100", largest),
            ((0.0..=80.0).contains(&self.shear), "shear", "degrees from 0 to 80", self.shear),
            ((self.crop as usize) < H.max(W), "crop", "a border smaller than the image", self.crop as f32),
            ((0.0..=1.0).contains(&self.flip_horizontal), "flip_horizontal", PROBABILITY, self.flip_horizontal),
            ((0.0..=1.0).contains(&self.flip_vertical), "flip_vertical", PROBABILITY, self.flip_vertical),
            (pixels >= 0.0 && pixels.is_finite(), "elastic", "a deviation of 0 or more pixels", pixels),
            ((1..=64).contains(&cells), "elastic", "1 to 64 cells", cells as f32),
            (self.noise >= 0.0 && self.noise.is_finite(), "noise", "a deviation of 0 or more", self.noise),
            (self.fill.is_finite(), "fill", "a finite number", self.fill),
            (low.is_finite() && high.is_finite(), "range", "finite numbers", low + high),
            (low <= high, "range", "a largest value that is not below the smallest", high),
        ] {
            AugmentError::unless(good, name, expected, f64::from(found))?;
        }
        Ok(())
    }

    /// Whether the plane stays as it is.
    fn is_plane(&self) -> bool {
        *self == Self { noise: self.noise, cutout: self.cutout, fill: self.fill, range: self.range, ..Self::new() }
    }

    /// Where this image's pixels are taken from.
    fn map(&self, draw: &Draw) -> Map {
        let signed = |place: usize| 2.0 * draw.uniform(place) - 1.0;
        let radians = |degrees: f32| degrees.to_radians();
        let (sin, cos) = match radians(self.degrees * signed(0)) {
            0.0 => (0.0, 1.0),
            angle => libm::sincosf(angle),
        };
        let [smallest, largest] = self.scale;
        let scale = 1.0 / (smallest + (largest - smallest) * draw.uniform(1));
        let slant = if self.shear > 0.0 { libm::tanf(radians(self.shear * signed(2))) } else { 0.0 };
        let cropped = |place| draw.below(place, 2 * self.crop + 1) as f32 - self.crop as f32;
        let shift_x = self.shift * W as f32 * signed(3) + cropped(5);
        let shift_y = self.shift * H as f32 * signed(4) + cropped(6);

        // What is seen is slanted, scaled, turned and shifted, so the source is found by the inverse of each in turn:
        // p' = c + S⁻¹·R⁻¹·(p − c − t)/s with the middle c.
        let (cx, cy) = ((W as f32 - 1.0) / 2.0, (H as f32 - 1.0) / 2.0);
        let mut m = [(cos - slant * -sin) * scale, (sin - slant * cos) * scale, 0.0, -sin * scale, cos * scale, 0.0];
        m[2] = cx - m[0] * (cx + shift_x) - m[1] * (cy + shift_y);
        m[5] = cy - m[3] * (cx + shift_x) - m[4] * (cy + shift_y);
        for (at, size, probability, first) in [(7, W, self.flip_horizontal, 0), (8, H, self.flip_vertical, 3)] {
            if draw.uniform(at) < probability {
                m[first] = -m[first];
                m[first + 1] = -m[first + 1];
                m[first + 2] = (size as f32 - 1.0) - m[first + 2];
            }
        }
        Map(m)
    }

    fn cut_out<T: Scalar>(&self, draw: &Draw, image: &mut [T]) {
        let side = |place, size: usize| {
            let middle = draw.below(place, size as u32) as usize;
            middle.saturating_sub(self.cutout / 2)..middle.saturating_add(self.cutout.div_ceil(2)).min(size)
        };
        let (columns, rows) = (side(9, W), side(10, H));
        for plane in image.chunks_exact_mut(H * W) {
            for row in plane.chunks_exact_mut(W).take(rows.end).skip(rows.start) {
                row[columns.clone()].fill(T::of(f64::from(self.fill)));
            }
        }
    }
}

/// Every setting that is not as [`new`](Augment::new) has it, exactly: texts are equal where the settings are.
///
/// ```
/// use typednet_data::Augment;
///
/// let augment = Augment::<1, 28, 28>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).cutout(6);
/// let text = "1×28×28 images: shift 0.08, rotate 12°, scale 0.9 to 1.1, cutout 6";
/// assert_eq!(augment.to_string(), text);
/// assert_eq!(Augment::<3, 8, 8>::new().to_string(), "3×8×8 images: as they are");
/// ```
impl<const C: usize, const H: usize, const W: usize> fmt::Display for Augment<C, H, W> {
    #[allow(clippy::float_cmp, reason = "a setting is the usual number or it is not")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shift, degrees, shear, crop, flip_horizontal, flip_vertical, noise, cutout, fill, .. } = self;
        let ([smallest, largest], (pixels, cells), [low, high]) = (self.scale, self.elastic, self.range);
        let usual = Self::new();
        write!(f, "{C}×{H}×{W} images: ")?;
        let mut between = "";
        for (set, text) in [
            (self.crop != usual.crop, format_args!("crop {crop}")),
            (self.shift != usual.shift, format_args!("shift {shift}")),
            (self.degrees != usual.degrees, format_args!("rotate {degrees}°")),
            (self.scale != usual.scale, format_args!("scale {smallest} to {largest}")),
            (self.shear != usual.shear, format_args!("shear {shear}°")),
            (self.flip_horizontal != usual.flip_horizontal, format_args!("flip horizontally {flip_horizontal}")),
            (self.flip_vertical != usual.flip_vertical, format_args!("flip vertically {flip_vertical}")),
            (self.elastic != usual.elastic, format_args!("elastic {pixels} on {cells}×{cells} cells")),
            (self.noise != usual.noise, format_args!("noise {noise}")),
            (self.cutout != usual.cutout, format_args!("cutout {cutout}")),
            (self.fill != usual.fill, format_args!("fill {fill}")),
            (self.range != usual.range, format_args!("range {low} to {high}")),
        ] {
            if set {
                write!(f, "{between}{text}")?;
                between = ", ";
            }
        }
        if between.is_empty() { f.write_str("as they are") } else { Ok(()) }
    }
}

const PROBABILITY: &str = "a probability from 0 to 1";

/// The twelve random numbers of one image.
struct Draw([u32; 12]);

impl Draw {
    fn new(key: Key) -> Self {
        let mut numbers = [0; 12];
        for (block, numbers) in (0..).zip(numbers.as_chunks_mut::<4>().0) {
            *numbers = key.block(block);
        }
        Self(numbers)
    }

    /// From 0 up to but not including 1.
    fn uniform(&self, place: usize) -> f32 {
        (self.0[place] >> 8) as f32 / 16_777_216.0
    }

    fn below(&self, place: usize, below: u32) -> u32 {
        ((u64::from(self.0[place]) * u64::from(below)) >> 32) as u32
    }
}

/// A source of images whose samples are changed as [`Augment`] says while they are gathered.
///
/// A sample may be `[f32; C·H·W]` or `[[[f32; W]; H]; C]`, or the same of `f64`; another number of elements is an error
/// when the program is built. Wrap the training data only. [`Augment`] has an example.
#[derive(Clone, Debug)]
pub struct Augmented<S, const C: usize, const H: usize, const W: usize> {
    source: S,
    augment: Augment<C, H, W>,
    elastic: Option<Elastic>,
    warps: bool,
}

impl<S, const C: usize, const H: usize, const W: usize> Augmented<S, C, H, W> {
    /// `source` with these changes.
    ///
    /// # Errors
    /// If a setting makes no sense.
    pub fn new(source: S, augment: Augment<C, H, W>) -> Result<Self, DataError> {
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
    pub fn augment(&self) -> &Augment<C, H, W> {
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
                copy_in::<T, H, W>(image, from);
                T::dispatch(Warp::<T, H, W> { from, map, elastic, out: image });
            }
        }
        if augment.noise > 0.0 {
            normal::add(key.child(0), augment.noise, image);
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
impl<In, Target, S, const C: usize, const H: usize, const W: usize> Source<In, Target> for Augmented<S, C, H, W>
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

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]) {
        const {
            assert!(C * H * W > 0 && C * H * W == In::LEN, "a sample must have channels × height × width elements");
        }
        self.source.gather(rows, inner(key), x, y);
        let border = if self.warps { bordered(C, H, W) } else { 0 };
        scratch::with(border, |from: &mut [In::Elem]| {
            from.fill(In::Elem::of(f64::from(self.augment.fill)));
            scratch::with(self.elastic.as_ref().map_or(0, Elastic::scratch), |scratch| {
                for (row, image) in rows.iter().zip(flat_mut(x).chunks_exact_mut(In::LEN)) {
                    self.change(key.child(u64::from(*row)), from, scratch, image);
                }
            });
        });
    }
}
