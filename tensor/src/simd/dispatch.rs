//! The choice of the lane.

use core::sync::atomic::{AtomicU8, Ordering};

use super::{Kernel, Portable};

/// Run-time detection with `std`, what the crate was compiled for without.
#[cfg(target_arch = "x86_64")]
macro_rules! has {
    ($($feature:tt),+) => {{
        #[cfg(feature = "std")]
        let has = [$(std::arch::is_x86_feature_detected!($feature)),+] == [true; [$($feature),+].len()];
        #[cfg(not(feature = "std"))]
        let has = cfg!(all($(target_feature = $feature),+));
        has
    }};
}

/// A set of vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Lane {
    /// Plain arrays; the reference.
    Portable = 1,
    /// x86-64 with AVX2 and FMA.
    Avx2 = 2,
    /// x86-64 with AVX-512F.
    Avx512 = 3,
    /// aarch64.
    Neon = 4,
}

impl Lane {
    /// All lanes, narrowest first.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Avx2, Self::Avx512, Self::Neon];

    /// The lane's name, as `TYPEDNET_LANE` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    /// Whether this processor has the lane's instructions.
    pub fn available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => has!("avx2", "fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => has!("avx512f", "avx2", "fma"),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => true,
            #[allow(unreachable_patterns, reason = "which lanes are left depends on the target")]
            _ => false,
        }
    }
}

/// The lane that kernels run on: the widest available one, or what `TYPEDNET_LANE` says.
///
/// # Panics
/// If `TYPEDNET_LANE` names no lane, or one that this processor does not have, or `TYPEDNET_MATMUL` no
/// [`Backend`](crate::matmul::Backend).
#[inline]
pub fn lane() -> Lane {
    chosen().lane
}

/// A lane, and how it came to be the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Chosen {
    /// The lane.
    pub lane: Lane,
    /// Whether it was asked for. If not, it is the widest that this processor has.
    pub forced: bool,
    /// Whether every matrix product is left to `matrixmultiply`.
    pub library: bool,
}

/// [`lane`], and whether `TYPEDNET_LANE` says so.
#[inline]
pub(crate) fn chosen() -> Chosen {
    let code = CHOSEN.load(Ordering::Relaxed);
    let lane = match code & !(FORCED | LIBRARY) {
        1 => Lane::Portable,
        2 => Lane::Avx2,
        3 => Lane::Avx512,
        4 => Lane::Neon,
        _ => return choose(),
    };
    Chosen { lane, forced: code & FORCED != 0, library: code & LIBRARY != 0 }
}

/// The lane's number with [`FORCED`] and [`LIBRARY`], or 0 as long as nobody has asked.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

const FORCED: u8 = 0x80;
const LIBRARY: u8 = 0x40;

#[cold]
fn choose() -> Chosen {
    let widest = Lane::ALL.into_iter().rfind(|lane| lane.available()).unwrap_or(Lane::Portable);
    let forced = forced();
    let chosen = Chosen { lane: forced.unwrap_or(widest), forced: forced.is_some(), library: library() };
    let marks = if chosen.forced { FORCED } else { 0 } | if chosen.library { LIBRARY } else { 0 };
    CHOSEN.store(chosen.lane as u8 | marks, Ordering::Relaxed);
    chosen
}

/// Leaves every matrix product to `matrixmultiply`, or takes that back.
#[cfg(feature = "matrixmultiply")]
pub(crate) fn leave_products_to_the_library(library: bool) {
    // So that there is a lane to keep.
    let _ = chosen();
    if library {
        CHOSEN.fetch_or(LIBRARY, Ordering::Relaxed);
    } else {
        CHOSEN.fetch_and(!LIBRARY, Ordering::Relaxed);
    }
}

#[cfg(feature = "std")]
fn forced() -> Option<Lane> {
    let name = std::env::var("TYPEDNET_LANE").ok()?;
    let Some(lane) = Lane::ALL.into_iter().find(|lane| lane.name() == name) else {
        panic!("TYPEDNET_LANE is `{name}`, which is no lane: use portable, avx2, avx512 or neon");
    };
    assert!(lane.available(), "TYPEDNET_LANE is `{name}`, but this processor does not have these instructions");
    Some(lane)
}

#[cfg(not(feature = "std"))]
fn forced() -> Option<Lane> {
    None
}

#[cfg(feature = "std")]
fn library() -> bool {
    let Ok(name) = std::env::var("TYPEDNET_MATMUL") else { return false };
    assert!(
        name == "matrixmultiply" || name == "auto",
        "TYPEDNET_MATMUL is `{name}`, which computes no products: use matrixmultiply or auto"
    );
    assert!(
        name == "auto" || cfg!(feature = "matrixmultiply"),
        "TYPEDNET_MATMUL is `matrixmultiply`, but this program is built without the feature of that name"
    );
    name == "matrixmultiply"
}

#[cfg(not(feature = "std"))]
fn library() -> bool {
    false
}

macro_rules! dispatch {
    ($t:ident) => {
        /// Runs `kernel` on `lane`.
        ///
        /// # Panics
        /// If this processor does not have the lane.
        #[inline]
        pub(crate) fn $t<K: Kernel<$t>>(lane: Lane, kernel: K) -> K::Output {
            match lane {
                #[cfg(target_arch = "x86_64")]
                Lane::Avx2 if lane.available() => {
                    #[target_feature(enable = "avx2,fma")]
                    #[inline]
                    fn run<K: Kernel<$t>>(kernel: K, token: super::avx2::Avx2) -> K::Output {
                        kernel.run(token)
                    }
                    // SAFETY: the processor has AVX2 and FMA.
                    unsafe { run(kernel, super::avx2::Avx2::new()) }
                }
                #[cfg(target_arch = "x86_64")]
                Lane::Avx512 if lane.available() => {
                    #[target_feature(enable = "avx512f,avx2,fma")]
                    #[inline]
                    fn run<K: Kernel<$t>>(kernel: K, token: super::avx512::Avx512) -> K::Output {
                        kernel.run(token)
                    }
                    // SAFETY: the processor has AVX-512F, AVX2 and FMA.
                    unsafe { run(kernel, super::avx512::Avx512::new()) }
                }
                #[cfg(target_arch = "aarch64")]
                Lane::Neon => {
                    // SAFETY: every aarch64 processor that the standard targets name has NEON.
                    kernel.run(unsafe { super::neon::Neon::new() })
                }
                Lane::Portable => kernel.run(Portable),
                _ => panic!("this processor does not have the lane {}", lane.name()),
            }
        }
    };
}

dispatch!(f32);
dispatch!(f64);
