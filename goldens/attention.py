"""Writes attention.json: what PyTorch computes for attention and what stands around it in a transformer.

    python3 goldens/attention.py

For each network: its parameters in typednet's order (a weight as [inputs][outputs], then its bias; of a normalisation its weight
and its bias), a batch of inputs and targets, and in both precisions the outputs, the mean squared error, and the gradient of
every parameter and of the inputs.

Attention is `nn.MultiheadAttention`, whose `in_proj_weight` is the transpose of typednet's `in_weight`; with rotary positions it
is `scaled_dot_product_attention` of queries and keys whose pairs are complex numbers that are multiplied with e^(i·step·θ). The
blocks are `nn.TransformerEncoderLayer`.
Parameters, inputs and targets are numbers that float32 holds exactly, so both precisions start from the same values.
Networks that the file has are kept (`kept.py`).
"""

import json
import pathlib

import kept
import torch
from torch import nn

ROWS = 3


def causal_mask(steps):
    return torch.ones(steps, steps, dtype=torch.bool).triu(1)


class Attention(nn.Module):
    def __init__(self, width, heads, causal=False):
        super().__init__()
        self.inner = nn.MultiheadAttention(width, heads, batch_first=True)
        self.causal = causal

    def forward(self, x):
        mask = causal_mask(x.shape[1]) if self.causal else None
        return self.inner(x, x, x, attn_mask=mask, need_weights=False)[0]


class Rotary(Attention):
    def forward(self, x):
        heads, rows, steps = self.inner.num_heads, x.shape[0], x.shape[1]
        projected = nn.functional.linear(x, self.inner.in_proj_weight, self.inner.in_proj_bias)
        q, k, v = (part.reshape(rows, steps, heads, -1).transpose(1, 2) for part in projected.chunk(3, dim=-1))
        q, k = turned(q), turned(k)
        context = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.inner.out_proj(context.transpose(1, 2).reshape(rows, steps, -1))


def turned(x):
    width = x.shape[-1]
    frequencies = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequencies
    turn = torch.polar(torch.ones_like(angles), angles)
    turn = turn.to(torch.complex128 if x.dtype == torch.float64 else torch.complex64)
    first, second = x.chunk(2, dim=-1)
    product = torch.complex(first, second) * turn
    return torch.cat((product.real, product.imag), dim=-1)


class Positions(nn.Module):
    def __init__(self, steps, width):
        super().__init__()
        self.table = nn.Parameter(torch.randn(steps, width))

    def forward(self, x):
        return x + self.table


class Sinusoidal(nn.Module):
    def forward(self, x):
        steps, width = x.shape[1:]
        columns = torch.arange(width)
        frequencies = 10000.0 ** (-(columns - columns % 2).double() / width)
        angles = torch.arange(steps).double()[:, None] * frequencies
        return x + torch.where(columns % 2 == 0, angles.sin(), angles.cos()).to(x.dtype)


class SwiGlu(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.down(nn.functional.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, width, heads, hidden, activation, pre_norm, causal=False):
        super().__init__()
        self.inner = nn.TransformerEncoderLayer(
            width, heads, hidden, dropout=0.0, activation=activation, batch_first=True, norm_first=pre_norm
        )
        self.causal = causal

    def forward(self, x):
        return self.inner(x, src_mask=causal_mask(x.shape[1]) if self.causal else None)


# Name, shape of a sample, network, and the rows of the batch where those are not ROWS.
NETWORKS = [
    ("[1, 2] => Attention<1> | Mean", (1, 2), lambda: Attention(2, 1)),
    ("[1, 3] => Attention<3, causal = true> | Mean", (1, 3), lambda: Attention(3, 3, True)),
    ("[5, 6] => Attention<2> | Mean", (5, 6), lambda: Attention(6, 2)),
    ("[5, 6] => Attention<2, causal = true> | Mean", (5, 6), lambda: Attention(6, 2, True)),
    ("[7, 5] => Attention<1, causal = true> | Mean", (7, 5), lambda: Attention(5, 1, True), 1),
    ("[27, 8] => Attention<2, causal = true> | Mean", (27, 8), lambda: Attention(8, 2, True)),
    ("[6, 8] => Attention<2, rotary = true> | Mean", (6, 8), lambda: Rotary(8, 2)),
    ("[6, 12] => Attention<2, causal = true, rotary = true> | Mean", (6, 12), lambda: Rotary(12, 2, True)),
    ("[3, 4] => Attention<4> | Mean", (3, 4), lambda: Attention(4, 4), 1),
    ("[3, 4] => Positions | Mean", (3, 4), lambda: Positions(3, 4)),
    ("[9, 5] => SinusoidalPositions | Mean", (9, 5), lambda: Sinusoidal()),
    ("[3] => SwiGlu<7> | Mean", (3,), lambda: SwiGlu(3, 7)),
    ("[4, 6] => Residual => Residual | Mean", (4, 6), lambda: Block(6, 3, 9, "gelu", True)),
    ("[5, 6] => Residual => Residual | Mean", (5, 6), lambda: Block(6, 3, 9, "gelu", True, True)),
    (
        "[4, 6] => Residual => LayerNorm => Residual => LayerNorm | Mean",
        (4, 6),
        lambda: Block(6, 3, 9, "relu", False),
    ),
]


def shake(model):
    """Biases that are not all 0, and scales that are not all 1."""
    for module in model.modules():
        if isinstance(module, nn.MultiheadAttention):
            nn.init.normal_(module.in_proj_bias)
            nn.init.normal_(module.out_proj.bias)
        if isinstance(module, nn.LayerNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)


def of_attention(inner):
    return [(inner.in_proj_weight, True), (inner.in_proj_bias, False), *of_linear(inner.out_proj)]


def of_linear(linear):
    return [(linear.weight, True)] + ([] if linear.bias is None else [(linear.bias, False)])


def of_norm(norm):
    return [(norm.weight, False), (norm.bias, False)]


def parts(model):
    """Each parameter in typednet's order, and whether it is a weight, which is turned."""
    if isinstance(model, Attention):
        return of_attention(model.inner)
    if isinstance(model, Positions):
        return [(model.table, False)]
    if isinstance(model, SwiGlu):
        return [part for linear in (model.gate, model.up, model.down) for part in of_linear(linear)]
    if isinstance(model, Block):
        inner = model.inner
        attention, dense = of_attention(inner.self_attn), of_linear(inner.linear1) + of_linear(inner.linear2)
        first, second = of_norm(inner.norm1), of_norm(inner.norm2)
        return first + attention + second + dense if inner.norm_first else attention + first + dense + second
    return []


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
    return {
        "outputs": numbers(outputs),
        "loss": numbers(loss)[0],
        "gradient": [n for part, transposed in parts(model) for n in numbers(part.grad, transposed)],
        "input_gradient": numbers(x.grad),
    }


def main():
    path = pathlib.Path(__file__).with_name("attention.json")
    networks = kept.networks(path)
    for name, shape, build, *rows in NETWORKS:
        if name in networks:
            continue
        torch.manual_seed(kept.seed(name))
        model = build()
        shake(model)
        state = {key: value.clone() for key, value in model.state_dict().items()}
        x = torch.randn(*(rows or [ROWS]), *shape)
        golden = {
            "name": name,
            "parameters": [n for part, transposed in parts(model) for n in numbers(part, transposed)],
            "inputs": numbers(x),
            "targets": numbers(torch.rand_like(x)),
        }
        if rows:
            golden["rows"] = rows[0]
        for dtype in (torch.float64, torch.float32):
            fresh = build().to(dtype)
            fresh.load_state_dict(state)
            golden[str(dtype).removeprefix("torch.")] = run(fresh, x, torch.tensor(golden["targets"]).reshape(x.shape), dtype)
        networks[name] = golden
    lines = ",\n".join(json.dumps(network) for network in networks.values())
    text = f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n'
    path.write_text(text)


main()
