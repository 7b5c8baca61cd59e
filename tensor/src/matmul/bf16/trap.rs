//! The instructions of `amx.rs` on a processor that has none of them: each one traps, and the model does what it says.

use std::ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::amx::Amx;
use super::driver::{INNER, Operands, Room, drive};
use super::model::Model;
use super::tests::{bits, numbers, turned, views};
use super::{MatMut, permitted};
use crate::Scalar;
use crate::matmul::reference;
use crate::simd::{Kernel, Simd, lane};

/// The registers, and what was done with them.
struct Trapped {
    model: Model,
    is_set_up: bool,
    times_set_up: usize,
    instructions: usize,
}

/// Those of the thread that runs the test.
static TRAPPED: AtomicPtr<Trapped> = AtomicPtr::new(null_mut());

const SIGILL: i32 = 4;
const SA_SIGINFO: i32 = 4;
const SIG_DFL: usize = 0;

/// `struct sigaction` of the C library.
#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: i32,
    restorer: usize,
}

impl Action {
    const fn of(handler: usize, flags: i32) -> Self {
        Self { handler, mask: [0; 16], flags, restorer: 0 }
    }
}

unsafe extern "C" {
    fn sigaction(signal: i32, action: *const Action, old: *mut Action) -> i32;
}

/// The beginning of `struct ucontext_t`: flags, a link and a stack, and then the registers.
#[repr(C)]
struct Context {
    before: [u64; 5],
    registers: [u64; 23],
}

impl Context {
    const RIP: usize = 16;

    /// The register of this number in an instruction.
    fn register(&self, number: u8) -> usize {
        /// RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI and then R8 to R15.
        const PLACES: [usize; 16] = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];
        self.registers[PLACES[usize::from(number)]] as usize
    }
}

/// An instruction with a prefix of three bytes, as those of AMX have.
struct Instruction {
    /// Prefix and opcode, which tell the instructions apart.
    kind: (u8, u8),
    /// The register in the last byte of the opcode, that in its memory operand's place, and the third one.
    registers: (u8, u8, u8),
    /// Whether there is a memory operand, its address, and what its index register holds.
    memory: Option<(usize, usize)>,
    len: u64,
}

impl Instruction {
    /// The instruction at the place where the thread was interrupted, if it is of this kind.
    fn at(context: &Context) -> Option<Self> {
        let from = with_exposed_provenance::<u8>(context.registers[Context::RIP] as usize);
        // SAFETY: the program's own code; a function does not end within the bytes of an instruction.
        let byte = |at: usize| unsafe { from.add(at).read() };
        // VEX of three bytes, the table 0F38.
        if byte(0) != 0xC4 || byte(1) & 0x1F != 2 {
            return None;
        }
        let extended = |bit: u8| if byte(1) >> bit & 1 == 0 { 8 } else { 0 };
        let (kind, third, form) = ((byte(2) & 3, byte(3)), !(byte(2) >> 3) & 15, byte(4));
        let (mut len, low) = (5, form & 7);
        let mut memory = None;
        if form >> 6 != 3 {
            let (mut base, mut stride) = (low | extended(5), 0);
            if low == 4 {
                let (index, of_base) = (byte(5) >> 3 & 7 | extended(6), byte(5) & 7 | extended(5));
                (base, len) = (of_base, 6);
                stride = if index == 4 { 0 } else { context.register(index) << (byte(5) >> 6) };
            }
            // No base at all is of no use here.
            if form >> 6 == 0 && base & 7 == 5 {
                return None;
            }
            let offset = match form >> 6 {
                1 => isize::from(byte(len).cast_signed()),
                2 => i32::from_le_bytes([0, 1, 2, 3].map(|i| byte(len + i))) as isize,
                _ => 0,
            };
            len += [0, 1, 4][usize::from(form >> 6)];
            memory = Some((context.register(base).wrapping_add_signed(offset), stride));
        }
        Some(Self { kind, registers: (form >> 3 & 7, low, third), memory, len: len as u64 })
    }
}

impl Trapped {
    /// Does what the instruction says, if it is one of AMX.
    fn run(&mut self, instruction: &Instruction) -> Option<()> {
        let (first, second, third) = instruction.registers;
        let rows = |(address, stride): (usize, usize)| (0..16).map(move |row| address + row * stride);
        match (instruction.kind, instruction.memory) {
            // ldtilecfg
            ((0, 0x49), Some((address, _))) => {
                // SAFETY: the instruction reads 64 bytes.
                let shapes = unsafe { with_exposed_provenance::<[u8; 64]>(address).read() };
                let row = |i: usize| u16::from_le_bytes([shapes[16 + 2 * i], shapes[17 + 2 * i]]);
                assert_eq!(shapes[..16], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "palette 1 from row 0");
                assert!((0..8).all(|i| (row(i), shapes[48 + i]) == (64, 16)), "16 rows of 64 bytes: {shapes:?}");
                assert!((8..16).all(|i| (row(i), shapes[48 + i]) == (0, 0)), "no more than eight: {shapes:?}");
                (self.model, self.is_set_up) = (Model::new(), true);
                self.times_set_up += 1;
            }
            _ if !self.is_set_up => return None,
            // tilerelease
            ((0, 0x49), None) => self.is_set_up = false,
            // tilezero
            ((3, 0x49), None) => self.model.write(first, [[0; 64]; 16].into_iter()),
            // tileloadd
            ((3, 0x4B), Some(memory)) => {
                // SAFETY: the instruction reads 64 bytes of each row.
                self.model
                    .write(first, rows(memory).map(|row| unsafe { with_exposed_provenance::<[u8; 64]>(row).read() }));
            }
            // tilestored
            ((2, 0x4B), Some(memory)) => {
                for (from, to) in self.model.read(first).iter().zip(rows(memory)) {
                    // SAFETY: the instruction writes 64 bytes of each row.
                    unsafe { with_exposed_provenance_mut::<[u8; 64]>(to).write(*from) };
                }
            }
            // tdpbf16ps
            ((2, 0x5C), None) => self.model.multiply(first, second, third),
            _ => return None,
        }
        self.instructions += 1;
        Some(())
    }
}

/// Steps over the instruction that was met once its work is done. What else is met ends the process, as it does without this.
extern "C" fn on_trap(_: i32, _: *mut u8, context: *mut Context) {
    // SAFETY: the system gives the handler what the thread was interrupted in, and nobody else has it.
    let context = unsafe { &mut *context };
    // SAFETY: the test keeps it there as long as its thread may meet such an instruction; one thread does.
    let trapped = unsafe { TRAPPED.load(Ordering::Acquire).as_mut() };
    let done = Instruction::at(context).and_then(|it| trapped?.run(&it).map(|()| it.len));
    if let Some(len) = done {
        context.registers[Context::RIP] += len;
        return;
    }
    let action = Action::of(SIG_DFL, 0);
    // SAFETY: the action is whole.
    unsafe { sigaction(SIGILL, &raw const action, null_mut()) };
}

/// The driver by the instructions.
struct ByInstructions<'a>(Operands<'a>);

impl Kernel<f32> for ByInstructions<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        // SAFETY: the processor has no such instructions, so `on_trap` is called for each of them.
        drive(&mut unsafe { Amx::set_up() }, s, self.0, &mut Room::new());
    }
}

#[test]
fn the_instructions_trapped_are_the_reference_to_the_bit() {
    if permitted().is_ok() {
        println!("skipped: this processor has the instructions, and runs them in a test of their own");
        return;
    }
    let trapped =
        Box::into_raw(Box::new(Trapped { model: Model::new(), is_set_up: false, times_set_up: 0, instructions: 0 }));
    TRAPPED.store(trapped, Ordering::Release);
    let (action, mut before) = (Action::of(on_trap as *const () as usize, SA_SIGINFO), Action::of(SIG_DFL, 0));
    // SAFETY: both actions are whole, and the handler does what one may: it allocates nothing and waits for nobody.
    assert_eq!(unsafe { sigaction(SIGILL, &raw const action, &raw mut before) }, 0);
    let mut times = 0;
    for (m, k, n) in [(1, 1, 1), (16, 32, 16), (17, 33, 15), (33, 70, 40), (40, 100, 32), (5, INNER + 40, 18)] {
        let (a, b, bias) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3));
        let (a_turned, b_turned) = (turned(&a, k), turned(&b, n));
        for bias in [None, Some(&bias[..])] {
            let mut wanted = vec![f32::NAN; m * n];
            reference::product_bf16(&a, &b, bias.unwrap_or_default(), &mut wanted, k, n);
            for (a, b) in views((&a, &a_turned), (&b, &b_turned), (m, k, n)) {
                let mut c = vec![f32::NAN; m * n];
                let operands = Operands { a, b, bias, c: MatMut::new(&mut c, m, n), relu: false };
                f32::dispatch_on(lane(), ByInstructions(operands));
                times += 1;
                assert_eq!(bits(&c), bits(&wanted), "{m}x{k}x{n}");
            }
        }
    }
    // SAFETY: as above.
    assert_eq!(unsafe { sigaction(SIGILL, &raw const before, null_mut()) }, 0);
    TRAPPED.store(null_mut(), Ordering::Release);
    // SAFETY: it was made by `Box::into_raw`, and no handler runs any more.
    let trapped = unsafe { Box::from_raw(trapped) };
    assert_eq!((trapped.times_set_up, trapped.is_set_up), (times, false), "given back behind each product");
    assert!(trapped.instructions > 20 * times, "{} instructions were met", trapped.instructions);
}
