"""Writes regularisation.json: what PyTorch computes for networks with normalisations, residuals and branches, on rows and on
images.

    python3 goldens/regularisation.py

For each network: its parameters in typednet's order (a weight as [inputs][outputs], then its bias; of a batch
normalisation its weight, bias, running mean and running variance), a batch of inputs and targets, and in both precisions
the outputs in training and afterwards in use, the mean squared error in training, the gradient of every parameter and of
the inputs, and what batch normalisation's running statistics are after the step. Where the parameters are buffers the
gradient is null, and where a part is frozen.
Images are channels last, as typednet has them, and are turned here for the layers of PyTorch that want channels first.
Parameters, inputs and targets are numbers that float32 holds exactly, so both precisions start from the same values.
Networks that the file has are kept (`kept.py`).
"""

import json
import pathlib

import kept
import torch
from torch import nn

ROWS = 6


class Branches(nn.Module):
    def __init__(self, join, *branches):
        super().__init__()
        self.join = join
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return self.join([branch(x) for branch in self.branches])


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x) + x


def add(*branches):
    return Branches(sum, *branches)


def concat(*branches):
    return Branches(lambda rows: torch.cat(rows, dim=-1), *branches)


def residual(*layers):
    return Residual(nn.Sequential(*layers))


class ChannelsLast(nn.Module):
    """A layer of PyTorch on images whose channels are last."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.movedim(-1, 1)).movedim(1, -1)


class Crop(nn.Module):
    """Without so many rows above and below, and columns left and right."""

    def __init__(self, rows, columns):
        super().__init__()
        self.rows, self.columns = rows, columns

    def forward(self, x):
        return x[:, self.rows : x.shape[1] - self.rows, self.columns : x.shape[2] - self.columns]


class KeptBatchNorm(nn.BatchNorm1d):
    """By its running statistics, in training too."""

    def train(self, mode=True):
        return super().train(False)


def frozen(module):
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


NETWORKS = [
    ("[3] => BatchNorm", 3, lambda: [nn.BatchNorm1d(3)]),
    ("[3] => LayerNorm", 3, lambda: [nn.LayerNorm(3)]),
    (
        "[3] => Dense<5, Linear> => BatchNorm => Activation<Tanh> => Dense<2, Linear>",
        3,
        lambda: [nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2)],
    ),
    *(
        (
            f"[3] => Dense<5, Linear> => {name}<{activation}> => Dense<2, Linear>",
            3,
            lambda norm=norm, module=module: [nn.Linear(3, 5), norm(5), module(), nn.Linear(5, 2)],
        )
        for name, norm, activation, module in (
            ("BatchNorm", nn.BatchNorm1d, "Relu", nn.ReLU),
            ("BatchNorm", nn.BatchNorm1d, "Tanh", nn.Tanh),
            ("BatchNorm", nn.BatchNorm1d, "Silu", nn.SiLU),
            ("FrozenBatchNorm", KeptBatchNorm, "Relu", nn.ReLU),
            ("FrozenBatchNorm", KeptBatchNorm, "Silu", nn.SiLU),
        )
    ),
    (
        "[3, 2, 2] => Dense<4, Linear> => BatchNorm<Relu> => Flatten => Dense<2, Linear>",
        (3, 2, 2),
        lambda: [nn.Linear(2, 4), ChannelsLast(nn.BatchNorm2d(4)), nn.ReLU(), nn.Flatten(), nn.Linear(24, 2)],
    ),
    (
        "[3] => Dense<5, Linear> => LayerNorm => Activation<Relu> => Dense<2, Linear>",
        3,
        lambda: [nn.Linear(3, 5), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, 2)],
    ),
    ("[3] => RmsNorm", 3, lambda: [nn.RMSNorm(3, eps=1e-5)]),
    (
        "[3] => Dense<5, Linear> => RmsNorm => Activation<Silu> => Dense<2, Linear>",
        3,
        lambda: [nn.Linear(3, 5), nn.RMSNorm(5, eps=1e-5), nn.SiLU(), nn.Linear(5, 2)],
    ),
    (
        "[3] => Residual => Dense<2, Linear>",
        3,
        lambda: [residual(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 3)), nn.Linear(3, 2)],
    ),
    (
        "[4] => Residual => Residual",
        4,
        lambda: [
            residual(nn.BatchNorm1d(4), nn.Linear(4, 4), nn.SiLU()),
            residual(nn.BatchNorm1d(4), nn.Linear(4, 4), nn.SiLU()),
        ],
    ),
    (
        "[3] => Add => Dense<2, Linear>",
        3,
        lambda: [
            add(nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4)), nn.Sequential(nn.Linear(3, 4), nn.Tanh())),
            nn.Linear(4, 2),
        ],
    ),
    (
        "[3] => Concat => Dense<2, Linear>",
        3,
        lambda: [
            concat(
                nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4)),
                nn.Sequential(nn.Linear(3, 2), nn.SiLU()),
                nn.BatchNorm1d(3),
            ),
            nn.Linear(9, 2),
        ],
    ),
    ("[3, 2, 4] => BatchNorm", (3, 2, 4), lambda: [ChannelsLast(nn.BatchNorm2d(4))]),
    ("[5, 3] => BatchNorm", (5, 3), lambda: [ChannelsLast(nn.BatchNorm1d(3))]),
    ("[2, 2, 4] => LayerNorm", (2, 2, 4), lambda: [nn.LayerNorm(4)]),
    (
        "[3, 2, 2] => Dense<4, Linear> => BatchNorm => Activation<Tanh> => Flatten => Dense<2, Linear>",
        (3, 2, 2),
        lambda: [nn.Linear(2, 4), ChannelsLast(nn.BatchNorm2d(4)), nn.Tanh(), nn.Flatten(), nn.Linear(24, 2)],
    ),
    ("[3, 2, 4] => GroupNorm<2>", (3, 2, 4), lambda: [ChannelsLast(nn.GroupNorm(2, 4))]),
    ("[2, 2, 3] => GroupNorm<1>", (2, 2, 3), lambda: [ChannelsLast(nn.GroupNorm(1, 3))]),
    ("[3, 2, 3] => GroupNorm<3>", (3, 2, 3), lambda: [ChannelsLast(nn.GroupNorm(3, 3))]),
    ("[2, 2, 2] => Upsample<2, Nearest>", (2, 2, 2), lambda: [ChannelsLast(nn.Upsample(scale_factor=2))]),
    (
        "[2, 3, 1] => Upsample<2, Bilinear>",
        (2, 3, 1),
        lambda: [ChannelsLast(nn.Upsample(scale_factor=2, mode="bilinear"))],
    ),
    (
        "[3, 2, 1] => Upsample<[1, 3], Bilinear>",
        (3, 2, 1),
        lambda: [ChannelsLast(nn.Upsample(scale_factor=(1, 3), mode="bilinear"))],
    ),
    (
        "[1, 2, 2] => Upsample<[2, 4], Bilinear>",
        (1, 2, 2),
        lambda: [ChannelsLast(nn.Upsample(scale_factor=(2, 4), mode="bilinear"))],
    ),
    ("[2, 1, 2] => Pad<[1, 2]>", (2, 1, 2), lambda: [ChannelsLast(nn.ZeroPad2d((2, 2, 1, 1)))]),
    ("[4, 5, 2] => Crop<[1, 2]>", (4, 5, 2), lambda: [Crop(1, 2)]),
    (
        "[2, 2, 2] => Concat => GroupNorm<3>",
        (2, 2, 2),
        lambda: [
            concat(nn.Sequential(nn.Linear(2, 4), nn.Tanh()), nn.Sequential(nn.Linear(2, 2), nn.SiLU())),
            ChannelsLast(nn.GroupNorm(3, 6)),
        ],
    ),
    (
        "[3] => Dense<5, Linear> => FrozenBatchNorm => Activation<Tanh> => Dense<2, Linear>",
        3,
        lambda: [nn.Linear(3, 5), KeptBatchNorm(5), nn.Tanh(), nn.Linear(5, 2)],
    ),
    (
        "[3] => Dense<5, Linear> => Dense<4, Tanh> => BatchNorm => Dense<2, Linear>",
        3,
        lambda: [
            nn.Linear(3, 5),
            frozen(nn.Sequential(nn.Linear(5, 4), nn.Tanh(), KeptBatchNorm(4))),
            nn.Linear(4, 2),
        ],
    ),
]

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
NORMS = (*BATCH_NORMS, nn.LayerNorm, nn.GroupNorm)


def shake(model):
    """Scales, biases and running statistics that are not all 1 or 0."""
    for module in model.modules():
        if isinstance(module, (*NORMS, nn.RMSNorm)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
        if isinstance(module, NORMS):
            nn.init.normal_(module.bias)
        if isinstance(module, BATCH_NORMS):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 1.5)


def parts(model):
    """Each parameter and buffer in typednet's order."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            yield module.weight, True
            yield module.bias, False
        elif isinstance(module, NORMS):
            yield module.weight, False
            yield module.bias, False
            if isinstance(module, BATCH_NORMS):
                yield module.running_mean, False
                yield module.running_var, False
        elif isinstance(module, nn.RMSNorm):
            yield module.weight, False


def numbers(tensor, transposed=False):
    tensor = tensor.detach()
    flat = (tensor.T if transposed else tensor).reshape(-1).numpy()
    return [float(n) if tensor.dtype == torch.float64 else float(str(n)) for n in flat]


def run(model, x, y, dtype):
    model = model.to(dtype).train()
    x = x.to(dtype).requires_grad_()
    outputs = model(x)
    loss = nn.functional.mse_loss(outputs, y.to(dtype))
    loss.backward()
    gradient = []
    for part, transposed in parts(model):
        has_gradient = isinstance(part, nn.Parameter) and part.requires_grad
        gradient += numbers(part.grad, transposed) if has_gradient else [None] * part.numel()
    return {
        "training_outputs": numbers(outputs),
        "loss": numbers(loss)[0],
        "gradient": gradient,
        "input_gradient": numbers(x.grad),
        "after": [n for part, transposed in parts(model) for n in numbers(part, transposed)],
        "outputs": numbers(model.eval()(x)),
    }


def main():
    path = pathlib.Path(__file__).with_name("regularisation.json")
    networks = kept.networks(path)
    for name, inputs, layers in NETWORKS:
        if name in networks:
            continue
        torch.manual_seed(kept.seed(name))
        model = nn.Sequential(*layers())
        shake(model)
        state = {key: value.clone() for key, value in model.state_dict().items()}
        x = torch.randn(ROWS, *(inputs if isinstance(inputs, tuple) else (inputs,)))
        y = torch.rand_like(model.eval()(x).detach())
        golden = {
            "name": name,
            "parameters": [n for part, transposed in parts(model) for n in numbers(part, transposed)],
            "inputs": numbers(x),
            "targets": numbers(y),
        }
        for dtype in (torch.float64, torch.float32):
            fresh = nn.Sequential(*layers()).to(dtype)
            fresh.load_state_dict(state)
            golden[str(dtype).removeprefix("torch.")] = run(fresh, x, y, dtype)
        networks[name] = golden
    lines = ",\n".join(json.dumps(network) for network in networks.values())
    text = f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n'
    path.write_text(text)


main()
