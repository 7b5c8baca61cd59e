//! Whether tile registers can be used here. The standard library does not say it on stable Rust.

use crate::NoTiles;

/// Whether this process may use tile registers, and multiply tiles of bf16 by them.
///
/// The processor is asked and the system is asked for its permission once. That is for all threads of the process.
///
/// # Errors
/// What is missing.
#[inline]
pub(crate) fn permitted() -> Result<(), NoTiles> {
    #[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
    {
        static KNOWN: std::sync::OnceLock<Result<(), NoTiles>> = std::sync::OnceLock::new();
        *KNOWN.get_or_init(|| x86::found().verdict(x86::ask_the_system))
    }
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
    {
        Err(NoTiles::Target)
    }
}

/// What the processor says of itself and of the system.
#[cfg(any(test, all(target_arch = "x86_64", target_os = "linux", not(miri))))]
#[derive(Clone, Copy, Debug)]
struct Found {
    /// EDX of leaf 7, or 0 where there is none.
    features: u32,
    /// The registers whose state the system keeps: XCR0, or 0 where it cannot be read.
    kept: u64,
    /// EBX and ECX of leaf 1D, subleaf 1: bytes of a row and the number of tiles, and the rows of a tile; or 0.
    palette: (u32, u32),
}

#[cfg(any(test, all(target_arch = "x86_64", target_os = "linux", not(miri))))]
impl Found {
    /// AMX-BF16 and AMX-TILE in `features`.
    const BF16: u32 = 1 << 22;
    const TILE: u32 = 1 << 24;
    /// The shapes and the contents of tiles in `kept`.
    const TILES_KEPT: u64 = 1 << 17 | 1 << 18;
    /// Rows of 64 bytes in eight tiles, of 16 rows.
    const PALETTE: (u32, u32) = (8 << 16 | 64, 16);

    /// Whether tiles can be used. The system is asked last: that is a call, which gives the number of an error, or 0.
    fn verdict(self, ask: impl FnOnce() -> i32) -> Result<(), NoTiles> {
        let (tile, bf16) = (self.features & Self::TILE != 0, self.features & Self::BF16 != 0);
        if !(tile && bf16 && self.palette == Self::PALETTE) {
            return Err(NoTiles::Processor { tile, bf16 });
        }
        if self.kept & Self::TILES_KEPT != Self::TILES_KEPT {
            return Err(NoTiles::System);
        }
        match ask() {
            0 => Ok(()),
            error => Err(NoTiles::Refused { error }),
        }
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod x86 {
    use core::arch::asm;
    use core::arch::x86_64::{__cpuid, __cpuid_count};

    use super::Found;

    pub(super) fn found() -> Found {
        let last = __cpuid(0).eax;
        let features = if last >= 7 { __cpuid_count(7, 0).edx } else { 0 };
        let palette = if last >= 0x1D {
            let palette = __cpuid_count(0x1D, 1);
            (palette.ebx, palette.ecx & 0xFFFF)
        } else {
            (0, 0)
        };
        Found { features, kept: kept(), palette }
    }

    /// The registers whose state the system keeps.
    fn kept() -> u64 {
        const OSXSAVE: u32 = 1 << 27;
        if __cpuid(1).ecx & OSXSAVE == 0 {
            return 0;
        }
        let (low, high): (u32, u32);
        // SAFETY: the bit says that the system has allowed the instruction; it reads a register.
        unsafe {
            asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags));
        }
        u64::from(high) << 32 | u64::from(low)
    }

    /// Asks for the permission to use tiles, of 8 KB a thread, which the system gives to processes that ask: `arch_prctl` of Linux.
    pub(super) fn ask_the_system() -> i32 {
        const ARCH_PRCTL: i64 = 158;
        const ARCH_REQ_XCOMP_PERM: u64 = 0x1023;
        const XFEATURE_XTILEDATA: u64 = 18;
        let result: i64;
        // SAFETY: the call takes two numbers and touches no memory of the program. It changes `rax`, `rcx` and `r11`.
        unsafe {
            asm!(
                "syscall",
                inlateout("rax") ARCH_PRCTL => result,
                in("rdi") ARCH_REQ_XCOMP_PERM,
                in("rsi") XFEATURE_XTILEDATA,
                out("rcx") _,
                out("r11") _,
                options(nostack)
            );
        }
        // From -4095 to -1: the number of an error.
        -(result as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Found =
        Found { features: Found::BF16 | Found::TILE, kept: 7 | Found::TILES_KEPT, palette: Found::PALETTE };

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let never = || panic!("the system is asked last");
        let processor = |tile, bf16| Err(NoTiles::Processor { tile, bf16 });
        for (found, wanted) in [
            (Found { features: 0, ..WHOLE }, processor(false, false)),
            (Found { features: Found::TILE, ..WHOLE }, processor(true, false)),
            (Found { features: Found::BF16, ..WHOLE }, processor(false, true)),
            (Found { palette: (8 << 16 | 32, 16), ..WHOLE }, processor(true, true)),
            (Found { kept: 0, ..WHOLE }, Err(NoTiles::System)),
            (Found { kept: 1 << 17, ..WHOLE }, Err(NoTiles::System)),
            (Found { kept: 1 << 18, ..WHOLE }, Err(NoTiles::System)),
        ] {
            assert_eq!(found.verdict(never), wanted, "{found:?}");
        }
        assert_eq!(WHOLE.verdict(|| 0), Ok(()));
        assert_eq!(WHOLE.verdict(|| 95), Err(NoTiles::Refused { error: 95 }));
    }

    /// What the system writes of the processor is asked where it can be read.
    #[test]
    #[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
    fn the_processor_says_what_the_system_says_of_it() {
        let Ok(text) = std::fs::read_to_string("/proc/cpuinfo") else { return };
        let Some(flags) = text.lines().find(|line| line.starts_with("flags")) else { return };
        let has = |name: &str| flags.split_whitespace().any(|flag| flag == name);
        let found = x86::found();
        assert_eq!(has("amx_tile"), found.features & Found::TILE != 0);
        assert_eq!(has("amx_bf16"), found.features & Found::BF16 != 0);
        assert_eq!(has("avx"), found.kept & 6 == 6, "XCR0 is {:x}", found.kept);
        if !(has("amx_tile") && has("amx_bf16")) {
            let (tile, bf16) = (has("amx_tile"), has("amx_bf16"));
            assert_eq!(permitted(), Err(NoTiles::Processor { tile, bf16 }));
        }
    }
}
