//! Tensors whose numbers are known when the file is read: parameters, and sizes.

use std::borrow::Cow;
use std::rc::Rc;

use crate::half::{bf16_of, f16_of, from_bf16, from_f16};

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    F16,
    Bf16,
    F32,
    F64,
    U8,
    I8,
    I32,
    I64,
    Bool,
    /// A type that no layer has, by ONNX's number.
    Other(u64),
}

impl Element {
    /// The type that ONNX has under this number.
    pub(super) const fn of(number: u64) -> Self {
        match number {
            1 => Self::F32,
            2 => Self::U8,
            3 => Self::I8,
            6 => Self::I32,
            7 => Self::I64,
            9 => Self::Bool,
            10 => Self::F16,
            11 => Self::F64,
            16 => Self::Bf16,
            _ => Self::Other(number),
        }
    }

    /// What ONNX calls it.
    pub(super) fn name(self) -> String {
        let name = match self {
            Self::F16 => "FLOAT16",
            Self::Bf16 => "BFLOAT16",
            Self::F32 => "FLOAT",
            Self::F64 => "DOUBLE",
            Self::U8 => "UINT8",
            Self::I8 => "INT8",
            Self::I32 => "INT32",
            Self::I64 => "INT64",
            Self::Bool => "BOOL",
            Self::Other(4) => "UINT16",
            Self::Other(5) => "INT16",
            Self::Other(8) => "STRING",
            Self::Other(12) => "UINT32",
            Self::Other(13) => "UINT64",
            Self::Other(14) => "COMPLEX64",
            Self::Other(15) => "COMPLEX128",
            Self::Other(0) => return "no type".to_owned(),
            Self::Other(number) => return format!("the type of number {number}"),
        };
        name.to_owned()
    }

    /// Bytes of one element.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::F16 | Self::Bf16 => 2,
            Self::F32 | Self::I32 => 4,
            Self::F64 | Self::I64 => 8,
            Self::Other(_) => 0,
        }
    }

    /// Whether it has numbers with fractions.
    pub(super) const fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::Bf16 | Self::F32 | Self::F64)
    }

    /// Whether it has the whole numbers that places in a table are.
    pub(super) const fn is_whole(self) -> bool {
        matches!(self, Self::I32 | Self::I64)
    }

    /// The number as this type has it.
    pub(super) fn round(self, x: f64) -> f64 {
        match self {
            Self::F64 | Self::Other(_) => x,
            Self::F16 => from_f16(f16_of(x)),
            Self::Bf16 => from_bf16(bf16_of(x)),
            Self::F32 => f64::from(x as f32),
            Self::Bool => f64::from(u8::from(x != 0.0)),
            Self::U8 | Self::I8 | Self::I32 | Self::I64 => x.trunc(),
        }
    }

    /// The element at the beginning of `bytes`, which has enough of them.
    fn take(self, bytes: &[u8]) -> f64 {
        fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
            bytes.first_chunk().copied().unwrap_or([0; N])
        }
        match self {
            Self::U8 | Self::Bool => f64::from(first::<1>(bytes)[0]),
            Self::I8 => f64::from(first::<1>(bytes)[0].cast_signed()),
            Self::F16 => from_f16(u16::from_le_bytes(first(bytes))),
            Self::Bf16 => from_bf16(u16::from_le_bytes(first(bytes))),
            Self::F32 => f64::from(f32::from_le_bytes(first(bytes))),
            Self::I32 => f64::from(i32::from_le_bytes(first(bytes))),
            Self::F64 => f64::from_le_bytes(first(bytes)),
            // Sizes are far below 2⁵³, and ends of slices that are not are beyond every array.
            Self::I64 => i64::from_le_bytes(first(bytes)) as f64,
            Self::Other(_) => 0.0,
        }
    }
}

/// Where the numbers of a tensor are.
#[derive(Clone, Debug)]
pub(super) enum Data<'a> {
    /// In the file, in little-endian order.
    Raw(&'a [u8]),
    /// Read or computed.
    Numbers(Rc<[f64]>),
    /// All the same.
    Fill(f64),
}

/// A tensor; it has as many numbers as its sizes say.
#[derive(Clone, Debug)]
pub(super) struct Tensor<'a> {
    pub(super) sizes: Vec<usize>,
    pub(super) element: Element,
    pub(super) data: Data<'a>,
}

/// The longest list of sizes or axes that is read.
const LONGEST_LIST: usize = 1 << 10;

/// The product of sizes, if it can be counted.
pub(super) fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))
}

impl Tensor<'_> {
    /// Computed numbers.
    pub(super) fn new(sizes: Vec<usize>, element: Element, numbers: Vec<f64>) -> Self {
        debug_assert_eq!(product(&sizes), Some(numbers.len()), "as many numbers as the sizes say");
        Self { sizes, element, data: Data::Numbers(numbers.into()) }
    }

    /// A list of sizes.
    pub(super) fn list(numbers: impl IntoIterator<Item = usize>) -> Self {
        let numbers: Vec<f64> = numbers.into_iter().map(|number| number as f64).collect();
        Self::new(vec![numbers.len()], Element::I64, numbers)
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        product(&self.sizes).unwrap_or(usize::MAX)
    }

    /// The number at this place; there is one for each place below [`len`](Self::len).
    pub(super) fn get(&self, place: usize) -> f64 {
        match &self.data {
            Data::Raw(bytes) => {
                self.element.take(bytes.get(place.saturating_mul(self.element.size())..).unwrap_or_default())
            }
            Data::Numbers(numbers) => numbers.get(place).copied().unwrap_or_default(),
            Data::Fill(number) => *number,
        }
    }

    /// The only number, if there is only one.
    pub(super) fn single(&self) -> Option<f64> {
        (self.len() == 1).then(|| self.get(0))
    }

    /// The number that all of them are.
    pub(super) fn uniform(&self) -> Option<f64> {
        match self.data {
            Data::Fill(number) => Some(number),
            _ if self.len() == 0 || self.len() == usize::MAX => None,
            _ => Some(self.get(0))
                .filter(|first| (1..self.len()).all(|place| self.get(place).to_bits() == first.to_bits())),
        }
    }

    /// The numbers of a list as whole ones; those of a longer list than any that has a meaning are not all there.
    pub(super) fn integers(&self) -> Vec<i64> {
        (0..self.len().min(LONGEST_LIST)).map(|place| self.get(place) as i64).collect()
    }

    /// The same numbers in other sizes, of which there are as many.
    pub(super) fn reshaped(&self, sizes: Vec<usize>) -> Self {
        Self { sizes, element: self.element, data: self.data.clone() }
    }

    /// The numbers, without a copy where they are there.
    pub(super) fn numbers(&self) -> Cow<'_, [f64]> {
        match &self.data {
            Data::Numbers(numbers) => Cow::Borrowed(numbers),
            _ => (0..self.len()).map(|place| self.get(place)).collect(),
        }
    }
}
