//! Every pass gives the same bits on any number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use typednet_tensor::{Key, Parallel, Pool};

use super::cases::table;
use super::subject::Subject;

/// A pool that makes its threads anew each time, and counts how often work was cut for them.
struct Threads {
    threads: usize,
    cuts: AtomicUsize,
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

static POOLS: [Threads; 2] =
    [Threads { threads: 2, cuts: AtomicUsize::new(0) }, Threads { threads: 3, cuts: AtomicUsize::new(0) }];

/// Layers whose work on so many rows is shared, however narrow they are. That of others may be too little.
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
            pool.cuts.store(0, Ordering::Relaxed);
            subject.on(Parallel::on(pool));
            let found = bits(&mut *subject);
            for (what, (found, serial)) in ["outputs", "gradient", "input gradient", "forward", "inference"]
                .into_iter()
                .zip(found.iter().zip(&serial))
            {
                assert!(found == serial, "{name} on {} threads: {what}", pool.threads);
            }
            let cuts = pool.cuts.load(Ordering::Relaxed);
            let takes_part = TAKES_PART.iter().any(|layer| name.contains(layer));
            assert!(cuts > 0 || !takes_part, "{name}: nothing was cut for {} threads", pool.threads);
        }
    }
}
