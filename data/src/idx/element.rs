//! The numbers that an IDX file is made of.

/// The type of the elements of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Unsigned bytes.
    U8,
    /// Signed bytes.
    I8,
    /// Signed integers of two bytes.
    I16,
    /// Signed integers of four bytes.
    I32,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl Element {
    /// All types of the format.
    const ALL: [Self; 6] = [Self::U8, Self::I8, Self::I16, Self::I32, Self::F32, Self::F64];

    /// The type with this byte in the magic number.
    pub(super) fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|element| element.code() == code)
    }

    /// Its byte in the magic number.
    pub const fn code(self) -> u8 {
        match self {
            Self::U8 => 0x08,
            Self::I8 => 0x09,
            Self::I16 => 0x0B,
            Self::I32 => 0x0C,
            Self::F32 => 0x0D,
            Self::F64 => 0x0E,
        }
    }

    /// The name of the type in Rust.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// How many bytes one element takes.
    pub const fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// A number that elements of IDX files can be read as.
///
/// Each type reads the elements that it holds exactly: `f32` reads bytes, integers of two bytes and itself; `f64` reads
/// every type of the format.
pub trait IdxElement: Copy + Send + Sync + sealed::Append + 'static {
    /// The name of the type.
    const NAME: &'static str;

    /// Whether all elements of such a file can be held exactly.
    fn holds(element: Element) -> bool;
}

mod sealed {
    pub trait Append: Sized {
        /// Appends the elements that these bytes are, of a type that can be held.
        fn append(element: super::Element, bytes: &[u8], to: &mut Vec<Self>);
    }
}

macro_rules! elements {
    ($($to:ident holds $($element:ident $from:ident),+;)*) => {$(
        impl IdxElement for $to {
            const NAME: &'static str = stringify!($to);

            fn holds(element: Element) -> bool {
                matches!(element, $(Element::$element)|+)
            }
        }

        impl sealed::Append for $to {
            fn append(element: Element, bytes: &[u8], to: &mut Vec<Self>) {
                match element {
                    $(Element::$element => {
                        to.extend(bytes.as_chunks().0.iter().map(|bytes| Self::from($from::from_be_bytes(*bytes))));
                    })+
                    #[allow(unreachable_patterns, reason = "`f64` holds all")]
                    _ => {}
                }
            }
        }
    )*};
}

elements! {
    u8 holds U8 u8;
    i8 holds I8 i8;
    i16 holds U8 u8, I8 i8, I16 i16;
    i32 holds U8 u8, I8 i8, I16 i16, I32 i32;
    f32 holds U8 u8, I8 i8, I16 i16, F32 f32;
    f64 holds U8 u8, I8 i8, I16 i16, I32 i32, F32 f32, F64 f64;
}
