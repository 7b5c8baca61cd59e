"""Writes convolution.json: what PyTorch computes for convolutions and poolings, in float64 and float32.

    python3 goldens/convolution.py

For each layer: its parameters in typednet's order, a batch of inputs and targets, and in both precisions the outputs, the
mean squared error, the gradient of every parameter and of the inputs. All images are channels last, as typednet has them,
and so are weights: [kernel][inputs][outputs], and of a transposed convolution [kernel][outputs][inputs]. They are turned
here to what PyTorch wants and back. Parameters, inputs and targets are numbers that float32 holds exactly, and all are
multiples of 1/8, so that the inputs of poolings have ties.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

ROWS = 2

ACTIVATIONS = {"Linear": lambda z: z, "Relu": torch.relu, "Tanh": torch.tanh, "Gelu": F.gelu, "Silu": F.silu}


def conv2d(name, size, outputs, kernel, activation="Linear", bias=True, groups=1, **options):
    weight = (*kernel, size[-1] // groups, outputs)

    def run(x, weight, *bias):
        return ACTIVATIONS[activation](F.conv2d(x, weight.permute(3, 2, 0, 1).contiguous(), *bias, groups=groups, **options))

    return name, size, [weight] + [(outputs,)] * bias, run


def conv1d(name, size, outputs, kernel, activation="Linear", groups=1, **options):
    def run(x, weight, bias):
        return ACTIVATIONS[activation](F.conv1d(x, weight.permute(2, 1, 0).contiguous(), bias, groups=groups, **options))

    return name, size, [(kernel, size[-1] // groups, outputs), (outputs,)], run


def conv_transpose2d(name, size, outputs, kernel, activation="Linear", bias=True, **options):
    def run(x, weight, *bias):
        return ACTIVATIONS[activation](F.conv_transpose2d(x, weight.permute(3, 2, 0, 1).contiguous(), *bias, **options))

    return name, size, [(*kernel, outputs, size[-1])] + [(outputs,)] * bias, run


def pool(name, size, function, *arguments, **options):
    return name, size, [], lambda x: function(x, *arguments, **options)


LAYERS = [
    conv2d("Conv2d<3, 3, Relu>", (5, 6, 2), 3, (3, 3), "Relu"),
    conv2d("Conv2d<4, 3, Gelu, stride = 2, pad = 1>", (5, 6, 2), 4, (3, 3), "Gelu", stride=2, padding=1),
    conv2d("Conv2d<3, [3, 2], Tanh, dilation = 2>", (7, 6, 1), 3, (3, 2), "Tanh", dilation=2),
    conv2d(
        "Conv2d<3, [2, 4], Linear, stride = [2, 1], pad = [1, 2], bias = false>",
        (5, 4, 2), 3, (2, 4), bias=False, stride=(2, 1), padding=(1, 2),
    ),
    conv2d("Conv2d<6, 3, Silu, pad = 1, groups = 2>", (4, 4, 4), 6, (3, 3), "Silu", padding=1, groups=2),
    conv2d("Conv2d<6, 3, Linear, stride = 2, pad = 1, groups = 3>", (5, 4, 3), 6, (3, 3), stride=2, padding=1, groups=3),
    conv2d("Conv2d<5, 1, Linear>", (3, 4, 2), 5, (1, 1)),
    conv1d("Conv1d<3, 3, Relu>", (9, 2), 3, 3, "Relu"),
    conv1d("Conv1d<4, 3, Linear, stride = 2, pad = 2, dilation = 2, groups = 2>", (10, 2), 4, 3, stride=2, padding=2, dilation=2, groups=2),
    conv_transpose2d("ConvTranspose2d<3, 2, Relu, stride = 2>", (3, 3, 2), 3, (2, 2), "Relu", stride=2),
    conv_transpose2d(
        "ConvTranspose2d<2, 3, Gelu, stride = 2, pad = 1, output_pad = 1>",
        (3, 4, 3), 2, (3, 3), "Gelu", stride=2, padding=1, output_padding=1,
    ),
    conv_transpose2d(
        "ConvTranspose2d<2, [3, 2], Linear, dilation = 2, bias = false>", (3, 3, 1), 2, (3, 2), bias=False, dilation=2
    ),
    pool("MaxPool<2>", (4, 6, 3), F.max_pool2d, 2),
    pool("MaxPool<3, stride = 2, pad = 1>", (5, 5, 2), F.max_pool2d, 3, stride=2, padding=1),
    pool("MaxPool<2, stride = 1>", (3, 3, 17), F.max_pool2d, 2, stride=1),
    pool("MaxPool<2, stride = 1, dilation = 2>", (6, 5, 2), F.max_pool2d, 2, stride=1, dilation=2),
    pool("MaxPool<[2, 3], floor = true>", (5, 8, 1), F.max_pool2d, (2, 3)),
    pool("AvgPool<2>", (4, 6, 3), F.avg_pool2d, 2),
    pool("AvgPool<3, stride = 2, pad = 1>", (5, 5, 2), F.avg_pool2d, 3, stride=2, padding=1),
    pool("AvgPool<2, stride = 1>", (3, 3, 17), F.avg_pool2d, 2, stride=1),
    pool("GlobalAvgPool", (3, 4, 5), lambda x: F.adaptive_avg_pool2d(x, 1)[:, :, 0, 0]),
]


def channels_first(x):
    return x.movedim(-1, 1).contiguous()


def channels_last(x):
    return x.movedim(1, -1)


def eighths(*shape):
    return torch.randint(-8, 9, shape) / 8


def flat(tensors, dtype):
    """All numbers in a row; those of float32 as short as it can be told exactly."""
    numbers = [n for t in tensors for n in t.detach().reshape(-1).numpy()]
    return [float(n) if dtype == torch.float64 else float(str(n)) for n in numbers]


def run(layer, parameters, x, target, dtype):
    parameters = [p.to(dtype).requires_grad_() for p in parameters]
    x = x.to(dtype).requires_grad_()
    y = channels_last(layer(channels_first(x), *parameters))
    value = F.mse_loss(y, target.to(dtype))
    value.backward()
    return {
        "outputs": flat([y], dtype),
        "loss": flat([value], dtype)[0],
        "gradient": flat([p.grad for p in parameters], dtype),
        "input_gradient": flat([x.grad], dtype),
    }


def main():
    torch.manual_seed(0)
    networks = []
    for name, size, shapes, layer in LAYERS:
        parameters, x = [eighths(*shape) for shape in shapes], eighths(ROWS, *size)
        target = eighths(*channels_last(layer(channels_first(x), *parameters)).shape)
        networks.append(
            {
                "name": f"{list(size)} => {name} | Mean",
                "parameters": flat(parameters, torch.float32),
                "inputs": flat([x], torch.float32),
                "targets": flat([target], torch.float32),
                "float64": run(layer, parameters, x, target, torch.float64),
                "float32": run(layer, parameters, x, target, torch.float32),
            }
        )
    lines = ",\n".join(json.dumps(network) for network in networks)
    text = f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n'
    pathlib.Path(__file__).with_name("convolution.json").write_text(text)


main()
