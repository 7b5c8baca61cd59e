//! What stands before the numbers of an array: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.

use safetensors::Dtype;

/// Longer headers are refused: numpy itself reads 10,000 bytes unless it is told otherwise.
pub(super) const LONGEST_HEADER: usize = 1 << 16;

/// Arrays of more axes are refused: numpy has at most 64.
pub(super) const MOST_AXES: usize = 64;

/// The first bytes of every array.
const MAGIC: &[u8] = b"\x93NUMPY";

/// So many bytes stand before the text: the magic ones, the version, the text's length.
pub(super) const BEFORE_TEXT: usize = 12;

/// An array's type, order and sizes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) dtype: Dtype,
    pub(super) is_fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// Where the text of the header stands in what begins with these bytes.
pub(super) fn text_range(begin: [u8; BEFORE_TEXT]) -> Result<std::ops::Range<usize>, String> {
    let (magic, [major, _minor, a, b, c, d]) =
        (&begin[..6], [begin[6], begin[7], begin[8], begin[9], begin[10], begin[11]]);
    if magic != MAGIC {
        return Err("it does not begin as an array of numpy's".into());
    }
    let (start, len) = match major {
        1 => (10, usize::from(u16::from_le_bytes([a, b]))),
        2 | 3 => (12, u32::from_le_bytes([a, b, c, d]) as usize),
        _ => return Err(format!("its format is {major}, but 1 to 3 are read")),
    };
    if len > LONGEST_HEADER {
        return Err(format!("its header has {len} bytes, but at most {LONGEST_HEADER} are read"));
    }
    Ok(start..start + len)
}

/// The header with the text's length that makes the data begin at a multiple of 64.
pub(super) fn written(dtype: Dtype, shape: &[usize]) -> Option<Vec<u8>> {
    let descr = DESCRIPTIONS.iter().find(|(_, known)| *known == dtype)?.0;
    // Python's tuple of one has a comma.
    let sizes =
        shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ") + if shape.len() == 1 { "," } else { "" };
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let before = 10;
    let len = (before + text.len() + 1).next_multiple_of(64);
    text.extend(std::iter::repeat_n(' ', len - before - text.len() - 1));
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend(u16::try_from(text.len()).ok()?.to_le_bytes());
    bytes.extend(text.bytes());
    Some(bytes)
}

const DESCRIPTIONS: [(&str, Dtype); 12] = [
    ("<f4", Dtype::F32),
    ("<f8", Dtype::F64),
    ("<f2", Dtype::F16),
    ("|b1", Dtype::BOOL),
    ("|i1", Dtype::I8),
    ("|u1", Dtype::U8),
    ("<i2", Dtype::I16),
    ("<u2", Dtype::U16),
    ("<i4", Dtype::I32),
    ("<u4", Dtype::U32),
    ("<i8", Dtype::I64),
    ("<u8", Dtype::U64),
];

/// Reads the text of a header.
pub(super) fn parse(text: &[u8]) -> Result<Header, String> {
    let mut python = Python { text, at: 0 };
    let header = python.header()?;
    if python.peek().is_some() {
        return Err("something stands behind its header".into());
    }
    Ok(header)
}

/// A literal of Python's, as far as a header needs it.
struct Python<'a> {
    text: &'a [u8],
    at: usize,
}

impl Python<'_> {
    fn header(&mut self) -> Result<Header, String> {
        let (mut dtype, mut order, mut shape) = (None, None, None);
        self.expect(b'{')?;
        while !self.eat(b'}') {
            let key = self.string()?;
            self.expect(b':')?;
            let is_first = match &*key {
                "descr" => dtype.replace(self.dtype()?).is_none(),
                "fortran_order" => order.replace(self.truth()?).is_none(),
                "shape" => shape.replace(self.sizes()?).is_none(),
                _ => return Err(format!("its header has an entry `{key}`, which no array has")),
            };
            if !is_first {
                return Err(format!("`{key}` stands twice in its header"));
            }
            if !self.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        match (dtype, order, shape) {
            (Some(dtype), Some(is_fortran), Some(shape)) => Ok(Header { dtype, is_fortran, shape }),
            _ => Err("its header does not say `descr`, `fortran_order` and `shape`".into()),
        }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(format!("its header has no `{}` at byte {}", char::from(byte), self.at))
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let Some(quote @ (b'\'' | b'"')) = self.peek() else { return self.expect(b'\'').map(|()| String::new()) };
        let rest = &self.text[self.at + 1..];
        let len = rest.iter().position(|byte| *byte == quote).ok_or("a text in its header has no end")?;
        self.at += len + 2;
        String::from_utf8(rest[..len].to_vec()).map_err(|_| "a text in its header is no UTF-8".into())
    }

    fn dtype(&mut self) -> Result<Dtype, String> {
        if self.peek() == Some(b'[') {
            return Err("its elements are records: save each of their fields as an array".into());
        }
        let descr = self.string()?;
        if let Some((_, dtype)) = DESCRIPTIONS.iter().find(|(known, _)| *known == descr) {
            return Ok(*dtype);
        }
        Err(match descr.strip_prefix('>') {
            Some(rest) => {
                format!("its elements are `{descr}`, with the highest byte first: save `array.astype('<{rest}')`")
            }
            None => {
                format!("its elements are `{descr}`, which are no numbers that are read: save `array.astype('<f4')`")
            }
        })
    }

    fn truth(&mut self) -> Result<bool, String> {
        self.peek();
        let rest = &self.text[self.at..];
        let (is_true, len) = if rest.starts_with(b"True") { (true, 4) } else { (false, 5) };
        if !is_true && !rest.starts_with(b"False") {
            return Err("`fortran_order` in its header is neither `True` nor `False`".into());
        }
        self.at += len;
        Ok(is_true)
    }

    fn sizes(&mut self) -> Result<Vec<usize>, String> {
        let mut sizes = Vec::new();
        self.expect(b'(')?;
        while !self.eat(b')') {
            if sizes.len() == MOST_AXES {
                return Err(format!("it has more than {MOST_AXES} axes"));
            }
            sizes.push(self.size()?);
            if !self.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(sizes)
    }

    fn size(&mut self) -> Result<usize, String> {
        self.peek();
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(&self.text[self.at..self.at + digits]).unwrap_or_default();
        self.at += digits;
        text.parse().map_err(|_| format!("`{text}` in its `shape` is no size"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts are those that numpy 2 writes.
    #[test]
    fn headers_of_numpy_are_read() {
        let of = |text: &str| parse(text.as_bytes());
        let header = |dtype, is_fortran, shape: &[usize]| Ok(Header { dtype, is_fortran, shape: shape.into() });
        assert_eq!(
            of("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n"),
            header(Dtype::F32, false, &[3, 4])
        );
        assert_eq!(of("{'descr': '<f8', 'fortran_order': True, 'shape': (3,), }\n"), header(Dtype::F64, true, &[3]));
        assert_eq!(of("{'descr': '<f2', 'fortran_order': False, 'shape': (), }\n"), header(Dtype::F16, false, &[]));
        assert_eq!(of("{\"shape\":(0, 7),'descr':'|u1','fortran_order':False}"), header(Dtype::U8, false, &[0, 7]));
    }

    #[test]
    fn what_is_written_is_read() {
        for shape in [&[][..], &[5], &[3, 4], &[2, 3, 4, 5]] {
            let bytes = written(Dtype::F64, shape).expect("a type of numpy's");
            assert_eq!(bytes.len() % 64, 0);
            let range = text_range(bytes[..BEFORE_TEXT].try_into().expect("twelve")).expect("a header");
            assert_eq!(range.end, bytes.len());
            let expected = Header { dtype: Dtype::F64, is_fortran: false, shape: shape.to_vec() };
            assert_eq!(parse(&bytes[range]), Ok(expected));
        }
        assert_eq!(written(Dtype::BF16, &[1]), None);
    }

    #[test]
    fn what_is_no_header_says_why() {
        let whole = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
        for len in 0..whole.len() {
            assert!(parse(&whole.as_bytes()[..len]).is_err(), "{len} bytes");
        }
        for (from, to, says) in [
            ("'<f4'", "'>f4'", "save `array.astype('<f4')`"),
            ("'<f4'", "'|O'", "no numbers that are read"),
            ("'<f4'", "[('x', '<f4')]", "its elements are records"),
            ("False", "false", "neither `True` nor `False`"),
            ("(3, 4)", "(3, -4)", "is no size"),
            ("(3, 4)", "(3, 18446744073709551616)", "`18446744073709551616` in its `shape` is no size"),
            ("(3, 4)", "[3, 4]", "no `(`"),
            ("'shape'", "'descr'", "its header"),
            ("'shape'", "'more'", "an entry `more`"),
            ("'shape': (3, 4), ", "", "does not say"),
            ("}", "} 1", "something stands behind"),
        ] {
            let error = parse(whole.replace(from, to).as_bytes()).expect_err(to);
            assert!(error.contains(says), "{to}: {error}");
        }
        let many = format!("({})", "1, ".repeat(65));
        assert!(parse(whole.replace("(3, 4)", &many).as_bytes()).expect_err("many").contains("more than 64 axes"));
        let begin = |major, len: [u8; 4]| {
            let mut begin = *b"\x93NUMPY\0\0\0\0\0\0";
            begin[6] = major;
            begin[8..].copy_from_slice(&len);
            text_range(begin)
        };
        assert_eq!(begin(1, [118, 0, 0, 0]), Ok(10..128));
        assert_eq!(begin(2, [118, 0, 0, 0]), Ok(12..130));
        assert!(begin(4, [0; 4]).expect_err("a later format").contains("its format is 4"));
        assert!(begin(2, [0, 0, 0, 1]).expect_err("too long").contains("16777216 bytes"));
        assert!(text_range(*b"PK\x03\x04xxxxxxxx").is_err());
    }
}
