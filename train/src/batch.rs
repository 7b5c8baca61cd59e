//! The samples of one step, in memory that is used again.

use typednet_data::{Order, Source};
use typednet_tensor::{Buffer, Element, Flat, Key, Sample, rows_mut};

use crate::TrainError;

/// The row numbers, samples and targets of a batch, and the order of the epoch.
pub(crate) struct Batch<In: Sample, Target> {
    order: Option<Order>,
    rows: Vec<u32>,
    x: Buffer<<In as Flat>::Elem>,
    targets: Vec<Target>,
}

impl<In: Sample<Elem: Element>, Target: Copy> Batch<In, Target> {
    pub(crate) fn new() -> Self {
        Self { order: None, rows: Vec::new(), x: Buffer::new(), targets: Vec::new() }
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
            self.x.grow(size * In::LEN);
            self.targets.resize(size, source.target(0));
            self.rows.reserve(size);
        }
        Ok(())
    }

    /// Brings the rows 0 to `len` − 1 into the random order of `key`.
    pub(crate) fn shuffle(&mut self, len: usize, key: Key) {
        if self.order.as_ref().is_none_or(|order| order.rows().len() != len) {
            self.order = Order::new(len).ok();
        }
        if let Some(order) = &mut self.order {
            order.shuffle(key);
        }
    }

    /// The batch of up to `size` samples from place `from` of the shuffled order: row numbers, samples, targets.
    pub(crate) fn shuffled(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        from: usize,
        size: usize,
        key: Key,
    ) -> (&[u32], &[In], &[Target]) {
        let rows = self.order.as_ref().map_or(&[][..], Order::rows);
        let rows = &rows[from..rows.len().min(from.saturating_add(size))];
        let (x, targets) = gather(&mut self.x, &mut self.targets, source, rows, key);
        (rows, x, targets)
    }

    /// The batch of up to `size` samples from row `from`: samples, targets.
    pub(crate) fn in_order(
        &mut self,
        source: &(impl Source<In, Target> + ?Sized),
        from: usize,
        size: usize,
        key: Key,
    ) -> (&[In], &[Target]) {
        let end = source.len().min(from.saturating_add(size));
        self.rows.clear();
        self.rows.extend(from as u32..end as u32);
        gather(&mut self.x, &mut self.targets, source, &self.rows, key)
    }
}

/// Fills the buffers with the samples and targets of `rows`.
fn gather<'a, In: Sample<Elem: Element>, Target>(
    x: &'a mut Buffer<<In as Flat>::Elem>,
    targets: &'a mut [Target],
    source: &(impl Source<In, Target> + ?Sized),
    rows: &[u32],
    key: Key,
) -> (&'a [In], &'a [Target]) {
    let (x, targets) = (rows_mut(x.grow(rows.len() * In::LEN)), &mut targets[..rows.len()]);
    source.gather(rows, key, x, targets);
    (x, targets)
}
