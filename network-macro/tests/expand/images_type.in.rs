[SIDE, 28, 1] => Conv2d<8, KERNEL, Relu> => Residual<Conv2d<8, 3, pad = 1>> => GlobalAvgPool => Dense<10>
