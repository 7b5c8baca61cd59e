//! What the form of a layer around others does with each of them.

/// The methods of [`Compact`](super::Compact) that do the same to the layer in each of these fields.
macro_rules! of_parts {
    ($($field:ident: $layer:ty),+) => {
        fn write_bf16(&self, to: &mut Self::Bf16) {
            $(self.$field.write_bf16(&mut to.$field);)+
        }

        fn quantise(&self, to: &mut Self::Int8) {
            $(self.$field.quantise(&mut to.$field);)+
        }

        fn restore(&self, form: &Self::Int8, to: &mut Self) {
            $(self.$field.restore(&form.$field, &mut to.$field);)+
        }

        fn steps(form: &Self::Int8, visit: &mut dyn FnMut(Option<crate::compact::Steps<'_>>)) {
            $(<$layer>::steps(&form.$field, visit);)+
        }
    };
}

pub(super) use of_parts;
