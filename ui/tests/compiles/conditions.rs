#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! A condition holds for all that is made of a network, and other attributes for the struct.

use typednet::network;

network! {
    /// Nothing of it is there: neither the constants nor the layers exist.
    #[cfg(any())]
    pub struct Never: MISSING => Dense<MISSING> => Dense<{ MISSING + 1 }> => Missing
}

network! {
    /// The same.
    #[cfg_attr(all(), cfg(any()))]
    pub struct NeverEither: MISSING => Dense<MISSING> => Missing
}

network! {
    /// What is not there has no mistakes.
    #[cfg(any())]
    pub struct NeverWrong: 4 => Dense<3> -> 2
}

network! {
    /// One of the two is there.
    #[cfg(any())]
    pub struct Twice: 4 => Dense<3>
}

network! {
    /// This one.
    #[cfg(all())]
    #[cfg_attr(all(), must_use, cfg(all()))]
    pub struct Twice: 4 => Dense<2>
}

network! {
    /// It can be deprecated.
    #[deprecated = "by another"]
    pub struct Old: 4 => Dense<2>
}

#[test]
fn works() {
    const _: () = assert!(Twice::PARAMS == 10);
}
