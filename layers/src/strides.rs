//! How a kernel moves over an image, as a type.

use core::marker::PhantomData;

use crate::Arg;

/// How a kernel or a pooling window moves over an image: by how many rows and columns (`SH`, `SW`), over how many rows and
/// columns beyond each edge (`PH`, `PW`), and how far apart its own elements stand (`DH`, `DW`). It is a type without values.
///
/// ```
/// use typednet_layers::{Strides, Window};
///
/// assert_eq!(<Strides>::STRIDE, [1, 1]);
/// assert_eq!(<Strides<2, 2, 1, 1>>::PAD, [1, 1]);
/// ```
pub struct Strides<
    const SH: usize = 1,
    const SW: usize = 1,
    const PH: usize = 0,
    const PW: usize = 0,
    const DH: usize = 1,
    const DW: usize = 1,
>;

/// What [`Strides`] says, each for rows and for columns.
pub trait Window: 'static {
    /// By how many pixels the window moves.
    const STRIDE: [usize; 2];

    /// How many pixels beyond the image's edge it starts and ends.
    const PAD: [usize; 2];

    /// How many pixels its elements are apart.
    const DILATION: [usize; 2];
}

impl<const SH: usize, const SW: usize, const PH: usize, const PW: usize, const DH: usize, const DW: usize> Window
    for Strides<SH, SW, PH, PW, DH, DW>
{
    const STRIDE: [usize; 2] = [SH, SW];
    const PAD: [usize; 2] = [PH, PW];
    const DILATION: [usize; 2] = [DH, DW];
}

/// The arguments of `S` as they stand in `network!`, for images (`AXES` is 2) or sequences (1).
pub(crate) struct Written<S, const AXES: usize = 2>(PhantomData<S>);

impl<S: Window, const AXES: usize> Written<S, AXES> {
    const fn value(sizes: [usize; 2]) -> Arg {
        if AXES == 1 { Arg::Size(sizes[0]) } else { Arg::pair(sizes) }
    }

    /// `stride = …`
    pub(crate) const STRIDE: Arg = Arg::Named("stride", const { &Self::value(S::STRIDE) });

    /// `pad = …`
    pub(crate) const PAD: Arg = Arg::Named("pad", const { &Self::value(S::PAD) });

    /// `dilation = …`
    pub(crate) const DILATION: Arg = Arg::Named("dilation", const { &Self::value(S::DILATION) });
}

/// Whether both are `size`, in const code.
pub(crate) const fn are(sizes: [usize; 2], size: usize) -> bool {
    sizes[0] == size && sizes[1] == size
}
