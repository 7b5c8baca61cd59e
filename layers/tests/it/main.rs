//! The tests of typednet-layers in one program: the library's generic code is compiled once for all of them.

mod curriculum;
mod initialisation;
mod table;
mod transformer_stream;
