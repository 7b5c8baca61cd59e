#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
#![allow(dead_code, unused_macros, non_upper_case_globals, non_camel_case_types)]
//! Nothing in the user's file is taken for something of the macro's, nor the other way round.

/// The names that a network's code is made of, as constants: a pattern of such a name would be the constant.
mod constants {
    const dx: char = 'x';
    const dy: char = 'x';
    const d1: char = 'x';
    const even: char = 'x';
    const grad: char = 'x';
    const h1: char = 'x';
    const odd: char = 'x';
    const offset: char = 'x';
    const path: char = 'x';
    const rows: char = 'x';
    const run: char = 'x';
    const saved: char = 'x';
    const saved1: char = 'x';
    const scratch: char = 'x';
    const show: char = 'x';
    const space: char = 'x';
    const trace: char = 'x';
    const visit: char = 'x';
    const x: char = 'x';
    const y: char = 'x';

    typednet::network! {
        /// Of all kinds of layers.
        pub struct All<T, const N: usize>: 4
            => Dense<N, Relu> => Dropout<{ 0.25 + 0.25 }> => Dense<{ 2 + 2 }> => Add<Relu, Dense<4>> => LayerNorm -> 4
    }
}

/// The same as statics, beside macros, types and methods that the code needs.
mod statics {
    static dx: char = 'x';
    static offset: char = 'x';
    static rows: char = 'x';
    static scratch: char = 'x';
    static x: char = 'x';
    static y: char = 'x';

    macro_rules! assert {
        () => {};
    }
    macro_rules! compile_error {
        () => {};
    }
    macro_rules! impl_flat {
        () => {};
    }

    struct bool;
    struct f32;
    struct f64;
    struct u64;
    struct usize;
    struct Option;
    struct Sized;

    mod core {}
    mod std {}
    mod typednet {}

    /// Methods that any type has, and that take the value itself.
    trait Greedy: ::core::marker::Sized {
        fn child(self) {}
        fn elements(self) {}
        fn last(self) {}
        fn layer(self) {}
        fn len(self) {}
        fn map(self) {}
        fn params(self) {}
        fn rest(self) {}
        fn samples(self) {}
        fn take(self) {}
        fn to_bits(self) {}
    }

    impl<T> Greedy for T {}

    ::typednet::network! {
        /// Its parameters have such names too.
        pub struct Parameters<Sized, const x: usize, const rows_: usize>: 4 => Dense<x, Relu> => Dense<rows_>
    }

    ::typednet::network! {
        /// The number type is Rust's own.
        pub struct Double<f64>: 4 => LeakyRelu<0.5> => BatchNorm => Concat<Dense<2>, Dense<2>> => Inner => Noise<0.1>
    }

    ::typednet::network! {
        /// A network within.
        pub struct Inner<f64>: 4 => Dense<4, Softmax>
    }

    type Chain = ::typednet::network!(f64: 4 => Dense<4, LeakyRelu<0.5>> => Inner => Dense<2>);

    pub(super) fn compiles() -> ([::core::primitive::f64; 2], [::core::primitive::f32; 3]) {
        use ::typednet::prelude::*;
        (Chain::seeded(0).predict(&[0.0; 4]), Parameters::<::core::primitive::f32, 2, 3>::seeded(0).predict(&[0.0; 4]))
    }
}

#[test]
fn works() {
    statics::compiles();
}
