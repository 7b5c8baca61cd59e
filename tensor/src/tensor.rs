//! Arithmetic on nested arrays.

mod display;

use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::matmul::{self, MatMut, MatRef};
use crate::{Flat, Parallel, Sample, Scalar, ops};

/// A nested array of numbers that can be added, multiplied, transposed and printed: the sizes are part of its type.
///
/// It is for small things: examples, tests, numbers worked by hand. A network's batches are plain slices.
///
/// The first layer of a 2-2-1 network (lecture section 1), z = W·x + b:
///
/// ```
/// use typednet_tensor::Tensor;
///
/// let w = Tensor([[0.2, 0.4], [0.3, 0.1]]);
/// let x = Tensor([0.5, 0.8]);
/// let b = Tensor([0.1, 0.2]);
/// let z = w.matvec(x) + b;
/// assert_eq!(format!("{z:.2}"), "[0.52, 0.43]");
/// ```
///
/// A product of matrices whose inner sizes differ does not compile:
///
/// ```compile_fail,E0308
/// use typednet_tensor::Tensor;
///
/// let a = Tensor([[1.0, 2.0, 3.0]]); // 1x3
/// let b = Tensor([[1.0], [2.0]]); // 2x1
/// let c = a.matmul(b);
/// ```
#[derive(Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct Tensor<A>(pub A);

// SAFETY: transparent over a type for which the promise holds.
unsafe impl<A: Flat> Flat for Tensor<A> {
    type Elem = A::Elem;
    const LEN: usize = A::LEN;
}

impl<A: Sample> Sample for Tensor<A> {
    const SHAPE: crate::Shape = A::SHAPE;
    type Grad = Tensor<A::Grad>;

    #[inline]
    fn not_finite(&self) -> Option<(usize, f64)> {
        self.0.not_finite()
    }
}

impl<A> From<A> for Tensor<A> {
    fn from(array: A) -> Self {
        Self(array)
    }
}

impl<T: Scalar, A: Sample<Elem = T>> Tensor<A> {
    /// Every element is 0.
    pub fn zeros() -> Self {
        Self(A::zeros())
    }

    /// Every element is `x`.
    pub fn full(x: T) -> Self {
        Self::from_fn(|_| x)
    }

    /// Element i, counted through all dimensions with the last one running fastest, is `f(i)`.
    ///
    /// ```
    /// use typednet_tensor::Tensor;
    ///
    /// let a = Tensor::<[[f32; 3]; 2]>::from_fn(|i| i as f32);
    /// assert_eq!(a, Tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]));
    /// ```
    pub fn from_fn(mut f: impl FnMut(usize) -> T) -> Self {
        let mut tensor = Self::zeros();
        for (i, x) in tensor.as_flat_mut().iter_mut().enumerate() {
            *x = f(i);
        }
        tensor
    }

    /// `f` of each element.
    #[must_use]
    pub fn map(mut self, mut f: impl FnMut(T) -> T) -> Self {
        for x in self.as_flat_mut() {
            *x = f(*x);
        }
        self
    }

    /// `f` of each pair of elements at the same place.
    #[must_use]
    pub fn zip_map(mut self, other: Self, mut f: impl FnMut(T, T) -> T) -> Self {
        for (x, y) in self.as_flat_mut().iter_mut().zip(other.as_flat()) {
            *x = f(*x, *y);
        }
        self
    }

    /// Σ xᵢ
    pub fn sum(&self) -> T {
        ops::sum(self.as_flat())
    }

    /// The mean of all elements.
    pub fn mean(&self) -> T {
        self.sum() / T::of(A::LEN as f64)
    }

    /// The largest element; elements that are not numbers do not count.
    pub fn max(&self) -> T {
        self.as_flat().iter().copied().fold(T::LOWEST, T::max)
    }

    /// The place of the largest element, counted as in [`from_fn`](Self::from_fn); the first of several equal ones.
    pub fn argmax(&self) -> usize {
        let x = self.as_flat();
        let larger = |best: usize, i: usize| x[i] > x[best] || (x[best].is_nan() && !x[i].is_nan());
        (0..x.len()).fold(0, |best, i| if larger(best, i) { i } else { best })
    }

    /// Σ xᵢ·yᵢ over all elements.
    pub fn dot(&self, other: &Self) -> T {
        ops::dot(self.as_flat(), other.as_flat())
    }

    /// The same elements in the same order, in another shape.
    ///
    /// ```
    /// use typednet_tensor::Tensor;
    ///
    /// let a = Tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).reshape::<[[f64; 2]; 3]>();
    /// assert_eq!(a.0[2], [5.0, 6.0]);
    /// ```
    ///
    /// Another number of elements does not compile:
    ///
    /// ```compile_fail
    /// use typednet_tensor::Tensor;
    ///
    /// let a = Tensor([1.0, 2.0, 3.0]).reshape::<[[f64; 2]; 2]>();
    /// ```
    pub fn reshape<B: Sample<Elem = T>>(&self) -> Tensor<B> {
        const { assert!(A::LEN == B::LEN, "reshape keeps the number of elements") };
        let mut other = Tensor::<B>::zeros();
        other.as_flat_mut().copy_from_slice(self.as_flat());
        other
    }
}

impl<T: Scalar, const R: usize, const C: usize> Tensor<[[T; C]; R]>
where
    [[T; C]; R]: Sample<Elem = T>,
    [T; C]: Sample<Elem = T>,
    [T; R]: Sample<Elem = T>,
{
    /// Rows become columns.
    pub fn transpose(&self) -> Tensor<[[T; R]; C]> {
        Tensor(core::array::from_fn(|j| core::array::from_fn(|i| self.0[i][j])))
    }

    /// The sum of each row.
    pub fn row_sums(&self) -> Tensor<[T; R]> {
        Tensor(self.0.map(|row| ops::sum(&row)))
    }

    /// The sum of each column.
    pub fn column_sums(&self) -> Tensor<[T; C]> {
        let mut sums = [T::ZERO; C];
        ops::column_sums(self.0.as_flattened(), &mut sums);
        Tensor(sums)
    }

    /// The matrix product A·B, which is R×N for A of R×C and B of C×N.
    ///
    /// ```
    /// use typednet_tensor::Tensor;
    ///
    /// let a = Tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.matmul(Tensor([[1.0], [10.0]])), Tensor([[21.0], [43.0]]));
    /// ```
    #[must_use]
    pub fn matmul<const N: usize>(&self, other: Tensor<[[T; N]; C]>) -> Tensor<[[T; N]; R]> {
        let mut product = [[T::ZERO; N]; R];
        let (a, b) = (MatRef::new(self.0.as_flattened(), R, C), MatRef::new(other.0.as_flattened(), C, N));
        matmul::product(a, b, MatMut::new(product.as_flattened_mut(), R, N), Parallel::SERIAL);
        Tensor(product)
    }

    /// The product A·x of a matrix with a vector.
    #[must_use]
    pub fn matvec(&self, x: Tensor<[T; C]>) -> Tensor<[T; R]> {
        Tensor(self.0.map(|row| ops::dot(&row, &x.0)))
    }
}

macro_rules! elementwise {
    ($($op:ident $method:ident, $assign:ident $assign_method:ident;)*) => {$(
        impl<T: Scalar, A: Sample<Elem = T>> $assign for Tensor<A> {
            fn $assign_method(&mut self, other: Self) {
                for (x, y) in self.as_flat_mut().iter_mut().zip(other.as_flat()) {
                    $assign::$assign_method(x, *y);
                }
            }
        }

        impl<T: Scalar, A: Sample<Elem = T>> $op for Tensor<A> {
            type Output = Self;
            fn $method(mut self, other: Self) -> Self {
                $assign::$assign_method(&mut self, other);
                self
            }
        }

        elementwise!(scalar f32 $op $method, $assign $assign_method);
        elementwise!(scalar f64 $op $method, $assign $assign_method);
    )*};
    (scalar $t:ident $op:ident $method:ident, $assign:ident $assign_method:ident) => {
        impl<A: Sample<Elem = $t>> $assign<$t> for Tensor<A> {
            fn $assign_method(&mut self, y: $t) {
                for x in self.as_flat_mut() {
                    $assign::$assign_method(x, y);
                }
            }
        }

        impl<A: Sample<Elem = $t>> $op<$t> for Tensor<A> {
            type Output = Self;
            fn $method(mut self, y: $t) -> Self {
                $assign::$assign_method(&mut self, y);
                self
            }
        }

        impl<A: Sample<Elem = $t>> $op<Tensor<A>> for $t {
            type Output = Tensor<A>;
            fn $method(self, tensor: Tensor<A>) -> Tensor<A> {
                tensor.map(|x| $op::$method(self, x))
            }
        }
    };
}

elementwise! {
    Add add, AddAssign add_assign;
    Sub sub, SubAssign sub_assign;
    Mul mul, MulAssign mul_assign;
    Div div, DivAssign div_assign;
}

impl<T: Scalar, A: Sample<Elem = T>> Neg for Tensor<A> {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(|x| -x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting<A: Sample<Elem = f64>>() -> Tensor<A> {
        Tensor::from_fn(|i| i as f64)
    }

    #[test]
    fn elementwise_operations_with_tensors_and_numbers() {
        let (a, b) = (Tensor([[1.0_f32, 2.0], [3.0, 4.0]]), Tensor([[4.0, 3.0], [2.0, 1.0]]));
        assert_eq!(a + b, Tensor::full(5.0));
        assert_eq!(a - b, Tensor([[-3.0, -1.0], [1.0, 3.0]]));
        assert_eq!(a * b, Tensor([[4.0, 6.0], [6.0, 4.0]]));
        assert_eq!(a / b, Tensor([[0.25, 2.0 / 3.0], [1.5, 4.0]]));
        assert_eq!(-a, 0.0 - a);
        assert_eq!((a + 1.0) * 2.0, Tensor([[4.0, 6.0], [8.0, 10.0]]));
        assert_eq!(12.0 / a, Tensor([[12.0, 6.0], [4.0, 3.0]]));
        assert_eq!(3.0 * Tensor([1.0_f64]), Tensor([3.0]));
        let mut c = a;
        c += b;
        c -= 1.0;
        c *= a;
        c /= 4.0;
        assert_eq!(c, a);
        assert_eq!(a.zip_map(b, f32::max).map(|x| x - 3.0), Tensor([[1.0, 0.0], [0.0, 1.0]]));
    }

    #[test]
    fn sums_and_the_largest() {
        let a = Tensor([[1.0, 5.0, -2.0], [0.0, 5.0, 3.0]]);
        assert_eq!(Tensor([a.sum(), a.mean(), a.max()]), Tensor([12.0, 2.0, 5.0]));
        assert_eq!(a.argmax(), 1);
        assert_eq!(Tensor([f32::NAN, -1.0, f32::NAN]).argmax(), 1);
        assert_eq!(a.row_sums(), Tensor([4.0, 8.0]));
        assert_eq!(a.column_sums(), Tensor([1.0, 10.0, 1.0]));
        assert_eq!(Tensor([a.dot(&a)]), Tensor([64.0]));
    }

    #[test]
    fn products_and_transposes() {
        let a = counting::<[[f64; 3]; 2]>();
        assert_eq!(a.transpose(), Tensor([[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]));
        assert_eq!(a.matmul(a.transpose()), Tensor([[5.0, 14.0], [14.0, 50.0]]));
        assert_eq!(a.matvec(Tensor([1.0, 0.0, 2.0])), Tensor([4.0, 13.0]));
        assert_eq!(a.reshape::<[f64; 6]>().reshape::<[[f64; 3]; 2]>(), a);
    }

    #[test]
    fn printing_follows_numpy() {
        assert_eq!(Tensor(1.5_f32).to_string(), "1.5");
        assert_eq!(counting::<[f64; 8]>().to_string(), "[0, 1, 2, 3, 4, 5, 6, 7]");
        assert_eq!(counting::<[f64; 9]>().to_string(), "[0, 1, 2, ..., 6, 7, 8]");
        assert_eq!(
            counting::<[[f64; 2]; 9]>().to_string(),
            ["[[ 0,  1],", " [ 2,  3],", " [ 4,  5],", " ...,", " [12, 13],", " [14, 15],", " [16, 17]]",].join("\n")
        );
        assert_eq!(counting::<[[[f64; 1]; 2]; 2]>().to_string(), "[[[0],\n  [1]],\n\n [[2],\n  [3]]]");
        assert_eq!(format!("{:.3}", Tensor([1.0 / 3.0, -2.0])), "[ 0.333, -2.000]");
    }
}
