//! Where the elements of an array of the file stand in the value that it is here.
//!
//! Transpositions, reshapes and squeezes of an ONNX file move no number here: a value is its elements in one order, ours, and the
//! file's axes are runs of them. What an operator needs is asked of the runs.

use super::tensor::product;

/// The number of samples where it is free: a prime that no other axis has, so that sizes which a file computes from it stay apart.
pub(super) const BATCH: usize = 1_000_003;

/// The axes of an array, made of atoms: the samples, which are atom 0, and pieces of one sample in our order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axes {
    /// Sizes; only that of the samples may be 1.
    atoms: Vec<usize>,
    /// The atoms of each axis of the file; an axis of size 1 has none.
    theirs: Vec<Vec<usize>>,
}

impl Axes {
    /// An array of these sizes whose axis `batch` is the samples, in the order in which it is; or, if `channels_first`, with the axis
    /// behind the samples last.
    pub(super) fn input(sizes: &[usize], batch: usize, channels_first: bool) -> Self {
        let mut order: Vec<usize> = (0..sizes.len()).filter(|axis| *axis != batch).collect();
        if channels_first && !order.is_empty() {
            order.rotate_left(1);
        }
        let mut axes = Self { atoms: vec![sizes[batch]], theirs: vec![Vec::new(); sizes.len()] };
        axes.theirs[batch].push(0);
        for axis in order.into_iter().filter(|axis| sizes[*axis] != 1) {
            axes.theirs[axis].push(axes.atoms.len());
            axes.atoms.push(sizes[axis]);
        }
        axes
    }

    /// An array of the file's sizes, each with the place that its axis has among ours; the samples' is 0.
    pub(super) fn placed(axes: &[(usize, usize)]) -> Self {
        let mut order: Vec<(usize, usize)> =
            axes.iter().copied().enumerate().map(|(at, (_, place))| (place, at)).collect();
        order.sort_unstable();
        let mut made = Self { atoms: Vec::new(), theirs: vec![Vec::new(); axes.len()] };
        for (place, at) in order {
            if place == 0 || axes[at].0 != 1 {
                made.theirs[at].push(made.atoms.len());
                made.atoms.push(axes[at].0);
            }
        }
        made
    }

    fn len_of(&self, group: &[usize]) -> usize {
        group.iter().fold(1, |len, atom| len.saturating_mul(self.atoms[*atom]))
    }

    /// The sizes in the file.
    pub(super) fn sizes(&self) -> Vec<usize> {
        self.theirs.iter().map(|group| self.len_of(group)).collect()
    }

    pub(super) fn rank(&self) -> usize {
        self.theirs.len()
    }

    pub(super) fn size(&self, axis: usize) -> usize {
        self.len_of(&self.theirs[axis])
    }

    /// Elements of one sample.
    pub(super) fn sample(&self) -> usize {
        self.atoms.iter().skip(1).fold(1, |len, size| len.saturating_mul(*size))
    }

    /// How many samples the file says.
    pub(super) fn batch(&self) -> usize {
        self.atoms[0]
    }

    /// Whether the samples are a part of the axis.
    pub(super) fn has_batch(&self, axis: usize) -> bool {
        self.theirs[axis].contains(&0)
    }

    /// The axis that is the samples and nothing else.
    pub(super) fn batch_axis(&self) -> Option<usize> {
        self.theirs.iter().position(|group| group == &[0])
    }

    /// How far elements of this axis are apart here, if evenly. An axis of one element fits everywhere and is `None` too.
    pub(super) fn stride(&self, axis: usize) -> Option<usize> {
        let group = &self.theirs[axis];
        let (first, last) = (group.first()?, group.last()?);
        group.windows(2).all(|pair| pair[1] == pair[0] + 1).then_some(())?;
        debug_assert!(first <= last);
        Some(self.atoms[last + 1..].iter().fold(1, |len, size| len.saturating_mul(*size)))
    }

    /// Whether the elements of this axis are so far apart; those of an axis of one element are, whatever it is.
    pub(super) fn is_at(&self, axis: usize, stride: usize) -> bool {
        self.theirs[axis].is_empty() || self.stride(axis) == Some(stride)
    }

    /// Where the features of an axis stand among the last elements of each row here: element j there is element `order[j]` here.
    /// `None` if they are not the last ones.
    pub(super) fn features(&self, axis: usize) -> Option<Vec<usize>> {
        let group = &self.theirs[axis];
        let first = self.atoms.len() - group.len();
        if !group.iter().all(|atom| *atom >= first) || (first == 0) {
            return None;
        }
        let mut order = vec![0];
        for atom in group {
            let stride: usize = product(&self.atoms[atom + 1..])?;
            let size = self.atoms[*atom];
            order = order.iter().flat_map(|start| (0..size).map(move |index| start + index * stride)).collect();
        }
        Some(order)
    }

    /// Whether [`features`](Self::features) would be given.
    pub(super) fn has_features(&self, axis: usize) -> bool {
        let group = &self.theirs[axis];
        let first = self.atoms.len() - group.len();
        first > 0 && group.iter().all(|atom| *atom >= first)
    }

    /// The array with other features, in their order here.
    pub(super) fn with_features(&self, axis: usize, size: usize) -> Self {
        let mut axes = self.clone();
        let kept = axes.atoms.len() - axes.theirs[axis].len();
        axes.atoms.truncate(kept);
        axes.theirs[axis].clear();
        if size != 1 {
            axes.theirs[axis].push(kept);
            axes.atoms.push(size);
        }
        axes
    }

    /// The array without the elements of these axes, which stay with size 1.
    pub(super) fn reduced(&self, which: &[usize]) -> Self {
        let mut axes = self.clone();
        for axis in which {
            for atom in std::mem::take(&mut axes.theirs[*axis]) {
                axes.atoms[atom] = 1;
            }
        }
        axes.without_ones()
    }

    /// The array with this axis of another size, if it is one run here.
    pub(super) fn resized(&self, axis: usize, size: usize) -> Option<Self> {
        let mut axes = self.clone();
        axes.stride(axis)?;
        if axes.has_batch(axis) {
            return None;
        }
        let group = std::mem::take(&mut axes.theirs[axis]);
        let first = *group.first()?;
        for atom in group {
            axes.atoms[atom] = 1;
        }
        axes.atoms[first] = size;
        axes.theirs[axis].push(first);
        Some(axes.without_ones())
    }

    fn without_ones(mut self) -> Self {
        let mut kept = 0;
        let places: Vec<Option<usize>> = (self.atoms.iter().enumerate())
            .map(|(atom, size)| {
                let is_kept = atom == 0 || *size != 1;
                kept += usize::from(is_kept);
                is_kept.then(|| kept - 1)
            })
            .collect();
        for group in &mut self.theirs {
            *group = group.iter().filter_map(|atom| places[*atom]).collect();
        }
        let mut atom = 0;
        self.atoms.retain(|size| {
            atom += 1;
            atom == 1 || *size != 1
        });
        self
    }

    /// The array with its axes in another order.
    pub(super) fn transposed(&self, perm: &[usize]) -> Option<Self> {
        let mut seen = vec![false; self.rank()];
        let is_new = |axis: &usize| seen.get_mut(*axis).is_some_and(|seen| !std::mem::replace(seen, true));
        if perm.len() != self.rank() || !perm.iter().all(is_new) {
            return None;
        }
        Some(Self { atoms: self.atoms.clone(), theirs: perm.iter().map(|axis| self.theirs[*axis].clone()).collect() })
    }

    /// The array with an axis of size 1 put in.
    pub(super) fn unsqueezed(mut self, axis: usize) -> Option<Self> {
        (axis <= self.rank()).then(|| self.theirs.insert(axis, Vec::new()))?;
        Some(self)
    }

    /// The array without this axis of size 1.
    pub(super) fn squeezed(mut self, axis: usize) -> Option<Self> {
        self.theirs.get(axis)?.is_empty().then(|| self.theirs.remove(axis))?;
        Some(self)
    }

    /// Cuts an atom in two, the outer of `outer` elements.
    fn split(&mut self, atom: usize, outer: usize) {
        let inner = self.atoms[atom] / outer;
        self.atoms[atom] = outer;
        self.atoms.insert(atom + 1, inner);
        for group in &mut self.theirs {
            *group = (group.iter())
                .flat_map(|at| {
                    let moved = at + usize::from(*at > atom);
                    [Some(moved), (*at == atom).then_some(atom + 1)].into_iter().flatten()
                })
                .collect();
        }
    }

    /// The array with its elements in axes of these sizes; `None` where one would be of elements that are no runs here.
    pub(super) fn reshaped(&self, sizes: &[usize]) -> Option<Self> {
        if self.atoms.contains(&0) || sizes.contains(&0) || product(&self.atoms).is_none() {
            return None;
        }
        let mut axes = self.merged();
        // One axis of all, which is cut.
        let all: Vec<usize> = axes.theirs.concat();
        let rank = sizes.len();
        axes.theirs = vec![all];
        let mut place = 0;
        let mut groups = Vec::with_capacity(rank);
        for size in sizes {
            let start = place;
            let mut len = 1_usize;
            while let Some(&atom) = axes.theirs[0].get(place) {
                let whole = len.checked_mul(axes.atoms[atom])?;
                if axes.atoms[atom] == 1 && len == *size && (*size != 1 || place > start) {
                    break;
                }
                if axes.atoms[atom] != 1 && len == *size {
                    break;
                }
                if size % whole == 0 {
                    len = whole;
                } else {
                    let outer = size / len;
                    if outer < 2 || atom == 0 || size % len != 0 || !axes.atoms[atom].is_multiple_of(outer) {
                        return None;
                    }
                    axes.split(atom, outer);
                    len *= outer;
                }
                place += 1;
            }
            if len != *size {
                return None;
            }
            groups.push(start..place);
        }
        let all = std::mem::take(&mut axes.theirs[0]);
        if place != all.len() {
            return None;
        }
        axes.theirs = groups.into_iter().map(|group| all[group].to_vec()).collect();
        Some(axes)
    }

    /// The same with neighbours that are neighbours in the file too as one atom, across axes; the axes are of no use then.
    fn merged(&self) -> Self {
        let mut axes = self.clone();
        loop {
            let all = axes.theirs.concat();
            let pair = all.windows(2).find(|pair| pair[0] != 0 && pair[1] == pair[0] + 1).map(|pair| pair[1]);
            let Some(second) = pair else { return axes };
            axes.atoms[second - 1] = axes.atoms[second - 1].saturating_mul(axes.atoms[second]);
            axes.atoms.remove(second);
            for group in &mut axes.theirs {
                group.retain(|atom| *atom != second);
                for atom in group {
                    *atom -= usize::from(*atom > second);
                }
            }
        }
    }

    /// The runs in the file's order: how many elements, and how far they are apart here. Two arrays of one shape with the same runs
    /// have their elements in the same order.
    pub(super) fn runs(&self) -> Vec<(usize, usize)> {
        let axes = self.merged();
        let stride = |atom: usize| axes.atoms[atom + 1..].iter().fold(1_usize, |len, size| len.saturating_mul(*size));
        axes.theirs.concat().into_iter().map(|atom| (axes.atoms[atom], stride(atom))).collect()
    }

    /// Whether the array has its elements in the order in which they are here.
    pub(super) fn is_plain(&self) -> bool {
        self.theirs.concat().into_iter().eq(0..self.atoms.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image of 2 channels, 3 rows, 4 columns.
    fn image() -> Axes {
        Axes::input(&[BATCH, 2, 3, 4], 0, true)
    }

    #[test]
    fn channels_first_are_strides_here() {
        let image = image();
        assert_eq!([0, 1, 2, 3].map(|axis| image.stride(axis)), [Some(24), Some(1), Some(8), Some(2)]);
        let last = image.transposed(&[0, 2, 3, 1]).expect("a permutation");
        assert!(last.is_plain() && !image.is_plain());
        assert_eq!(last.sizes(), [BATCH, 3, 4, 2]);
        assert_eq!(image.transposed(&[0, 1, 1, 2]), None);
    }

    #[test]
    fn a_flattened_image_keeps_its_order() {
        let row = image().reshaped(&[BATCH, 24]).expect("it can be flattened");
        let order = row.features(1).expect("features");
        // The second element there is the next pixel of the first channel.
        assert_eq!((order[..3].to_vec(), order[12]), (vec![0, 2, 4], 1));
        let back = row.reshaped(&[BATCH, 2, 3, 4]).expect("it was an image");
        assert_eq!(back, image());
        assert_eq!(row.reshaped(&[BATCH, 3, 8]), None, "channels and rows are no run");
    }

    #[test]
    fn reshapes_cut_and_join() {
        let rows = Axes::input(&[BATCH, 5, 12], 0, false);
        let heads = rows.reshaped(&[BATCH, 5, 3, 4]).and_then(|heads| heads.transposed(&[0, 2, 1, 3])).expect("heads");
        let folded = heads.reshaped(&[BATCH * 3, 5, 4]).expect("heads beside the samples");
        assert_eq!((folded.stride(1), folded.stride(2), folded.stride(0)), (Some(12), Some(1), None));
        let again =
            folded.reshaped(&[BATCH, 3, 5, 4]).and_then(|heads| heads.transposed(&[0, 2, 1, 3])).expect("heads");
        assert!(again.reshaped(&[BATCH, 60]).expect("a row").is_plain());
        assert_eq!(rows.reshaped(&[BATCH, 7, 12]), None);
        assert_eq!(rows.reshaped(&[5, BATCH, 12]), None);
    }

    #[test]
    fn more_elements_than_can_be_counted_have_no_other_sizes() {
        let huge = Axes::placed(&[(BATCH, 0), (1 << 40, 1), (1 << 40, 2)]);
        assert_eq!(huge.reshaped(&[BATCH, 1 << 40, 1 << 40]), None);
    }

    #[test]
    fn one_sample_is_an_axis_too() {
        let one = Axes::input(&[1, 5, 12], 0, false);
        let row = one.reshaped(&[1, 60]).expect("a row");
        assert!(row.has_batch(0) && row.is_plain());
        let turned = Axes::input(&[5, 1, 12], 1, false);
        // Behind the steps the sample is within the row, which no operator takes.
        let row = turned.reshaped(&[1, 60]).expect("a row");
        assert!(row.has_batch(1) && row.batch_axis().is_none());
    }

    #[test]
    fn axes_of_one_element_have_no_atom() {
        let grey = Axes::input(&[BATCH, 1, 4, 4], 0, true);
        assert_eq!(grey.stride(1), None);
        assert!(grey.is_at(1, 1) && grey.is_at(3, 1) && grey.is_at(2, 4));
        let pooled = image().reduced(&[2, 3]);
        assert_eq!((pooled.sizes(), pooled.sample()), (vec![BATCH, 2, 1, 1], 2));
        assert_eq!(pooled.squeezed(3).map(|axes| axes.sizes()), Some(vec![BATCH, 2, 1]));
        assert_eq!(image().resized(2, 1).map(|axes| axes.sizes()), Some(vec![BATCH, 2, 1, 4]));
    }
}
