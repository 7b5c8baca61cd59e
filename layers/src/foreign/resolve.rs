//! The layer that follows from a type that the user wrote.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Flat, Sample, Scalar, impl_flat};

use super::probe::{DECLARED, DECLARED_STAND_IN, FIRST, LAYER, SPEC, STAND_IN};
use crate::{Behaviour, BuildLayer, Complaint, Gradient, Layer, LayerInfo, Linear, PassContext, Trace};

/// The layer that a type of this kind is or stands for, where `In` comes in and `Declared` stands behind it.
///
/// Where the question about the type has no answer, the code of a network gives an `In` that is wrong, and then all of these
/// are wrong without a word: the mistake is reported once.
pub trait LayerFrom<const KIND: u8, T: Scalar, In, Declared> {
    /// The layer.
    type Layer: Layer<Elem = T>;

    /// One output.
    type Gives: Differentiable<Elem = T>;

    /// The number of elements of an output.
    const WIDTH: usize;

    /// What is wrong with its sizes.
    const COMPLAINT: Option<Complaint> = None;
}

macro_rules! layers {
    ($($kind:ident)*) => {$(
        impl<L: Layer<Elem = T>, T: Scalar, In, D> LayerFrom<$kind, T, In, D> for L {
            type Layer = L;
            type Gives = L::Out;
            const WIDTH: usize = L::Out::LEN;
        }
    )*};
}

layers! { FIRST LAYER }

macro_rules! specs {
    ($($kind:ident)*) => {$(
        impl<S: BuildLayer<T, In, D>, T: Scalar, In, D> LayerFrom<$kind, T, In, D> for S {
            type Layer = S::Layer;
            type Gives = <S::Layer as Layer>::Out;
            const WIDTH: usize = <S::Layer as Layer>::Out::LEN;
            const COMPLAINT: Option<Complaint> = S::COMPLAINT;
        }
    )*};
}

specs! { SPEC DECLARED }

impl<X: ?Sized, T: Scalar, In: Differentiable<Elem = T>, D> LayerFrom<STAND_IN, T, In, D> for X {
    type Layer = StandIn<T, In, In>;
    type Gives = In;
    const WIDTH: usize = In::LEN;
}

impl<X: ?Sized, T: Scalar, In: Sample, D: Differentiable<Elem = T>> LayerFrom<DECLARED_STAND_IN, T, In, D> for X {
    type Layer = StandIn<T, In, D>;
    type Gives = D;
    const WIDTH: usize = D::LEN;
}

/// In a network with parameters no question can stand in a type. So where a type with a mistake stood, this does, which
/// fits everything, and the question speaks alone. It is never computed with.
#[repr(C)]
pub struct StandIn<T, In, Out> {
    nothing: [T; 0],
    shapes: PhantomData<(In, Out)>,
}

impl_flat! {
    [T: Scalar, In: Sample, Out: Sample] StandIn<T, In, Out>: T { nothing: [T; 0], } markers { shapes }
}

impl<T: Scalar, In: Sample, Out: Differentiable<Elem = T>> Layer for StandIn<T, In, Out> {
    type In = In;
    type Out = Out;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "",
        args: &[],
        input: In::SHAPE,
        output: Out::SHAPE,
        params: &[],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN,
    };

    fn predict_into(&self, _: &In, _: &mut Out) {
        unreachable!("a network with a mistake does not compile");
    }

    fn forward(&self, _: &[In], _: &mut [Out], _: &mut [T], _: &mut [T], _: PassContext<'_>) {
        unreachable!("a network with a mistake does not compile");
    }

    fn backward(
        &self,
        _: Trace<'_, Self>,
        _: &mut [Out],
        _: Option<&mut [Gradient<In>]>,
        _: &mut Self,
        _: &mut [T],
        _: PassContext<'_>,
    ) {
        unreachable!("a network with a mistake does not compile");
    }
}

/// The type that stands at a place of a network, known by `X`, as the layer that it is: implemented for `&'static Net`.
///
/// What comes out of a layer stands in the kind, the question and the type of the next one. Spelt out, that would double with
/// each layer; the name of the place does not. It is a reference because the network itself is made of these types.
///
/// `X` is the type that stands there, [`Behind`] those of the places that give what comes in: an impl is as public as the types in its
/// head, and none of them may be more public than what it names (E0446).
pub trait At<const PLACE: usize, X: ?Sized> {
    /// The layer.
    type Layer;

    /// One output.
    type Gives;

    /// The number of elements of an output.
    const WIDTH: usize;

    /// What is wrong with its sizes.
    const COMPLAINT: Option<Complaint>;
}

/// `X` behind what `Before` is.
pub struct Behind<X: ?Sized, Before: ?Sized>(PhantomData<Before>, PhantomData<X>);

/// The type itself, or `Other` behind a layer with a mistake: what follows from a mistake is not reported.
pub trait Alike<const IS_RIGHT: bool, Other> {
    /// That type.
    type Itself;
}

impl<S, Other> Alike<true, Other> for S {
    type Itself = S;
}

impl<S, Other> Alike<false, Other> for S {
    type Itself = Other;
}
