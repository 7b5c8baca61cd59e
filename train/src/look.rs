//! The one look at data before a training.

use std::any::TypeId;
use std::fmt;
use std::ops::Range;

use typednet_data::{Parts, Source};
use typednet_layers::loss::Loss;
use typednet_layers::{Layer, LayerInfo, Path};
use typednet_tensor::{Element, Sample, Word, flat};

use crate::epoch_order::in_order;
use crate::ranks::or;
use crate::{DataMark, Ranks, RanksError, TrainError, Trainer};

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Looks at every sample and target once, in order, and gives what tells these data from others. Of data in parts, it looks at the samples
    /// of the parts whose shards are computed here, and at all targets.
    pub(crate) fn look<S>(&mut self, data: &S, purpose: &'static str) -> Result<Looked, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.reserve(data)?;
        let (loss, parts, own) = (self.engine.loss.loss(), data.parts(), self.engine.team.share().shards());
        let mut prints = Prints::new(parts, own);
        for (part, rows) in in_order(parts, data.len(), self.batch_size) {
            let from = rows.start;
            let targets = if prints.is_here(part) {
                let (x, targets) = self.batch.in_order(data, rows, self.seed, self.engine.parallel())?;
                let all_finite = prints.of_parts[part].add(flat(x));
                if let (false, Some(error)) = (all_finite, first_bad(x, from, purpose)) {
                    return Err(error);
                }
                targets
            } else {
                self.batch.targets_of(data, rows, self.seed)
            };
            for (row, target) in (from..).zip(targets) {
                let taken = loss.check_target(target);
                taken.map_err(|error| TrainError::Target { purpose, row, error })?;
                prints.mix(part, loss.fingerprint(target));
            }
        }
        Ok(prints.looked(data.len()))
    }

    /// Looks at the training data, enters their run, and asks whether they are those that an unfinished call was made with.
    /// Gives what is to be said about the run.
    ///
    /// Ranks agree first on what they train; all but the first leave the run to that one.
    pub(crate) fn admit<S>(
        &mut self,
        train: &S,
        validation: Option<&Looked>,
        with_checkpoints: bool,
    ) -> Result<Option<String>, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check_rows(self.batch_size.min(train.len()))?;
        let looked = self.look(train, "training")?;
        self.agree(Some(&looked), validation)?;
        let now = looked.mark(self.engine.team.others())?;
        if !self.engine.team.is_first() {
            (self.data, self.unconfirmed) = (Some(now), false);
            return Ok(None);
        }
        let said = if with_checkpoints { self.enter_run(now)? } else { None };
        self.begin_run(Some(now));
        let unfinished = self.position.is_some() || self.unconfirmed;
        if let Some(before) = self.data.filter(|before| unfinished && *before != now) {
            return Err(TrainError::OtherData { before, now });
        }
        (self.data, self.unconfirmed) = (Some(now), false);
        Ok(said)
    }

    /// What tells a batch from others, for several ranks that are each given it; without them nobody asks, and it is 0.
    pub(crate) fn mark_of(&mut self, x: &[M::In], targets: &[L::Target]) -> u64 {
        if self.engine.team.others().is_none() {
            return 0;
        }
        let (mut print, loss) = (Fingerprint::new(), self.engine.loss.loss());
        print.add(flat(x));
        for target in targets {
            print.mix(loss.fingerprint(target));
        }
        print.finish()
    }

    /// Whether the network learns from batches of `rows` rows, and the shards that they are cut into.
    pub(crate) fn check_rows(&self, rows: usize) -> Result<(), TrainError> {
        let mut found = Ok(());
        let shards = self.engine.team.shards;
        if self.engine.team.share().smallest(rows) == 1 {
            visit_normal(const { &M::TREE }, &Path::ROOT, &mut |path| {
                let name = if path.is_root() { M::TREE.name.to_owned() } else { path.to_string() };
                found = Err(TrainError::OneRow { layer: name, shards });
            });
        }
        found
    }
}

/// The hashes of data in the making.
struct Prints {
    /// Of the data, or of each part of them.
    of_parts: Vec<Fingerprint>,
    common: Option<Fingerprint>,
    /// The parts whose samples are here, where data are in parts.
    own: Option<Range<usize>>,
}

impl Prints {
    /// `own` are the parts whose samples are here, if there are parts.
    fn new(parts: Option<&Parts>, own: Range<usize>) -> Self {
        let of_parts = (0..parts.map_or(1, Parts::count)).map(|_| Fingerprint::new()).collect();
        let common = parts.map(|parts| {
            let mut print = Fingerprint::new();
            for part in 0..parts.count() {
                print.mix(parts.rows(part).len() as u64);
            }
            print
        });
        Self { of_parts, common, own: parts.map(|_| own) }
    }

    fn is_here(&self, part: usize) -> bool {
        self.own.as_ref().is_none_or(|own| own.contains(&part))
    }

    /// Takes in a target.
    fn mix(&mut self, part: usize, bits: u64) {
        if let Some(common) = &mut self.common {
            common.mix(bits);
        }
        self.of_parts[part].mix(bits);
    }

    fn looked(&self, samples: usize) -> Looked {
        let hash = |(part, print): (usize, &Fingerprint)| if self.is_here(part) { print.finish() } else { 0 };
        let hashes = self.of_parts.iter().enumerate().map(hash).collect();
        Looked { samples, hashes, common: self.common.as_ref().map(Fingerprint::finish) }
    }
}

/// What a look at data has found, as far as they are here.
pub(crate) struct Looked {
    samples: usize,
    /// The hash of the data, or of each part of them; 0 where that is elsewhere.
    hashes: Vec<u64>,
    /// Of data in parts, the hash of what every rank has: the lengths of the parts, and the targets.
    common: Option<u64>,
}

impl Looked {
    /// The mark of the data; of those in parts, whose samples no rank need have seen all, it is of what each has, told to all.
    fn mark(self, others: Option<&mut dyn Ranks>) -> Result<DataMark, RanksError> {
        let Self { samples, hashes, common } = self;
        let Some(common) = common else { return Ok(DataMark { samples, hash: hashes[0] }) };
        let mut told: Vec<[u8; 8]> = hashes.into_iter().map(u64::to_le_bytes).collect();
        if let Some(ranks) = others {
            or(ranks, told.as_flattened_mut())?;
        }
        let hash = told.into_iter().fold(common, |hash, part| step(hash, u64::from_le_bytes(part)));
        Ok(DataMark { samples, hash })
    }
}

/// What ranks compare: as [`DataMark`], or as in `300 samples in 8 parts of mark 1f0c93d2a4b5e677`.
impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { samples, hashes, common } = self;
        match common {
            Some(hash) => write!(f, "{samples} samples in {} parts of mark {hash:016x}", hashes.len()),
            None => DataMark { samples: *samples, hash: hashes[0] }.fmt(f),
        }
    }
}

/// Calls `visit` for the layers that normalise over rows and get one for each sample, the first of them last.
fn visit_normal(node: &LayerInfo, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>)) {
    if node.behaviour.frozen || node.behaviour.each.len() != 1 {
        return;
    }
    for child in node.children.iter().rev() {
        visit_normal(child.node, &path.inner(child.name), visit);
    }
    if node.behaviour.normalises_over_rows {
        visit(path);
    }
}

/// The error of the first value that is not finite, if there is one.
#[cold]
fn first_bad<In: Sample>(x: &[In], from: usize, purpose: &'static str) -> Option<TrainError> {
    let of_row = |(row, x): (usize, &In)| {
        let (element, found) = x.not_finite()?;
        Some(TrainError::Sample { purpose, row, element, found })
    };
    (from..).zip(x).find_map(of_row)
}

/// The bits of an element that are all ones where it is infinite or not a number; none of an element of a pair of tokens and numbers,
/// which is asked apart.
fn exponent_bits<E: Element>() -> u64 {
    let element = TypeId::of::<E>();
    if element == TypeId::of::<f32>() {
        f32::INFINITY.to_bits().into()
    } else if element == TypeId::of::<f64>() {
        f64::INFINITY.to_bits()
    } else if element == TypeId::of::<Word>() {
        0
    } else {
        // No byte and no token has so many bits.
        u64::MAX
    }
}

/// A hash that is computed in independent lanes, so that it costs less than reading the data.
///
/// It tells data apart that differ by mistake; it is no safeguard against who means to deceive.
pub(crate) struct Fingerprint {
    lanes: [u64; LANES],
}

const LANES: usize = 8;

/// An odd number with about as many ones as zeros: 2⁶⁴ over the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

#[inline(always)]
const fn step(lane: u64, bits: u64) -> u64 {
    (lane ^ bits).wrapping_mul(FACTOR).rotate_left(29)
}

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self { lanes: std::array::from_fn(|lane| lane as u64 + 1) }
    }

    /// Takes in elements; says whether all of them are finite for sure.
    pub(crate) fn add<E: Element>(&mut self, elements: &[E]) -> bool {
        let (exponent, mut all_finite) = (exponent_bits::<E>(), true);
        for chunk in elements.chunks(LANES) {
            for (lane, element) in self.lanes.iter_mut().zip(chunk) {
                let bits = element.bits();
                *lane = step(*lane, bits);
                all_finite &= bits & exponent != exponent;
            }
        }
        all_finite
    }

    /// Takes in one number.
    pub(crate) fn mix(&mut self, bits: u64) {
        self.lanes[0] = step(self.lanes[0], bits);
    }

    pub(crate) fn finish(&self) -> u64 {
        self.lanes.iter().fold(0, |hash, lane| step(hash, *lane))
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Token;

    use super::*;

    fn of<E: Element>(elements: &[E]) -> u64 {
        let mut print = Fingerprint::new();
        print.add(elements);
        print.finish()
    }

    #[test]
    fn every_element_and_its_place_count() {
        let base: Vec<f32> = (0..100).map(|i| i as f32 * 0.25).collect();
        for place in 0..base.len() {
            let mut other = base.clone();
            other[place] = -other[place];
            assert_ne!(of(&base), of(&other), "the sign of element {place}");
            other.clone_from(&base);
            other.swap(place, (place + 8) % 100);
            assert_ne!(of(&base), of(&other), "elements {place} and {} in turn", (place + 8) % 100);
        }
        assert_eq!(of(&base), of(&base.clone()));
        assert_ne!(of(&[1_u8, 2]), of(&[2_u8, 1]));
        assert_ne!(of(&[1.0_f64]), of(&[1.0_f64 + f64::EPSILON]));
        let [first, second] = [0, 299].map(|token| Token::<300>::new(token).expect("a token"));
        assert_ne!(of(&[first, second]), of(&[second, first]));
    }

    #[test]
    fn what_is_not_finite_is_found_anywhere() {
        for place in 0..20 {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut x = [0.5_f32; 20];
                assert!(Fingerprint::new().add(&x));
                x[place] = bad;
                assert!(!Fingerprint::new().add(&x));
            }
        }
    }
}
