//! Numbers of 16 bits.

/// A binary number with a sign, this many bits for the exponent and `DIGITS` behind the point, as IEEE 754 lays them out.
struct Format<const EXPONENT: i32, const DIGITS: i32>;

impl<const EXPONENT: i32, const DIGITS: i32> Format<EXPONENT, DIGITS> {
    /// What is added to an exponent.
    const BIAS: i32 = (1 << (EXPONENT - 1)) - 1;

    /// The exponent field of what is not finite.
    const SPECIAL: u16 = (1 << EXPONENT) - 1;

    /// The nearest number, of two that are equally near the one with an even last digit.
    #[allow(clippy::cast_sign_loss, reason = "what is cast is the magnitude")]
    fn encode(x: f64) -> u16 {
        let sign = u16::from(x.is_sign_negative()) << (EXPONENT + DIGITS);
        if x.is_nan() {
            return sign | Self::SPECIAL << DIGITS | 1 << (DIGITS - 1);
        }
        let size = x.abs();
        let exponent = ((size.to_bits() >> 52) as i32 - 1023).max(1 - Self::BIAS);
        if exponent > Self::BIAS {
            return sign | Self::SPECIAL << DIGITS;
        }
        // Counted in last digits: exact, since it is a product with a power of two that is far from the ends of f64.
        let digits = (size * 2.0_f64.powi(DIGITS - exponent)).round_ties_even() as u32;
        // A number below the first normal one has no leading digit, and its exponent field is 0. One that was rounded up to the
        // next power of two carries over into the exponent, from the largest number to infinity.
        let field = (exponent + Self::BIAS - 1) as u32;
        sign | ((field << DIGITS) + digits) as u16
    }

    fn decode(bits: u16) -> f64 {
        let sign = if bits >> (EXPONENT + DIGITS) == 0 { 1.0 } else { -1.0 };
        let (field, digits) = (bits >> DIGITS & Self::SPECIAL, f64::from(bits & ((1 << DIGITS) - 1)));
        let last = 2.0_f64.powi(i32::from(field.max(1)) - Self::BIAS - DIGITS);
        match field {
            0 => sign * digits * last,
            field if field < Self::SPECIAL => sign * (digits + f64::from(1_u32 << DIGITS)) * last,
            _ if digits == 0.0 => sign * f64::INFINITY,
            _ => f64::NAN,
        }
    }
}

type F16 = Format<5, 10>;
type Bf16 = Format<8, 7>;

pub(crate) fn f16_of(x: f64) -> u16 {
    F16::encode(x)
}

pub(crate) fn from_f16(bits: u16) -> f64 {
    F16::decode(bits)
}

pub(crate) fn bf16_of(x: f64) -> u16 {
    Bf16::encode(x)
}

pub(crate) fn from_bf16(bits: u16) -> f64 {
    Bf16::decode(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the table in the article "Half-precision floating-point format", and those of bfloat16.
    #[test]
    fn published_examples() {
        let half = [(0x3C00, 1.0), (0x3C01, 1.000_976_562_5), (0x7BFF, 65504.0), (0x0001, 5.960_464_477_539_063e-8)];
        for (bits, x) in half.into_iter().chain([
            (0x03FF, 0.000_060_975_551_605_224_61),
            (0xC000, -2.0),
            (0x3555, 0.333_251_953_125),
        ]) {
            assert_eq!((from_f16(bits), f16_of(x)), (x, bits));
        }
        for (bits, x) in [(0x3F80, 1.0), (0xC000, -2.0), (0x4049, 3.140_625), (0x3EAB, 0.333_984_375)] {
            assert_eq!((from_bf16(bits), bf16_of(x)), (x, bits));
        }
    }

    #[test]
    fn every_number_comes_back_and_between_two_the_nearer_is_taken() {
        fn check(encode: fn(f64) -> u16, decode: fn(u16) -> f64, infinite: u16) {
            for bits in 0..infinite {
                let x = decode(bits);
                assert_eq!((encode(x), encode(-x)), (bits, bits | 0x8000), "{x}");
                // Behind the largest number the next one that there would be counts.
                let next = if bits + 1 < infinite { decode(bits + 1) } else { 2.0 * x - decode(bits - 1) };
                let middle = f64::midpoint(x, next);
                let even = bits + (bits & 1);
                let of = [middle.next_down(), middle, middle.next_up()].map(encode);
                assert_eq!(of, [bits, even, bits + 1], "about {middle}");
            }
            assert_eq!([encode(f64::INFINITY), encode(f64::MAX)], [infinite; 2]);
            assert!(decode(infinite).is_infinite() && decode(infinite | 0x8000).is_sign_negative());
            assert!(decode(encode(f64::NAN)).is_nan() && decode(encode(-f64::NAN)).is_nan());
        }
        check(f16_of, from_f16, 0x7C00);
        check(bf16_of, from_bf16, 0x7F80);
    }
}
