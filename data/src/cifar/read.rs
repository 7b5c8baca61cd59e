//! Records of labels and planes, one after the other.

use std::io::BufRead;

use typednet_tensor::{rows, zeroed_samples};

use super::Image;
use crate::bytes::{Bytes, grow};
use crate::planes::{Planes, channels_last};
use crate::{DataError, Dataset};

/// How many bytes the three planes of an image take.
const PLANES: usize = 3 * 32 * 32;

/// How many bytes a record of CIFAR-10 takes.
pub(crate) const RECORD_10: usize = 1 + PLANES;

/// How many bytes a record of CIFAR-100 takes.
pub(crate) const RECORD_100: usize = 2 + PLANES;

/// What the files read so far held.
pub(super) struct Records<Y> {
    images: Vec<Image>,
    targets: Vec<Y>,
    limit: Option<u64>,
}

impl<Y> Records<Y> {
    /// None yet; no file may have more than so many bytes.
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self { images: Vec::new(), targets: Vec::new(), limit }
    }

    /// Adds those of one more file, whose labels `target` makes a target of; it is given the number of the record too.
    pub(super) fn read<const LABELS: usize>(
        &mut self,
        reader: impl BufRead,
        target: impl Fn([u8; LABELS], usize) -> Result<Y, DataError>,
    ) -> Result<(), DataError> {
        let size = LABELS + PLANES;
        let mut bytes = Bytes::new(reader)?;
        let limit = bytes.limit(self.limit);
        let mut record = vec![0; size];
        let mut image = zeroed_samples::<Image>(1);
        // A file of another kind has bad labels and, as a rule, no whole records, which says more.
        let mut bad_label = None;
        for row in 0.. {
            let before = row as u64 * size as u64;
            match bytes.fill(&mut record)? {
                0 if row == 0 => return Err(DataError::Empty),
                0 => break,
                _ if before + size as u64 > limit => return Err(DataError::AboveLimit { limit }),
                found if found < size => {
                    return Err(DataError::NotRecords { record: size, found: before + found as u64 });
                }
                _ if bad_label.is_some() => continue,
                _ => {}
            }
            let Some((labels, planes)) = record.split_first_chunk::<LABELS>() else { break };
            let [planes] = rows::<Planes<3, 32, 32>>(planes) else { break };
            match target(*labels, row) {
                Ok(target) => {
                    channels_last(planes, &mut image[0]);
                    grow(&mut self.images, 1, usize::MAX)?;
                    grow(&mut self.targets, 1, usize::MAX)?;
                    self.images.extend_from_slice(&image);
                    self.targets.push(target);
                }
                Err(error) => bad_label = Some(error),
            }
        }
        bad_label.map_or(Ok(()), Err)
    }

    /// All of them.
    pub(super) fn into_dataset(self) -> Result<Dataset<Image, Y>, DataError> {
        Dataset::new(self.images, self.targets)
    }
}
