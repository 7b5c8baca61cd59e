//! Arrays into a file.

use std::io::{self, Write};
use std::path::Path;

use rawzip::ZipArchiveWriter;
use rawzip::path::ZipFilePath;

use super::{END, header};
use crate::{FileError, TensorSpec};

/// Writes arrays to a `.npz` file with [`write_with`](crate::write_with), as `numpy.savez` does: not compressed, in C's order.
///
/// `data` hands the bytes of the array at a place of `arrays` to its second argument, in little-endian order and in as many pieces
/// as it likes. It is asked once for each.
///
/// ```
/// use typednet_formats::{Dtype, NpzFile, TensorSpec, write_npz};
///
/// let path = std::env::temp_dir().join("typednet-formats-arrays.npz");
/// let bias = TensorSpec { name: "bias".into(), dtype: Dtype::F32, shape: vec![2] };
/// write_npz(&path, &[bias], |_, write| [0.5_f32, 1.5].iter().try_for_each(|x| write(&x.to_le_bytes())))?;
///
/// // In Python: numpy.load("….npz")["bias"]
/// let mut bytes = [0; 8];
/// NpzFile::open(&path)?.read_into("bias", &mut bytes)?;
/// assert_eq!(bytes, [0, 0, 0, 63, 0, 0, 192, 63]);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_formats::FileError>(())
/// ```
///
/// # Errors
/// If two arrays have one name, a name is no path in an archive, numpy has no such type or so many axes, `data` gives more or fewer bytes than an array has, or the file cannot be
/// written.
pub fn write_npz(
    path: impl AsRef<Path>,
    arrays: &[TensorSpec],
    data: impl Fn(usize, &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
) -> Result<(), FileError> {
    let path = path.as_ref();
    let headers = headers(arrays).map_err(|reason| FileError::malformed(path, &reason))?;
    crate::write_with(path, |file| {
        let mut archive = ZipArchiveWriter::new(file);
        for (place, (array, (header, expected))) in arrays.iter().zip(headers).enumerate() {
            let (mut entry, config) =
                archive.new_file(&*format!("{}{END}", array.name)).start().map_err(io::Error::other)?;
            let mut writer = config.wrap(&mut entry);
            writer.write_all(&header)?;
            let mut found = 0_usize;
            data(place, &mut |bytes| {
                found = found.saturating_add(bytes.len());
                writer.write_all(bytes)
            })?;
            if found != expected {
                let message = format!("`{}` has {expected} bytes, but {found} were given", array.name);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
            let (_, descriptor) = writer.finish().map_err(io::Error::other)?;
            entry.finish(descriptor).map_err(io::Error::other)?;
        }
        archive.finish().map_err(io::Error::other)?;
        Ok(())
    })
}

/// The header of each array, and how many bytes of numbers stand behind it.
fn headers(arrays: &[TensorSpec]) -> Result<Vec<(Vec<u8>, usize)>, String> {
    let mut names: Vec<&str> = arrays.iter().map(|array| &*array.name).collect();
    names.sort_unstable();
    if let Some([name, ..]) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("two arrays have the name `{name}`"));
    }
    let header = |array: &TensorSpec| {
        let TensorSpec { name, dtype, shape } = array;
        let header =
            header::written(*dtype, shape).ok_or_else(|| format!("numpy has no `{dtype}`, the type of `{name}`"))?;
        if shape.len() > header::MOST_AXES {
            return Err(format!("`{name}` has {} axes, but numpy has at most {}", shape.len(), header::MOST_AXES));
        }
        // An archive has paths: `a\\b` would become `a/b`, and `../a` another array's name.
        let file = format!("{name}{END}");
        if ZipFilePath::from_str(&file).as_str() != file {
            return Err(format!(
                "`{name}` is no name in an archive; leave out `\\`, `:`, and parts that are empty, `.` or `..`"
            ));
        }
        let bytes = array.bytes().ok_or_else(|| format!("`{name}` of {shape:?} has more bytes than can be counted"))?;
        Ok((header, bytes))
    };
    arrays.iter().map(header).collect()
}
