PIXELS => Dense<64, Relu> => Encoder => Dense<10, Softmax> -> CLASSES
