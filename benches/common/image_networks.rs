//! The networks of images that more than one program here times.

use typednet::prelude::*;

network! {
    /// `LeNet` with ReLU and maxima (`LeCun` and others 1998), 44,426 parameters.
    pub(crate) struct LeNet: [28, 28, 1]
        => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
}

network! {
    /// A residual network of one block a stage (He and others 2015), on 28×28 pixels.
    pub(crate) struct ResNet8: [28, 28, 1]
        => Conv2d<16, 3, pad = 1> => BatchNorm2d<Relu>
        => Residual<Conv2d<16, 3, pad = 1> => BatchNorm2d<Relu> => Conv2d<16, 3, pad = 1> => BatchNorm2d> => Relu
        => Add<main: Conv2d<32, 3, stride = 2, pad = 1> => BatchNorm2d<Relu> => Conv2d<32, 3, pad = 1> => BatchNorm2d,
               skip: Conv2d<32, 1, stride = 2> => BatchNorm2d> => Relu
        => Add<main: Conv2d<64, 3, stride = 2, pad = 1> => BatchNorm2d<Relu> => Conv2d<64, 3, pad = 1> => BatchNorm2d,
               skip: Conv2d<64, 1, stride = 2> => BatchNorm2d> => Relu
        => GlobalAvgPool => Dense<10, Softmax> -> 10
}
