//! The instruction sets, and the two loops in each of them.

/// A set of instructions on vectors of float32.
#[derive(Clone, Copy, PartialEq)]
pub enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// What every processor of this architecture has, by the compiler's own choice.
    Portable,
}

impl Set {
    /// Those of this processor, the widest first.
    pub fn here() -> impl Iterator<Item = Self> {
        let sets = [
            #[cfg(target_arch = "x86_64")]
            (Self::Avx512, is_x86_feature_detected!("avx512f")),
            #[cfg(target_arch = "x86_64")]
            (Self::Avx2, is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")),
            #[cfg(target_arch = "aarch64")]
            (Self::Neon, true),
            (Self::Portable, true),
        ];
        sets.into_iter().filter(|(_, here)| *here).map(|(set, _)| set)
    }

    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "AVX2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon => "NEON",
            Self::Portable => "portable",
        }
    }

    /// Numbers in a register.
    pub fn width(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => 16,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => 8,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => 4,
            Self::Portable => 4,
        }
    }

    /// `repeats` multiplications and additions in each of `SUMS` registers, and the sum of their first numbers.
    pub fn multiply_add<const SUMS: usize>(self, repeats: usize) -> f32 {
        // SAFETY: `here` gives only sets that this processor has, and nobody else makes one.
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512::multiply_add::<SUMS>(repeats) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2::multiply_add::<SUMS>(repeats) },
            #[cfg(target_arch = "aarch64")]
            Self::Neon => unsafe { neon::multiply_add::<SUMS>(repeats) },
            Self::Portable => portable::multiply_add::<SUMS>(repeats),
        }
    }

    /// What an optimiser with two moments reads and writes for each parameter, with next to no arithmetic: all of four arrays
    /// is read, all of three is written.
    pub fn update(self, data: [&mut [f32]; 3], gradient: &[f32]) {
        // SAFETY: as above.
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512::update(data, gradient) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2::update(data, gradient) },
            #[cfg(target_arch = "aarch64")]
            Self::Neon => unsafe { neon::update(data, gradient) },
            Self::Portable => portable::update(data, gradient),
        }
    }
}

/// The two loops in the instructions of a set.
macro_rules! loops {
    ($module:ident, $features:literal, $width:literal, $arch:ident, $set:ident, $load:ident, $store:ident, $fma:expr, $first:expr) => {
        mod $module {
            use std::arch::$arch::*;
            use std::hint::black_box;

            #[target_feature(enable = $features)]
            #[inline(never)]
            pub unsafe fn multiply_add<const SUMS: usize>(repeats: usize) -> f32 {
                let (factor, term) = ($set(black_box(0.999)), $set(black_box(0.001)));
                let mut sums = [$set(black_box(1.0)); SUMS];
                for _ in 0..repeats {
                    for sum in &mut sums {
                        *sum = $fma(*sum, factor, term);
                    }
                }
                sums.map(|sum| $first(sum)).iter().sum()
            }

            #[target_feature(enable = $features)]
            #[inline(never)]
            pub unsafe fn update([weights, first, second]: [&mut [f32]; 3], gradient: &[f32]) {
                let factor = $set(0.5);
                let rows = weights.chunks_exact_mut($width).zip(first.chunks_exact_mut($width));
                let others = second.chunks_exact_mut($width).zip(gradient.chunks_exact($width));
                for ((weights, first), (second, gradient)) in rows.zip(others) {
                    // SAFETY: each is a chunk of as many numbers as a register has; none overlaps another.
                    unsafe {
                        let gradient = $load(gradient.as_ptr());
                        let one = $fma($load(first.as_ptr()), factor, gradient);
                        let two = $fma($load(second.as_ptr()), factor, gradient);
                        $store(first.as_mut_ptr(), one);
                        $store(second.as_mut_ptr(), two);
                        $store(weights.as_mut_ptr(), $fma(one, two, $load(weights.as_ptr())));
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
loops!(
    avx512,
    "avx512f",
    16,
    x86_64,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_fmadd_ps,
    _mm512_cvtss_f32
);
#[cfg(target_arch = "x86_64")]
loops!(
    avx2,
    "avx2,fma",
    8,
    x86_64,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_fmadd_ps,
    _mm256_cvtss_f32
);
#[cfg(target_arch = "aarch64")]
loops!(
    neon,
    "neon",
    4,
    aarch64,
    vdupq_n_f32,
    vld1q_f32,
    vst1q_f32,
    |a, b, c| vfmaq_f32(c, a, b),
    |sum| vgetq_lane_f32::<0>(sum)
);

mod portable {
    use std::hint::black_box;

    #[inline(never)]
    pub fn multiply_add<const SUMS: usize>(repeats: usize) -> f32 {
        let (factor, term) = (black_box([0.999; 4]), black_box([0.001; 4]));
        let mut sums = black_box([[1.0_f32; 4]; SUMS]);
        for _ in 0..repeats {
            for sum in &mut sums {
                for ((sum, factor), term) in sum.iter_mut().zip(&factor).zip(&term) {
                    *sum = *sum * factor + term;
                }
            }
        }
        sums.map(|sum| sum[0]).iter().sum()
    }

    #[inline(never)]
    pub fn update([weights, first, second]: [&mut [f32]; 3], gradient: &[f32]) {
        for (((weight, first), second), gradient) in weights.iter_mut().zip(first).zip(second).zip(gradient) {
            *first = *first * 0.5 + gradient;
            *second = *second * 0.5 + gradient;
            *weight += *first * *second;
        }
    }
}
