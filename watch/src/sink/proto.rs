//! As much of the protocol buffers' wire format as event files need.

/// A message that is being written.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

/// How a field is written, in the low three bits of its key.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Eight = 1,
    Counted = 2,
    Four = 5,
}

impl Message {
    pub(super) fn bytes(&self) -> &[u8] {
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

    pub(super) fn integer(mut self, field: u32, number: u64) -> Self {
        self.key(field, Wire::Varint);
        self.varint(number);
        self
    }

    pub(super) fn double(mut self, field: u32, number: f64) -> Self {
        self.key(field, Wire::Eight);
        self.0.extend(number.to_le_bytes());
        self
    }

    pub(super) fn float(mut self, field: u32, number: f32) -> Self {
        self.key(field, Wire::Four);
        self.0.extend(number.to_le_bytes());
        self
    }

    pub(super) fn blob(mut self, field: u32, bytes: &[u8]) -> Self {
        self.key(field, Wire::Counted);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    pub(super) fn text(self, field: u32, text: &str) -> Self {
        self.blob(field, text.as_bytes())
    }

    pub(super) fn message(self, field: u32, message: &Self) -> Self {
        self.blob(field, &message.0)
    }

    pub(super) fn doubles(mut self, field: u32, numbers: impl ExactSizeIterator<Item = f64>) -> Self {
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
