//! Every pass gives the same bits on any number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    ConvTranspose2d, Gaussian, Gru, Last, Lstm, Positions, Reverse, Rnn, SinusoidalPositions, SwiGlu, TakeFirst, Tanh,
};
use typednet_tensor::{Key, Parallel, Pool, bytes_mut};

use super::cases::table;
use super::subject::{Subject, subject};

/// A pool that makes its threads anew each time, and counts how often work was cut for them.
pub(super) struct Threads {
    threads: usize,
    cuts: AtomicUsize,
}

impl Threads {
    pub(super) const fn new(threads: usize) -> Self {
        Self { threads, cuts: AtomicUsize::new(0) }
    }

    /// How often work is cut while `work` runs.
    pub(super) fn cuts(&self, work: impl FnOnce()) -> usize {
        let before = self.cuts.load(Ordering::Relaxed);
        work();
        self.cuts.load(Ordering::Relaxed) - before
    }
}

// SAFETY: a scope ends when its threads have; the numbers below `parts` are each given to one thread.
unsafe impl Pool for Threads {
    fn threads(&self) -> usize {
        self.threads
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.cuts.fetch_add(1, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for i in 0..parts {
                scope.spawn(move || part(i));
            }
        });
    }
}

/// Pools for each half of the table, since what is cut is counted.
static POOLS: [[Threads; 2]; 2] = [const { [Threads::new(2), Threads::new(3)] }; 2];

/// Layers whose work on so many rows is shared in both directions, however narrow they are. That of others may be too little. Of
/// losses it is that of all.
const TAKES_PART: [&str; 19] = [
    "Pool",
    "Conv",
    "Norm",
    "Dropout",
    "Noise",
    "Residual",
    "Add",
    "Concat",
    "Pad",
    "Crop",
    "Flatten",
    "Reshape",
    "Upsample",
    "Positions",
    "Last",
    "Reverse",
    "Gaussian",
    "TakeFirst",
    "Activation<Relu>",
];

/// What all passes give, as the bytes of its numbers.
pub(super) fn bits(subject: &mut Subject<f32>) -> [Vec<u8>; 5] {
    bits_noting(subject, &mut || ())
}

/// As [`bits`]; calls `note` after each pass: forward, of the loss, backward, forward with the last activation, in use.
fn bits_noting(subject: &mut Subject<f32>, note: &mut dyn FnMut()) -> [Vec<u8>; 5] {
    let bits = |values: &[f32]| bytes_mut(&mut values.to_vec()).to_vec();
    subject.gradient_with_input_noting(&mut |_| note());
    let [y, grad, dx] = [bits(subject.y()), bits(subject.grad()), bits(subject.dx())];
    subject.forward();
    note();
    let forward = bits(subject.y());
    subject.infer();
    note();
    [y, grad, dx, forward, bits(subject.y())]
}

/// How often each pass cuts work for threads.
struct Cuts {
    forward: usize,
    loss: usize,
    backward: usize,
    infer: usize,
}

/// What all passes give on `pool`, as bits, and how often they cut work for it.
fn bits_and_cuts(subject: &mut Subject<f32>, pool: &'static Threads) -> ([Vec<u8>; 5], Cuts) {
    subject.on(Parallel::on(pool));
    let (mut cuts, mut before) = (vec![], pool.cuts.load(Ordering::Relaxed));
    let bits = bits_noting(subject, &mut || {
        let now = pool.cuts.load(Ordering::Relaxed);
        cuts.push(now - before);
        before = now;
    });
    let [forward, loss, backward, _, infer] = cuts[..] else { unreachable!("five passes") };
    (bits, Cuts { forward, loss, backward, infer })
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    same_bits(0);
}

#[test]
fn any_number_of_threads_gives_the_same_bits_in_the_other_half() {
    same_bits(1);
}

/// Each second subject of the table, from the one with this number on: one test of all would be alone in the end, on one processor.
fn same_bits(half: usize) {
    let mut alone = vec![];
    for (index, mut subject) in table::<f32>().into_iter().enumerate().skip(half).step_by(2) {
        // As many rows as make elements for three threads of what is worth one; convolutions are worth it from more operations on.
        let narrow = subject.tree().input.len().min(subject.tree().output.len());
        let operations = usize::try_from(subject.tree().total_flops()).expect("a small network");
        let least = if subject.name().contains("Conv") { (1 << 20) / operations } else { 0 };
        let rows = (3 * 4096_usize).div_ceil(narrow).max(least) + 1;
        let name = format!("{} over {rows} rows", subject.name());
        subject.draw(rows, Key::new(index as u64));
        let serial = bits(&mut subject);
        for pool in &POOLS[half] {
            let (found, Cuts { forward, loss, backward, infer }) = bits_and_cuts(&mut subject, pool);
            for (what, (found, serial)) in ["outputs", "gradient", "input gradient", "forward", "inference"]
                .into_iter()
                .zip(found.iter().zip(&serial))
            {
                assert!(found == serial, "{name} on {} threads: {what}", pool.threads);
            }
            if loss == 0 {
                alone.push(format!("{name}: the loss, of {} threads", pool.threads));
            }
            let takes_part = TAKES_PART.iter().any(|layer| name.contains(layer));
            if takes_part && (forward == 0 || infer == 0 || backward == 0) {
                let cuts = format!("cuts: {forward} forward, {backward} backward, {loss} of the loss; {infer} in use");
                alone.push(format!("{name}, {} threads: {cuts}", pool.threads));
            }
        }
    }
    assert!(alone.is_empty(), "these run on one thread:\n{}", alone.join("\n"));
}

/// The parts of a backward pass, of layers that are wide enough for each of them to be cut for threads by itself.
#[test]
fn all_of_a_backward_pass_is_shared() {
    type Upwards = ConvTranspose2d<4, 4, 3, 33, 3, 3, 33, 6, 6>;
    type Parts<'a> = (Subject<f32>, &'a [&'a str]);
    static POOL: Threads = Threads::new(2);
    let of_gru = ["back through time", "∂L/∂x", "∂L/∂W", "∂L/∂bᵤ", "δ of n", "first steps", "∂L/∂U"];
    let of_rnn = ["back through time", "∂L/∂x", "∂L/∂W", "first steps", "∂L/∂U"];
    let turned = [&["x", "y", "x turned", "y turned", "∂L/∂y turned"][..], &of_gru, &["∂L/∂x turned"]].concat();
    let of_gates = ["δ", "∂L/∂u", "∂L/∂g", "∂L/∂U", "∂L/∂W", "∂L/∂V", "of g", "of u", "∂L/∂x"];
    let layers: [Parts<'_>; 11] = [
        (subject::<Positions<3, 16>, _>(SquaredError::Mean), &["∂L/∂p", "∂L/∂x"]),
        (subject::<SinusoidalPositions<3, 16>, _>(SquaredError::Mean), &["∂L/∂x"]),
        (subject::<Upwards, _>(SquaredError::Mean), &["∂L/∂w", "∂L/∂b", "∂L/∂x"]),
        (subject::<Gru<9, 8, 32>, _>(SquaredError::Mean), &of_gru),
        (subject::<Lstm<9, 8, 32>, _>(SquaredError::Mean), &of_rnn),
        (subject::<Rnn<9, 64, 128, Tanh>, _>(SquaredError::Mean), &of_rnn),
        (subject::<Reverse<9, Gru<9, 8, 32>>, _>(SquaredError::Mean), &turned),
        (subject::<Last<[f32; 8], 3>, _>(SquaredError::Mean), &["∂L/∂x"]),
        (subject::<Gaussian<[f32; 8]>, _>(SquaredError::Mean), &["∂L/∂x"]),
        (subject::<TakeFirst<[f32; 8], [f32; 8]>, _>(SquaredError::Mean), &["of the first", "of the second"]),
        (subject::<SwiGlu<16, 24>, _>(SquaredError::Mean), &of_gates),
    ];
    let mut alone = vec![];
    for (mut layer, parts) in layers {
        layer.draw(2100, Key::new(0));
        let serial = bits(&mut layer);
        let (found, Cuts { backward, .. }) = bits_and_cuts(&mut layer, &POOL);
        assert!(found == serial, "{}", layer.name());
        if backward != parts.len() {
            alone.push(format!("{}: {backward} cuts for {parts:?}", layer.name()));
        }
    }
    assert!(alone.is_empty(), "not all of these is cut as it should be:\n{}", alone.join("\n"));
}
