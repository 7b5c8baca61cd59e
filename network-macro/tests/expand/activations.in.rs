struct Image: [1, 28, 28] => Relu => Activation<LeakyRelu<0.2>> => curve: Elu -> [1, 28, 28]
