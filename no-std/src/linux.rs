//! What a program needs to run on Linux on x86-64 without libc.

use core::arch::{asm, global_asm};
use core::panic::PanicInfo;

global_asm!(".globl _start", "_start:", "and rsp, -16", "call {start}", "ud2", start = sym start);

extern "C" fn start() -> ! {
    crate::main();
    exit(0)
}

/// Writes to the standard output.
pub fn write(bytes: &[u8]) {
    // SAFETY: system call 1 (write) reads `len` bytes from a valid slice; the kernel clobbers rcx and r11.
    unsafe {
        asm!(
            "syscall", inlateout("rax") 1_usize => _, in("rdi") 1, in("rsi") bytes.as_ptr(), in("rdx") bytes.len(),
            out("rcx") _, out("r11") _, options(nostack, readonly)
        );
    }
}

fn exit(code: i32) -> ! {
    // SAFETY: system call 60 (exit) does not return.
    unsafe { asm!("syscall", in("rax") 60, in("rdi") code, options(noreturn, nostack)) }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    write(b"panic\n");
    exit(101)
}

// The compiler calls these four for moves of memory; libc would have them.

#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller lends `len` readable and `len` writable bytes that do not overlap.
    unsafe { asm!("rep movsb", inout("rdi") to => _, inout("rsi") from => _, inout("rcx") len => _) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    if (to as usize).wrapping_sub(from as usize) >= len {
        // SAFETY: copying forwards does not overwrite what is still to be read.
        unsafe { memcpy(to, from, len) }
    } else {
        // SAFETY: `to` lies inside the source, so copying backwards does not either; the flag is put back.
        unsafe {
            asm!(
                "std", "rep movsb", "cld",
                inout("rdi") to.add(len).wrapping_sub(1) => _, inout("rsi") from.add(len).wrapping_sub(1) => _,
                inout("rcx") len => _
            );
        }
        to
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
    // SAFETY: the caller lends `len` writable bytes.
    unsafe { asm!("rep stosb", inout("rdi") to => _, in("al") byte as u8, inout("rcx") len => _) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
    let mut i = 0;
    while i < len {
        // SAFETY: the caller lends `len` readable bytes each; the reads are volatile so that this loop is not turned
        // into a call of itself.
        let (x, y) = unsafe { (a.add(i).read_volatile(), b.add(i).read_volatile()) };
        if x != y {
            return i32::from(x) - i32::from(y);
        }
        i += 1;
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
    // SAFETY: the same promise.
    unsafe { memcmp(a, b, len) }
}
