//! The network that reads digits, as a library for C: `include/mnist.h`, `libmnist.a`, `libmnist.so`.

use mnist_network::{Mnist, TRAINED};

typednet_c::export_c!(Mnist, "mnist", TRAINED);
