//! What several lanes have in common, written once: methods of [`Simd`](super::Simd) for the blocks of their implementations.
//!
//! They are macros since a lane names its instructions, one for `f32` and one for `f64`; default methods of the trait are the same
//! for all.
//!
//! | macro | lanes | methods |
//! | --- | --- | --- |
//! | `of_registers` | AVX2, AVX-512, NEON | one instruction each: loads, stores, arithmetic |
//! | `of_x86` | AVX2, AVX-512 | what their instructions have in common beyond that, and stores past the caches |
//! | `of_lengths` | NEON, portable | parts of vectors as their lengths, what goes through the elements of an array, and calls |

/// The methods of a lane whose vectors are registers, by an instruction for each.
///
/// The lane's token exists only where the processor has these instructions, which is what each SAFETY note begins with.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! of_registers {
    (
        $t:ident, $lanes:literal, splat $splat:ident, load $load:ident, store $store:ident, add $add:ident, sub $sub:ident,
        mul $mul:ident, div $div:ident, sqrt $sqrt:ident
    ) => {
        const LANES: usize = $lanes;

        #[inline(always)]
        fn splat(self, x: $t) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $splat(x) }
        }
        #[inline(always)]
        fn load(self, x: &[$t]) -> Self::V {
            assert!(x.len() >= $lanes);
            // SAFETY: the processor has the instruction, and the slice a whole vector.
            unsafe { $load(x.as_ptr()) }
        }
        #[inline(always)]
        fn store(self, v: Self::V, to: &mut [$t]) {
            assert!(to.len() >= $lanes);
            // SAFETY: the processor has the instruction, and the slice a whole vector.
            unsafe { $store(to.as_mut_ptr(), v) }
        }
        #[inline(always)]
        unsafe fn load_at(self, from: *const $t) -> Self::V {
            // SAFETY: the processor has the instruction; the caller promises the elements.
            unsafe { $load(from) }
        }
        #[inline(always)]
        unsafe fn store_at(self, v: Self::V, to: *mut $t) {
            // SAFETY: the processor has the instruction; the caller promises the elements.
            unsafe { $store(to, v) }
        }
        #[inline(always)]
        fn add(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $add(a, b) }
        }
        #[inline(always)]
        fn sub(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $sub(a, b) }
        }
        #[inline(always)]
        fn mul(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $mul(a, b) }
        }
        #[inline(always)]
        fn div(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $div(a, b) }
        }
        #[inline(always)]
        fn sqrt(self, a: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $sqrt(a) }
        }
        #[inline(always)]
        fn each(self, a: Self::V, f: impl Fn($t) -> $t) -> Self::V {
            let mut all = [0.0; $lanes];
            self.store(a, &mut all);
            self.load(&all.map(f))
        }
    };
}

/// The methods that the lanes of x86-64 have in common beyond [`of_registers`].
#[cfg(target_arch = "x86_64")]
macro_rules! of_x86 {
    (
        $t:ident, $v:ident, $lanes:literal, stream $stream:ident, fma $fma:ident, max $max:ident, min $min:ident, round $round:ident,
        cmp $cmp:ident, widen $widen:expr, sum $sum:expr, largest $largest:expr, pow2 $pow2:expr
    ) => {
        const BLOCK: usize = transpose::avx2::$t::BLOCK;

        #[inline(always)]
        unsafe fn stream_at(self, v: Self::V, to: *mut $t) {
            debug_assert!(to.addr().is_multiple_of(size_of::<$v>()));
            // SAFETY: the processor has the instruction; the caller promises the elements and the alignment.
            unsafe { $stream(to, v) }
            streamed();
        }
        #[inline(always)]
        fn publish(self) {
            fence();
        }
        #[inline(always)]
        unsafe fn transpose_at(self, from: *const $t, from_row: usize, to: *mut $t, to_row: usize) {
            // SAFETY: the processor has the instructions; the caller promises the elements.
            unsafe { transpose::avx2::$t::block(from, from_row, to, to_row) }
        }
        #[inline(always)]
        fn widen(self, x: &[u8]) -> Self::V {
            let x: &[u8; $lanes] = x.first_chunk().expect("a whole vector");
            // SAFETY: the processor has the instructions.
            unsafe { $widen(x) }
        }
        #[inline(always)]
        fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $fma(a, b, c) }
        }
        #[inline(always)]
        fn max(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $max(a, b) }
        }
        #[inline(always)]
        fn min(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $min(a, b) }
        }
        #[inline(always)]
        fn round(self, a: Self::V) -> Self::V {
            // SAFETY: the processor has the instruction.
            unsafe { $round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
        }
        #[inline(always)]
        fn pow2(self, n: Self::V) -> Self::V {
            // SAFETY: the processor has the instructions.
            unsafe { $pow2(n) }
        }
        #[inline(always)]
        fn lt(self, a: Self::V, b: Self::V) -> Self::M {
            // SAFETY: the processor has the instruction.
            unsafe { $cmp::<_CMP_LT_OQ>(a, b) }
        }
        #[inline(always)]
        fn le(self, a: Self::V, b: Self::V) -> Self::M {
            // SAFETY: the processor has the instruction.
            unsafe { $cmp::<_CMP_LE_OQ>(a, b) }
        }
        #[inline(always)]
        fn eq(self, a: Self::V, b: Self::V) -> Self::M {
            // SAFETY: the processor has the instruction.
            unsafe { $cmp::<_CMP_EQ_OQ>(a, b) }
        }
        #[inline(always)]
        fn sum(self, a: Self::V) -> $t {
            // SAFETY: the processor has the instructions.
            unsafe { $sum(a) }
        }
        #[inline(always)]
        fn largest(self, a: Self::V) -> $t {
            // SAFETY: the processor has the instructions.
            unsafe { $largest(a) }
        }
    };
}

/// The methods of a lane without masks, for which part of a vector is a length; `$array` makes an array of a vector.
macro_rules! of_lengths {
    ($t:ident, $lanes:literal, array $array:expr) => {
        const BLOCK: usize = 4;

        #[inline(always)]
        fn load_part(self, x: &[$t], fill: $t) -> Self::V {
            let mut v = [fill; $lanes];
            v[..x.len()].copy_from_slice(x);
            self.load(&v)
        }
        #[inline(always)]
        fn store_part(self, v: Self::V, to: &mut [$t]) {
            let all: [$t; $lanes] = $array(self, v);
            let len = to.len();
            to.copy_from_slice(&all[..len]);
        }
        #[inline(always)]
        fn call<K: Kernel<$t>>(self, kernel: K) -> K::Output {
            #[inline(never)]
            fn run<T, S: Simd<T>, K: Kernel<T>>(kernel: K, s: S) -> K::Output {
                kernel.run(s)
            }
            run(kernel, self)
        }
        #[inline(always)]
        fn part(self, len: usize) -> usize {
            assert!(len <= $lanes);
            len
        }
        #[inline(always)]
        unsafe fn load_part_at(self, from: *const $t, part: usize) -> Self::V {
            if part == $lanes {
                // SAFETY: the caller promises `part` elements, and that is a whole vector.
                return unsafe { self.load_at(from) };
            }
            // SAFETY: the caller promises `part` elements.
            self.load_part(unsafe { core::slice::from_raw_parts(from, part) }, 0.0)
        }
        #[inline(always)]
        unsafe fn store_part_at(self, v: Self::V, to: *mut $t, part: usize) {
            // SAFETY: the caller promises `part` elements.
            self.store_part(v, unsafe { core::slice::from_raw_parts_mut(to, part) });
        }
        #[inline(always)]
        unsafe fn transpose_at(self, from: *const $t, from_row: usize, to: *mut $t, to_row: usize) {
            // SAFETY: the caller's promise is the same one.
            unsafe { transpose::portable::<_, 4>(from, from_row, to, to_row) }
        }
        #[inline(always)]
        fn widen(self, x: &[u8]) -> Self::V {
            let x: &[u8; $lanes] = x.first_chunk().expect("a whole vector");
            self.load(&x.map($t::from))
        }
        #[inline(always)]
        fn sum(self, a: Self::V) -> $t {
            let mut all: [$t; $lanes] = $array(self, a);
            let mut len = $lanes / 2;
            while len > 0 {
                for i in 0..len {
                    all[i] += all[i + len];
                }
                len /= 2;
            }
            all[0]
        }
        #[inline(always)]
        fn largest(self, a: Self::V) -> $t {
            let all: [$t; $lanes] = $array(self, a);
            all.into_iter().fold($t::NEG_INFINITY, |a, b| if a > b { a } else { b })
        }
        #[inline(always)]
        fn exp(self, a: Self::V) -> Self::V {
            exp::$t::exp(self, a)
        }
        #[inline(always)]
        fn exp_of_moderate(self, a: Self::V) -> Self::V {
            exp::$t::exp_of_moderate(self, a)
        }
    };
}

pub(super) use of_lengths;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use of_registers;
#[cfg(target_arch = "x86_64")]
pub(super) use of_x86;
