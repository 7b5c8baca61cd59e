//! What a type is, found out without a bound: an inherent constant whose bound holds stands before one of a trait.

use core::marker::PhantomData;

use typednet_tensor::Scalar;

use crate::{BuildLayer, Layer, LayerSpec};

/// Neither a layer nor the name of one.
pub const NOTHING: u8 = 0;
/// A layer behind another.
pub const LAYER: u8 = 1;
/// A [`LayerSpec`] without a declared output.
pub const SPEC: u8 = 2;
/// A [`LayerSpec`] that needs a declared output and has none.
pub const SHAPE: u8 = 3;
/// A [`LayerSpec`] with a declared output.
pub const DECLARED: u8 = 4;
/// A layer that reads the network's input.
pub const FIRST: u8 = 5;
/// Not asked: what is before it is wrong already.
pub const SILENT: u8 = 6;
/// In place of a type with a mistake: a layer that gives what it reads.
pub const STAND_IN: u8 = 7;
/// In place of a type with a mistake: a layer that gives what is declared.
pub const DECLARED_STAND_IN: u8 = 8;
/// A layer of one number type in a network of any: [`check::any_number`](crate::check::any_number) says so.
pub const ONE_NUMBER: u8 = 9;

/// Of `X`, whether it is a layer of numbers of type `T`, or the name of one.
pub struct Probe<X: ?Sized, T>(PhantomData<T>, PhantomData<X>);

impl<T, L: Layer<Elem = T>> Probe<L, T> {
    /// It is a layer.
    pub const IS_LAYER: bool = true;
}

impl<T, S: LayerSpec> Probe<S, T> {
    /// It is the name of one.
    pub const IS_SPEC: bool = true;
    /// Whether `-> shape` must stand behind it.
    pub const NEEDS_SHAPE: bool = S::NEEDS_SHAPE;
}

/// What a [`Probe`] says where nothing else does.
pub trait NoProbe {
    /// It is no layer.
    const IS_LAYER: bool = false;
    /// It is no name of one.
    const IS_SPEC: bool = false;
    /// It needs nothing.
    const NEEDS_SHAPE: bool = false;
}

impl<X: ?Sized, T> NoProbe for Probe<X, T> {}

/// Which question to ask, from what a [`Probe`] says and how the type stands in the network.
#[expect(clippy::fn_params_excessive_bools, reason = "the code of a network calls it with what it found out")]
pub const fn kind(is_layer: bool, is_spec: bool, needs_shape: bool, is_declared: bool, is_first: bool) -> u8 {
    match (is_layer, is_spec, is_declared) {
        (true, _, _) if is_first => FIRST,
        (true, _, _) => LAYER,
        (_, true, true) => DECLARED,
        (_, true, false) if needs_shape => SHAPE,
        (_, true, false) => SPEC,
        _ => NOTHING,
    }
}

/// In a network with parameters: what a type is for two choices of them, of which the numbers are `f32` and `f64`.
pub const fn both(a: u8, b: u8) -> u8 {
    match (a, b) {
        (LAYER | FIRST, NOTHING) | (NOTHING, LAYER | FIRST) => ONE_NUMBER,
        _ if a == b => a,
        _ => NOTHING,
    }
}

/// Whether `X` is, or stands for, a layer of `T` that reads `In`: asked for a choice of a network's parameters, where no
/// mistake may be reported.
pub struct Holds<X: ?Sized, T, In, Declared>(PhantomData<(T, In, Declared)>, PhantomData<X>);

impl<T, In, Declared, L: Layer<Elem = T, In = In>> Holds<L, T, In, Declared> {
    /// It is one.
    pub const LAYER: bool = true;
}

impl<T: Scalar, In, Declared, S: BuildLayer<T, In, Declared>> Holds<S, T, In, Declared> {
    /// It stands for one.
    pub const SPEC: bool = true;
}

/// What [`Holds`] says where nothing else does.
pub trait HoldsNot {
    /// It is none.
    const LAYER: bool = false;
    /// It stands for none.
    const SPEC: bool = false;
}

impl<X: ?Sized, T, In, Declared> HoldsNot for Holds<X, T, In, Declared> {}

/// Whether the question of this kind has an answer.
pub const fn holds(kind: u8, layer: bool, spec: bool) -> bool {
    match kind {
        LAYER | FIRST => layer,
        SPEC | DECLARED => spec,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dense;

    struct Name;
    impl LayerSpec for Name {}

    #[test]
    fn a_probe_tells_layers_names_and_other_types_apart() {
        let name = (Probe::<Name, f32>::IS_LAYER, Probe::<Name, f32>::IS_SPEC, Probe::<Name, f32>::NEEDS_SHAPE);
        assert_eq!(name, (false, true, false));
        let layer = [Probe::<Dense<2, 3>, f32>::IS_LAYER, Probe::<Dense<2, 3>, f64>::IS_LAYER];
        assert_eq!((layer, Probe::<Dense<2, 3>, f32>::IS_SPEC), ([true, false], false));
        assert_eq!((Probe::<str, f32>::IS_LAYER, Probe::<str, f32>::IS_SPEC), (false, false));
    }

    #[test]
    fn each_kind_has_its_question() {
        assert_eq!(kind(true, false, false, false, false), LAYER);
        assert_eq!(kind(true, false, false, true, true), FIRST);
        assert_eq!(kind(false, true, false, false, true), SPEC);
        assert_eq!(kind(false, true, true, false, false), SHAPE);
        assert_eq!(kind(false, true, true, true, false), DECLARED);
        assert_eq!(kind(false, false, false, true, false), NOTHING);
        assert_eq!([both(SPEC, SPEC), both(LAYER, NOTHING), both(SPEC, LAYER)], [SPEC, ONE_NUMBER, NOTHING]);
        assert!(holds(FIRST, true, false) && holds(DECLARED, false, true));
        assert!(!holds(SHAPE, true, true) && !holds(SPEC, true, false) && !holds(LAYER, false, true));
    }
}
