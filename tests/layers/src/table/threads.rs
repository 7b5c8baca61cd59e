//! Every pass gives the same bits on any number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use typednet_tensor::{Key, Parallel, Pool};

use super::cases::table;
use super::subject::Subject;

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

static POOLS: [Threads; 2] = [Threads::new(2), Threads::new(3)];

/// Layers whose work on so many rows is shared in both directions, however narrow they are. That of others may be too little. Of
/// losses it is that of all.
const TAKES_PART: [&str; 14] = [
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
    "Activation<Relu>",
];

/// What all passes give, as bits.
fn bits(subject: &mut dyn Subject<f32>) -> [Vec<u32>; 5] {
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect();
    subject.gradient_with_input();
    let [y, grad, dx] = [bits(subject.y()), bits(subject.grad()), bits(subject.dx())];
    subject.forward();
    let forward = bits(subject.y());
    subject.infer();
    [y, grad, dx, forward, bits(subject.y())]
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let mut alone = vec![];
    for (index, mut subject) in table::<f32>().into_iter().enumerate() {
        // As many rows as make elements for three threads of what is worth one; convolutions are worth it from more operations on.
        let narrow = subject.tree().input.len().min(subject.tree().output.len());
        let operations = usize::try_from(subject.tree().total_flops()).expect("a small network");
        let least = if subject.name().contains("Conv") { (1 << 20) / operations } else { 0 };
        let rows = (3 * 4096_usize).div_ceil(narrow).max(least) + 1;
        let name = format!("{} over {rows} rows", subject.name());
        subject.draw(rows, Key::new(index as u64));
        let serial = bits(&mut *subject);
        for pool in &POOLS {
            subject.on(Parallel::on(pool));
            let found = bits(&mut *subject);
            for (what, (found, serial)) in ["outputs", "gradient", "input gradient", "forward", "inference"]
                .into_iter()
                .zip(found.iter().zip(&serial))
            {
                assert!(found == serial, "{name} on {} threads: {what}", pool.threads);
            }
            let whole = pool.cuts(|| _ = subject.gradient_with_input());
            // The forward pass as that of a whole one, without an activation that the loss brings along.
            let forward = pool.cuts(|| _ = subject.training_loss());
            let infer = pool.cuts(|| subject.infer());
            let loss = pool.cuts(|| subject.of_loss());
            if loss == 0 {
                alone.push(format!("{name}: the loss, of {} threads", pool.threads));
            }
            let takes_part = TAKES_PART.iter().any(|layer| name.contains(layer));
            if takes_part && (forward == 0 || infer == 0 || whole <= forward + loss) {
                let cuts = format!("{whole} cuts, of which {forward} forward, {loss} of the loss; {infer} in use");
                alone.push(format!("{name}, {} threads: {cuts}", pool.threads));
            }
        }
    }
    assert!(alone.is_empty(), "these run on one thread:\n{}", alone.join("\n"));
}
