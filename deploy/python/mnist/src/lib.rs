//! The network that reads digits, as a module of Python: `import mnist; mnist.predict(x)`.

use mnist_network::{Mnist, TRAINED};

typednet_python::export_python!(Mnist, "mnist", TRAINED);
