//! Which layers round what their products read, where half the width is asked for: as the documentation of `Precision` has it.

use typednet_layers::{LayerInfo, ParamKind};
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
        let of_f32 = bits(&mut subject);
        subject.on(Parallel::serial_in(Precision::Bf16Portable));
        let rounded = bits(&mut subject);
        for pool in &POOLS {
            subject.on(Parallel::on(pool));
            assert!(bits(&mut subject) == rounded, "{name} on {} threads", pool.0);
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

/// Weights that differ by less than rounding leaves are the same weights: so each product reads them rounded, in each pass.
#[test]
fn no_product_reads_more_of_a_weight_than_bf16_has() {
    let mut seen = 0;
    for (index, mut subject) in table::<f32>().into_iter().enumerate() {
        let (mut weights, mut others) = (vec![], false);
        subject.tree().visit_leaves(&mut |_, layer, start| {
            let mut at = start;
            for param in layer.params {
                let len = param.shape.len();
                if matches!(param.kind, ParamKind::Weight) {
                    weights.push(at..at + len);
                    others |= !ALL.contains(&layer.name);
                }
                at += len;
            }
        });
        if weights.is_empty() || others {
            continue;
        }
        seen += 1;
        subject.draw(9, Key::new(index as u64));
        subject.on(Parallel::serial_in(Precision::Bf16Portable));
        let mut passes = |factor: f32| {
            let params = subject.params();
            for place in weights.iter().cloned().flatten() {
                params[place] = f32::from_bits(params[place].to_bits() & 0xFFFF_0000) * factor;
            }
            bits(&mut subject)
        };
        let as_they_are = passes(1.0);
        assert!(passes(1.0 + 1.0 / 4096.0) == as_they_are, "{}", subject.name());
    }
    assert!(seen > 20, "{seen} networks of such layers");
}

/// The gradients of all weights of recurrent layers are such products.
#[test]
fn every_weight_of_a_recurrent_layer_has_a_rounded_gradient() {
    let (mut seen, mut wrong) = (0, vec![]);
    for (index, mut subject) in table::<f32>().into_iter().enumerate() {
        let mut weights = vec![];
        subject.tree().visit_leaves(&mut |_, layer, start| {
            let mut at = start;
            for param in layer.params {
                let len = param.shape.len();
                // One row of inputs or states may happen to be rounded to what it was.
                if BACKWARD.contains(&layer.name) && param.kind == ParamKind::Weight && len > 8 {
                    weights.push((param.name, size_of::<f32>() * at..size_of::<f32>() * (at + len)));
                }
                at += len;
            }
        });
        subject.draw(9, Key::new(index as u64));
        let [_, of_f32, ..] = bits(&mut subject);
        subject.on(Parallel::serial_in(Precision::Bf16Portable));
        let [_, rounded, ..] = bits(&mut subject);
        // A frozen layer has none, and in a single step all states before it are 0.
        weights.retain(|(_, run)| of_f32[run.clone()].iter().any(|byte| *byte != 0));
        for (name, run) in weights {
            seen += 1;
            if of_f32[run.clone()] == rounded[run] {
                wrong.push(format!("{}: {name}", subject.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "gradients of f32:\n{}", wrong.join("\n"));
    assert!(seen > 20, "{seen} weights of recurrent layers");
}
