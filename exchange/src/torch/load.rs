//! A network out of a file.

use std::collections::BTreeSet;
use std::path::Path;

use typednet_formats::{TensorFile, TensorSpec};
use typednet_layers::{Layer, Network};
use typednet_tensor::{Model, Scalar};

use super::names::{Named, within};
use super::save::ARCHITECTURE;
use super::tensors::Elements;
use super::{Arrival, Report, Torch};
use crate::{Difference, ExchangeError, Precision, text};

/// A tensor of the file and the parameters that it is for.
struct Pair<'a> {
    named: &'a Named,
    elements: &'a Elements,
    precision: Precision,
}

impl Torch {
    /// A network with the weights of a file. Tensors of any precision are read; all of the file must be the network's, and all of
    /// the network in the file.
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, holds other tensors, of which all are named, or a weight that is not finite.
    pub fn load<L: Layer>(&self, path: impl AsRef<Path>) -> Result<(Model<L>, Report), ExchangeError> {
        let mut model = L::zeroed();
        let report = self.read(path.as_ref(), &mut *model, &mut |_| ())?;
        Ok((model, report))
    }

    /// The same into a network that is there. Where something is wrong it is as it was.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_into<L: Layer>(&self, model: &mut L, path: impl AsRef<Path>) -> Result<Report, ExchangeError> {
        let (mut read, mut indices) = (L::zeroed(), Vec::new());
        let report = self.read(path.as_ref(), &mut *read, &mut |elements| indices.extend(elements.indices()))?;
        let (from, to) = (read.as_flat(), model.as_flat_mut());
        for index in indices {
            to[index] = from[index];
        }
        Ok(report)
    }

    /// Reads into a network of zeros, and shows `each` run of parameters that was read.
    fn read<L: Layer>(
        &self,
        path: &Path,
        model: &mut L,
        each: &mut dyn FnMut(&Elements),
    ) -> Result<Report, ExchangeError> {
        let tree = const { &L::TREE };
        let named = self.names.give(tree)?;
        let mut file = TensorFile::open(path)?;
        let (pairs, mut report) = self.pairs(&named, &file)?;
        report.same_architecture = file.metadata(ARCHITECTURE).map(|found| found == text::architecture(tree));
        let block = model.as_flat_mut();
        for Pair { named, elements, precision } in pairs {
            let (mut places, mut bad) = (elements.indices().enumerate(), None);
            // As many elements as the tensor has bytes for, which `pairs` has looked at.
            file.read(&named.file, |bytes| {
                for (bytes, (place, index)) in bytes.chunks_exact(precision.size()).zip(&mut places) {
                    let x = L::Elem::of(precision.take(bytes));
                    let x = if place < elements.shared { block[index] + x } else { x };
                    bad = bad.or((!x.to_f64_exact().is_finite()).then_some(x));
                    block[index] = x;
                }
            })?;
            if let Some(found) = bad {
                let (path, name) = (path.display().to_string(), named.file.clone());
                return Err(ExchangeError::NotFinite { path, name, found: found.to_string() });
            }
            each(elements);
        }
        Ok(report)
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
                found.as_ref().filter(|found| found.shape == shape).and_then(|found| Precision::of(found.dtype));
            if let Some(precision) = fitting {
                report.loaded.push(Arrival {
                    file: named.file.clone(),
                    precision: precision.name(),
                    shape,
                    network: tensor.here(),
                });
                pairs.push(Pair { named, elements, precision });
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
