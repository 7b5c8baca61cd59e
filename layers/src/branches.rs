//! The common part of layers with two branches that read one input.

use core::str;

use typednet_tensor::{Flat, Sample, Scalar, flat, flat_mut, ops, same, same_mut};

use crate::{Layer, Output, PassContext, Path, Trace, Workspace, WorkspaceSize};

/// The name of a branch as a number, as it stands in the type of [`Add`](crate::Add) and [`Concat`](crate::Concat): its
/// bytes, of which there are at most 16, from the lowest on.
///
/// ```
/// use typednet_layers::branch_name;
///
/// assert_eq!(branch_name("ab"), 0x6261);
/// ```
///
/// # Panics
/// If it is longer; at compile time, where it is a const parameter.
pub const fn branch_name(name: &str) -> u128 {
    let name = name.as_bytes();
    assert!(name.len() <= 16, "the name of a branch has at most 16 bytes");
    let mut bytes = [0; 16];
    let mut i = 0;
    while i < name.len() {
        bytes[i] = name[i];
        i += 1;
    }
    u128::from_le_bytes(bytes)
}

/// The text of a [`branch_name`].
pub(crate) struct Name<const NAME: u128>;

impl<const NAME: u128> Name<NAME> {
    const BYTES: [u8; 16] = NAME.to_le_bytes();

    pub(crate) const TEXT: &'static str = {
        let len = 16 - NAME.leading_zeros() as usize / 8;
        match str::from_utf8(Self::BYTES.split_at(len).0) {
            Ok(text) => text,
            Err(_) => panic!("the name of a branch is a text"),
        }
    };
}

/// Whether two shapes are one.
pub(crate) const fn is_one_shape(a: &[usize], b: &[usize]) -> bool {
    let mut fits = a.len() == b.len();
    let mut i = 0;
    while fits && i < a.len() {
        fits = a[i] == b[i];
        i += 1;
    }
    fits
}

/// Two layers that read one input.
///
/// That they do is asked apart, by [`join`](crate::join); by hand it is an error when the program is built.
pub(crate) struct Pair<'a, A, B> {
    pub(crate) left: &'a A,
    pub(crate) right: &'a B,
}

impl<A, B> Pair<'_, A, B>
where
    A: Layer<Elem: Scalar>,
    B: Layer<Elem = A::Elem>,
{
    const FITS: () = {
        let (a, b) = (A::In::SHAPE, B::In::SHAPE);
        assert!(is_one_shape(a.sizes(), b.sizes()), "both branches read one input: it must have one shape");
    };

    /// What each branch saves, and what it gives, since its derivative may be a function of that.
    pub(crate) const SAVED: WorkspaceSize =
        A::SAVED.and(WorkspaceSize::rows(A::Out::LEN)).and(B::SAVED).and(WorkspaceSize::rows(B::Out::LEN));

    /// The right branch's ∂L/∂x, and what either branch takes.
    pub(crate) const SCRATCH: WorkspaceSize = WorkspaceSize::rows(A::In::LEN).and(A::SCRATCH.or(B::SCRATCH));

    /// What either branch takes in use.
    pub(crate) const INFER: WorkspaceSize = A::INFER.or(B::INFER);

    /// The input as the right branch sees it.
    fn same_input(x: &[A::In]) -> &[B::In] {
        let () = Self::FITS;
        same(x)
    }

    pub(crate) fn predict_into(&self, x: &A::In, a: &mut A::Out, b: &mut B::Out) {
        self.left.predict_into(x, a);
        self.right.predict_into(&Self::same_input(core::slice::from_ref(x))[0], b);
    }

    pub(crate) fn infer(
        &self,
        x: &[A::In],
        (a, b): (&mut [A::Out], &mut [B::Out]),
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        self.left.infer(x, a, scratch, run.child(0));
        self.right.infer(Self::same_input(x), b, scratch, run.child(1));
    }

    pub(crate) fn visit_outputs(
        &self,
        x: &[A::In],
        (a, b): (&mut [A::Out], &mut [B::Out]),
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
        (path_a, path_b): (&Path<'_>, &Path<'_>),
        visit: &mut dyn FnMut(Output<'_, A::Elem>),
    ) {
        Output::show(self.left, x, a, scratch, run.child(0), path_a, visit);
        Output::show(self.right, Self::same_input(x), b, scratch, run.child(1), path_b, visit);
    }

    /// What each branch gives, which stays in `saved`.
    pub(crate) fn forward<'s>(
        &self,
        x: &[A::In],
        saved: &'s mut [A::Elem],
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) -> (&'s [A::Out], &'s [B::Out]) {
        let mut saved = Workspace::new(saved, x.len());
        let (saved_a, a) = (saved.take(A::SAVED), saved.samples::<A::Out>());
        let (saved_b, b) = (saved.take(B::SAVED), saved.samples::<B::Out>());
        self.left.forward(x, a, saved_a, scratch, run.child(0));
        self.right.forward(Self::same_input(x), b, saved_b, scratch, run.child(1));
        (a, b)
    }
}

impl<A, B> Pair<'_, A, B>
where
    A: Layer<Elem: Scalar, In: Sample<Elem = <A as Flat>::Elem>>,
    B: Layer<Elem = A::Elem, In: Sample<Elem = A::Elem>>,
{
    /// From ∂L/∂a and ∂L/∂b: ∂L/∂x = (∂a/∂x)ᵀ ∂L/∂a + (∂b/∂x)ᵀ ∂L/∂b
    pub(crate) fn backward(
        &self,
        (x, saved): (&[A::In], &mut [A::Elem]),
        (da, db): (&mut [A::Out], &mut [B::Out]),
        dx: Option<&mut [A::In]>,
        (grad_a, grad_b): (&mut A, &mut B),
        scratch: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let mut saved = Workspace::new(saved, x.len());
        let (saved_a, a) = (saved.take(A::SAVED), saved.samples::<A::Out>());
        let (saved_b, b) = (saved.take(B::SAVED), saved.samples::<B::Out>());
        let mut scratch = Workspace::new(scratch, x.len());
        let right = scratch.samples::<A::In>();
        let scratch = scratch.rest();
        let trace_a = Trace { x, y: &*a, saved: saved_a };
        let trace_b = Trace { x: Self::same_input(x), y: &*b, saved: saved_b };
        let Some(dx) = dx else {
            self.left.backward(trace_a, da, None, grad_a, scratch, run.child(0));
            self.right.backward(trace_b, db, None, grad_b, scratch, run.child(1));
            return;
        };
        self.left.backward(trace_a, da, Some(&mut *dx), grad_a, scratch, run.child(0));
        let right_dx = Some(same_mut::<A::In, B::In>(&mut *right));
        self.right.backward(trace_b, db, right_dx, grad_b, scratch, run.child(1));
        ops::add(flat(right), flat_mut(dx));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_as_it_was() {
        assert_eq!(Name::<{ branch_name("left") }>::TEXT, "left");
        assert_eq!(Name::<{ branch_name("sixteen_letters_") }>::TEXT, "sixteen_letters_");
        assert_eq!(Name::<{ branch_name("größe") }>::TEXT, "größe");
        assert_eq!(Name::<{ branch_name("") }>::TEXT, "");
    }

    #[test]
    #[should_panic(expected = "at most 16 bytes")]
    fn a_longer_name_is_refused() {
        let _ = branch_name("seventeen_letters");
    }
}
