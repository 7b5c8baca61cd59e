//! Checks of sizes that are `const` items, with messages that hold both numbers.

/// A text that is put together at compile time.
struct Message {
    bytes: [u8; Self::MOST],
    len: usize,
}

impl Message {
    const MOST: usize = 512;

    const fn new() -> Self {
        Self { bytes: [0; Self::MOST], len: 0 }
    }

    /// What does not fit is left off.
    const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && self.len < Self::MOST {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn number(mut self, number: usize) -> Self {
        if number >= 10 {
            self = self.number(number / 10);
        }
        let digit = [b'0' + (number % 10) as u8];
        match core::str::from_utf8(&digit) {
            Ok(digit) => self.text(digit),
            Err(_) => self,
        }
    }

    /// `784`, or `[1, 28, 28]`.
    const fn shape(mut self, sizes: &[usize]) -> Self {
        if let [size] = sizes {
            return self.number(*size);
        }
        let mut i = 0;
        while i < sizes.len() {
            self = self.text(if i == 0 { "[" } else { ", " }).number(sizes[i]);
            i += 1;
        }
        self.text("]")
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the sizes do not fit",
        }
    }
}

/// Compiles where `size` is not 0.
///
/// # Panics
/// If it is 0; at compile time, where `network!` calls it.
#[track_caller]
pub const fn not_zero(what: &str, size: usize) {
    if size == 0 {
        let message = Message::new().text(what).text(": a size is 0");
        panic!("{}", message.as_str());
    }
}

/// Compiles where the layer called `layer` gives the declared sizes.
///
/// # Panics
/// If it gives others; at compile time, where `network!` calls it.
#[track_caller]
pub const fn gives(layer: &str, given: &[usize], whose: &str, declared: &[usize]) {
    let mut i = 0;
    while i < given.len() && i < declared.len() && given[i] == declared[i] {
        i += 1;
    }
    if i < given.len() || i < declared.len() {
        let message = Message::new().text(layer).text(" gives ").shape(given);
        let message = message.text(", but ").text(whose).text(" ").shape(declared);
        panic!("{}", message.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOSE: &str = "the network is declared to give";

    #[test]
    fn sizes_that_fit_pass() {
        not_zero("layer `l1: Dense<N>`", 1);
        gives("layer `l1: Dense<N>`", &[10], WHOSE, &[10]);
        gives("layer `l1: Relu`", &[1, 28, 28], WHOSE, &[1, 28, 28]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Dense<N>` gives 128, but the network is declared to give 10")]
    fn a_wrong_size_is_named() {
        gives("layer `l1: Dense<N>`", &[128], WHOSE, &[10]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Relu` gives [1, 28, 28], but the network is declared to give [1, 28, 20]")]
    fn a_wrong_shape_is_named() {
        gives("layer `l1: Relu`", &[1, 28, 28], WHOSE, &[1, 28, 20]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Dense<N>`: a size is 0")]
    fn zero_is_named() {
        not_zero("layer `l1: Dense<N>`", 0);
    }

    #[test]
    fn a_message_that_is_too_long_is_cut() {
        let message = Message::new().text(&"x".repeat(600)).number(7);
        assert_eq!(message.as_str().len(), 512);
    }
}
