//! Sizes and axes as nodes name them.

use super::file::{MOST_AXES, Node};
use super::tensor::{Tensor, product};

/// The largest size that is computed with.
const LARGEST: usize = 1 << 50;

/// Whether a size of 0 is one of 0, not that of what comes in.
pub(super) fn allows_zero(node: &Node<'_>) -> bool {
    node.integer("allowzero", 0) != 0
}

/// The sizes that a reshape to `wanted` gives.
pub(super) fn reshape_sizes(sizes: &[usize], wanted: &[i64], zero: bool) -> Result<Vec<usize>, String> {
    let wrong = || format!("an array of {sizes:?} cannot have the sizes {wanted:?}");
    if wanted.len() > MOST_AXES {
        return Err(wrong());
    }
    let mut found = Vec::with_capacity(wanted.len());
    for (axis, size) in wanted.iter().enumerate() {
        found.push(match size {
            -1 => 1,
            0 if !zero => *sizes.get(axis).ok_or_else(wrong)?,
            size => usize::try_from(*size).ok().filter(|size| *size <= LARGEST).ok_or_else(wrong)?,
        });
    }
    let (all, known) = (product(sizes).ok_or_else(wrong)?, product(&found).ok_or_else(wrong)?);
    let open: Vec<usize> = (0..wanted.len()).filter(|axis| wanted[*axis] == -1).collect();
    match open[..] {
        [] if known == all => Ok(found),
        [axis] if known > 0 && all % known == 0 => {
            found[axis] = all / known;
            Ok(found)
        }
        _ => Err(wrong()),
    }
}

/// An axis that is counted from the end where it is negative.
pub(super) fn axis_of(axis: i64, rank: usize) -> Result<usize, String> {
    let found = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
    usize::try_from(found).ok().filter(|axis| *axis < rank).ok_or_else(|| format!("it names axis {axis} of {rank}"))
}

pub(super) fn flat_sizes(sizes: &[usize], axis: i64) -> Result<[usize; 2], String> {
    let axis = if axis == sizes.len() as i64 { sizes.len() } else { axis_of(axis, sizes.len())? };
    let (outer, inner) = sizes.split_at(axis);
    product(outer)
        .zip(product(inner))
        .map(|(a, b)| [a, b])
        .ok_or_else(|| "it flattens more than can be counted".to_owned())
}

/// The axes that an attribute or, in newer opsets, an input names.
pub(super) fn axes(node: &Node<'_>, input: Option<&Tensor<'_>>) -> Vec<i64> {
    input.map_or_else(|| node.integers("axes").unwrap_or_default().to_vec(), Tensor::integers)
}

pub(super) fn unsqueezed(sizes: &[usize], axes: &[i64]) -> Result<Vec<usize>, String> {
    let rank = sizes.len() + axes.len();
    if rank > MOST_AXES {
        return Err(format!("it has more than {MOST_AXES} axes"));
    }
    let mut new = vec![false; rank];
    for axis in axes {
        new[axis_of(*axis, rank)?] = true;
    }
    let mut old = sizes.iter();
    Ok(new.into_iter().map(|is_new| if is_new { 1 } else { old.next().copied().unwrap_or(1) }).collect())
}

pub(super) fn squeezed(sizes: &[usize], axes: &[i64]) -> Result<Vec<usize>, String> {
    let mut gone = vec![axes.is_empty(); sizes.len()];
    for axis in axes {
        gone[axis_of(*axis, sizes.len())?] = true;
    }
    if axes.is_empty() {
        return Ok(sizes.iter().copied().filter(|size| *size != 1).collect());
    }
    let kept = sizes.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(size, _)| *size).collect();
    if sizes.iter().zip(&gone).all(|(size, gone)| !gone || *size == 1) {
        Ok(kept)
    } else {
        Err("it squeezes an axis that is not 1".to_owned())
    }
}

/// Sizes as a list, of which `start` and `end` may cut a part.
pub(super) fn shape(node: &Node<'_>, sizes: &[usize]) -> Tensor<'static> {
    let rank = sizes.len() as i64;
    let end = |name: &str, other: i64| {
        let number = node.integer(name, other);
        (if number < 0 { number.saturating_add(rank) } else { number }).clamp(0, rank) as usize
    };
    let (start, end) = (end("start", 0), end("end", rank));
    Tensor::list(sizes.get(start..end).unwrap_or_default().iter().copied())
}

/// The sizes to which both can be repeated.
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let rank = a.len().max(b.len());
    let size = |of: &[usize], axis: usize| (axis + of.len()).checked_sub(rank).map_or(1, |axis| of[axis]);
    let sizes: Option<Vec<usize>> = (0..rank)
        .map(|axis| match (size(a, axis), size(b, axis)) {
            (a, b) if a == b || b == 1 => Some(a),
            (1, b) => Some(b),
            _ => None,
        })
        .collect();
    sizes.ok_or_else(|| format!("arrays of {a:?} and {b:?} do not fit"))
}

/// The order of axes that a transposition has; the reversed one where nothing is said.
pub(super) fn permutation(node: &Node<'_>, rank: usize) -> Result<Vec<usize>, String> {
    let Some(perm) = node.integers("perm") else { return Ok((0..rank).rev().collect()) };
    let perm: Vec<usize> = perm.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<_, _>>()?;
    let mut sorted = perm.clone();
    sorted.sort_unstable();
    if sorted.into_iter().eq(0..rank) { Ok(perm) } else { Err(format!("{perm:?} is no order of {rank} axes")) }
}

/// What a slice keeps of an axis: where it begins, how many elements, and how far they are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) axis: usize,
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) step: i64,
}

/// What a slice of an array of these sizes keeps.
pub(super) fn cuts(node: &Node<'_>, inputs: &[Option<&Tensor<'_>>], sizes: &[usize]) -> Result<Vec<Cut>, String> {
    let list = |place: usize, name: &str| match inputs.get(place).copied().flatten() {
        Some(list) => Some(list.integers()),
        None => node.integers(name).map(<[i64]>::to_vec),
    };
    let (starts, ends) = list(1, "starts").zip(list(2, "ends")).ok_or("it does not say where it begins and ends")?;
    let axes = list(3, "axes").unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = list(4, "steps").unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        return Err("its lists are not of one length".to_owned());
    }
    let mut cuts: Vec<Cut> = Vec::with_capacity(axes.len());
    for (place, axis) in axes.iter().enumerate() {
        let axis = axis_of(*axis, sizes.len())?;
        let (size, step) = (sizes[axis] as i64, steps[place]);
        if step == 0 || cuts.iter().any(|cut| cut.axis == axis) {
            return Err("it cuts an axis in no way that there is".to_owned());
        }
        let from_end = |at: i64| if at < 0 { at.saturating_add(size) } else { at };
        let (start, len) = if size == 0 {
            (0, 0)
        } else if step > 0 {
            let (start, end) = (from_end(starts[place]).clamp(0, size), from_end(ends[place]).clamp(0, size));
            (start, ((end - start).max(0) as u64).div_ceil(step.unsigned_abs()))
        } else {
            let (start, end) = (from_end(starts[place]).clamp(0, size - 1), from_end(ends[place]).clamp(-1, size - 1));
            (start, ((start - end).max(0) as u64).div_ceil(step.unsigned_abs()))
        };
        cuts.push(Cut { axis, start: start as usize, len: len as usize, step });
    }
    Ok(cuts)
}

/// The sizes of the parts that a node cuts an axis of this size into.
pub(super) fn parts(node: &Node<'_>, sizes: Option<&Tensor<'_>>, whole: usize) -> Result<Vec<usize>, String> {
    let wrong = || format!("it cuts {whole} elements into parts that are not {whole} together");
    let listed = sizes.map(Tensor::integers).or_else(|| node.integers("split").map(<[i64]>::to_vec));
    let parts = if let Some(parts) = listed {
        positive(&parts)?
    } else {
        let count = node.outputs.len().max(1);
        let len = whole.div_ceil(count);
        (0..count).map(|part| len.min(whole.saturating_sub(part * len))).collect()
    };
    let all = parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(*part));
    if all == Some(whole) && parts.len() == node.outputs.len() { Ok(parts) } else { Err(wrong()) }
}

pub(super) fn positive(sizes: &[i64]) -> Result<Vec<usize>, String> {
    let wrong = || format!("{sizes:?} are no sizes");
    if sizes.len() > MOST_AXES * 64 {
        return Err(wrong());
    }
    sizes.iter().map(|size| usize::try_from(*size).ok().filter(|size| *size <= LARGEST).ok_or_else(wrong)).collect()
}
