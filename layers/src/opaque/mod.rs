//! Streams and forms of a public network that is made of less public layers.
//!
//! What a network has of its chain of layers ([`AsChain`](crate::compact::AsChain)) it has by the chain's type, and rustc lets no
//! public type be known by a private one (E0446): `network! { pub struct Gpt: … => Repeat<4, Block> … }` beside a private `Block`
//! would not compile. So the state and the forms of such a network are structs of its own, each with one private field: what
//! the chain has. A field may be of any type, and who uses the struct does not see it.
//!
//! Whether the chain can do it at all (`Streaming`, `Compact`) is the condition of those structs and impls. rustc refuses a condition
//! that it knows to be false where it stands, but not one with a lifetime of its own: hence the traits with a lifetime here
//! ([`StreamingFor`], [`CompactFor`]), each of which holds where the trait without it does.

mod compact;
mod streaming;

pub use compact::CompactFor;
pub use streaming::StreamingFor;
