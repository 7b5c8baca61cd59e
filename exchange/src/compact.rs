//! Compact forms of a network in files.

use std::collections::BTreeMap;
use std::path::Path;

use typednet_formats::{Dtype, TensorFile, TensorSpec, write_tensors};
use typednet_layers::Predictor;
use typednet_tensor::compact::Bf16;
use typednet_tensor::{AnyBits, Model, fill_from_le_bytes, with_le_bytes};

use crate::parameters::{Parameter, parameters};
use crate::{Difference, ExchangeError, text};

/// A compact form of a network that can be saved to a file and loaded from one, or put into a program by `weights!`; implemented for
/// every one.
///
/// ```
/// use typednet_exchange::PersistCompact;
/// use typednet_layers::{Chain, Compact, Dense, Network, Predictor, Relu};
///
/// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3>>;
///
/// let path = std::env::temp_dir().join("typednet-int8.safetensors");
/// let small = Net::seeded(1).to_int8(&[[-1.0; 4], [1.0; 4]]);
/// small.save(&path)?;
/// let loaded = <Net as Compact>::Int8::load(&path)?;
/// assert_eq!(loaded.predict(&[0.5; 4]), small.predict(&[0.5; 4]));
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), typednet_exchange::ExchangeError>(())
/// ```
pub trait PersistCompact: Predictor<Elem: CompactElement> {
    /// Writes the form to a safetensors file: its parameters under names such as `first.packed_weight`, as they stand in memory.
    ///
    /// # Errors
    /// If the file cannot be written; the old one under that name is then as it was.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), ExchangeError> {
        let tree = const { &Self::TREE };
        let (parameters, dtype) = (parameters(tree), Self::Elem::DTYPE);
        let specs: Vec<TensorSpec> = parameters.iter().map(|parameter| parameter.spec(dtype)).collect();
        let metadata = BTreeMap::from([("typednet.network".to_owned(), text::network(tree))]);
        let block = self.as_flat();
        write_tensors(path, &specs, &metadata, |place, write| {
            with_le_bytes(&block[parameters[place].range.clone()], write)
        })?;
        Ok(())
    }

    /// The form that is in a file of [`save`](Self::save).
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, is damaged, or holds another form or another network.
    fn load(path: impl AsRef<Path>) -> Result<Model<Self>, ExchangeError> {
        let (parameters, mut file) = (parameters(const { &Self::TREE }), TensorFile::open(path)?);
        compare(&parameters, Self::Elem::DTYPE, &file)?;
        let mut form = Model::<Self>::zeroed();
        let block = form.as_flat_mut();
        for Parameter { name, range, .. } in parameters {
            fill_from_le_bytes(&mut block[range], |bytes| file.read_into(&name, bytes))?;
        }
        Ok(form)
    }
}

impl<P: Predictor<Elem: CompactElement>> PersistCompact for P {}

/// What the weights of a compact form are made of: [`Bf16`] or bytes.
pub trait CompactElement: AnyBits {
    /// What files call it.
    #[doc(hidden)]
    const DTYPE: Dtype;
}

impl CompactElement for Bf16 {
    const DTYPE: Dtype = Dtype::BF16;
}

impl CompactElement for u8 {
    const DTYPE: Dtype = Dtype::U8;
}

/// Whether the tensors of a file are these.
fn compare(parameters: &[Parameter], dtype: Dtype, file: &TensorFile) -> Result<(), ExchangeError> {
    let describe = |spec: &TensorSpec| format!("{} {:?}", spec.dtype.to_string().to_lowercase(), spec.shape);
    let mut differences = Vec::new();
    for parameter in parameters {
        let (expected, found) = (parameter.spec(dtype), file.tensor(&parameter.name));
        if found.as_ref() != Some(&expected) {
            let (network, file) = (Some(describe(&expected)), found.as_ref().map(describe));
            differences.push(Difference { name: expected.name, network, file });
        }
    }
    for found in file.tensors() {
        if parameters.iter().all(|parameter| parameter.name != found.name) {
            differences.push(Difference { network: None, file: Some(describe(&found)), name: found.name });
        }
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(ExchangeError::OtherTensors { path: file.path().display().to_string(), differences })
    }
}
