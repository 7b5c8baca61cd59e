"""Networks between PyTorch and typednet, for tests/exchange.

    pip install torch safetensors
    UPDATE_GOLDENS=1 cargo test -p typednet --features exchange --test exchange
    python3 goldens/exchange.py

Each network is written down here once more, as an nn.Sequential or a module. It writes
- goldens/exchange/torch_NAME.safetensors: parameters of PyTorch's own, and what the network gives for two samples;
- what it gives with the parameters of goldens/exchange/ours_NAME.safetensors, which typednet has written (the second command),
  loaded with strict=True.

Inputs and outputs in exchange.json are channels last, as typednet has them. What the file has of PyTorch's own networks stays as it
is; to have it made anew, delete both files.
"""

import json
import zlib
from pathlib import Path

import torch
from safetensors.torch import load_file, load_model, save_file, save_model
from torch import nn

from kept import old

folder = Path(__file__).parent / "exchange"
path = Path(__file__).parent / "exchange.json"


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Add(nn.Module):
    def __init__(self, **branches):
        super().__init__()
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x):
        return sum(branch(x) for branch in self.children())


class Concat(Add):
    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], dim=1)


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


class Lstm(nn.LSTM):
    def __init__(self, *sizes, **settings):
        super().__init__(*sizes, batch_first=True, **settings)

    def forward(self, x):
        return super().forward(x)[0]


class Gru(nn.GRU):
    def __init__(self, *sizes, **settings):
        super().__init__(*sizes, batch_first=True, **settings)

    def forward(self, x):
        return super().forward(x)[0]


class Rnn(nn.RNN):
    def __init__(self, *sizes, **settings):
        super().__init__(*sizes, batch_first=True, **settings)

    def forward(self, x):
        return super().forward(x)[0]


class Reverse(Residual):
    def forward(self, x):
        return self.inner(x.flip(1)).flip(1)


class Attention(nn.MultiheadAttention):
    def __init__(self, width, heads, causal=False):
        super().__init__(width, heads, batch_first=True)
        self.causal = causal

    def forward(self, x):
        steps = x.shape[1]
        mask = torch.ones(steps, steps, dtype=torch.bool).triu(1) if self.causal else None
        return super().forward(x, x, x, attn_mask=mask, need_weights=False)[0]


class Positions(nn.Module):
    def __init__(self, steps, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(steps, width))

    def forward(self, x):
        return x + self.weight


class Tied(nn.Module):
    """Its output is the product with the table, which stands in the `state_dict` once."""

    def __init__(self, vocabulary, width, *inner):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.inner = nn.Sequential(*inner)

    def forward(self, tokens):
        return nn.functional.linear(self.inner(self.embedding(tokens)), self.embedding.weight)


class TiedHead(nn.Module):
    """A head with a bias, whose weight is the table: the same parameter under two names, of which safetensors writes the first."""

    def __init__(self, vocabulary, width, *inner):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.inner = nn.Sequential(*inner)
        self.head = nn.Linear(width, vocabulary, bias=True)
        self.head.weight = self.embedding.weight

    def forward(self, tokens):
        return self.head(self.inner(self.embedding(tokens)))


class Waves(nn.Module):
    def forward(self, x):
        _, steps, width = x.shape
        angles = torch.arange(steps)[:, None] * 10000.0 ** (-(torch.arange(width) // 2 * 2) / width)
        return x + torch.where(torch.arange(width) % 2 == 0, angles.sin(), angles.cos())


class SwiGlu(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate_proj = nn.Linear(width, hidden, bias=False)
        self.up_proj = nn.Linear(width, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.down_proj(nn.functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Last(nn.Module):
    def forward(self, x):
        return x[:, -1]


class MeanOverSteps(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


class Beside(Add):
    """Rows of steps side by side."""

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], dim=2)


class LeNet(nn.Module):
    """A module that is written by hand."""

    def __init__(self):
        super().__init__()
        self.fc2 = nn.Linear(10, 5)
        self.conv1 = nn.Conv2d(2, 4, 3)
        self.conv2 = nn.Conv2d(4, 6, (3, 5), padding=(1, 2))
        self.fc1 = nn.Linear(3 * 2 * 6, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc2(torch.relu(self.fc1(torch.flatten(x, 1))))


NETWORKS = {
    "mlp": (
        (6,),
        lambda: nn.Sequential(
            nn.Linear(6, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 3), nn.Softmax(1)
        ),
    ),
    "lenet": (
        (14, 12, 2),
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, (3, 5), padding=(1, 2)), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.25), nn.Linear(3 * 2 * 6, 10), nn.ReLU(), nn.Linear(10, 5),
        ),
    ),
    "named": ((14, 12, 2), LeNet),
    "resnet": (
        (8, 8, 3),
        lambda: nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
            Residual(nn.Sequential(
                nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4),
            )),
            nn.ReLU(),
            Add(
                main=nn.Sequential(
                    nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1),
                ),
                skip=nn.Conv2d(4, 6, 1, stride=2),
            ),
            nn.ReLU(), Mean(), nn.Linear(6, 4),
        ),
    ),
    "decoder": (
        (5,),
        lambda: nn.Sequential(
            nn.Linear(5, 36), nn.ReLU(), nn.Dropout(0.1), nn.Unflatten(1, (3, 4, 3)),
            nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(4, 2, (2, 3)), nn.Sigmoid(),
        ),
    ),
    "turned_rows": (
        (3, 4, 2),
        lambda: nn.Sequential(
            nn.Conv2d(2, 3, 2), nn.Flatten(), nn.BatchNorm1d(18), nn.LayerNorm(18), nn.ReLU(),
            Residual(nn.Sequential(nn.Linear(18, 8), nn.Tanh(), nn.Linear(8, 18))),
            Add(one=nn.Linear(18, 18), two=nn.Dropout()), nn.Linear(18, 4),
        ),
    ),
    "autoencoder": (
        (3, 2, 4),
        lambda: nn.Sequential(
            nn.Flatten(), nn.Linear(24, 6), nn.ReLU(),
            Concat(kept=nn.Dropout(), image=nn.Sequential(nn.Linear(6, 24), nn.Tanh())),
            nn.Linear(30, 24), nn.BatchNorm1d(24), nn.Unflatten(1, (4, 3, 2)), nn.Conv2d(4, 2, 3, padding=1),
        ),
    ),
    "groups": (
        (6, 6, 4),
        lambda: nn.Sequential(
            nn.Conv2d(4, 6, 3, dilation=2), nn.GroupNorm(2, 6), nn.SiLU(), nn.AvgPool2d(2), nn.Flatten(),
            nn.RMSNorm(6, eps=1e-5), nn.Linear(6, 3),
        ),
    ),
    "steps": (
        (10, 3),
        lambda: nn.Sequential(
            nn.Conv1d(3, 4, 3, stride=2), nn.ReLU(), nn.BatchNorm1d(4), nn.Flatten(), nn.Linear(16, 5), nn.GELU(),
            nn.Sequential(
                nn.Linear(5, 4), nn.ELU(), nn.Sequential(nn.Linear(4, 4), nn.Hardswish(), nn.Linear(4, 4), nn.Hardswish())
            ),
            nn.Linear(4, 2),
        ),
    ),
}


# What these read has its steps first here too.
SEQUENCES = {
    "sequences": (
        (6, 3), lambda: nn.Sequential(Lstm(3, 4), nn.Linear(4, 3), nn.Tanh(), Gru(3, 5), Last(), nn.Linear(5, 2)),
    ),
    "both_ways": (
        (5, 3),
        lambda: nn.Sequential(
            Beside(forth=Lstm(3, 4), back=Reverse(Rnn(3, 3, nonlinearity="relu"))), Residual(Gru(7, 7)), MeanOverSteps(),
            nn.Linear(7, 2),
        ),
    ),
    "directions": (
        (5, 3),
        lambda: nn.Sequential(
            Lstm(3, 4, bidirectional=True), Gru(8, 2, bidirectional=True), Rnn(4, 2, bidirectional=True), Last(), nn.Linear(4, 2),
        ),
    ),
    "transformer": (
        (5, 6),
        lambda: nn.Sequential(
            Positions(5, 6), Residual(nn.Sequential(nn.LayerNorm(6), Attention(6, 2))),
            Residual(nn.Sequential(nn.LayerNorm(6), SwiGlu(6, 4))), Waves(), Attention(6, 3, causal=True), Last(), nn.Linear(6, 2),
        ),
    ),
    "characters": (
        (5,),
        lambda: nn.Sequential(nn.Embedding(7, 6), Attention(6, 3, causal=True), nn.Linear(6, 7), nn.Softmax(-1)),
    ),
    "tied": (
        (5,),
        lambda: nn.Sequential(
            Tied(7, 6, Positions(5, 6), Residual(nn.Sequential(nn.LayerNorm(6), Attention(6, 3, causal=True))), nn.LayerNorm(6)),
            nn.Softmax(-1),
        ),
    ),
    "tied_bias": (
        (5,),
        lambda: nn.Sequential(
            TiedHead(7, 6, Positions(5, 6), nn.Linear(6, 6), nn.Tanh(), nn.LayerNorm(6)),
            nn.Softmax(-1),
        ),
    ),
    "all_steps": ((4, 3), lambda: nn.Sequential(Rnn(3, 3), nn.Flatten(), nn.Linear(12, 2))),
}


# Modules that have a parameter under two names.
SHARED = ("tied_bias",)


def first(x):
    """Channels first."""
    return x.movedim(-1, 1) if x.dim() > 2 else x


def last(x):
    """Channels last; rows as they are."""
    return x.movedim(1, -1) if x.dim() > 2 else x


def numbers(x):
    return x.flatten().tolist()


def run(name, module, inputs):
    with torch.no_grad():
        if name in SEQUENCES:
            return {"inputs": numbers(inputs), "outputs": numbers(module(inputs))}
        return {"inputs": numbers(inputs), "outputs": numbers(last(module(first(inputs))))}


def main():
    known = old(path)
    torches, ours = known.get("torch", {}), {}
    for name, (shape, make) in (NETWORKS | SEQUENCES).items():
        torch.manual_seed(zlib.crc32(name.encode()))
        module = make()
        inputs = torch.randint(-16, 17, (2, *shape)) / 8
        if name in ("characters", "tied", "tied_bias"):
            inputs = torch.randint(0, 7, (2, *shape))
        file = folder / f"torch_{name}.safetensors"
        if name not in torches or not file.exists():
            # Statistics and scales that are not those of the beginning.
            for key, value in module.state_dict().items():
                if value.is_floating_point():
                    value += torch.rand_like(value) * 0.3
            save_model(module, file) if name in SHARED else save_file(module.state_dict(), file)
            torches[name] = run(name, module.eval(), inputs)
        written = folder / f"ours_{name}.safetensors"
        if name in SHARED:
            load_model(module, written, strict=True)
        else:
            module.load_state_dict(load_file(written), strict=True)
        ours[name] = run(name, module.eval(), inputs)
    path.write_text(json.dumps({"pytorch": torch.__version__, "torch": torches, "ours": ours}, indent=1) + "\n")


main()
