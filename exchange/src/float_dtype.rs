//! Numbers as they stand in files.

use typednet_formats::Dtype;

use crate::half::{bf16_of, f16_of, from_bf16, from_f16};
use typednet_tensor::Scalar;

/// The type that floating-point numbers have in a file, `PyTorch`'s and `NumPy`'s `dtype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatDtype {
    /// 32 bits.
    F32,
    /// 64 bits.
    F64,
    /// 16 bits, 11 of them for the digits: up to 65504.
    F16,
    /// 16 bits, 8 of them for the digits: as far as `F32`.
    Bf16,
}

impl FloatDtype {
    /// That of a network's own numbers.
    pub(crate) const fn native<T: Scalar>() -> Self {
        if size_of::<T>() == 4 { Self::F32 } else { Self::F64 }
    }

    /// That of a tensor in a file, if it is one of these.
    pub(crate) const fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F32 => Some(Self::F32),
            Dtype::F64 => Some(Self::F64),
            Dtype::F16 => Some(Self::F16),
            Dtype::BF16 => Some(Self::Bf16),
            _ => None,
        }
    }

    /// Its name in a file of tensors.
    pub(crate) const fn stored(self) -> Dtype {
        match self {
            Self::F32 => Dtype::F32,
            Self::F64 => Dtype::F64,
            Self::F16 => Dtype::F16,
            Self::Bf16 => Dtype::BF16,
        }
    }

    /// The name as it stands in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }

    /// The bytes of a number.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Whether `x` becomes infinite, although it is not.
    pub(crate) fn overflows(self, x: f64) -> bool {
        let nearest = match self {
            Self::F32 => f64::from(x as f32),
            Self::F64 => x,
            Self::F16 => from_f16(f16_of(x)),
            Self::Bf16 => from_bf16(bf16_of(x)),
        };
        x.is_finite() && !nearest.is_finite()
    }

    /// The bytes of the nearest number to `x`, the lowest first.
    pub(crate) fn put(self, x: f64, bytes: &mut Vec<u8>) {
        match self {
            Self::F32 => bytes.extend((x as f32).to_le_bytes()),
            Self::F64 => bytes.extend(x.to_le_bytes()),
            Self::F16 => bytes.extend(f16_of(x).to_le_bytes()),
            Self::Bf16 => bytes.extend(bf16_of(x).to_le_bytes()),
        }
    }

    /// The bytes of all numbers, as [`put`](Self::put) writes each.
    pub(crate) fn put_all<T: Scalar>(self, numbers: &[T], bytes: &mut Vec<u8>) {
        fn all<T: Scalar, const SIZE: usize>(numbers: &[T], bytes: &mut Vec<u8>, of: impl Fn(f64) -> [u8; SIZE]) {
            let before = bytes.len();
            bytes.resize(before + SIZE * numbers.len(), 0);
            let (to, _) = bytes[before..].as_chunks_mut();
            to.iter_mut().zip(numbers).for_each(|(to, x)| *to = of(x.to_f64_exact()));
        }
        match self {
            Self::F32 => all(numbers, bytes, |x| (x as f32).to_le_bytes()),
            Self::F64 => all(numbers, bytes, f64::to_le_bytes),
            Self::F16 => all(numbers, bytes, |x| f16_of(x).to_le_bytes()),
            Self::Bf16 => all(numbers, bytes, |x| bf16_of(x).to_le_bytes()),
        }
    }

    /// The numbers of all bytes, as [`take`](Self::take) reads each.
    pub(crate) fn take_all<T: Scalar>(self, bytes: &[u8], numbers: &mut Vec<T>) {
        match self {
            Self::F32 => numbers.extend(bytes.as_chunks().0.iter().map(|x| T::of(f32::from_le_bytes(*x).into()))),
            Self::F64 => numbers.extend(bytes.as_chunks().0.iter().map(|x| T::of(f64::from_le_bytes(*x)))),
            Self::F16 => numbers.extend(bytes.as_chunks().0.iter().map(|x| T::of(from_f16(u16::from_le_bytes(*x))))),
            Self::Bf16 => numbers.extend(bytes.as_chunks().0.iter().map(|x| T::of(from_bf16(u16::from_le_bytes(*x))))),
        }
    }

    /// The number of such bytes; 0 where they are not as many as one has.
    pub(crate) fn take(self, bytes: &[u8]) -> f64 {
        match self {
            Self::F32 => bytes.try_into().map_or(0.0, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Self::F64 => bytes.try_into().map_or(0.0, f64::from_le_bytes),
            Self::F16 => bytes.try_into().map_or(0.0, |bytes| from_f16(u16::from_le_bytes(bytes))),
            Self::Bf16 => bytes.try_into().map_or(0.0, |bytes| from_bf16(u16::from_le_bytes(bytes))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FloatDtype::{self, Bf16, F16, F32, F64};

    fn round(dtype: FloatDtype, x: f64) -> f64 {
        let mut bytes = Vec::new();
        dtype.put(x, &mut bytes);
        assert_eq!(bytes.len(), dtype.size());
        dtype.take(&bytes)
    }

    #[test]
    fn numbers_come_back_as_near_as_their_type_is() {
        let x = 0.1;
        let errors = [F64, F32, F16, Bf16].map(|dtype| (round(dtype, x) - x).abs());
        assert!(errors[0] == 0.0 && errors[1] < 2e-9 && errors[2] < 3e-5 && errors[3] < 4e-4, "{errors:?}");
        assert!(errors[1] < errors[2] && errors[2] < errors[3], "{errors:?}");
        for exact in [0.0, -0.5, 1.5, f64::from(2.0_f32.powi(-14))] {
            let bits = [F64, F32, F16, Bf16].map(|dtype| round(dtype, exact).to_bits());
            assert_eq!(bits, [exact.to_bits(); 4]);
        }
    }

    #[test]
    fn what_a_type_cannot_hold_is_known() {
        assert!(F16.overflows(65520.0) && !F16.overflows(65504.0) && !Bf16.overflows(65520.0));
        assert!(F32.overflows(1e39) && Bf16.overflows(3.4e38) && !F64.overflows(1e39));
        assert!(!F16.overflows(f64::INFINITY), "that is infinite in all of them");
    }
}
