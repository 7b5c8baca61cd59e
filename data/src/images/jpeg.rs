//! Whether a JPEG file is there to its end: decoders fill with grey what a file that was cut off does not hold.

/// Whether the file's end mark stands behind its last scan; what comes after it does not matter.
///
/// A file is a row of segments: 0xFF, a mark, and, but for marks without content, a length of two bytes that counts
/// itself. Behind a start of scan come compressed data, in which 0xFF is followed by 0x00, or by a restart mark. So the
/// end mark of a small picture inside a segment is not taken for that of the file.
pub(super) fn is_whole(file: &[u8]) -> bool {
    let mut rest = file;
    loop {
        // Compressed data, and bytes that fill up.
        let Some(place) = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF)) else {
            return false;
        };
        let mark = rest[place + 1];
        rest = &rest[place + 2..];
        match mark {
            END => return true,
            // Start, restarts, and one for private use.
            0xD8 | 0xD0..=0xD7 | 0x01 => {}
            _ => {
                let Some((length, _)) = rest.split_first_chunk() else { return false };
                let Some(behind) = rest.get(usize::from(u16::from_be_bytes(*length))..) else { return false };
                rest = behind;
            }
        }
    }
}

/// The mark of the end of an image.
const END: u8 = 0xD9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_that_of_the_file() {
        let head = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 1, 2, 0xFF, 0xDA, 0, 2];
        let data = [7, 0xFF, 0x00, 0xFF, 0xD3, 9, 0xFF, 0xFF];
        let whole = [&head[..], &data, &[0xD9]].concat();
        for len in 0..whole.len() {
            assert!(!is_whole(&whole[..len]), "cut to {len} bytes");
        }
        assert!(is_whole(&whole) && is_whole(&[&whole[..], b"junk"].concat()));
        // A segment that says that it is longer than the file, and one that is shorter than its length.
        assert!(!is_whole(&[0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, 0xFF, 0xD9]));
        assert!(is_whole(&[0xFF, 0xD8, 0xFF, 0xE1, 0, 0, 0xFF, 0xD9]));
    }
}
