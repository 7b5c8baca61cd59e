//! The one hash of the workspace: SHA-256.

use std::fmt;

use state::State;

/// By the processor's instructions for it, which takes a sixth of the time and seven crates more.
#[cfg(feature = "fast-hash")]
mod state {
    pub(super) use sha2::Sha256 as State;

    pub(super) fn finish(state: State) -> [u8; 32] {
        sha2::Digest::finalize(state).into()
    }

    pub(super) fn update(state: &mut State, bytes: &[u8]) {
        sha2::Digest::update(state, bytes);
    }
}

/// By one small crate.
#[cfg(not(feature = "fast-hash"))]
mod state {
    pub(super) use hmac_sha256::Hash as State;

    pub(super) fn finish(state: State) -> [u8; 32] {
        state.finalize()
    }

    pub(super) fn update(state: &mut State, bytes: &[u8]) {
        state.update(bytes);
    }
}

/// SHA-256 of bytes that come one after the other (FIPS 180-4).
///
/// It is collision resistant, so equal digests mean equal content, and any other program can compute it again.
///
/// ```
/// use typednet_formats::Sha256;
///
/// let mut hash = Sha256::new();
/// hash.update(b"ab");
/// hash.update(b"c");
/// assert_eq!(hash.finish().to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// ```
#[derive(Clone, Default)]
pub struct Sha256(State);

impl Sha256 {
    /// The state before the first byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        state::update(&mut self.0, bytes.as_ref());
    }

    /// The digest of all bytes that were taken in.
    pub fn finish(self) -> Digest {
        Digest(state::finish(self.0))
    }

    /// The digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Digest {
        let mut hash = Self::new();
        hash.update(bytes);
        hash.finish()
    }
}

/// It shows nothing of what it has taken in.
impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sha256").finish_non_exhaustive()
    }
}

/// The 32 bytes of a SHA-256, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
