pub(crate) struct Regression<T, const WIDTH: usize>: 13 => Dense<WIDTH, Tanh> => Dense<WIDTH> => Dense<1>
