//! How deep the stack is, by what is left of a pattern that was written to it.

use cortex_m::register::msp;

unsafe extern "C" {
    /// The end of what lies below the stack; the linker script has it.
    static mut __sheap: u32;
}

const PATTERN: u32 = 0xa5a5_5a5a;
/// What this file's own functions may have on the stack below the place that they ask for.
const OWN: usize = 256;

/// Runs `work`, and gives beside its result how many bytes of the stack it has written to, within one word.
#[inline(never)]
pub fn depth_of<R>(work: impl FnOnce() -> R) -> (usize, R) {
    let top = msp::read() as usize;
    fill(top - OWN);
    let result = work();
    (top - lowest(top - OWN), result)
}

fn bottom() -> *mut u32 {
    &raw mut __sheap
}

#[inline(never)]
fn fill(end: usize) {
    let mut word = bottom();
    while (word as usize) < end {
        // SAFETY: it is between the end of the statics and the stack's own last word, where nothing lies: there is no heap, no
        // interrupt, and what is in use of the stack is above `end`.
        unsafe {
            word.write_volatile(PATTERN);
            word = word.add(1);
        }
    }
}

#[inline(never)]
fn lowest(end: usize) -> usize {
    let mut word = bottom();
    // SAFETY: as in `fill`; it is RAM that was written.
    while (word as usize) < end && unsafe { word.read_volatile() } == PATTERN {
        word = word.wrapping_add(1);
    }
    word as usize
}
