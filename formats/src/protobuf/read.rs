//! Fields of a message that is being read.

use std::{error, fmt};

use super::Wire;

/// The largest number that a field may have.
const LARGEST_FIELD: u64 = (1 << 29) - 1;

/// The fields of a message, in their order in `bytes`.
///
/// Nothing is copied, and a message within it is bytes until it is read by this function too: how deep that goes is up to whoever
/// reads. An item is the number of the field and what it holds.
///
/// ```
/// use typednet_formats::protobuf::{Field, fields};
///
/// let mut read = fields(b"\x08\x96\x01\x12\x02ab");
/// assert_eq!(read.next(), Some(Ok((1, Field::Integer(150)))));
/// assert_eq!(read.next(), Some(Ok((2, Field::Bytes(b"ab")))));
/// assert_eq!(read.next(), None);
/// ```
pub const fn fields(bytes: &[u8]) -> Fields<'_> {
    Fields { bytes, at: 0 }
}

/// The numbers of a field that holds several, one after the other.
///
/// # Errors
/// If the last one is cut off, or one has more than 64 bits.
pub fn varints(bytes: &[u8]) -> impl Iterator<Item = Result<u64, Damaged>> {
    let mut fields = fields(bytes);
    std::iter::from_fn(move || {
        let next = (fields.at < fields.bytes.len()).then(|| fields.varint());
        if let Some(Err(_)) = next {
            fields.at = fields.bytes.len();
        }
        next
    })
}

/// The fields of a message: [`fields`]. Ends behind the first error.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// A whole number of up to 64 bits, also a negative one as its two's complement.
    Integer(u64),
    /// Eight bytes, such as those of a number of 64 bits.
    Eight([u8; 8]),
    /// Four bytes, such as those of a number of 32 bits.
    Four([u8; 4]),
    /// Bytes: a text, a message or several numbers.
    Bytes(&'a [u8]),
}

/// Bytes that are no message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Damaged {
    /// The first byte of the field that cannot be read.
    pub at: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the field at byte {} of a message {}", self.at, self.reason)
    }
}

impl fmt::Debug for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Damaged {}

impl<'a> Fields<'a> {
    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let end = usize::try_from(len).ok().and_then(|len| self.at.checked_add(len))?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N as u64)?.first_chunk().copied()
    }

    fn varint(&mut self) -> Result<u64, Damaged> {
        let (mut number, at) = (0, self.at);
        for place in 0..10 {
            let Some(&byte) = self.bytes.get(self.at) else { return Err(Damaged { at, reason: "is cut off" }) };
            self.at += 1;
            let bits = u64::from(byte & 0x7F);
            if place == 9 && bits > 1 {
                break;
            }
            number |= bits << (7 * place);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged { at, reason: "has a number of more than 64 bits" })
    }

    fn field(&mut self) -> Result<(u32, Field<'a>), Damaged> {
        const VARINT: u64 = Wire::Varint as u64;
        const EIGHT: u64 = Wire::Eight as u64;
        const COUNTED: u64 = Wire::Counted as u64;
        const FOUR: u64 = Wire::Four as u64;
        let at = self.at;
        let cut = Damaged { at, reason: "is cut off" };
        let key = self.varint()?;
        let number = key >> 3;
        if number == 0 || number > LARGEST_FIELD {
            return Err(Damaged { at, reason: "has a number that no field has" });
        }
        let field = match key & 7 {
            VARINT => Field::Integer(self.varint()?),
            EIGHT => Field::Eight(self.fixed().ok_or(cut)?),
            COUNTED => {
                let len = self.varint()?;
                Field::Bytes(self.take(len).ok_or(cut)?)
            }
            FOUR => Field::Four(self.fixed().ok_or(cut)?),
            _ => return Err(Damaged { at, reason: "is of a kind that is not used any more" }),
        };
        Ok((number as u32, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Field<'a>), Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        let field = (self.at < self.bytes.len()).then(|| self.field());
        if let Some(Err(_)) = field {
            self.at = self.bytes.len();
        }
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::Message;

    fn message() -> Message {
        let inner = Message::default().integer(1, u64::MAX).float(7, -0.5);
        Message::default().text(2, "").message(3, &inner).integer(536_870_911, 0).double(4, 1.5).blob(9, &[0x80; 200])
    }

    #[test]
    fn what_was_written_comes_back() {
        let message = message();
        let read: Vec<_> = fields(message.bytes()).map(|field| field.expect("a whole message")).collect();
        let [
            (2, Field::Bytes(b"")),
            (3, Field::Bytes(inner)),
            last,
            (4, Field::Eight(number)),
            (9, Field::Bytes(blob)),
        ] = read[..]
        else {
            panic!("{read:?}")
        };
        assert_eq!((last, f64::from_le_bytes(number), blob), ((536_870_911, Field::Integer(0)), 1.5, &[0x80; 200][..]));
        let inner: Vec<_> = fields(inner).collect();
        assert_eq!(inner, [Ok((1, Field::Integer(u64::MAX))), Ok((7, Field::Four((-0.5_f32).to_le_bytes())))]);
        assert_eq!(varints(b"\x03\x8E\x02").collect::<Vec<_>>(), [Ok(3), Ok(270)]);
    }

    /// A message that ends within a field is an error, and nothing comes behind it.
    #[test]
    fn every_cut_is_seen() {
        let message = message();
        let whole: Vec<_> = fields(message.bytes()).flatten().collect();
        let mut ends = vec![0];
        let mut walk = fields(message.bytes());
        while walk.next().is_some() {
            ends.push(walk.at);
        }
        for end in 0..message.bytes().len() {
            let read: Vec<_> = fields(&message.bytes()[..end]).collect();
            let sound: Vec<_> = read.iter().flatten().copied().collect();
            assert_eq!(sound, whole[..sound.len()], "cut after {end} bytes");
            assert_eq!(read.last().is_some_and(Result::is_err), !ends.contains(&end), "cut after {end} bytes");
        }
        assert_eq!(varints(b"\x03\x8E").collect::<Vec<_>>(), [Ok(3), Err(Damaged { at: 1, reason: "is cut off" })]);
    }

    #[test]
    fn what_no_writer_writes_is_refused() {
        let says = |bytes: &[u8]| fields(bytes).find_map(Result::err).expect("a damaged message").to_string();
        assert_eq!(says(b"\x07"), "the field at byte 0 of a message has a number that no field has");
        assert_eq!(says(b"\x08\x00\x0B"), "the field at byte 2 of a message is of a kind that is not used any more");
        assert!(says(&[0xFF; 12]).ends_with("has a number of more than 64 bits"));
        // As long as the address space, and longer.
        assert!(says(b"\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x00").ends_with("is cut off"));
        assert!(says(b"\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01").ends_with("is cut off"));
        assert!(says(b"\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02").ends_with("has a number of more than 64 bits"));
    }
}
