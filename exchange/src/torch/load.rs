//! A network out of a file.

use std::collections::BTreeSet;
use std::path::Path;

use typednet_formats::{TensorFile, TensorSpec};
use typednet_layers::{Layer, LayerInfo, Network};
use typednet_tensor::{Model, Scalar};

use super::elements::Elements;
use super::names::{Named, within};
use super::save::ARCHITECTURE;
use super::{Arrival, Report, Torch};
use crate::{Difference, ExchangeError, FloatDtype, text};

/// A tensor of the file and the parameters that it is for.
struct Pair<'a> {
    named: &'a Named,
    elements: &'a Elements,
    dtype: FloatDtype,
}

/// A file whose tensors are those of a network.
struct Opened<'a> {
    file: TensorFile,
    pairs: Vec<Pair<'a>>,
    report: Report,
}

impl Opened<'_> {
    /// Reads into a network of zeros.
    fn read<L: Layer>(&mut self, model: &mut L) -> Result<(), ExchangeError> {
        let block = model.as_flat_mut();
        for Pair { named, elements, dtype } in &self.pairs {
            let (mut pieces, mut held, mut numbers, mut bad) = (elements.pieces(), Vec::new(), Vec::new(), None);
            // As many elements as the tensor has bytes for, which `pairs` has looked at.
            self.file.read(&named.file, |mut bytes| {
                while !pieces.is_empty() {
                    let missing = dtype.size() * pieces.len() - held.len();
                    let (part, rest) = bytes.split_at(bytes.len().min(missing));
                    held.extend_from_slice(part);
                    bytes = rest;
                    if part.len() < missing {
                        break;
                    }
                    numbers.clear();
                    dtype.take_all(&held, &mut numbers);
                    pieces.visit(|at, index| {
                        let x = if pieces.place() + at < elements.shared {
                            block[index] + numbers[at]
                        } else {
                            numbers[at]
                        };
                        bad = bad.or((!x.to_f64_exact().is_finite()).then_some(x));
                        block[index] = x;
                    });
                    held.clear();
                    pieces.advance();
                }
            })?;
            if let Some(found) = bad {
                let (path, name) = (self.file.path().display().to_string(), named.file.clone());
                return Err(ExchangeError::NotFinite { path, name, found: found.to_string() });
            }
        }
        Ok(())
    }
}

impl Torch {
    /// A network with the weights of a file. Tensors of any [`FloatDtype`] are read; all of the file must be the network's, and all of
    /// the network in the file.
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, holds other tensors, of which all are named, or a weight that is not finite.
    pub fn load<L: Layer>(&self, path: impl AsRef<Path>) -> Result<(Model<L>, Report), ExchangeError> {
        let named = self.names.give(const { &L::TREE })?;
        let mut opened = self.open(&named, const { &L::TREE }, path.as_ref())?;
        // What lies about the network takes no memory for it.
        let mut model = L::zeroed();
        opened.read(&mut *model)?;
        Ok((model, opened.report))
    }

    /// The same into a network that is there. Where something is wrong it is as it was.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_into<L: Layer>(&self, model: &mut L, path: impl AsRef<Path>) -> Result<Report, ExchangeError> {
        let named = self.names.give(const { &L::TREE })?;
        let mut opened = self.open(&named, const { &L::TREE }, path.as_ref())?;
        let mut read = L::zeroed();
        opened.read(&mut *read)?;
        let (from, to) = (read.as_flat(), model.as_flat_mut());
        for pair in &opened.pairs {
            pair.elements.visit(|index| to[index] = from[index]);
        }
        Ok(opened.report)
    }

    /// Opens a file and holds its tensors to those of the network.
    fn open<'a>(&self, named: &'a [Named], tree: &LayerInfo, path: &Path) -> Result<Opened<'a>, ExchangeError> {
        let file = TensorFile::open(path)?;
        let (pairs, mut report) = self.pairs(named, &file)?;
        report.same_architecture = file.metadata(ARCHITECTURE).map(|found| found == text::architecture(tree));
        Ok(Opened { file, pairs, report })
    }

    /// What is to be read, and the report of it.
    fn pairs<'a>(&self, named: &'a [Named], file: &TensorFile) -> Result<(Vec<Pair<'a>>, Report), ExchangeError> {
        let (mut pairs, mut report, mut differences) = (Vec::new(), Report::default(), Vec::new());
        let mut known = BTreeSet::new();
        if let Some(name) = self
            .only
            .iter()
            .flatten()
            .find(|name| named.iter().all(|named| within(&named.tensor.layer, name).is_none()))
        {
            let mut layers: Vec<String> = named.iter().map(|named| named.tensor.layer.clone()).collect();
            layers.dedup();
            return Err(ExchangeError::NoLayer { name: name.clone(), layers });
        }
        for named in named {
            let tensor = &named.tensor;
            let is_asked =
                self.only.as_ref().is_none_or(|only| only.iter().any(|name| within(&tensor.layer, name).is_some()));
            let Some(elements) = &tensor.elements else {
                // A number that is not kept here may be in the file or not.
                known.extend(is_asked.then_some(&*named.file));
                continue;
            };
            if !is_asked {
                report.kept.push(tensor.here());
                continue;
            }
            known.insert(&*named.file);
            let (found, shape) = (file.tensor(&named.file), elements.shape());
            let fitting =
                found.as_ref().filter(|found| found.shape == shape).and_then(|found| FloatDtype::of(found.dtype));
            if let Some(dtype) = fitting {
                report.loaded.push(Arrival {
                    file: named.file.clone(),
                    dtype: dtype.name(),
                    shape,
                    network: tensor.here(),
                });
                pairs.push(Pair { named, elements, dtype });
            } else {
                let network = Some(format!("{} {shape:?}", tensor.here()));
                differences.push(Difference { name: named.file.clone(), network, file: found.as_ref().map(describe) });
            }
        }
        for found in file.tensors().filter(|found| !known.contains(&*found.name)) {
            if self.only.is_some() {
                report.unused.push(found.name);
            } else {
                differences.push(Difference { file: Some(describe(&found)), name: found.name, network: None });
            }
        }
        if differences.is_empty() {
            Ok((pairs, report))
        } else {
            Err(ExchangeError::OtherNetwork { path: file.path().display().to_string(), differences })
        }
    }
}

fn describe(tensor: &TensorSpec) -> String {
    format!("{} {:?}", tensor.dtype.to_string().to_lowercase(), tensor.shape)
}
