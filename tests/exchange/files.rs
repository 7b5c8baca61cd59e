//! Files of the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file that is gone when this is.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(end: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("typednet-exchange-{}-{count}.{end}", std::process::id())))
    }

    pub(crate) fn with(bytes: &[u8]) -> Self {
        let scratch = Self::new("safetensors");
        fs::write(&scratch, bytes).expect("room");
        scratch
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self).expect("the file")
    }
}

impl AsRef<Path> for Scratch {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

/// A file of the folder of goldens.
pub(crate) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens/exchange").join(name)
}
