//! The tests of every layer, activation and loss, in a package of their own, so that they are compiled without optimisation.
//!
//! Each case of the table makes networks of its own out of the library's generic code: optimising them took six minutes of a
//! core, where the kernels that they call are compiled once, and optimised, in the library.

#[cfg(test)]
mod curriculum;
#[cfg(test)]
mod initialisation;
#[cfg(test)]
mod table;
#[cfg(test)]
mod transformer_stream;
