//! The samples of one step, in memory that is used again.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use typednet_data::{Parts, Source};
use typednet_tensor::{Buffer, Element, Flat, Key, LeastPart, Parallel, Sample, rows_mut, size};

use crate::epoch_order::EpochOrder;
use crate::pipeline::{self, Batches, SLOTS};
use crate::shards::{Share, Spread};
use crate::{Control, TrainError};

/// The row numbers, samples and targets of a batch, and the order of the epoch.
pub(crate) struct Batch<In: Sample, Target> {
    order: EpochOrder,
    rows: Vec<u32>,
    x: Buffer<<In as Flat>::Elem>,
    targets: Vec<Target>,
    /// The targets of all rows, where only some are gathered.
    all: Vec<Target>,
    /// Batches that are gathered ahead. Each is in one hand at a time, so nobody waits for its lock.
    slots: [Mutex<Slot<In, Target>>; SLOTS],
}

/// What of a batch is gathered.
#[derive(Clone, Copy)]
pub(crate) struct Cut<'a> {
    /// Whose rows.
    pub(crate) share: Share,
    /// The parts that the data are in, where they are.
    pub(crate) parts: Option<&'a Parts>,
    /// Whether the targets of the other rows are wanted too.
    pub(crate) all_targets: bool,
}

impl Cut<'_> {
    /// The places of the rows that are gathered.
    fn own(self, rows: &[u32]) -> Range<usize> {
        self.share.own(Spread::of(self.parts, rows))
    }
}

/// The targets of a batch.
pub(crate) struct Targets<'b, Target> {
    /// Those of the rows that are gathered.
    pub(crate) own: &'b [Target],
    /// Those of all rows where they are wanted, else none.
    pub(crate) all: &'b [Target],
}

/// Row numbers, samples and targets of a batch.
type Gathered<'b, In, Target> = (&'b [u32], &'b mut [In], Targets<'b, Target>);

/// The samples and targets of a batch that is gathered ahead.
struct Slot<In: Sample, Target> {
    x: Buffer<<In as Flat>::Elem>,
    targets: Vec<Target>,
    all: Vec<Target>,
}

impl<In: Sample<Elem: Element>, Target: Copy + Send> Slot<In, Target> {
    fn new() -> Self {
        Self { x: Buffer::new(), targets: Vec::new(), all: Vec::new() }
    }

    fn fill(&mut self, source: &(impl Source<In, Target> + ?Sized), rows: &[u32], key: Key, cut: Cut<'_>) {
        self.all.clear();
        if cut.all_targets {
            source.gathered_targets(rows, key, &mut self.all);
        }
        let rows = &rows[cut.own(rows)];
        make_room(&mut self.targets, rows.len(), source);
        source.gather(
            rows,
            key,
            rows_mut(self.x.grow(size::product(&[rows.len(), In::LEN]))),
            &mut self.targets[..rows.len()],
        );
    }

    /// The first `len` samples, their targets, and those of all rows.
    fn batch(&mut self, len: usize) -> (&mut [In], Targets<'_, Target>) {
        let targets = Targets { own: &self.targets[..len], all: &self.all };
        (rows_mut(&mut self.x.as_mut_slice()[..len * In::LEN]), targets)
    }
}

impl<In: Sample<Elem: Element>, Target: Copy + Send> Batch<In, Target> {
    pub(crate) fn new() -> Self {
        Self {
            order: EpochOrder::default(),
            rows: Vec::new(),
            x: Buffer::new(),
            targets: Vec::new(),
            all: Vec::new(),
            slots: std::array::from_fn(|_| Mutex::new(Slot::new())),
        }
    }

    /// Makes room for batches of `size` samples of `source`.
    ///
    /// # Errors
    /// If there are more samples than a row number can name.
    pub(crate) fn reserve(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        size: usize,
    ) -> Result<(), TrainError> {
        if u32::try_from(source.len()).is_err() {
            return Err(TrainError::TooManySamples { found: source.len() });
        }
        if self.targets.len() < size {
            self.x.grow(size::product(&[size, In::LEN]));
            make_room(&mut self.targets, size, source);
            self.rows.reserve(size);
        }
        Ok(())
    }

    /// Brings the rows of an epoch of batches of `size` rows into the random order of `key`.
    pub(crate) fn shuffle(&mut self, (parts, len): (Option<&Parts>, usize), size: usize, key: Key) {
        match parts {
            Some(parts) => self.order.deal(parts, size, key),
            None => self.order.shuffle(len, key),
        }
    }

    /// Brings the rows 0 to `len` − 1 into their own order.
    pub(crate) fn in_turn(&mut self, len: usize) {
        self.order.in_turn(len);
    }

    /// The batch of up to `size` samples from place `from` of the shuffled order: row numbers, and samples and targets as `cut`
    /// says.
    pub(crate) fn shuffled(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        from: usize,
        size: usize,
        key: Key,
        cut: Cut<'_>,
        parallel: Parallel<'_>,
    ) -> Result<Gathered<'_, In, Target>, TrainError> {
        let rows = self.order.batch(from, size);
        let own = &rows[cut.own(rows)];
        let (x, own) = gather(&mut self.x, &mut self.targets, source, own, key, parallel)?;
        self.all.clear();
        if cut.all_targets {
            source.gathered_targets(rows, key, &mut self.all);
        }
        Ok((rows, x, Targets { own, all: &self.all }))
    }

    /// Calls `train` with each batch of up to `size` samples, from place `from` of the shuffled order to its end, while
    /// another thread gathers the next one; ends early with what is not [`Control::Continue`].
    pub(crate) fn ahead(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        from: usize,
        size: usize,
        (key, cut): (Key, Cut<'_>),
        mut train: impl FnMut(&[u32], &mut [In], Targets<'_, Target>) -> Result<Control, TrainError>,
    ) -> Result<Control, TrainError> {
        let Self { order, slots, .. } = self;
        let slots = &*slots;
        let fill = |slot: usize, rows: &[u32]| lock(&slots[slot]).fill(source, rows, key, cut);
        let mut train = |slot: usize, rows: &[u32]| {
            let mut slot = lock(&slots[slot]);
            let (x, targets) = slot.batch(cut.own(rows).len());
            // It may be of the next batch, which is as bad.
            source.take_error().map_or_else(|| train(rows, x, targets), |error| Err(error.into()))
        };
        pipeline::ahead(Batches { order, from, size }, &fill, &mut train)
    }

    /// The batch of these rows: samples, targets.
    pub(crate) fn in_order(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        rows: Range<usize>,
        key: Key,
        parallel: Parallel<'_>,
    ) -> Result<(&mut [In], &[Target]), TrainError> {
        self.rows.clear();
        self.rows.extend(rows.start as u32..rows.end as u32);
        gather(&mut self.x, &mut self.targets, source, &self.rows, key, parallel)
    }

    /// The targets of these rows as they are gathered; the samples need not be here.
    pub(crate) fn targets_of(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        rows: Range<usize>,
        key: Key,
    ) -> &[Target] {
        self.rows.clear();
        self.rows.extend(rows.start as u32..rows.end as u32);
        self.all.clear();
        source.gathered_targets(&self.rows, key, &mut self.all);
        &self.all
    }
}

fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for `size` targets of `source`.
fn make_room<In: Sample, Target>(targets: &mut Vec<Target>, size: usize, source: &(impl Source<In, Target> + ?Sized)) {
    targets.reserve(size.saturating_sub(targets.len()));
    while targets.len() < size {
        source.targets(&[0], targets);
    }
}

/// How many elements are worth another thread: some 4 µs of gathering bytes.
const LEAST_PART: LeastPart = LeastPart::new(16 * 1024, 4000).waking_from(8 * 16 * 1024);

/// The most parts that a batch is gathered in.
const MOST_PARTS: usize = 16;

/// Fills the buffers with the samples and targets of `rows`; each thread takes some of the rows.
fn gather<'a, In: Sample<Elem: Element>, Target: Send>(
    x: &'a mut Buffer<<In as Flat>::Elem>,
    targets: &'a mut [Target],
    source: &(impl Source<In, Target> + ?Sized),
    rows: &[u32],
    key: Key,
    parallel: Parallel<'_>,
) -> Result<(&'a mut [In], &'a [Target]), TrainError> {
    let (x, targets) = (rows_mut(x.grow(size::product(&[rows.len(), In::LEN]))), &mut targets[..rows.len()]);
    let parts = parallel.parts(size::product(&[rows.len(), In::LEN]), LEAST_PART).min(MOST_PARTS);
    if parts < 2 {
        source.gather(rows, key, x, targets);
    } else {
        let size = rows.len().div_ceil(parts);
        let mut pieces = rows.chunks(size).zip(x.chunks_mut(size)).zip(targets.chunks_mut(size));
        // Each part takes its own piece out of its own lock, which nobody else asks for.
        let pieces: [_; MOST_PARTS] = std::array::from_fn(|_| Mutex::new(pieces.next()));
        parallel.run(parts, &|part| {
            if let Some(((rows, x), targets)) = lock(&pieces[part]).take() {
                source.gather(rows, key, x, targets);
            }
        });
    }
    source.take_error().map_or(Ok((x, targets)), |error| Err(error.into()))
}
