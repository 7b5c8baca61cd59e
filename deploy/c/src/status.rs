//! What a call returns, and its text.

use std::ffi::{CStr, c_char};

/// What a call returns: 0, or why it did nothing.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The call did what it was asked for.
    Ok = 0,
    /// A pointer is null.
    NullPointer = 1,
    /// A length is not that of the network's samples, or there are not as many outputs as inputs.
    WrongLength = 2,
    /// A pointer is not aligned as what it points to must be.
    Misaligned = 3,
    /// The outputs lie where the inputs are.
    Overlap = 4,
    /// A path is not UTF-8.
    NotUtf8 = 5,
    /// A file cannot be read, is not whole, or holds the weights of another network.
    CannotLoad = 6,
    /// A fault in the library; the call was ended, and the model is as it was.
    Fault = 7,
}

impl Status {
    const ALL: [Self; 8] = [
        Self::Ok,
        Self::NullPointer,
        Self::WrongLength,
        Self::Misaligned,
        Self::Overlap,
        Self::NotUtf8,
        Self::CannotLoad,
        Self::Fault,
    ];

    fn text(self) -> &'static CStr {
        match self {
            Self::Ok => c"no error",
            Self::NullPointer => c"a pointer is null",
            Self::WrongLength => c"a length does not fit the network",
            Self::Misaligned => c"a pointer is not aligned as what it points to must be",
            Self::Overlap => c"the outputs lie where the inputs are",
            Self::NotUtf8 => c"a path is not UTF-8",
            Self::CannotLoad => c"the weights cannot be loaded",
            Self::Fault => c"a fault in the library",
        }
    }
}

/// The text of a status, whatever number a caller has.
pub fn text(status: i32) -> *const c_char {
    let known = Status::ALL.into_iter().find(|known| *known as i32 == status);
    known.map_or(c"no status of this library", Status::text).as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_text_of_its_own_and_other_numbers_have_one_too() {
        let texts: Vec<_> = Status::ALL.iter().map(|status| status.text()).collect();
        for (at, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(status as usize, at);
            assert_eq!(text(status as i32), status.text().as_ptr());
            assert!(!texts[..at].contains(&status.text()));
        }
        for other in [-1, 8, i32::MIN, i32::MAX] {
            // SAFETY: it is a text that is part of the program.
            let text = unsafe { CStr::from_ptr(text(other)) };
            assert_eq!(text, c"no status of this library");
        }
    }
}
