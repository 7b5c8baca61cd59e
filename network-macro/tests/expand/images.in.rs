pub struct Images: [SIDE, 28, 1]
    => Conv2d<8, [KERNEL, 5], Relu, stride = 2, bias = false> => BatchNorm2d => MaxPool<2, floor = true>
    => frozen body: Encoder => Conv2d<8, 3, pad = 1, groups = 2> => Each<Each<Dense<4>> => LayerNorm>
    => Concat<Relu, Repeat<2, Tanh>> => Flatten => Reshape<[7, 7, 16]> => Upsample<2, Bilinear> -> [14, 14, 16]
