//! Networks in files of numpy's.

use std::path::Path;

use typednet_formats::{FileError, NpzArray, NpzFile, TensorSpec, write_npz};
use typednet_layers::Layer;
use typednet_tensor::{Model, Scalar, Shape, fill_from_le_bytes, with_le_bytes};

use crate::parameters::{Parameter, parameters};
use crate::{Difference, ExchangeError, FloatDtype};

/// Writes the parameters of a network as arrays under the names and with the sizes that they have here.
pub(crate) fn save<L: Layer>(model: &L, path: &Path) -> Result<(), ExchangeError> {
    let parameters = parameters(const { &L::TREE });
    let dtype = FloatDtype::native::<L::Elem>().stored();
    let specs: Vec<TensorSpec> = parameters.iter().map(|parameter| parameter.spec(dtype)).collect();
    let block = model.as_flat();
    write_npz(path, &specs, |place, write| with_le_bytes(&block[parameters[place].range.clone()], write))?;
    Ok(())
}

/// Reads them into a network of their own.
pub(crate) fn load<L: Layer>(path: &Path) -> Result<Model<L>, ExchangeError> {
    let (parameters, file) = (parameters(const { &L::TREE }), NpzFile::open(path)?);
    compare(&parameters, &file)?;
    let mut model = Model::<L>::zeroed();
    for Parameter { name, range, sizes } in parameters {
        let elements = &mut model.as_flat_mut()[range];
        let Some(array) = file.array(&name) else { continue };
        read(&file, array, &sizes, elements)?;
        if let Some(x) = elements.iter().find(|x| !x.to_f64_exact().is_finite()) {
            let path = path.display().to_string();
            return Err(ExchangeError::NotFinite { path, name, found: x.to_string() });
        }
    }
    Ok(model)
}

/// Whether the arrays of a file are these, in numbers of any type.
fn compare(parameters: &[Parameter], file: &NpzFile) -> Result<(), ExchangeError> {
    let mut differences = Vec::new();
    for parameter in parameters {
        let found = file.array(&parameter.name).map(|array| &array.spec);
        if found.is_none_or(|found| found.shape != parameter.sizes || FloatDtype::of(found.dtype).is_none()) {
            let network = Some(format!("{:?}", parameter.sizes));
            differences.push(Difference { name: parameter.name.clone(), network, file: found.map(describe) });
        }
    }
    for NpzArray { spec, .. } in file.arrays() {
        if parameters.iter().all(|parameter| parameter.name != spec.name) {
            differences.push(Difference { name: spec.name.clone(), network: None, file: Some(describe(spec)) });
        }
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(ExchangeError::OtherTensors { path: file.path().display().to_string(), differences })
    }
}

fn describe(spec: &TensorSpec) -> String {
    format!("{} {:?}", spec.dtype.to_string().to_lowercase(), spec.shape)
}

/// Reads an array of these sizes, in whatever order its axes stand in the file.
fn read<T: Scalar>(file: &NpzFile, array: &NpzArray, sizes: &[usize], to: &mut [T]) -> Result<(), FileError> {
    let name = &array.spec.name;
    let is_turned = array.is_fortran && sizes.iter().filter(|size| **size > 1).count() > 1;
    if !is_turned && array.spec.dtype == FloatDtype::native::<T>().stored() {
        return fill_from_le_bytes(to, |bytes| file.read_into(name, bytes));
    }
    let Some(dtype) = FloatDtype::of(array.spec.dtype) else { return Ok(()) };
    // The place of the element that comes next: that of `at`, which is counted with the first axis fastest, or as it stands.
    let (mut at, mut place) = ([0; Shape::MAX_RANK], 0);
    file.read(name, |bytes| {
        for bytes in bytes.chunks_exact(dtype.size()) {
            to[place] = T::of(dtype.take(bytes));
            if !is_turned {
                place += 1;
                continue;
            }
            let mut axis = 0;
            while axis < sizes.len() {
                at[axis] += 1;
                if at[axis] < sizes[axis] {
                    break;
                }
                at[axis] = 0;
                axis += 1;
            }
            place = sizes.iter().zip(&at).fold(0, |place, (size, at)| place * size + at);
        }
    })
}
