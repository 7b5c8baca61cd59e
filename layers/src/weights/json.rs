//! The header of a safetensors file: an object of objects, with no more of JSON than that takes.

use typednet_tensor::Shape;

/// What is not the header of a safetensors file gives `None`.
pub(super) struct Json<'a> {
    text: &'a [u8],
    at: usize,
}

/// A tensor as the header has it.
#[derive(Clone, Copy)]
pub(super) struct Tensor<'a> {
    pub(super) dtype: &'a [u8],
    sizes: [usize; Shape::MAX_RANK],
    /// How many sizes there are, which may be more than are kept.
    pub(super) rank: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Tensor<'_> {
    /// Its sizes, at most as many as a [`Shape`] has.
    pub(super) const fn sizes(&self) -> &[usize] {
        self.sizes.split_at(if self.rank < Shape::MAX_RANK { self.rank } else { Shape::MAX_RANK }).0
    }
}

/// An entry of the header.
pub(super) enum Entry<'a> {
    Tensor(&'a [u8], Tensor<'a>),
    /// The texts beside the tensors; whether they say that the file is one of PyTorch's.
    Metadata(bool),
    /// There is no more.
    End,
}

pub(super) const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

impl<'a> Json<'a> {
    /// The entries of `text`.
    pub(super) const fn new(text: &'a [u8]) -> Option<Self> {
        let mut json = Self { text, at: 0 };
        if json.eat(b'{') { Some(json) } else { None }
    }

    /// The next entry.
    pub(super) const fn next(&mut self, is_first: bool) -> Option<Entry<'a>> {
        if is_first && self.peek() == b'}' || !is_first && self.peek() != b',' {
            // Nothing but spaces may stand behind it.
            return if self.eat(b'}') && self.peek() == 0 && self.at == self.text.len() {
                Some(Entry::End)
            } else {
                None
            };
        }
        if !is_first {
            self.at += 1;
        }
        let Some(name) = self.key() else { return None };
        if equal(name, b"__metadata__") {
            let Some(is_torch) = self.metadata() else { return None };
            return Some(Entry::Metadata(is_torch));
        }
        let Some(tensor) = self.tensor() else { return None };
        Some(Entry::Tensor(name, tensor))
    }

    /// The next byte that is no space; 0 at the end.
    const fn peek(&mut self) -> u8 {
        while self.at < self.text.len() && matches!(self.text[self.at], b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
        if self.at < self.text.len() { self.text[self.at] } else { 0 }
    }

    const fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte;
        if is_next {
            self.at += 1;
        }
        is_next
    }

    /// Whether a comma is next, or the end with `end`.
    const fn more(&mut self, end: u8) -> Option<bool> {
        if self.eat(b',') {
            Some(true)
        } else if self.eat(end) {
            Some(false)
        } else {
            None
        }
    }

    /// What stands between quotes, as it is written: no name that a network has needs an escape.
    const fn string(&mut self) -> Option<&'a [u8]> {
        if !self.eat(b'"') {
            return None;
        }
        let start = self.at;
        while self.at < self.text.len() && self.text[self.at] != b'"' {
            self.at += if self.text[self.at] == b'\\' { 2 } else { 1 };
        }
        if self.at >= self.text.len() {
            return None;
        }
        let string = self.text.split_at(start).1.split_at(self.at - start).0;
        self.at += 1;
        Some(string)
    }

    const fn key(&mut self) -> Option<&'a [u8]> {
        let key = self.string();
        if self.eat(b':') { key } else { None }
    }

    const fn number(&mut self) -> Option<usize> {
        if !self.peek().is_ascii_digit() {
            return None;
        }
        let mut number = 0_usize;
        while self.at < self.text.len() && self.text[self.at].is_ascii_digit() {
            let digit = (self.text[self.at] - b'0') as usize;
            let Some(tens) = number.checked_mul(10) else { return None };
            let Some(sum) = tens.checked_add(digit) else { return None };
            number = sum;
            self.at += 1;
        }
        Some(number)
    }

    /// The first `N` numbers of a list, and how many it has.
    const fn numbers<const N: usize>(&mut self) -> Option<([usize; N], usize)> {
        let (mut all, mut count) = ([0; N], 0);
        if !self.eat(b'[') {
            return None;
        }
        if self.eat(b']') {
            return Some((all, 0));
        }
        loop {
            let Some(number) = self.number() else { return None };
            if count < N {
                all[count] = number;
            }
            count += 1;
            match self.more(b']') {
                Some(true) => (),
                Some(false) => return Some((all, count)),
                None => return None,
            }
        }
    }

    /// Texts with their names; whether one is `"format": "pt"`.
    const fn metadata(&mut self) -> Option<bool> {
        let mut is_torch = false;
        if !self.eat(b'{') {
            return None;
        }
        if self.eat(b'}') {
            return Some(false);
        }
        loop {
            let Some(key) = self.key() else { return None };
            let Some(text) = self.string() else { return None };
            is_torch = is_torch || equal(key, b"format") && equal(text, b"pt");
            match self.more(b'}') {
                Some(true) => (),
                Some(false) => return Some(is_torch),
                None => return None,
            }
        }
    }

    const fn tensor(&mut self) -> Option<Tensor<'a>> {
        let (mut dtype, mut shape, mut offsets) = (None, None, None);
        if !self.eat(b'{') {
            return None;
        }
        loop {
            let Some(key) = self.key() else { return None };
            let is_first;
            if equal(key, b"dtype") {
                is_first = dtype.is_none();
                dtype = self.string();
            } else if equal(key, b"shape") {
                is_first = shape.is_none();
                shape = self.numbers();
            } else if equal(key, b"data_offsets") {
                is_first = offsets.is_none();
                offsets = self.numbers::<2>();
            } else {
                return None;
            }
            if !is_first {
                return None;
            }
            match self.more(b'}') {
                Some(true) => (),
                Some(false) => break,
                None => return None,
            }
        }
        match (dtype, shape, offsets) {
            (Some(dtype), Some((sizes, rank)), Some(([start, end], 2))) => {
                Some(Tensor { dtype, sizes, rank, start, end })
            }
            _ => None,
        }
    }
}
