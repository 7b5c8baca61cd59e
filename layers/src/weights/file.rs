//! A file held against a network's tree.

#![expect(
    clippy::large_types_passed_by_value,
    clippy::result_large_err,
    reason = "a text is put together in constant functions without an allocator, once where something is wrong"
)]

use typednet_shape_rules::Complaint;

use super::json::{Entry, Json, Tensor, equal};
use super::places::{Found, Places, count};
use crate::{LayerInfo, Param};

/// Parameters that a network may have here: a bit is kept for each.
const MOST_TENSORS: usize = 1 << 16;

/// Which parameters were found, by their numbers in the order of the flat block.
struct Seen([u64; MOST_TENSORS / 64]);

impl Seen {
    const fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    const fn add(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }
}

/// Whether tensors lie side by side: each byte of the data belongs to one of them just if where they begin and where all ends are the
/// same numbers as where they end and 0. Sums of scattered bits are compared in place of the numbers.
struct Sides(u64);

impl Sides {
    const fn of(data: usize) -> Self {
        Self(scatter(0).wrapping_sub(scatter(data)))
    }

    const fn add(&mut self, tensor: &Tensor<'_>) {
        self.0 = self.0.wrapping_add(scatter(tensor.end)).wrapping_sub(scatter(tensor.start));
    }

    const fn fit(&self) -> bool {
        self.0 == 0
    }
}

/// The last step of `SplitMix64` (Steele, Lea and Flood 2014), which gives each number another.
const fn scatter(number: usize) -> u64 {
    let mut bits = (number as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// What is being read, for messages.
#[derive(Clone, Copy)]
struct Context<'a> {
    root: &'a LayerInfo,
    file: &'a str,
    dtype: &'a str,
    is_torch: bool,
}

impl Context<'_> {
    const fn file(self, text: Complaint) -> Complaint {
        text.text("`").text(self.file).text("`")
    }

    const fn network(self, text: Complaint) -> Complaint {
        // The type form has no name of its own.
        if equal(self.root.name.as_bytes(), b"Chain") || self.root.children.is_empty() {
            text.text("the network")
        } else {
            text.text("`").text(self.root.name).text("`")
        }
    }

    /// What to do about tensors that are not the network's.
    const fn advice(self, text: Complaint) -> Complaint {
        text.text(if self.is_torch {
            "; it is a `state_dict` as PyTorch has them: read it with `load_torch`, and write it with `save`"
        } else {
            "; save this network to it anew, or choose its own file"
        })
    }

    const fn malformed(self, reason: &str) -> Complaint {
        self.file(Complaint::new())
            .text(" is no whole safetensors file: ")
            .text(reason)
            .text("; copy it again, or save the network anew")
    }

    /// A parameter that the file has not; where it has one that the network has not, that may be it under another name.
    const fn missing(self, name: Complaint, param: &Param, other: Option<(&[u8], Tensor<'_>)>) -> Complaint {
        let text = self.file(Complaint::new()).text(" has no `").text(name.as_str()).text("`, which is ");
        let text = shape(text, param.shape.sizes()).text(" of ").text(rust_name(self.dtype.as_bytes())).text(" in ");
        let mut text = self.network(text);
        if let Some((name, tensor)) = other {
            text = shape(text.text(", but `").text(utf8(name)).text("`, which is "), tensor.sizes());
        }
        self.advice(text)
    }

    const fn unknown(self, name: &[u8], tensor: &Tensor<'_>) -> Complaint {
        let text = self.file(Complaint::new()).text(" has `").text(utf8(name)).text("`, which is ");
        self.advice(self.network(shape(text, tensor.sizes()).text(", but ")).text(" has no such parameters"))
    }

    const fn other_shape(self, name: &[u8], tensor: &Tensor<'_>, param: &Param) -> Complaint {
        let (found, expected) = (tensor.sizes(), param.shape.sizes());
        let text = shape(Complaint::new().text("`").text(utf8(name)).text("` is "), found).text(" in ");
        let text = self.network(shape(self.file(text).text(", but "), expected).text(" in "));
        match (found, expected) {
            ([a, b], [c, d]) if *a == *d && *b == *c => text.text(
                ": rows and columns are exchanged; read a file of PyTorch's with `load_torch`, and write it with `save`",
            ),
            _ => self.advice(text),
        }
    }

    const fn other_type(self, name: &[u8], found: &[u8]) -> Complaint {
        let text = Complaint::new().text("`").text(utf8(name)).text("` is of ").text(rust_name(found)).text(" in ");
        let text = self.file(text).text(", but of ").text(rust_name(self.dtype.as_bytes())).text(" in ");
        self.network(text).text("; save the network of that type to it anew")
    }

    const fn twice(self, name: &[u8]) -> Complaint {
        self.malformed("").text(" `").text(utf8(name)).text("` stands in it twice")
    }

    const fn outside(self, name: &[u8], tensor: &Tensor<'_>, expected: usize, data: usize) -> Complaint {
        let text = Complaint::new().text("`").text(utf8(name)).text("` has ").number(expected).text(" bytes, but ");
        let text =
            self.file(text).text(" has it at ").number(tensor.start).text(" to ").number(tensor.end).text(" of ");
        text.number(data).text("; the file is cut off or damaged: copy it again, or save the network anew")
    }

    const fn other_length(self, found: usize, expected: usize) -> Complaint {
        let text =
            self.file(Complaint::new()).text(" has ").number(found).text(" bytes of data, but its tensors have ");
        text.number(expected).text("; it is damaged: copy it again, or save the network anew")
    }
}

/// Sizes with their brackets, also where there is only one.
const fn shape(text: Complaint, sizes: &[usize]) -> Complaint {
    if let [size] = sizes {
        text.text("[").number(*size).text("]")
    } else if sizes.is_empty() {
        text.text("[]")
    } else {
        text.shape(sizes)
    }
}

const fn utf8(name: &[u8]) -> &str {
    match core::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => "?",
    }
}

/// What Rust calls the type that files call `dtype`.
const fn rust_name(dtype: &[u8]) -> &str {
    match dtype {
        b"F32" => "f32",
        b"F64" => "f64",
        b"F16" => "f16",
        b"BF16" => "bf16",
        b"U8" => "u8",
        _ => utf8(dtype),
    }
}

/// The first parameter with elements that was not seen, with its name.
const fn unseen<'a>(
    node: &'a LayerInfo,
    path: Complaint,
    number: &mut usize,
    seen: &Seen,
) -> Option<(Complaint, &'a Param)> {
    let mut i = 0;
    while i < node.params.len() {
        let param = &node.params[i];
        if !param.shape.is_empty() && !seen.has(*number) {
            return Some((path.text(param.name), param));
        }
        *number += 1;
        i += 1;
    }
    let mut i = 0;
    while i < node.children.len() {
        let child = &node.children[i];
        if let Some(found) = unseen(child.node, path.text(child.name).text("."), number, seen) {
            return Some(found);
        }
        i += 1;
    }
    None
}

/// Holds a file against the tree `root` of elements of `width` bytes, which files call `dtype`, and copies its tensors to the bytes of
/// the flat block, where those are given.
pub(super) const fn read(
    root: &LayerInfo,
    dtype: &str,
    width: usize,
    bytes: &[u8],
    file: &str,
    mut block: Option<&mut [u8]>,
) -> Result<(), Complaint> {
    let mut context = Context { root, file, dtype, is_torch: false };
    if count(root) > MOST_TENSORS {
        return Err(context.network(Complaint::new()).text(" has more than 65536 parameters with names"));
    }
    let Some((len, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(context.malformed("it is shorter than the length of a header"));
    };
    let len = u64::from_le_bytes(*len);
    if len > rest.len() as u64 {
        return Err(context.malformed("it ends within its header"));
    }
    let (header, data) = rest.split_at(len as usize);
    let Some(mut json) = Json::new(header) else {
        return Err(context.malformed("its header does not begin as one"));
    };
    let (mut seen, mut sum, mut is_first) = (Seen([0; MOST_TENSORS / 64]), 0_usize, true);
    let (mut sides, places) = (Sides::of(data.len()), Places::of(root));
    // A mistake in a tensor is told when the metadata have been read, which say what kind of file it is.
    let mut unknown = None;
    loop {
        let (name, tensor) = match json.next(is_first) {
            None => return Err(context.malformed("its header is damaged")),
            Some(Entry::End) => break,
            Some(Entry::Metadata(is_torch)) => {
                context.is_torch = is_torch;
                is_first = false;
                continue;
            }
            Some(Entry::Tensor(name, tensor)) => (name, tensor),
        };
        is_first = false;
        let Some(Found { param, number, start }) = places.find(name) else {
            if unknown.is_none() {
                unknown = Some((name, tensor));
            }
            continue;
        };
        if seen.has(number) {
            return Err(context.twice(name));
        }
        seen.add(number);
        if tensor.rank != param.shape.sizes().len() || !same(tensor.sizes(), param.shape.sizes()) {
            return Err(context.other_shape(name, &tensor, param));
        }
        if !equal(tensor.dtype, dtype.as_bytes()) {
            return Err(context.other_type(name, tensor.dtype));
        }
        let len = param.shape.len() * width;
        if tensor.start > tensor.end || tensor.end > data.len() || tensor.end - tensor.start != len {
            return Err(context.outside(name, &tensor, len, data.len()));
        }
        sum += len;
        sides.add(&tensor);
        if let Some(block) = &mut block {
            let from = data.split_at(tensor.start).1.split_at(len).0;
            block.split_at_mut(start * width).1.split_at_mut(len).0.copy_from_slice(from);
        }
    }
    if let Some((name, param)) = unseen(root, Complaint::new(), &mut 0, &seen) {
        return Err(context.missing(name, param, namesake(&places, header, param.shape.sizes(), unknown)));
    }
    if let Some((name, tensor)) = unknown {
        return Err(context.unknown(name, &tensor));
    }
    if sum != data.len() {
        return Err(context.other_length(data.len(), sum));
    }
    if !sides.fit() {
        return Err(context.malformed("its tensors lie over each other"));
    }
    Ok(())
}

/// A tensor that the network has not, of these sizes if there is one, else `other`.
const fn namesake<'a>(
    places: &Places<'_>,
    header: &'a [u8],
    sizes: &[usize],
    other: Option<(&'a [u8], Tensor<'a>)>,
) -> Option<(&'a [u8], Tensor<'a>)> {
    let Some(mut json) = Json::new(header) else { return other };
    let mut is_first = true;
    loop {
        match json.next(is_first) {
            None | Some(Entry::End) => return other,
            Some(Entry::Tensor(name, tensor)) if same(tensor.sizes(), sizes) && places.find(name).is_none() => {
                return Some((name, tensor));
            }
            Some(_) => is_first = false,
        }
    }
}

const fn same(a: &[usize], b: &[usize]) -> bool {
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
