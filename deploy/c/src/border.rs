//! The border between Rust and C: no panic passes it, and a thread can ask what its last error was.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Status;

/// Why a call did nothing: a status, and a sentence with what was expected and what was found.
#[derive(Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
}

/// Looks at a caller's pointer to what `name` says: it must be neither null nor misaligned.
pub(crate) fn look_at<T>(name: &str, at: *const T) -> Result<(), Failure> {
    if at.is_null() {
        return Err(Failure::new(Status::NullPointer, format!("the pointer to the {name} is null")));
    }
    if !at.is_aligned() {
        let text = format!("the pointer to the {name}, {at:p}, is no multiple of {}", align_of::<T>());
        return Err(Failure::new(Status::Misaligned, text));
    }
    Ok(())
}

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// Runs a call: its status, with the sentence kept for [`last_error`]. A panic is a status too.
pub(crate) fn call(work: impl FnOnce() -> Result<(), Failure>) -> Status {
    // What `work` could leave half-done is the caller's outputs, which are numbers whatever was written there.
    let failure = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return Status::Ok,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
            let failure = Failure::new(Status::Fault, format!("the library panicked: {text}"));
            // To drop what somebody has panicked with could panic once more.
            std::mem::forget(panic);
            failure
        }
    };
    let text = CString::new(failure.text.replace('\0', "?")).unwrap_or_default();
    // It fails where the thread ends and its text is gone; the status says enough then.
    let _ = LAST.try_with(|last| last.replace(text));
    failure.status
}

/// The sentence of this thread's last call that failed, until the next one that does; empty before the first.
pub fn last_error() -> *const c_char {
    LAST.try_with(|last| last.borrow().as_ptr()).unwrap_or(c"".as_ptr())
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    fn last() -> String {
        // SAFETY: it is this thread's text, which no call replaces in between.
        unsafe { CStr::from_ptr(last_error()) }.to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn a_panic_is_a_status_with_its_text() {
        assert_eq!(call(|| panic!("row {} is gone", 7)), Status::Fault);
        assert_eq!(last(), "the library panicked: row 7 is gone");
        assert_eq!(call(|| panic!("plain")), Status::Fault);
        assert_eq!(last(), "the library panicked: plain");
        assert_eq!(call(|| std::panic::panic_any(PanicsAgain)), Status::Fault);
        assert_eq!(last(), "the library panicked: no text");
    }

    /// What panics once more where it is dropped.
    struct PanicsAgain;

    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn each_thread_has_the_text_of_its_own_last_failure() {
        let fail = |text: &str| call(|| Err(Failure::new(Status::WrongLength, text)));
        assert_eq!(fail("here"), Status::WrongLength);
        std::thread::spawn(move || {
            assert_eq!(last(), "");
            assert_eq!(fail("with a \0 in it"), Status::WrongLength);
            assert_eq!(last(), "with a ? in it");
        })
        .join()
        .expect("the other thread");
        assert_eq!(call(|| Ok(())), Status::Ok);
        assert_eq!(last(), "here");
    }
}
