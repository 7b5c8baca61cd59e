//! The labels of branches.

use core::str;

use typednet_tensor::{Flat, impl_flat};

/// The labels of two branches: their names in the network's tree, and a struct whose fields have these names.
///
/// [`Add`](crate::Add) and [`Concat`](crate::Concat) dereference to that struct, so a branch is a field under its label:
/// `model.both.wide.weight`. `network!` implements this for the labels that are written in it; by hand it is [`Named`].
pub trait Labels: 'static {
    /// What the branches are called.
    const NAMES: [&'static str; 2];

    /// The branches `A` and `B` as fields, in this order.
    type Fields<A: Flat, B: Flat<Elem = A::Elem>>: Flat<Elem = A::Elem>;
}

/// Two branches as fields.
#[repr(C)]
pub struct Branches<A, B> {
    /// The first branch.
    pub left: A,
    /// The second branch, or all the others.
    pub right: B,
}

impl_flat! {
    [A: Flat, B: Flat<Elem = A::Elem>] Branches<A, B>: A::Elem {
        left: A,
        right: B,
    }
}

/// Labels as const parameters, as [`branch_name`] makes numbers of them: `left` and `right` unless they are written. The
/// fields are called `left` and `right` in any case.
///
/// ```
/// use typednet_layers::{Add, Dense, Named, Network, branch_name};
///
/// type Deep = Named<{ branch_name("deep") }, { branch_name("wide") }>;
///
/// let mut layer = Add::<Dense<2, 3>, Dense<2, 3>, Deep>::seeded(0);
/// layer.right.bias = [1.0; 3];
/// assert!(Add::<Dense<2, 3>, Dense<2, 3>, Deep>::summary().to_string().contains("\nwide "));
/// ```
pub struct Named<const LEFT: u128 = { branch_name("left") }, const RIGHT: u128 = { branch_name("right") }>;

impl<const LEFT: u128, const RIGHT: u128> Labels for Named<LEFT, RIGHT> {
    const NAMES: [&'static str; 2] = [Name::<LEFT>::TEXT, Name::<RIGHT>::TEXT];

    type Fields<A: Flat, B: Flat<Elem = A::Elem>> = Branches<A, B>;
}

/// The name of a branch as a number, as it stands in the type of [`Named`]: its bytes, of which there are at most 16, from
/// the lowest on.
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
struct Name<const NAME: u128>;

impl<const NAME: u128> Name<NAME> {
    const BYTES: [u8; 16] = NAME.to_le_bytes();

    const TEXT: &'static str = {
        let len = 16 - NAME.leading_zeros() as usize / 8;
        match str::from_utf8(Self::BYTES.split_at(len).0) {
            Ok(text) => text,
            Err(_) => panic!("the name of a branch is a text"),
        }
    };
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
