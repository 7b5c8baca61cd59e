//! Attachments: what travels with a network's weights in one file.

use std::collections::BTreeMap;

use crate::text::Vocabulary;
use crate::{ChannelStandard, ClassNames, DataError, MinMax, Standard, TableEncoder};

/// Something that a network cannot be used without, and that is kept in the file of its weights: an encoder of tables, a
/// scaler, the names of the classes, several of them as a tuple, or a type of the user's.
///
/// ```
/// use typednet_data::{Attached, Attachment, ClassNames, Standard};
///
/// let names = ClassNames::new(["cat", "dog"])?;
/// let scaler = Standard::fit(&[[1.0_f32, 5.0], [3.0, 6.0]])?;
/// let mut attached = Attached::new();
/// (names.clone(), scaler.clone()).attach(&mut attached)?;
///
/// let (scaler_again, names_again) = <(Standard<2>, ClassNames<2>)>::detach(&attached)?;
/// assert!(scaler_again == scaler && names_again == names);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
pub trait Attachment: Sized {
    /// Adds what there is to be kept.
    ///
    /// # Errors
    /// If there is something of this kind already.
    fn attach(&self, to: &mut Attached) -> Result<(), DataError>;

    /// Takes it out again, as it was.
    ///
    /// # Errors
    /// If it is not there, or is damaged or of another size.
    fn detach(from: &Attached) -> Result<Self, DataError>;
}

/// The texts in the file of a network's weights, each under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached(BTreeMap<String, String>);

impl Attached {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    ///
    /// # Errors
    /// If there is one of this name.
    pub fn put(&mut self, name: impl Into<String>, text: impl Into<String>) -> Result<(), DataError> {
        let name = name.into();
        if self.0.contains_key(&name) {
            return Err(DataError::AttachedTwice { name });
        }
        self.0.insert(name, text.into());
        Ok(())
    }

    /// The text of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, name: &str) -> Result<&str, DataError> {
        let known = || self.0.keys().cloned().collect();
        let text = self.0.get(name).map(String::as_str);
        text.ok_or_else(|| DataError::NotAttached { name: name.to_owned(), known: known() })
    }

    /// All names with their texts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (&**name, &**text))
    }
}

macro_rules! attachment {
    ($($type:ident $name:literal;)*) => {$(
        impl<const N: usize> Attachment for $type<N> {
            fn attach(&self, to: &mut Attached) -> Result<(), DataError> {
                to.put($name, self.to_json()?)
            }

            fn detach(from: &Attached) -> Result<Self, DataError> {
                Self::parse(from.get($name)?)
            }
        }
    )*};
}

attachment! {
    TableEncoder "table encoder";
    ClassNames "class names";
    Standard "standard scaler";
    MinMax "min-max scaler";
    ChannelStandard "channel scaler";
    Vocabulary "vocabulary";
}

macro_rules! tuple {
    ($($type:ident $place:tt),*) => {
        impl<$($type: Attachment),*> Attachment for ($($type,)*) {
            fn attach(&self, to: &mut Attached) -> Result<(), DataError> {
                let _ = &to;
                $(self.$place.attach(to)?;)*
                Ok(())
            }

            fn detach(from: &Attached) -> Result<Self, DataError> {
                let _ = from;
                Ok(($($type::detach(from)?,)*))
            }
        }
    };
}

tuple!();
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
