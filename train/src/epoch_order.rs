//! The order of the rows of an epoch, and its batches.

use std::iter;
use std::ops::Range;

use typednet_data::Parts;
use typednet_tensor::Key;

/// The rows of an epoch in their order, cut into batches.
///
/// Where data are in parts, each part is brought into a random order of its own, and then all are dealt out: place j of the epoch is one of part
/// j mod S, of S parts, and a batch of B rows has the places of B that follow each other. It has them part by part. A part that is used up
/// leaves its places empty, so that batches become smaller where parts are of different lengths. All of that follows from the lengths of the parts,
/// the batch size and the key, and from nothing that a process would have to be asked for.
#[derive(Default)]
pub(crate) struct EpochOrder {
    rows: Vec<u32>,
    /// The place behind each batch, where the data are in parts.
    ends: Vec<u32>,
    /// The parts, each in its order, one behind the other.
    shuffled: Vec<u32>,
}

impl EpochOrder {
    /// Brings the rows 0 to `len` − 1 into their own order.
    pub(crate) fn in_turn(&mut self, len: usize) {
        self.ends.clear();
        self.rows.clear();
        self.rows.extend(0..len as u32);
    }

    /// Brings the rows 0 to `len` − 1 into the random order of `key`.
    pub(crate) fn shuffle(&mut self, len: usize, key: Key) {
        self.in_turn(len);
        key.shuffle(&mut self.rows);
    }

    /// Brings the rows of parts into the random order of `key`, for batches of `size` rows.
    pub(crate) fn deal(&mut self, parts: &Parts, size: usize, key: Key) {
        let Self { rows, ends, shuffled } = self;
        shuffled.clear();
        shuffled.extend(0..parts.len() as u32);
        // The children of the key by the numbers of rows, and the last of all, are those of sources that change their samples.
        let key = key.child(u64::MAX - 1);
        for part in 0..parts.count() {
            key.child(part as u64).shuffle(&mut shuffled[range(parts, part)]);
        }
        rows.clear();
        ends.clear();
        let mut from = 0_u64;
        while rows.len() < parts.len() {
            let to = from.saturating_add(size as u64);
            for part in 0..parts.count() {
                let of_part = &shuffled[range(parts, part)];
                let place = |places| dealt(places, part, parts.count()).min(of_part.len() as u64) as usize;
                rows.extend_from_slice(&of_part[place(from)..place(to)]);
            }
            ends.push(rows.len() as u32);
            from = to;
        }
    }

    /// The batch of `size` rows, or what is left of them, from place `from` of the order.
    pub(crate) fn batch(&self, from: usize, size: usize) -> &[u32] {
        let next = self.ends.partition_point(|end| *end as usize <= from);
        let end = self.ends.get(next).map_or(from.saturating_add(size), |end| *end as usize);
        &self.rows[from..self.rows.len().min(end)]
    }

    /// The batches from place `from` of the order to its end.
    pub(crate) fn batches(&self, mut from: usize, size: usize) -> impl Iterator<Item = &[u32]> {
        iter::from_fn(move || {
            let batch = self.batch(from, size);
            from += batch.len();
            (!batch.is_empty()).then_some(batch)
        })
    }
}

/// The rows of a part.
fn range(parts: &Parts, part: usize) -> Range<usize> {
    let rows = parts.rows(part);
    rows.start as usize..rows.end as usize
}

/// How many of the first `places` places of an epoch are of `part`, of `count` parts.
fn dealt(places: u64, part: usize, count: usize) -> u64 {
    let (part, count) = (part as u64, count as u64);
    places.saturating_add(count - 1 - part) / count
}

/// How many batches of `size` rows an epoch has.
pub(crate) fn steps(parts: Option<&Parts>, len: usize, size: usize) -> usize {
    let Some(parts) = parts else { return len.div_ceil(size) };
    let (count, size) = (parts.count() as u128, size as u128);
    // The place behind the last row of a part, which is the last of its places.
    let behind = |part: usize| (parts.rows(part).len() as u128 - 1) * count + part as u128 + 1;
    let last = (0..parts.count()).map(behind).max().unwrap_or(0);
    last.div_ceil(size) as usize
}

/// The batches of data that are taken in order, each with the number of its part: none has rows of two.
pub(crate) fn in_order(parts: Option<&Parts>, len: usize, size: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    (0..parts.map_or(1, Parts::count)).flat_map(move |part| {
        let all = parts.map_or(0..len, |parts| range(parts, part));
        let end = all.end;
        all.step_by(size).map(move |from| (part, from..end.min(from.saturating_add(size))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths of parts: equal ones, others, one that is used up early, and one part.
    const LENGTHS: [&[usize]; 5] = [&[32, 32, 32, 32], &[33, 32, 32, 31], &[5, 40], &[1, 1, 1, 60], &[50]];

    #[test]
    fn each_row_comes_once_and_each_batch_has_its_parts_one_behind_the_other() {
        for lengths in LENGTHS {
            let parts = Parts::of(lengths.iter().copied()).expect("parts");
            for size in [4, 6, 16, 1000, usize::MAX] {
                let mut order = EpochOrder::default();
                order.deal(&parts, size, Key::new(3));
                let batches: Vec<&[u32]> = order.batches(0, size).collect();
                assert_eq!(batches.len(), steps(Some(&parts), parts.len(), size), "{lengths:?} by {size}");
                let mut all = batches.concat();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..parts.len() as u32));
                let mut left = lengths.to_vec();
                for batch in batches {
                    assert!(batch.is_sorted_by_key(|row| parts.part_of(*row)) && batch.len() <= size);
                    for (part, left) in left.iter_mut().enumerate() {
                        let here = batch.iter().filter(|row| parts.part_of(**row) == part).count();
                        let even = size / lengths.len();
                        // As many as from each other part, or one more, or what is left.
                        assert!(here == *left || here == even || here == even + 1, "{lengths:?} by {size}: {here}");
                        *left -= here;
                    }
                }
            }
        }
    }

    #[test]
    fn a_walk_goes_on_from_the_end_of_any_batch() {
        let parts = Parts::of([5, 40]).expect("parts");
        let mut order = EpochOrder::default();
        order.deal(&parts, 6, Key::new(3));
        let all: Vec<&[u32]> = order.batches(0, 6).collect();
        let lengths: Vec<usize> = all.iter().map(|batch| batch.len()).collect();
        assert_eq!(lengths, [6, 5, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1]);
        for (done, batch) in all.iter().enumerate() {
            let from = all[..done].iter().map(|batch| batch.len()).sum();
            assert_eq!(order.batch(from, 6), *batch);
            assert!(order.batches(from, 6).eq(all[done..].iter().copied()));
        }
        order.shuffle(45, Key::new(3));
        assert!(order.batches(40, 6).map(<[u32]>::len).eq([5]), "nothing of the parts is left");
    }

    #[test]
    fn the_order_of_a_part_follows_from_its_key_and_length_alone() {
        let of_part = |lengths: &[usize], size: usize, part: usize| {
            let parts = Parts::of(lengths.iter().copied()).expect("parts");
            let mut order = EpochOrder::default();
            order.deal(&parts, size, Key::new(9));
            let own = order.rows.iter().filter(|row| parts.part_of(**row) == part);
            own.map(|row| row - parts.rows(part).start).collect::<Vec<_>>()
        };
        let expected = of_part(&[20, 20, 30], 8, 1);
        assert!(!expected.is_sorted());
        assert_eq!(of_part(&[7, 20], 3, 1), expected);
        assert_ne!(of_part(&[20, 20, 30], 8, 0), expected, "another part has another order");
    }

    /// As a loop of one's own has it.
    #[test]
    fn data_in_one_piece_have_the_order_that_the_crate_of_data_gives_them() {
        let (mut order, mut expected) = (EpochOrder::default(), typednet_data::Order::new(70).expect("rows"));
        for epoch in 0..2 {
            order.shuffle(70, Key::new(3).child(epoch));
            expected.shuffle(Key::new(3).child(epoch));
            assert!(order.batches(0, 16).eq(expected.batches(16).expect("batches")));
        }
    }

    #[test]
    fn batches_in_order_end_where_a_part_ends() {
        let parts = Parts::of([5, 3]).expect("parts");
        let batches: Vec<_> = in_order(Some(&parts), 8, 4).collect();
        assert_eq!(batches, [(0, 0..4), (0, 4..5), (1, 5..8)]);
        assert!(in_order(None, 8, 5).eq([(0, 0..5), (0, 5..8)]));
        assert!(in_order(None, 8, usize::MAX).eq([(0, 0..8)]));
    }
}
