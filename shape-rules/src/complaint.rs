//! Texts that are put together at compile time.

/// A message with numbers, put together at compile time: what a layer has to say of sizes that do not fit.
///
/// A layer's description has one where its sizes do not fit, and `network!` shows it at the layer.
///
/// ```
/// use typednet_shape_rules::Complaint;
///
/// const COMPLAINT: Complaint = Complaint::new().text("the kernel of ").number(31).text(" is larger than ").shape(&[28, 28]);
/// assert_eq!(COMPLAINT.as_str(), "the kernel of 31 is larger than [28, 28]");
/// ```
#[derive(Clone, Copy)]
pub struct Complaint {
    bytes: [u8; Self::MOST],
    len: usize,
}

impl Complaint {
    const MOST: usize = 512;

    /// An empty text.
    #[expect(clippy::new_without_default, reason = "a default cannot be made at compile time")]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::MOST], len: 0 }
    }

    /// With `text` behind it. What is beyond 512 bytes is left off, and no character is cut in two.
    #[must_use]
    pub const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut end = if bytes.len() < Self::MOST - self.len { bytes.len() } else { Self::MOST - self.len };
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut i = 0;
        while i < end {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// With `number` behind it.
    #[must_use]
    pub const fn number(mut self, number: usize) -> Self {
        if number >= 10 {
            self = self.number(number / 10);
        }
        let digit = [b'0' + (number % 10) as u8];
        match core::str::from_utf8(&digit) {
            Ok(digit) => self.text(digit),
            Err(_) => self,
        }
    }

    /// With the sizes of a shape behind it: `784`, or `[1, 28, 28]`.
    #[must_use]
    pub const fn shape(mut self, sizes: &[usize]) -> Self {
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

    /// With sizes behind it that are multiplied: `784 x 128`.
    #[must_use]
    pub const fn product(mut self, sizes: &[usize]) -> Self {
        let mut i = 0;
        while i < sizes.len() {
            self = self.text(if i == 0 { "" } else { " x " }).number(sizes[i]);
            i += 1;
        }
        self
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "the sizes do not fit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_too_long_is_cut() {
        let message = Complaint::new().text(&"x".repeat(600)).number(7);
        assert_eq!(message.as_str().len(), 512);
    }

    #[test]
    fn no_character_is_cut_in_two() {
        let message = Complaint::new().text(&"x".repeat(511)).text("·7");
        assert_eq!(message.as_str(), "x".repeat(511));
    }
}
