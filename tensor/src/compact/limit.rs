//! How long sums of bytes may be.

/// The most inputs whose products of 8 bits surely fit into a sum of 32 bits: ⌊2³¹ / (255·128)⌋.
///
/// [`pack_int8`](super::pack_int8) is asked for weights from −127 on, but the bytes of a file may say −128.
pub const INT8_MAX_INPUTS: usize = i32::MAX as usize / (255 * 128);

const _: () = {
    let (most, largest) = (i32::MAX as usize, 255 * 128);
    assert!(INT8_MAX_INPUTS * largest <= most && (INT8_MAX_INPUTS + 1) * largest > most);
};
