//! What each program of this folder does with its network: computes outputs, and says what they cost.
//!
//! It prints lines of a name and a value through the debugger (semihosting), which `cargo xtask check cortex` compares with what the
//! host computes and with what the linker has laid out.
#![no_std]

pub mod stack;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::{debug, hprintln};
use typednet::layers::LayerInfo;

/// The board's clock: with `-icount shift=0` the emulator's clock goes on by 1 ns for each instruction, and this one at 25 MHz.
const INSTRUCTIONS_OF_A_TICK: u32 = 1_000_000_000 / 25_000_000;

/// Says what is known before: the bytes of the parameters, those that a sample is computed in, those of the kernels' arrays on the
/// stack, and of each layer the bytes of its parameters and of what it gives. An element of the network has `element` bytes.
pub fn before(flash: usize, ram: usize, stack: usize, tree: &LayerInfo, element: usize) {
    hprintln!("flash_bytes {}", flash);
    hprintln!("ram_bytes {}", ram);
    hprintln!("stack_bytes {}", stack);
    tree.visit_leaves(&mut |_, layer, _| {
        hprintln!("layer {} {} {}", element * layer.len(), 4 * layer.output.len(), layer);
    });
}

/// Computes the outputs of `samples` samples and prints their bits, and calls `look` with each; of the first, what it has cost too.
pub fn run<const O: usize>(
    samples: usize,
    mut predict: impl FnMut(usize, &mut [f32; O]),
    look: impl Fn(usize, &[f32; O]),
    y: &mut [f32; O],
) -> ! {
    let mut clock = clock();
    for sample in 0..samples {
        let (deepest, ticks) = stack::depth_of(|| ticks_of(&mut clock, || predict(sample, y)));
        if sample == 0 {
            hprintln!("stack {}", deepest);
            // One tick is what two readings take, at most.
            hprintln!("instructions {}", ticks * INSTRUCTIONS_OF_A_TICK);
        }
        for y in y.iter() {
            hprintln!("output {:08x}", y.to_bits());
        }
        look(sample, y);
    }
    debug::exit(debug::EXIT_SUCCESS);
    loop {
        cortex_m::asm::nop();
    }
}

/// The counter, at its start.
fn clock() -> SYST {
    let mut clock = cortex_m::Peripherals::take().expect("they are taken once").SYST;
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(0x00ff_ffff);
    clock
}

/// The ticks that `work` takes: at most 2²⁴, 0.67 s.
fn ticks_of(clock: &mut SYST, work: impl FnOnce()) -> u32 {
    clock.clear_current();
    clock.enable_counter();
    let start = SYST::get_current();
    work();
    let end = SYST::get_current();
    assert!(!clock.has_wrapped(), "it takes longer than the counter counts");
    clock.disable_counter();
    // It counts down, and from 0 to its largest value first.
    start.wrapping_sub(end) & 0x00ff_ffff
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::nop();
    }
}
