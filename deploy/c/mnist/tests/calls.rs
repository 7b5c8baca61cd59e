//! The library's functions as C calls them: the same bits as the network gives, and a status for whatever does not fit.

#![allow(clippy::float_cmp, reason = "the same numbers to the bit are what is asked for")]

// The functions are in the library by their names only.
extern crate mnist as _;

use std::ffi::{CStr, CString, c_char};
use std::ptr::{null, null_mut};

use mnist_network::{FILE, Mnist, OTHER_FILE, TRAINED, test_digits};
use typednet::prelude::*;

/// As in the header: a model that only pointers lead to.
#[repr(C)]
struct RawModel([u8; 0]);

unsafe extern "C" {
    fn mnist_load(path: *const c_char, model: *mut *mut RawModel) -> i32;
    fn mnist_free(model: *mut RawModel);
    fn mnist_builtin() -> *const RawModel;
    fn mnist_inputs() -> usize;
    fn mnist_outputs() -> usize;
    fn mnist_predict(model: *const RawModel, x: *const f32, x_len: usize, y: *mut f32, y_len: usize) -> i32;
    fn mnist_predict_many(model: *const RawModel, x: *const f32, x_len: usize, y: *mut f32, y_len: usize) -> i32;
    fn mnist_last_error() -> *const c_char;
}

const OK: i32 = 0;
const NULL_POINTER: i32 = 1;
const WRONG_LENGTH: i32 = 2;
const MISALIGNED: i32 = 3;
const OVERLAP: i32 = 4;
const NOT_UTF8: i32 = 5;
const CANNOT_LOAD: i32 = 6;

fn last() -> String {
    // SAFETY: a text of the library's, read before the next call.
    unsafe { CStr::from_ptr(mnist_last_error()) }.to_str().expect("UTF-8").to_owned()
}

fn load(path: &str) -> Result<*mut RawModel, (i32, String)> {
    let path = CString::new(path).expect("a path");
    let mut model = null_mut();
    // SAFETY: a text and a place for a pointer.
    let status = unsafe { mnist_load(path.as_ptr(), &raw mut model) };
    assert_eq!(status == OK, !model.is_null());
    if status == OK { Ok(model) } else { Err((status, last())) }
}

fn one(model: *const RawModel, x: &[f32], y: &mut [f32]) -> i32 {
    // SAFETY: a model or null, and slices with their lengths.
    unsafe { mnist_predict(model, x.as_ptr(), x.len(), y.as_mut_ptr(), y.len()) }
}

fn many(model: *const RawModel, x: &[f32], y: &mut [f32]) -> i32 {
    // SAFETY: as in `one`.
    unsafe { mnist_predict_many(model, x.as_ptr(), x.len(), y.as_mut_ptr(), y.len()) }
}

fn builtin() -> *const RawModel {
    // SAFETY: nothing is asked for.
    unsafe { mnist_builtin() }
}

#[test]
fn a_prediction_has_the_bits_of_the_network() {
    let digits = test_digits();
    // SAFETY: nothing is asked for.
    assert_eq!(unsafe { (mnist_inputs(), mnist_outputs()) }, (784, 10));
    let loaded = load(FILE).expect("the trained weights");
    let other = load(OTHER_FILE).expect("the other weights");
    let other_model = Mnist::load(OTHER_FILE).expect("the other weights");
    for x in &digits[..20] {
        let mut y = [0.0; 10];
        assert_eq!(one(builtin(), x, &mut y), OK);
        assert_eq!(y, TRAINED.predict(x));
        assert_eq!(one(loaded, x, &mut y), OK);
        assert_eq!(y, TRAINED.predict(x));
        assert_eq!(one(other, x, &mut y), OK);
        assert_eq!(y, other_model.predict(x));
    }
    for count in [0, 1, 2, 300, 1_000] {
        let mut y = vec![0.0; 10 * count];
        assert_eq!(many(loaded, digits[..count].as_flattened(), &mut y), OK);
        assert_eq!(y, TRAINED.predict_many(&digits[..count]).as_flattened());
    }
    // SAFETY: both are of `mnist_load` and are not used again; null and what is built in are left alone.
    unsafe {
        mnist_free(loaded);
        mnist_free(other);
        mnist_free(null_mut());
        mnist_free(builtin().cast_mut());
    }
    let mut y = [0.0; 10];
    assert_eq!(one(builtin(), &digits[0], &mut y), OK);
}

#[test]
fn a_length_that_does_not_fit_is_refused_and_nothing_is_written() {
    let (x, mut y) = ([0.5; 2 * 784], [7.0; 20]);
    for (inputs, outputs, text) in [
        (783, 10, "one input of the network has 784 floats, but 783 were handed over"),
        (1568, 10, "one input of the network has 784 floats, but 1568 were handed over"),
        (0, 0, "one input of the network has 784 floats, but 0 were handed over"),
        (784, 9, "one output of the network has 10 floats, but 9 were handed over"),
    ] {
        assert_eq!((one(builtin(), &x[..inputs], &mut y[..outputs]), last()), (WRONG_LENGTH, text.to_owned()));
    }
    for (inputs, outputs, text) in [
        (783, 10, "783 floats are no whole number of inputs, which have 784 each"),
        (784, 11, "11 floats are no whole number of outputs, which have 10 each"),
        (1568, 10, "there are 2 inputs, but places for 1 outputs"),
        (784, 0, "there are 1 inputs, but places for 0 outputs"),
    ] {
        assert_eq!((many(builtin(), &x[..inputs], &mut y[..outputs]), last()), (WRONG_LENGTH, text.to_owned()));
    }
    assert_eq!(y, [7.0; 20]);
}

#[test]
fn pointers_that_lead_nowhere_are_refused() {
    let (x, mut y) = ([0.5; 784], [7.0; 10]);
    assert_eq!((one(null(), &x, &mut y), last()), (NULL_POINTER, "the pointer to the model is null".into()));
    let call = |x: *const f32, x_len, y: *mut f32, y_len| {
        // SAFETY: what is handed over is looked at before it is read, which is what this test is about.
        let status = unsafe { mnist_predict_many(builtin(), x, x_len, y, y_len) };
        (status, last())
    };
    assert_eq!(call(null(), 784, y.as_mut_ptr(), 10), (NULL_POINTER, "the pointer to the inputs is null".into()));
    assert_eq!(call(x.as_ptr(), 784, null_mut(), 10), (NULL_POINTER, "the pointer to the outputs is null".into()));
    let odd = x.as_ptr().wrapping_byte_add(1);
    let (status, text) = call(odd, 784, y.as_mut_ptr(), 10);
    assert!(status == MISALIGNED && text.ends_with("is no multiple of 4"), "{text}");
    let rows = usize::MAX / 784 / 4;
    assert_eq!(call(x.as_ptr(), rows * 784, y.as_mut_ptr(), rows * 10).0, WRONG_LENGTH);
    let mut both = [0.0_f32; 784];
    let at = both.as_mut_ptr();
    for outputs in [at, at.wrapping_add(774), at.wrapping_add(783)] {
        assert_eq!(call(at, 784, outputs, 10).0, OVERLAP);
    }
    assert_eq!(y, [7.0; 10]);
}

#[test]
fn models_and_places_for_them_that_are_misaligned_are_refused() {
    let (x, mut y) = ([0.5; 784], [7.0; 10]);
    let odd = builtin().wrapping_byte_add(1);
    for call in [one, many] {
        let (status, text) = (call(odd, &x, &mut y), last());
        assert!(status == MISALIGNED && text.contains("the pointer to the model, 0x"), "{text}");
    }
    assert_eq!(y, [7.0; 10]);
    let path = CString::new(FILE).expect("a path");
    let mut places = [null_mut::<RawModel>(); 2];
    let place = places.as_mut_ptr().wrapping_byte_add(1);
    // SAFETY: a text, and a place that is looked at before it is written to, which is what this test is about.
    let status = unsafe { mnist_load(path.as_ptr(), place) };
    assert!(status == MISALIGNED && last().contains("the place for the model, 0x"), "{}", last());
    assert_eq!(places, [null_mut(); 2]);
    // SAFETY: what is no model is left alone, which is what this test is about.
    unsafe { mnist_free(odd.cast_mut()) };
}

#[test]
fn files_that_hold_no_such_weights_are_refused_in_words() {
    let folder = std::env::temp_dir();
    let path = |name: &str| folder.join(format!("mnist-c-{}-{name}", std::process::id()));
    let (status, text) = load("/no/such/folder/mnist.safetensors").expect_err("no such file");
    assert!(status == CANNOT_LOAD && text.contains("/no/such/folder/mnist.safetensors"), "{text}");
    let whole = std::fs::read(FILE).expect("the trained weights");
    let cut = path("cut.safetensors");
    std::fs::write(&cut, &whole[..whole.len() / 2]).expect("a file");
    let (status, text) = load(cut.to_str().expect("UTF-8")).expect_err("half a file");
    assert!(status == CANNOT_LOAD && text.contains("cut.safetensors"), "{text}");
    std::fs::remove_file(cut).ok();

    let mut model = null_mut();
    let raw = c"weights-\xff.safetensors";
    // SAFETY: texts that end with 0, or null, and a place for a pointer, or null.
    unsafe {
        assert_eq!(mnist_load(raw.as_ptr(), &raw mut model), NOT_UTF8);
        assert_eq!(mnist_load(null(), &raw mut model), NULL_POINTER);
        assert_eq!(mnist_load(raw.as_ptr(), null_mut()), NULL_POINTER);
    }
    assert_eq!((model, last()), (null_mut(), "the pointer to the place for the model is null".to_owned()));
}

#[test]
fn threads_share_a_model() {
    let digits = test_digits();
    let model = load(FILE).expect("the trained weights").expose_provenance();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let digits = &digits;
            scope.spawn(move || {
                let model = std::ptr::with_exposed_provenance::<RawModel>(model);
                for x in digits.iter().skip(thread).step_by(4).take(100) {
                    let mut y = [0.0; 10];
                    assert_eq!(one(model, x, &mut y), OK);
                    assert_eq!(y, TRAINED.predict(x));
                }
            });
        }
    });
    // SAFETY: it is of `mnist_load`, and the threads have ended.
    unsafe { mnist_free(std::ptr::with_exposed_provenance_mut(model)) };
}
