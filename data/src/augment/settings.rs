//! The settings of image augmentation.

use std::fmt;

use super::AugmentError;

/// What is done to images of `H` rows, `W` columns and `C` channels: nothing until it is asked for.
///
/// Whatever the order in which they are named, the steps are taken in this one: crop, shift, rotate, scale, shear,
/// flip and elastic are one map of the plane, through which all channels are seen, and the image is interpolated
/// (bilinearly) once; then noise is added; then a square is cut out of all channels.
///
/// ```
/// use typednet_data::{Augment, Augmented, Source, mnist};
/// use typednet_tensor::{Class, Key};
///
/// let digits = mnist::embedded()?.train;
/// let augment = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
/// let digits = Augmented::new(digits, augment)?;
///
/// let (mut x, mut y) = ([[0.0_f32; 784]; 2], [Class::<10>::default(); 2]);
/// digits.gather(&[7, 7], Key::new(42).child(0), &mut x, &mut y);
/// assert_eq!(x[0], x[1]);
/// digits.gather(&[7], Key::new(42).child(1), &mut x[..1], &mut y[..1]);
/// assert_ne!(x[0], x[1]);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// What is usual for CIFAR-10, for samples of `[[[f32; 3]; 32]; 32]`:
///
/// ```
/// use typednet_data::Augment;
///
/// let augment = Augment::<32, 32, 3>::new().crop(4).flip_horizontal(0.5);
/// assert_eq!(augment.to_string(), "32×32×3 images: crop 4, flip horizontally 0.5");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Augment<const H: usize, const W: usize, const C: usize> {
    pub(super) shift: f32,
    pub(super) degrees: f32,
    pub(super) scale: [f32; 2],
    pub(super) shear: f32,
    pub(super) crop: u32,
    pub(super) flip_horizontal: f32,
    pub(super) flip_vertical: f32,
    pub(super) elastic: (f32, usize),
    pub(super) noise: f32,
    pub(super) cutout: usize,
    pub(super) fill: [f32; C],
    pub(super) range: [f32; 2],
}

impl<const H: usize, const W: usize, const C: usize> Default for Augment<H, W, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const H: usize, const W: usize, const C: usize> Augment<H, W, C> {
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
            fill: [0.0; C],
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
    pub const fn fill(self, value: f32) -> Self {
        self.fill_channels([value; C])
    }

    /// As [`fill`](Self::fill), with a value for each channel: the one that black has, or the mean.
    #[must_use]
    pub const fn fill_channels(mut self, values: [f32; C]) -> Self {
        self.fill = values;
        self
    }

    /// The smallest and the largest value of a pixel after noise, 0 and 1 unless stated.
    #[must_use]
    pub const fn range(mut self, smallest: f32, largest: f32) -> Self {
        self.range = [smallest, largest];
        self
    }

    pub(super) fn check(&self) -> Result<(), AugmentError> {
        let [smallest, largest] = self.scale;
        let [low, high] = self.range;
        let (pixels, cells) = self.elastic;
        let fill = self.fill.into_iter().find(|value| !value.is_finite()).unwrap_or(0.0);
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
            (fill.is_finite(), "fill", "finite numbers", fill),
            (low.is_finite() && high.is_finite(), "range", "finite numbers", low + high),
            (low <= high, "range", "a largest value that is not below the smallest", high),
        ] {
            AugmentError::unless(good, name, expected, f64::from(found))?;
        }
        Ok(())
    }

    /// Whether the plane stays as it is.
    pub(super) fn is_plane(&self) -> bool {
        *self == Self { noise: self.noise, cutout: self.cutout, fill: self.fill, range: self.range, ..Self::new() }
    }
}

/// Every setting that is not as [`new`](Augment::new) has it, exactly: texts are equal where the settings are.
///
/// ```
/// use typednet_data::Augment;
///
/// let augment = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).cutout(6);
/// let text = "28×28×1 images: shift 0.08, rotate 12°, scale 0.9 to 1.1, cutout 6";
/// assert_eq!(augment.to_string(), text);
/// assert_eq!(Augment::<8, 8, 3>::new().to_string(), "8×8×3 images: as they are");
/// ```
impl<const H: usize, const W: usize, const C: usize> fmt::Display for Augment<H, W, C> {
    #[allow(clippy::float_cmp, reason = "a setting is the usual number or it is not")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shift, degrees, shear, crop, flip_horizontal, flip_vertical, noise, cutout, fill, .. } = self;
        let ([smallest, largest], (pixels, cells), [low, high]) = (self.scale, self.elastic, self.range);
        let usual = Self::new();
        write!(f, "{H}×{W}×{C} images: ")?;
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
            (self.fill != usual.fill, format_args!("fill {}", Fill(fill))),
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

/// One number where all channels have it.
struct Fill<'a>(&'a [f32]);

impl fmt::Display for Fill<'_> {
    #[allow(clippy::float_cmp, reason = "the numbers of two channels are one or they are not")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [first, others @ ..] if others.iter().all(|other| other == first) => fmt::Display::fmt(first, f),
            values => write!(f, "{values:?}"),
        }
    }
}
