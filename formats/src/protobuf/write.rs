//! Messages that are being written.

use super::Wire;

/// A message that is being written, field by field; a field that is written twice is one of several.
///
/// ```
/// use typednet_formats::protobuf::Message;
///
/// let inner = Message::default().integer(1, 150);
/// assert_eq!(Message::default().text(2, "ab").message(3, &inner).bytes(), b"\x12\x02ab\x1A\x03\x08\x96\x01");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// What was written.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Seven bits in each byte, the low ones first.
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn key(&mut self, field: u32, wire: Wire) {
        self.varint(u64::from(field) << 3 | wire as u64);
    }

    /// A whole number; a negative one as its two's complement of 64 bits.
    #[must_use]
    pub fn integer(mut self, field: u32, number: u64) -> Self {
        self.key(field, Wire::Varint);
        self.varint(number);
        self
    }

    /// A number of 64 bits.
    #[must_use]
    pub fn double(mut self, field: u32, number: f64) -> Self {
        self.key(field, Wire::Eight);
        self.0.extend(number.to_le_bytes());
        self
    }

    /// A number of 32 bits.
    #[must_use]
    pub fn float(mut self, field: u32, number: f32) -> Self {
        self.key(field, Wire::Four);
        self.0.extend(number.to_le_bytes());
        self
    }

    /// Bytes.
    #[must_use]
    pub fn blob(mut self, field: u32, bytes: &[u8]) -> Self {
        self.key(field, Wire::Counted);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    /// A text.
    #[must_use]
    pub fn text(self, field: u32, text: &str) -> Self {
        self.blob(field, text.as_bytes())
    }

    /// The message as bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A message within this one.
    #[must_use]
    pub fn message(self, field: u32, message: &Self) -> Self {
        self.blob(field, &message.0)
    }

    /// Numbers of 64 bits in one field.
    #[must_use]
    pub fn doubles(mut self, field: u32, numbers: impl ExactSizeIterator<Item = f64>) -> Self {
        self.key(field, Wire::Counted);
        self.varint(numbers.len() as u64 * 8);
        numbers.for_each(|number| self.0.extend(number.to_le_bytes()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    /// The examples of the encoding's description: <https://protobuf.dev/programming-guides/encoding/>.
    #[test]
    fn published_examples() {
        assert_eq!(Message::default().integer(1, 150).bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(Message::default().text(2, "testing").bytes(), b"\x12\x07testing");
        let inner = Message::default().integer(1, 150);
        assert_eq!(Message::default().message(3, &inner).bytes(), [0x1A, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(Message::default().integer(1, u64::MAX).bytes().len(), 11);
    }
}
