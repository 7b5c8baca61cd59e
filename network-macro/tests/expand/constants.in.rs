pub struct Constants<f64>: { 28 * 28 } => Dense<HIDDEN, LeakyRelu> => Dense<{ CLASSES }, LogSoftmax> -> CLASSES
