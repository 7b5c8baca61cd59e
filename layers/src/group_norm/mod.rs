//! Group normalisation.

pub(crate) mod kernels;

use typednet_tensor::{Flat, Sample, Scalar, flat, flat_mut, impl_flat, ops};

use self::kernels::{Backward, EPSILON, Normalise, Statistics, Sums};
use crate::threads::{by_rows, by_samples};
use crate::{
    Arg, Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Trace, Workspace,
    WorkspaceSize,
};

/// Group normalisation y = γ ⊙ (x − μ)/√(σ² + ε) + β of an image, whose channels are cut into G groups: μ and σ² = Σ (x − μ)²/m
/// are the mean and the variance of all m = H·W·C/G numbers of a group in one image (Wu and He 2018).
///
/// It does not look at other images of the batch, so it is the same in training and in use, and works with batches of one.
/// G = 1 normalises the image as a whole, G = C each channel by itself (instance normalisation). ε is 1e-5, as in `PyTorch`.
/// As with [`LayerNorm`](crate::LayerNorm), numbers may be so large that their squares are infinite.
///
/// # Shapes
/// x and y are `[[[T; C]; W]; H]`. In `network!` it is written `GroupNorm<4>`; groups that do not divide the channels are an
/// error there, and by hand when the program is built.
///
/// Parameters: 2·C, γ (at first 1) and β (at first 0), one for each channel.
///
/// ```
/// use typednet_layers::{GroupNorm, Network};
///
/// // Two groups of one channel each, over two pixels.
/// let [[[a, b], [c, d]]] = GroupNorm::<1, 2, 2, 2>::seeded(0).predict(&[[[10.0, 5.0], [30.0, 5.0]]]);
/// assert!((a + 1.0).abs() < 1e-6 && (c - 1.0).abs() < 1e-6 && b == 0.0 && d == 0.0);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{GroupNorm, Network};
///
/// // Two groups do not divide three channels.
/// GroupNorm::<1, 1, 3, 2>::seeded(0).predict(&[[[0.0; 3]]]);
/// ```
#[repr(C)]
pub struct GroupNorm<const H: usize, const W: usize, const C: usize, const G: usize, T = f32> {
    /// γ
    pub scale: [T; C],
    /// β
    pub bias: [T; C],
}

impl_flat! {
    [const H: usize, const W: usize, const C: usize, const G: usize, T: Scalar] GroupNorm<H, W, C, G, T>: T {
        scale: [T; C],
        bias: [T; C],
    }
}

impl<const H: usize, const W: usize, const C: usize, const G: usize, T> GroupNorm<H, W, C, G, T> {
    /// ε, which keeps the quotient finite.
    pub const EPSILON: f64 = EPSILON;

    /// The channels of a group.
    const IN_GROUP: usize = {
        assert!(G > 0 && C.is_multiple_of(G), "a group normalisation's groups divide the channels");
        C / G
    };
}

/// One number for each channel.
type Channels<T, const C: usize> = [T; C];

impl<const H: usize, const W: usize, const C: usize, const G: usize, T: Scalar> GroupNorm<H, W, C, G, T> {
    /// The elements of an image.
    const IMAGE: usize = <[[[T; C]; W]; H]>::LEN;

    /// μ and 1/√(σ² + ε) of each channel's group.
    fn statistics(x: &[T]) -> [Channels<T, C>; 2] {
        let [mut mean, mut inverse] = [[T::ZERO; C]; 2];
        kernels::statistics(Statistics { x, in_group: Self::IN_GROUP, mean: &mut mean, inverse: &mut inverse });
        [mean, inverse]
    }

    /// The same from those of each group.
    fn spread(saved: &[[T; 2]; G]) -> [Channels<T, C>; 2] {
        [0, 1].map(|which| core::array::from_fn(|channel| saved[channel / Self::IN_GROUP][which]))
    }

    fn normalise(&self, x: &[T], [mean, inverse]: &[Channels<T, C>; 2], y: &mut [T]) {
        kernels::normalise(Normalise { x, mean, inverse, scale: &self.scale, bias: &self.bias, y });
    }

    /// Images one after the other.
    fn apply(&self, x: &[T], y: &mut [T]) {
        for (x, y) in x.chunks_exact(Self::IMAGE).zip(y.chunks_exact_mut(Self::IMAGE)) {
            self.normalise(x, &Self::statistics(x), y);
        }
    }

    /// mean(g) and mean(g ⊙ x̂) of each channel's group, from the channels' Σ ∂L/∂y and Σ ∂L/∂y ⊙ x̂.
    fn means(&self, sums: &[Channels<T, C>; 2]) -> [Channels<T, C>; 2] {
        let size = T::of((H * W * Self::IN_GROUP) as f64);
        sums.map(|of_channel| {
            let mut means = of_channel;
            for (means, scale) in means.chunks_exact_mut(Self::IN_GROUP).zip(self.scale.chunks_exact(Self::IN_GROUP)) {
                let sum = means.iter().zip(scale).fold(T::ZERO, |sum, (of_channel, gamma)| sum + *gamma * *of_channel);
                means.fill(sum / size);
            }
            means
        })
    }
}

impl<const H: usize, const W: usize, const C: usize, const G: usize, T: Scalar> Layer for GroupNorm<H, W, C, G, T> {
    type In = [[[T; C]; W]; H];
    type Out = [[[T; C]; W]; H];
    type Head = Linear;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: typednet_tensor::Shape, kind: ParamKind, init: Init) -> Param {
            Param { name, shape, kind, init, fan_in: 1, fan_out: 1 }
        }
        let _ = Self::IN_GROUP;
        LayerInfo {
            name: "GroupNorm",
            args: &[Arg::Size(G)],
            input: Self::In::SHAPE,
            output: Self::Out::SHAPE,
            params: &[
                param("scale", <[T; C]>::SHAPE, ParamKind::Scale, Init::Ones),
                param("bias", <[T; C]>::SHAPE, ParamKind::Bias, Init::Zeros),
            ],
            children: &[],
            flops: 8 * Self::IMAGE as u64,
            behaviour: Behaviour::PLAIN.computing(Operation::OfGroupNorm { groups: G, epsilon: EPSILON }),
        }
    };

    /// μ and 1/√(σ² + ε) of each group
    const SAVED: WorkspaceSize = WorkspaceSize::rows(2 * G);

    /// Σ ∂L/∂y and Σ ∂L/∂y ⊙ x̂ of each channel
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(2 * C);

    #[inline]
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        if Self::IMAGE > 0 {
            self.apply(x.as_flat(), y.as_flat_mut());
        }
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        if Self::IMAGE > 0 {
            let x = flat(x);
            by_rows(run.parallel(), flat_mut(y), Self::IMAGE, |at, y| self.apply(&x[at..at + y.len()], y));
        }
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        if Self::IMAGE == 0 {
            return;
        }
        let saved = Workspace::new(saved, x.len()).samples::<[[T; 2]; G]>();
        by_samples(run.parallel(), saved, Self::IMAGE, |first, saved| {
            for (x, saved) in x[first..].iter().zip(saved) {
                let [mean, inverse] = Self::statistics(x.as_flat());
                let of_group = |group: usize| [mean[group * Self::IN_GROUP], inverse[group * Self::IN_GROUP]];
                *saved = core::array::from_fn(of_group);
            }
        });
        let saved = &*saved;
        by_samples(run.parallel(), y, Self::IMAGE, |first, y| {
            for ((x, saved), y) in x[first..].iter().zip(&saved[first..]).zip(y) {
                self.normalise(x.as_flat(), &Self::spread(saved), y.as_flat_mut());
            }
        });
    }

    /// With x̂ = (x − μ)·s, s = 1/√(σ² + ε), g = ∂L/∂y ⊙ γ and means over the numbers of a group: ∂L/∂β = Σ ∂L/∂y and
    /// ∂L/∂γ = Σ ∂L/∂y ⊙ x̂ over pixels and images; ∂L/∂x = s·(g − mean(g) − x̂·mean(g ⊙ x̂)). Both means follow from the
    /// sums over the pixels of each channel: mean(g) = Σ γ·(Σ ∂L/∂y)/m over the channels of the group.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        if Self::IMAGE == 0 {
            return grad.as_flat_mut().fill(T::ZERO);
        }
        let Trace { x, saved, .. } = trace;
        let saved = &*Workspace::new(saved, x.len()).samples::<[[T; 2]; G]>();
        let sums = Workspace::new(scratch, x.len()).samples::<[[T; C]; 2]>();
        let dy = &*dy;
        by_samples(run.parallel(), sums, Self::IMAGE, |first, sums| {
            for (((x, dy), saved), [sums, products]) in
                x[first..].iter().zip(&dy[first..]).zip(&saved[first..]).zip(sums)
            {
                let [mean, inverse] = &Self::spread(saved);
                kernels::sums(Sums { x: x.as_flat(), dy: dy.as_flat(), mean, inverse, plain: sums, products });
            }
        });
        let sums = &*sums;
        if !run.is_frozen() {
            (grad.bias, grad.scale) = ([T::ZERO; C], [T::ZERO; C]);
            for [sums, products] in sums {
                ops::add(sums, &mut grad.bias);
                ops::add(products, &mut grad.scale);
            }
        }
        let Some(dx) = dx else { return };
        by_samples(run.parallel(), dx, Self::IMAGE, |first, dx| {
            let rows = x[first..].iter().zip(&dy[first..]).zip(saved[first..].iter().zip(&sums[first..]));
            for (((x, dy), (saved, sums)), dx) in rows.zip(dx) {
                let ([mean, inverse], [of_g, of_product]) = (&Self::spread(saved), &self.means(sums));
                let (x, dy, dx) = (x.as_flat(), dy.as_flat(), dx.as_flat_mut());
                kernels::backward(Backward { x, dy, mean, inverse, scale: &self.scale, of_g, of_product, dx });
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;
    use typednet_tensor::Key;

    #[test]
    fn groups_whose_squares_are_infinite_are_normalised_too() {
        let image = |power: i32| -> [[[f32; 4]; 3]; 2] {
            let draw = |n: usize| (Key::new(1).normal::<f64>(n as u64) * 10_f64.powi(power)) as f32;
            core::array::from_fn(|i| core::array::from_fn(|j| core::array::from_fn(|c| draw((i * 3 + j) * 4 + c))))
        };
        let model = GroupNorm::<2, 3, 4, 2>::seeded(0);
        let wanted = model.predict(&image(9));
        for power in [18, 19, 20, 37] {
            let found = model.predict(&image(power));
            for (found, wanted) in flat(&found).iter().zip(flat(&wanted)) {
                assert!((found - wanted).abs() < 1e-5, "1e{power}: {found} for {wanted}");
            }
        }
    }
}
