//! A digit's probabilities, and which pixels they hang on.
//!
//! The page writes 784 numbers from 0 to 1 at [`digit_pixels`], calls [`digit_predict`] and reads 10 probabilities at
//! [`digit_probabilities`]; behind [`digit_saliency`], 784 numbers at [`digit_gradient`].

use typednet::layers::{WorkspaceSize, pass};
use typednet::prelude::*;
use typednet::tensor::compact::Bf16;
use typednet::tensor::{le_bytes_mut, zeros};

use crate::single::Single;

network! {
    /// The network of the lectures.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

/// The weights in half of their bytes, since the page carries them; they are `f32` again once it is open.
static HALVES: [Bf16; Mnist::LEN] = rounded();

#[allow(long_running_const_eval, reason = "it ends, after one turn for each weight")]
const fn rounded() -> [Bf16; Mnist::LEN] {
    let mut model: Mnist = weights!(concat!(env!("TYPEDNET_WEB"), "/weights.safetensors"));
    let (bytes, mut halves, mut i) = (le_bytes_mut(&mut model), [Bf16::round(0.0); Mnist::LEN], 0);
    while i < Mnist::LEN {
        let [a, b, c, d] = [bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]];
        halves[i] = Bf16::round(f32::from_le_bytes([a, b, c, d]));
        i += 1;
    }
    halves
}

/// Test images, a byte for each pixel.
static IMAGES: &[u8] = include_bytes!(concat!(env!("TYPEDNET_WEB"), "/digits.bin"));
/// As many of them are in the page.
const SHOWN: usize = 20;
static SHOWN_IMAGES: [u8; SHOWN * 784] = first(IMAGES);

const fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    match bytes.first_chunk() {
        Some(first) => *first,
        None => panic!("there are too few images: `bare_weights` writes 100"),
    }
}

const NEED: WorkspaceSize = pass::training_need::<Mnist>();

struct Digit {
    model: Mnist,
    gradient: Mnist,
    pixels: [f32; 784],
    by_pixels: [f32; 784],
    probabilities: [f32; 10],
    memory: [f32; NEED.of(1)],
}

static DIGIT: Single<Digit> = Single::new(Digit {
    model: zeros(),
    gradient: zeros(),
    pixels: [0.0; 784],
    by_pixels: [0.0; 784],
    probabilities: [0.0; 10],
    memory: [0.0; NEED.of(1)],
});

/// Makes the weights ready; called once.
#[unsafe(no_mangle)]
pub extern "C" fn digit_open() {
    DIGIT.lend(|digit| {
        for (weight, half) in digit.model.as_flat_mut().iter_mut().zip(&HALVES) {
            *weight = half.to_f32();
        }
    });
}

/// Where the page writes the pixels.
#[unsafe(no_mangle)]
pub extern "C" fn digit_pixels() -> *mut f32 {
    DIGIT.address(|digit| digit.pixels.as_mut_ptr())
}

/// Where it reads the probabilities.
#[unsafe(no_mangle)]
pub extern "C" fn digit_probabilities() -> *const f32 {
    DIGIT.address(|digit| digit.probabilities.as_ptr())
}

/// Where it reads what a class's logit changes by for each pixel.
#[unsafe(no_mangle)]
pub extern "C" fn digit_gradient() -> *const f32 {
    DIGIT.address(|digit| digit.by_pixels.as_ptr())
}

/// The probabilities of the pixels, `times` times over, so that the page's clock sees how long one takes.
#[unsafe(no_mangle)]
pub extern "C" fn digit_predict(times: u32) {
    DIGIT.lend(|digit| {
        for _ in 0..times {
            digit.model.predict_into(core::hint::black_box(&digit.pixels), &mut digit.probabilities);
        }
    });
}

/// ∂z_c/∂x, the gradient of the logit of class c by the pixels (Simonyan, Vedaldi, Zisserman 2014), by the backward pass.
///
/// # Panics
/// If there is no such class.
#[unsafe(no_mangle)]
pub extern "C" fn digit_saliency(class: usize) {
    DIGIT.lend(|digit| {
        let Digit { model, gradient, pixels, by_pixels, memory, .. } = digit;
        let run = PassContext::new(Key::new(0)).stop_at_logits(true);
        let of_class = |_: &[[f32; 10]], dz: &mut [[f32; 10]]| {
            dz[0] = [0.0; 10];
            dz[0][class] = 1.0;
        };
        let (x, dx) = (core::slice::from_ref(pixels), core::slice::from_mut(by_pixels));
        pass::vjp(model, x, of_class, gradient, Some(dx), memory, run);
    });
}

/// How many test images are in the page.
#[unsafe(no_mangle)]
pub extern "C" fn digit_images() -> usize {
    SHOWN
}

/// Puts a test image among the pixels.
///
/// # Panics
/// If there is no such image.
#[unsafe(no_mangle)]
pub extern "C" fn digit_image(number: usize) {
    DIGIT.lend(|digit| {
        for (pixel, byte) in digit.pixels.iter_mut().zip(&SHOWN_IMAGES[784 * number..][..784]) {
            *pixel = f32::from(*byte) * (1.0 / 255.0);
        }
    });
}
