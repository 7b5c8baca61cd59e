//! Two samples as one.

use crate::{Element, Flat, Sample, Shape, Token};

/// Two samples that belong together: two sequences, a picture and a row of numbers, the two outputs of a network.
///
/// It is a sample like others: data sets hold pairs, networks read and give them, and where a network gives one, targets are such too.
/// Each half is a sample of any kind, [`Padded`](crate::Padded) ones and pairs included; which elements can stand beside each other
/// [`Beside`] says.
///
/// # Memory
/// It is one run of elements, those of the first half and then those of the second.
///
/// ```
/// use typednet_tensor::{Flat, Pair, Sample, Token};
///
/// let pair = Pair { first: [[1.0_f32, 2.0]; 2], second: [3.0_f32] };
/// assert_eq!(pair.as_flat(), [1.0, 2.0, 1.0, 2.0, 3.0]);
///
/// // Tokens of two languages.
/// type Sentences = Pair<[Token<30>; 12], [Token<20>; 10]>;
/// assert_eq!((Sentences::SHAPE.to_string(), Sentences::LEN), ("([12], [10])".into(), 22));
/// ```
///
/// Halves whose elements differ in size are none:
///
/// ```compile_fail
/// use typednet_tensor::{Pair, Sample};
///
/// println!("{}", <Pair<[f64; 2], [f32; 2]>>::SHAPE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(C)]
pub struct Pair<A, B> {
    /// The first half.
    pub first: A,
    /// The second half.
    pub second: B,
}

impl<A, B> From<(A, B)> for Pair<A, B> {
    fn from((first, second): (A, B)) -> Self {
        Self { first, second }
    }
}

/// Elements that can stand beside elements `Other` in one [`Pair`]: those of the same size.
///
/// Beside each other numbers of one type are such numbers. Tokens of any two vocabularies are [`Word`]s together, and so are tokens
/// and `f32`.
///
/// # Safety
/// Both types have the size and the alignment of [`Elem`](Beside::Elem), every pattern of bits that is a value of either is one of it,
/// and every value of it is one of both.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{Other}` cannot be the elements of one pair",
    label = "expected halves of one number type, of tokens, or of tokens and `f32`"
)]
pub unsafe trait Beside<Other>: Element {
    /// What the elements of the pair are.
    type Elem: Element;
}

/// An element of a [`Pair`] whose halves have elements of different types: a number or a token, which only the half's type knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Word(u32);

// SAFETY: a transparent `u32`, of which zero is a value.
unsafe impl Element for Word {
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.0)
    }
}

macro_rules! beside {
    ($([$($generics:tt)*] $a:ty, $b:ty => $elem:ty;)*) => {$(
        // SAFETY: either both are the type that they are beside each other, or each is four bytes that are aligned as a `u32` is, `f32`
        // or a transparent `u32`, of which every pattern of bits is a value (nothing hangs on a token being below its vocabulary that
        // is not checked).
        unsafe impl<$($generics)*> Beside<$b> for $a {
            type Elem = $elem;
        }
    )*};
}

beside! {
    [] f32, f32 => f32;
    [] f64, f64 => f64;
    [] u8, u8 => u8;
    [const V: usize, const W: usize] Token<V>, Token<W> => Word;
    [const V: usize] Token<V>, f32 => Word;
    [const V: usize] f32, Token<V> => Word;
    [const V: usize] Token<V>, Word => Word;
    [const V: usize] Word, Token<V> => Word;
    [] f32, Word => Word;
    [] Word, f32 => Word;
    [] Word, Word => Word;
}

// SAFETY: the struct is `repr(C)` and has these two fields only. Each is a run of its elements, which are of the size and the alignment
// of `Elem`, and any of these are such elements (`Beside`); the second stands right behind the first and nothing behind it (asked
// in `SIZE_IS_LEN`).
unsafe impl<A: Flat<Elem: Beside<B::Elem>>, B: Flat> Flat for Pair<A, B> {
    type Elem = <A::Elem as Beside<B::Elem>>::Elem;

    const LEN: usize = A::LEN + B::LEN;

    const SIZE_IS_LEN: () = {
        let () = (A::SIZE_IS_LEN, B::SIZE_IS_LEN).1;
        assert!(
            core::mem::offset_of!(Self, second) == size_of::<A>()
                && size_of::<Self>() == size_of::<A>() + size_of::<B>()
                && size_of::<Self>() == Self::LEN * size_of::<Self::Elem>()
                && align_of::<Self>() == align_of::<Self::Elem>(),
            "a pair is the elements of its halves and nothing else"
        );
    };
}

impl<A, B> Pair<A, B>
where
    A: Sample<Elem: Beside<B::Elem>>,
    B: Sample,
{
    const HALVES: &'static [Shape; 2] = &[A::SHAPE, B::SHAPE];
}

impl<A, B> Sample for Pair<A, B>
where
    A: Sample<Elem: Beside<B::Elem>>,
    B: Sample,
{
    const SHAPE: Shape = Shape::of_pair(Self::HALVES);
    type Grad = Pair<A::Grad, B::Grad>;

    #[inline]
    fn not_finite(&self) -> Option<(usize, f64)> {
        let of_second = || self.second.not_finite().map(|(at, number)| (A::LEN + at, number));
        self.first.not_finite().or_else(of_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Differentiable, NoGradient, Padded, flat, flat_mut, rows};

    #[test]
    fn a_pair_is_one_run_of_elements() {
        type Both = Pair<[[f64; 2]; 2], Padded<[[f64; 1]; 3]>>;
        let both = Both { first: [[1.0, 2.0], [3.0, 4.0]], second: Padded::new(&[[5.0]]).unwrap() };
        assert_eq!(flat(&[both]), [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0, 2.0]);
        assert_eq!((Both::LEN, Both::SHAPE.len(), Both::SHAPE.to_string()), (8, 8, "([2, 2], [≤3, 1])".into()));
        let [first, second] = Both::SHAPE.halves().expect("a pair");
        assert_eq!((first.sizes(), second.sizes(), second.is_padded()), (&[2, 2][..], &[3, 1][..], true));
        assert_eq!((Both::SHAPE.sizes(), Both::SHAPE.is_padded(), <[f64; 2]>::SHAPE.halves()), (&[8][..], false, None));
        assert!(Both::SHAPE != <[f64; 8]>::SHAPE);
        assert!(<Pair<[f32; 0], [[f32; 3]; 0]>>::SHAPE.is_empty());
    }

    #[test]
    fn tokens_and_numbers_stand_side_by_side() {
        type Captioned = Pair<[f32; 2], Pair<[Token<9>; 2], Token<70_000>>>;
        let token = |index| Token::<9>::new(index).unwrap();
        let words = Pair { first: [token(7), token(0)], second: Token::new(69_999).unwrap() };
        let both = [Captioned { first: [1.0, -0.5], second: words }; 3];
        let bits: Vec<_> = flat(&both)[5..10].iter().map(|word| word.bits()).collect();
        assert_eq!(
            bits,
            [1.0_f32, -0.5].map(|x| u64::from(x.to_bits())).into_iter().chain([7, 0, 69_999]).collect::<Vec<_>>()
        );
        assert_eq!(rows::<Captioned>(flat(&both)), both);
        let mut none = [Captioned::zeros()];
        flat_mut(&mut none).copy_from_slice(flat(&both[..1]));
        assert_eq!((none[0], Captioned::SHAPE.to_string()), (both[0], "([2], ([2], []))".into()));
    }

    #[test]
    fn one_shape_is_one_of_the_same_halves_and_padding() {
        const fn of<S: Sample>() -> Shape {
            S::SHAPE
        }
        type Row = [f32; 6];
        let shapes = [
            of::<Pair<[f32; 6], [f32; 2]>>(),
            of::<Pair<[f32; 2], [f32; 6]>>(),
            of::<Pair<[f32; 4], Pair<[f32; 2], [f32; 2]>>>(),
            of::<Pair<[f32; 4], [f32; 4]>>(),
            of::<Pair<Padded<[[f32; 1]; 5]>, [f32; 2]>>(),
            of::<Pair<[[f32; 1]; 6], [f32; 2]>>(),
            of::<[f32; 8]>(),
            of::<[[f32; 2]; 4]>(),
            of::<Padded<[[f32; 2]; 4]>>(),
            of::<f32>(),
        ];
        for (i, a) in shapes.iter().enumerate() {
            for (j, b) in shapes.iter().enumerate() {
                assert_eq!((a.is(b), a == b), (i == j, i == j), "{a} {b}");
            }
        }
        let padded: Vec<_> = shapes.iter().map(Shape::has_padding).collect();
        assert_eq!(padded, [4, 8].iter().fold(vec![false; 10], |mut all, at| (all[*at] = true, all).1));
        assert!(of::<Pair<Row, Pair<Row, Padded<[f32; 2]>>>>().has_padding());
    }

    #[test]
    fn numbers_that_are_not_finite_are_found_beside_tokens() {
        type Nested = Pair<[Token<9>; 2], Pair<Padded<[[f32; 2]; 2]>, f32>>;
        let series = |number| Padded::full([[1.0, 2.0], [number, 3.0]]);
        let of = |number, last| Nested {
            first: [Token::new(8).unwrap(); 2],
            second: Pair { first: series(number), second: last },
        };
        assert_eq!(of(1.0, -1.0).not_finite(), None);
        assert_eq!(of(f32::NEG_INFINITY, f32::INFINITY).not_finite(), Some((4, f64::NEG_INFINITY)));
        let (at, number) = of(0.0, f32::NAN).not_finite().unwrap();
        assert!(at == 7 && number.is_nan());
        assert_eq!([[255_u8; 2]; 2].not_finite(), None);
    }

    #[test]
    fn gradients_are_pairs_of_those_of_the_halves() {
        fn has_one<S: Differentiable>() {}
        has_one::<Pair<[f32; 2], Padded<[[f32; 2]; 3]>>>();
        assert_eq!(size_of::<<Pair<[Token<4>; 3], Padded<[Token<5>; 5]>> as Sample>::Grad>(), 0);
        let _: <Pair<[Token<4>; 1], f32> as Sample>::Grad = Pair { first: [NoGradient], second: 1.0 };
    }
}
