//! Choices among types.

/// Something made from each of a list of types, under the type's name: see [`variants!`](crate::variants).
#[derive(Clone, Copy, Debug)]
pub struct Variants<T, const N: usize> {
    names: [&'static str; N],
    values: [T; N],
}

impl<T, const N: usize> Variants<T, N> {
    /// These values under these names, in the same order. [`variants!`](crate::variants) is the easier way.
    pub const fn new(names: [&'static str; N], values: [T; N]) -> Self {
        Self { names, values }
    }

    /// All names, in order.
    pub const fn names(&self) -> &[&'static str; N] {
        &self.names
    }

    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.names.iter().position(|known| *known == name).map(|place| &self.values[place])
    }

    /// All names with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &T)> {
        self.names.into_iter().zip(&self.values)
    }
}

/// Lists the networks that a search chooses among, and what is done with each.
///
/// A network's widths and depth are part of its type, so a program must name each network that it may train. This macro
/// takes the list once and evaluates an expression for each of its types; the result is [`Variants`](crate::Variants).
/// The expression is usually a generic function, whose instances become function pointers:
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
/// use typednet_optim::Adam;
/// use typednet_tensor::Class;
/// use typednet_train::Trainer;
/// use typednet_tune::{Random, Space, Study, Trial, TrialResult, variants};
///
/// type Net<const WIDTH: usize> = Chain<Dense<2, WIDTH, Relu>, Dense<WIDTH, 2, Softmax>>;
/// type Linear = Dense<2, 2, Softmax>;
/// type Data = Dataset<[f32; 2], Class<2>>;
///
/// /// One function for every network with two inputs and a probability for each of two classes.
/// fn train<M>(trial: &Trial, data: &Data) -> TrialResult
/// where
///     M: Network<In = [f32; 2], Out = [f32; 2], Elem = f32, Head = Softmax> + 'static,
/// {
///     let mut trainer = Trainer::new(M::seeded(trial.seed()), CrossEntropy, Adam::new(trial.get("rate")?))
///         .batch(8)
///         .epochs(60)
///         .callback(trial.watch())
///         .quiet();
///     Ok(trainer.fit(data)?.best().map_or(f64::NAN, |epoch| epoch.training.loss))
/// }
///
/// // Is a point inside the circle? No straight line tells.
/// let points: Vec<[f32; 2]> = (0..100).map(|i| [(i % 10) as f32 / 4.5 - 1.0, (i / 10) as f32 / 4.5 - 1.0]).collect();
/// let inside = |[x, y]: &[f32; 2]| Class::new(usize::from(x * x + y * y < 0.6)).expect("0 or 1");
/// let targets: Vec<Class<2>> = points.iter().map(inside).collect();
/// let data = Data::new(points, targets)?;
///
/// let networks = variants!([Linear, Net<4>, "wide" => Net<32>], |M| train::<M>);
/// assert_eq!(networks.names(), &["Linear", "Net<4>", "wide"]);
///
/// let space = Space::new().log_uniform("rate", 1e-3, 1e-1)?.variants("network", &networks)?;
/// let results = Study::new(space, Random::new()).trials(12).quiet().run(|trial| {
///     let train = trial.variant("network", &networks)?;
///     train(trial, &data)
/// })?;
/// println!("{results}");
/// assert_ne!(results.best_value("network")?.to_string(), "Linear");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A type is listed under its name as it is written, or under a text before `=>`.
///
/// A rate that is a type, such as that of `Dropout<0.2>`, is searched as a width is: list one network for each rate that
/// may be chosen.
#[macro_export]
macro_rules! variants {
    ([$($list:tt)*], |$name:ident| $body:expr $(,)?) => {
        $crate::variants!(@ [] [] [] ($name, $body) $($list)*)
    };
    // Each `value` is another variable, as each is written by another expansion. As variables and apart, different
    // functions become pointers of one type.
    (@ [$($names:expr,)*] [$($lets:tt)*] [$($values:ident,)*] ($name:ident, $body:expr)) => {{
        $($lets)*
        let values = [$($values),*];
        $crate::Variants::new([$($names),*], values)
    }};
    (@ [$($names:expr,)*] [$($lets:tt)*] [$($values:ident,)*] ($name:ident, $body:expr)
        $label:literal => $net:ty $(, $($rest:tt)*)?) => {
        $crate::variants!(@ [$($names,)* $label,] [$($lets)* let value = { type $name = $net; $body };]
            [$($values,)* value,] ($name, $body) $($($rest)*)?)
    };
    (@ [$($names:expr,)*] [$($lets:tt)*] [$($values:ident,)*] ($name:ident, $body:expr)
        $net:ty $(, $($rest:tt)*)?) => {
        $crate::variants!(@ [$($names,)* ::core::stringify!($net),] [$($lets)* let value = { type $name = $net; $body };]
            [$($values,)* value,] ($name, $body) $($($rest)*)?)
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_list_may_have_one_type_or_a_comma_at_its_end() {
        let sizes = variants!([u8], |T| size_of::<T>());
        assert_eq!(sizes.iter().collect::<Vec<_>>(), [("u8", &1)]);
        let sizes = variants!([u8, "pair" => (u8, u8), [u16; 2],], |T| size_of::<T>());
        assert_eq!(sizes.iter().collect::<Vec<_>>(), [("u8", &1), ("pair", &2), ("[u16; 2]", &4)]);
        assert_eq!((sizes.get("pair"), sizes.get("u16")), (Some(&2), None));
    }
}
