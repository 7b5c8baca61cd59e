/// Names whose sizes follow, of which only rustc knows what they are.
pub struct Named<T, const WIDTH: usize>: 784 => Scale => shapes::Maxout<WIDTH, 2> -> WIDTH => Residual<Scale> => Scale
