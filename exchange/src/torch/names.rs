//! The names of tensors in a file.

use std::collections::BTreeSet;

use super::tensors::{Tensor, dotted, tensors};
use crate::ExchangeError;
use typednet_layers::LayerInfo;

/// How layers are called in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    by_paths: bool,
    renamed: Vec<(String, String)>,
    in_order: Option<Vec<String>>,
    prefix: String,
}

/// A tensor and its name in the file.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) file: String,
    pub(super) tensor: Tensor,
}

/// Whether `layer` is `outer` or inside it; the rest of its name then.
pub(super) fn within<'a>(layer: &'a str, outer: &str) -> Option<&'a str> {
    let rest = layer.strip_prefix(outer)?;
    if outer.is_empty() || rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

impl Names {
    pub(super) fn by_paths(&mut self) {
        self.by_paths = true;
    }

    pub(super) fn rename(&mut self, pairs: impl Iterator<Item = (String, String)>) {
        self.renamed.extend(pairs);
    }

    pub(super) fn in_order(&mut self, names: impl Iterator<Item = String>) {
        self.in_order = Some(names.collect());
    }

    pub(super) fn prefix(&mut self, prefix: String) {
        self.prefix = prefix;
    }

    /// The tensors of a network with their names.
    ///
    /// # Errors
    /// If a layer has no counterpart, or a name fits no layer or two tensors.
    pub(super) fn give(&self, tree: &'static LayerInfo) -> Result<Vec<Named>, ExchangeError> {
        let tensors = tensors(tree)?;
        let mut layers: Vec<String> = tensors.iter().map(|tensor| tensor.layer.clone()).collect();
        layers.dedup();
        if let Some((name, _)) = self.renamed.iter().find(|(name, _)| layers.iter().all(|l| within(l, name).is_none()))
        {
            return Err(ExchangeError::NoLayer { name: name.clone(), layers });
        }
        if let Some(names) = self.in_order.as_ref().filter(|names| names.len() != layers.len()) {
            return Err(ExchangeError::OtherCount { names: names.len(), layers });
        }
        let mut seen = BTreeSet::new();
        let named = |tensor: Tensor| {
            let module = self.module(&tensor, &layers);
            let file = format!("{}{}", self.prefix, dotted(&module, tensor.name));
            if seen.insert(file.clone()) {
                Ok(Named { file, tensor })
            } else {
                Err(ExchangeError::SameName { name: file })
            }
        };
        tensors.into_iter().map(named).collect()
    }

    fn module(&self, tensor: &Tensor, layers: &[String]) -> String {
        if let Some(names) = &self.in_order {
            let place = layers.iter().position(|layer| *layer == tensor.layer);
            return place.map_or_else(String::new, |place| names[place].clone());
        }
        // The nearest layer that has another name.
        let renamed =
            self.renamed.iter().filter_map(|(here, there)| Some((here.len(), within(&tensor.layer, here)?, there)));
        match renamed.max_by_key(|(len, ..)| *len) {
            Some((_, "", there)) => there.clone(),
            Some((_, rest, there)) => dotted(there, rest),
            None if self.by_paths => tensor.layer.clone(),
            None => tensor.module.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn layers_are_inside_whole_names() {
        assert_eq!(within("body.l1", "body"), Some("l1"));
        assert_eq!(within("body", "body"), Some(""));
        assert_eq!(within("body2.l1", "body"), None);
        assert_eq!(within("l1", ""), Some("l1"));
    }
}
