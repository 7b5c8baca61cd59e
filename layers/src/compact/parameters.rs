//! The forms of layers whose parameters are made `f32` for a pass.
//!
//! In the form of [`Bf16`] all of them are rounded. In that of bytes, weights are whole numbers with a factor for each output, and what
//! is no weight of a product (biases, normalisations, positions) is kept as it is.

use typednet_tensor::compact::Bf16;

use super::Compact;
use super::block::{Both, Columns, Kept, Nothing, Rounded};
use super::stored::Stored;
use crate::{
    Activation, Attention, AttentionMode, BatchNorm, ConvTranspose2d, FrozenBatchNorm, GroupNorm, Gru, LayerNorm, Lstm,
    Network, Positions, RmsNorm, Rnn, SwiGlu, Window,
};

/// `[[E; A]; B]` of `[A] [B]`.
macro_rules! nest {
    ($element:ty;) => { $element };
    ($element:ty; [$size:tt] $($rest:tt)*) => { nest!([$element; $size]; $($rest)*) };
}

/// The block of [`Bf16`] for fields.
macro_rules! rounded {
    () => { Nothing<Bf16> };
    (kept $([$n:tt])+; $($rest:tt)*) => { Both<Rounded<nest!(Bf16; $([$n])+)>, rounded!($($rest)*)> };
    (weight $([$n:tt])+ by $([$m:tt])+; $($rest:tt)*) => {
        Both<Rounded<nest!(Bf16; $([$n])+ $([$m])+)>, rounded!($($rest)*)>
    };
    (weight of $c:tt to $([$n:tt])+ by $([$m:tt])+; $($rest:tt)*) => {
        Both<Rounded<nest!(Bf16; [$c] $([$n])+ $([$m])+)>, rounded!($($rest)*)>
    };
}

/// The block of bytes for fields.
macro_rules! bytes {
    () => { Nothing<u8> };
    (kept $([$n:tt])+; $($rest:tt)*) => { Both<Kept<nest!(u8; [4] $([$n])+)>, bytes!($($rest)*)> };
    (weight $([$n:tt])+ by $([$m:tt])+; $($rest:tt)*) => {
        Both<Columns<nest!(u8; $([$n])+ $([$m])+), nest!(u8; [4] $([$n])+), 1>, bytes!($($rest)*)>
    };
    (weight of $c:tt to $([$n:tt])+ by $([$m:tt])+; $($rest:tt)*) => {
        Both<Columns<nest!(u8; [$c] $([$n])+ $([$m])+), nest!(u8; [4] $([$n])+), $c>, bytes!($($rest)*)>
    };
}

/// The forms of a layer with these fields, each from its last axis to its first. `weight [O] by [I]` has a factor for each of O,
/// `weight of C to [O] by [I]` has one for each of O for the C weights of its last axis.
macro_rules! stored {
    ([$($generics:tt)*] $layer:ty { $($fields:tt)* }) => {
        impl<$($generics)*> Compact for $layer {
            type Bf16 = Stored<Self, rounded!($($fields)*)>;
            type Int8 = Stored<Self, bytes!($($fields)*)>;

            fn write_bf16(&self, to: &mut Self::Bf16) {
                to.write(self);
            }

            fn observe(&self, x: &Self::In, y: &mut Self::Out, _: &mut Self::Int8) {
                self.predict_to(x, y);
            }

            fn quantise(&self, to: &mut Self::Int8) {
                to.write(self);
            }

            fn restore(&self, form: &Self::Int8, to: &mut Self) {
                form.restore(to);
            }
        }
    };
}

stored!([const N: usize, A: Activation<f32>] BatchNorm<N, A> { kept [N]; kept [N]; kept [N]; kept [N]; });
stored!([const N: usize, A: Activation<f32>] FrozenBatchNorm<N, A> { kept [N]; kept [N]; kept [N]; kept [N]; });
stored!([const N: usize] LayerNorm<N> { kept [N]; kept [N]; });
stored!([const N: usize] RmsNorm<N> { kept [N]; });
stored!([const H: usize, const W: usize, const C: usize, const G: usize] GroupNorm<H, W, C, G> { kept [C]; kept [C]; });
stored!([const N: usize, const D: usize] Positions<N, D> { kept [D] [N]; });
stored!([const N: usize, const C: usize, const H: usize, A: Activation<f32>] Rnn<N, C, H, A> {
    weight [H] by [C]; weight [H] by [H]; kept [H];
});
stored!([const N: usize, const C: usize, const H: usize] Lstm<N, C, H> {
    weight [H] [4] by [C]; weight [H] [4] by [H]; kept [H] [4];
});
stored!([const N: usize, const C: usize, const H: usize] Gru<N, C, H> {
    weight [H] [3] by [C]; weight [H] [3] by [H]; kept [H] [3]; kept [H];
});
stored!([
    const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: AttentionMode
] Attention<N, D, HEADS, HEAD_WIDTH, M> {
    weight [D] [3] by [D]; kept [D] [3]; weight [D] by [D]; kept [D];
});
stored!([const D: usize, const M: usize] SwiGlu<D, M> { weight [M] by [D]; weight [M] by [D]; weight [D] by [M]; });
stored!([
    const H: usize, const W: usize, const C: usize, const F: usize, const KH: usize, const KW: usize, const B: usize,
    const OH: usize, const OW: usize, S: Window, A: Activation<f32>
] ConvTranspose2d<H, W, C, F, KH, KW, B, OH, OW, S, A> {
    weight of C to [F] by [KW] [KH]; kept [B];
});
