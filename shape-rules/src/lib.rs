//! How the sizes that a layer gives follow from those that it reads.
//!
//! Each rule is a `const fn` from sizes to the size that follows, or to a [`Complaint`] that says what does not fit, with the
//! arithmetic. `network!` asks it of the sizes that it sees, and rustc of those that only it knows, so that both say the
//! same.
#![no_std]
#![forbid(unsafe_code)]
#![allow(clippy::result_large_err, reason = "rules are asked at compile time, where nothing can be boxed")]

#[cfg(test)]
extern crate std;

mod borders;
mod complaint;
mod counts;
mod pooling;
mod ranks;
mod windows;

pub use borders::{cropped, padded, scaled};
pub use complaint::Complaint;
pub use counts::{elements, grouped, heads, reshaped, rotary_heads, side_by_side};
pub use pooling::{pooling, pooling_floor};
pub use ranks::{Reads, wrong_rank};
pub use windows::{convolution, transposed};

/// The size that follows, or why none does.
pub type Answer = Result<usize, Complaint>;

/// A complaint that a size is 0 or the like.
const fn complain(text: &str) -> Answer {
    Err(Complaint::new().text(text))
}

/// A complaint that the size of `axis` cannot be counted.
const fn too_large(axis: &str) -> Answer {
    Err(Complaint::new().text("its ").text(axis).text(" is too large for a size"))
}

/// `a·b + c`
const fn sum_of_product(a: usize, b: usize, c: usize) -> Option<usize> {
    match a.checked_mul(b) {
        Some(product) => product.checked_add(c),
        None => None,
    }
}
