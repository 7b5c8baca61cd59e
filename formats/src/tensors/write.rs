//! Tensors into a file.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use safetensors::tensor::TensorInfo;

use super::header::{Header, LONGEST_HEADER, METADATA};
use super::{CHECKSUM, TensorSpec, begin};
use crate::FileError;

/// Writes tensors to a safetensors file with [`write_with`](crate::write_with).
///
/// `data` hands the bytes of the tensor at a place of `tensors` to its second argument, in little-endian order and in as
/// many pieces as it likes. It is asked twice for each: once for the checksum, once for the file.
///
/// ```
/// use std::collections::BTreeMap;
/// use typednet_formats::{Dtype, TensorFile, TensorSpec, write_tensors};
///
/// let path = std::env::temp_dir().join("typednet-formats-tensors.safetensors");
/// let bias = TensorSpec { name: "bias".into(), dtype: Dtype::F32, shape: vec![2] };
/// let metadata = BTreeMap::from([("unit".into(), "metre".into())]);
/// write_tensors(&path, &[bias], &metadata, |_, write| [0.5_f32, 1.5].iter().try_for_each(|x| write(&x.to_le_bytes())))?;
///
/// let mut file = TensorFile::open(&path)?;
/// assert_eq!(file.metadata("unit"), Some("metre"));
/// let mut sum = 0.0;
/// file.read("bias", |bytes| sum += bytes.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).sum::<f32>())?;
/// assert_eq!(sum, 2.0);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_formats::FileError>(())
/// ```
///
/// # Errors
/// If two tensors have one name, `data` gives more or fewer bytes than a tensor has, or the file cannot be written; and if
/// [`TensorFile`](crate::TensorFile) would refuse it, for a tensor of more than 64 axes or of no whole bytes, or names and texts of more
/// than 100 MB. Then nothing is written.
pub fn write_tensors(
    path: impl AsRef<Path>,
    tensors: &[TensorSpec],
    metadata: &BTreeMap<String, String>,
    data: impl Fn(usize, &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
) -> Result<(), FileError> {
    write_to(path.as_ref(), tensors, metadata, &data)
}

/// What hands out the bytes of the tensor at a place.
type Data<'a> = &'a dyn Fn(usize, &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>;

/// [`write_tensors`], compiled once for all that call it.
fn write_to(
    path: &Path,
    tensors: &[TensorSpec],
    metadata: &BTreeMap<String, String>,
    data: Data<'_>,
) -> Result<(), FileError> {
    let infos = infos(tensors).map_err(|reason| FileError::malformed(path, &reason))?;
    let mut header = Header { texts: Some(metadata.clone()), tensors: infos.clone() };
    // The checksum comes last; its length is known before.
    let set_checksum = |header: &mut Header, checksum: String| {
        header.texts.get_or_insert_default().insert(CHECKSUM.to_owned(), checksum);
    };
    set_checksum(&mut header, "0".repeat(64));
    let len = header.canonical(None).len().next_multiple_of(8) as u64;
    if len > LONGEST_HEADER {
        let reason = format!("its names and texts take {len} bytes, but at most {LONGEST_HEADER} are read");
        return Err(FileError::malformed(path, &reason));
    }
    if infos.iter().any(|(name, _)| name == METADATA) {
        return Err(FileError::malformed(path, &format_args!("`{METADATA}` is no name for a tensor")));
    }

    let each = |sink: &mut dyn FnMut(&[u8]) -> io::Result<()>| {
        for (place, (name, info)) in infos.iter().enumerate() {
            let expected = info.data_offsets.1 - info.data_offsets.0;
            let mut found = 0;
            data(place, &mut |bytes| {
                found += bytes.len();
                sink(bytes)
            })?;
            if found != expected {
                let message = format!("`{name}` has {expected} bytes, but {found} were given");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        Ok(())
    };
    let mut hash = begin(&header);
    let hashed = each(&mut |bytes| {
        hash.update(bytes);
        Ok(())
    });
    hashed.map_err(|error| FileError::write(path, &error))?;
    set_checksum(&mut header, hash.finish().to_string());
    let mut header = header.canonical(None);
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
    crate::write_with(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        each(&mut |bytes| file.write_all(bytes))
    })
}

/// The tensors' places in the file, one after the other.
fn infos(tensors: &[TensorSpec]) -> Result<Vec<(String, TensorInfo)>, String> {
    let mut names: Vec<&str> = tensors.iter().map(|tensor| &*tensor.name).collect();
    names.sort_unstable();
    if let Some([name, ..]) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("two tensors have the name `{name}`"));
    }
    let mut end = 0_usize;
    let place = |tensor: &TensorSpec| {
        let (TensorSpec { name, dtype, shape }, start) = (tensor, end);
        let whole = start.checked_add(tensor.checked_bytes()?);
        end = whole.ok_or_else(|| format!("with `{name}` there are more bytes than can be counted"))?;
        Ok((name.clone(), TensorInfo { dtype: *dtype, shape: shape.clone(), data_offsets: (start, end) }))
    };
    tensors.iter().map(place).collect()
}
