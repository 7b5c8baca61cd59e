#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, trivial_bounds)]
//! Everything that the grammar allows.

mod parts {
    pub const WIDTH: usize = 32;

    typednet::network! {
        /// A network in another module.
        pub struct Decoder: 32 => Dense<16, Relu>
    }
}

use typednet::network;

const HIDDEN: usize = 32;

network! {
    /// Labels, and the size at the end.
    pub struct Labels: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

network! {
    /// Sizes of every kind.
    pub struct Sizes: { 28 * 28 } => Dense<HIDDEN> => Dense<{ HIDDEN / 2 }, Tanh> -> 16 => Dense<parts::WIDTH> -> HIDDEN
}

network! {
    /// Either number type, and a size of its own.
    pub struct Generic<T, const WIDTH: usize>: 784 => Dense<WIDTH, Relu> => Dense<10> -> 10
}

network! {
    /// Only sizes of its own.
    pub struct Wide<const A: usize, const B: usize>: A => Dense<B, Relu> => Dense<A> -> A
}

network! {
    /// 64-bit numbers.
    pub struct Double<f64>: 784 => Dense<10>
}

network! {
    /// Networks within a network.
    pub struct Within: 784 => Labels => Wide<10, 5> -> 10 => Dense<32> => parts::Decoder => Dense<10, Softmax> -> 10
}

network! {
    /// Networks of its own number type within a network.
    pub struct GenericWithin<T, const WIDTH: usize>: 784 => Generic<T, WIDTH> -> 10 => Dense<784> => Generic<T, 7>
}

network! {
    /// Activations alone, and numbers in them.
    struct Image: [1, 28, 28] => Relu => Activation<LeakyRelu<0.2>> => LeakyRelu => Elu<2> => LeakyRelu<-0.5> -> [1, 28, 28]
}

network! {
    /// Its own activation.
    struct OwnActivation: 4 => Dense<4, own::Cube> => Activation<own::Cube> => Dense<2, own::Cube>
}

network! {
    /// Branches, within each other and around networks.
    struct Branches: 784
        => both: Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<HIDDEN>, Dense<parts::WIDTH> => parts::Decoder>
        => Add<Dense<64>, Dropout<0.5>, Residual<Dense<64>>>
        => Concat<Add<Dense<8>, Dense<8>>, Concat<Dense<1>, Dense<{ 3 + 4 }>>> -> 16
        => Add<Wide<16, 5>, Dense<16>>
}

network! {
    /// Branches of a size of its own: the sum is written.
    struct BranchesOfParameters<T, const N: usize>: 784 => Concat<Dense<N>, Dense<8>> -> 24 => Add<Dense<N>, Dense<N>>
}

type BranchesAsAType =
    network!(784 => Concat<Dense<HIDDEN>, Dense<32> => parts::Decoder> -> 48 => Add<left: Relu, right: Tanh>);

network! {
    /// Its layers are explained.
    pub struct Explained: 784
        => /// What it finds.
           hidden: Dense<128, Relu>
        => /// What it says.
           /// In two lines.
           Dense<10, Softmax>
}

network!(struct Small: 2 => Dense<1>;);

mod own {
    use typednet::layers::{Activation, Arg, Init, SavesForBackward};
    use typednet::tensor::Scalar;

    pub(crate) struct Cube;

    impl<T: Scalar> Activation<T> for Cube {
        const ARG: Arg = Arg::Type("Cube", &[]);
        const INIT: Init = Init::XavierNormal;
        const KEEPS: SavesForBackward = SavesForBackward::Input;

        fn apply(z: &mut [T], _: usize) {
            z.iter_mut().for_each(|z| *z = *z * *z * *z);
        }

        fn backward(z: &[T], dy: &mut [T], _: usize) {
            dy.iter_mut().zip(z).for_each(|(dy, z)| *dy *= T::of(3.0) * *z * *z);
        }
    }
}

type Tiny = network!(2 => Dense<8, Relu> => Dense<1, Sigmoid>);
type TinyDouble = network!(f64: 2 => Dense<8, Relu> => Dense<1, Sigmoid> -> 1);
type Either<T> = network!(T: 2 => Dense<8, Relu> => Dense<1, Sigmoid>);
type TinyWithin = network!(784 => Dense<HIDDEN> => parts::Decoder => Dense<10> -> 10);

/// Names of the user's that a macro could fall over.
#[allow(missing_docs, dead_code, non_camel_case_types)]
mod names {
    pub struct Layer;
    pub struct Option;
    pub struct Dense;
    pub mod core {}
    pub mod std {}
    pub type f32 = ();
    typednet::network! { pub struct Hygiene<f64>: 3 => Dense<2, Relu> => grad: Dense<2> => run: Dense<1> }
}

#[test]
fn works() {
    use typednet::layers::Network;

    println!("{} {} {}", Labels::PARAMS, Sizes::PARAMS, Generic::<f32, 20>::PARAMS);
    println!("{} {} {}", Wide::<3, 4>::PARAMS, Double::PARAMS, Within::PARAMS);
    println!("{} {} {}", Image::PARAMS, OwnActivation::PARAMS, Small::PARAMS);
    println!("{} {} {}", Tiny::PARAMS, TinyDouble::PARAMS, Either::<f64>::PARAMS);
    println!("{} {} {}", TinyWithin::PARAMS, GenericWithin::<f64, 9>::PARAMS, names::Hygiene::PARAMS);
    println!("{:?}", Within::seeded(1).predict(&[0.5; 784]));
    println!("{:?}", TinyWithin::seeded(1).predict(&[0.5; 784]));
}
