//! Which layers round what their products read, where half the width is asked for: as the documentation of `Precision` has it.

use typednet_layers::LayerInfo;
use typednet_tensor::{Key, Parallel, Pool, Precision};

use super::cases::table;
use super::threads::bits;

/// So many threads, one after the other, whose products round.
struct Rounding(usize);

// SAFETY: each part runs once, before `run` returns.
unsafe impl Pool for Rounding {
    fn threads(&self) -> usize {
        self.0
    }

    fn precision(&self) -> Precision {
        Precision::Bf16Portable
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        (0..parts).rev().for_each(part);
    }
}

static POOLS: [Rounding; 2] = [Rounding(2), Rounding(3)];

/// Layers whose products are rounded in all passes, and those where only the backward pass has such.
const ALL: [&str; 5] = ["Dense", "Attention", "CrossAttention", "SwiGlu", "TiedEmbedding"];
const BACKWARD: [&str; 4] = ["Rnn", "Gru", "Lstm", "WithState"];

/// Whether one of `names` is in the tree.
fn has(tree: &LayerInfo, names: &[&str]) -> bool {
    names.contains(&tree.name) || tree.children.iter().any(|child| has(child.node, names))
}

#[test]
fn layers_round_what_is_said_with_the_same_bits_on_any_number_of_threads() {
    let (mut seen, mut wrong) = ([0; 3], vec![]);
    for (index, mut subject) in table::<f32>().into_iter().enumerate() {
        let name = subject.name();
        subject.draw(70, Key::new(index as u64));
        let of_f32 = bits(&mut *subject);
        subject.on(Parallel::serial_in(Precision::Bf16Portable));
        let rounded = bits(&mut *subject);
        for pool in &POOLS {
            subject.on(Parallel::on(pool));
            assert!(bits(&mut *subject) == rounded, "{name} on {} threads", pool.0);
        }
        let tree = subject.tree();
        let wanted = if has(tree, &ALL) { 2 } else { usize::from(has(tree, &BACKWARD)) };
        let [y, grad, dx, forward, infer] = std::array::from_fn(|pass| of_f32[pass] != rounded[pass]);
        let (forth, back) = (y || forward || infer, grad || dx);
        let is_right = match wanted {
            // A step is the same for all but a few numbers, and of one class there is no gradient.
            2 => forth || name.contains("Step"),
            1 => !forth && back,
            _ => !forth && !back,
        };
        if !is_right {
            wrong.push(format!("{name}: y {y}, gradient {grad}, dx {dx}, forward {forward}, in use {infer}"));
        }
        seen[wanted] += usize::from(is_right && (wanted < 2 || y && forward && infer && back));
    }
    assert!(wrong.is_empty(), "these are not rounded as is said:\n{}", wrong.join("\n"));
    assert!(seen.iter().all(|count| *count > 20), "{seen:?} of each kind");
}
