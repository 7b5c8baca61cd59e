"""Writes pairs.json: what PyTorch computes for attention of one sequence to another.

    python3 goldens/pairs.py

For each network: its parameters in typednet's order, a batch of inputs and targets, and in both precisions the outputs, the mean
squared error, and the gradient of every parameter and of the inputs. An input is the steps of the first sequence and then those of the
second; behind the steps of a padded one stands how many of them are padding, of which the first sample has none and the second all but
one step.

It is `nn.MultiheadAttention` with `kdim` and `vdim` for the width of the second sequence and a `key_padding_mask`. Inputs and targets
are multiples of 1/8, which float32 holds exactly.
"""

import json
import pathlib

import kept
import torch
from torch import nn

ROWS = 3

# Queries, their width, keys, their width, heads, whether the second sequence is padded, and the rows of the batch if not ROWS.
SIZES = [
    (1, 2, 1, 2, 1, False),
    (5, 6, 3, 6, 2, False),
    (2, 6, 7, 5, 3, False),
    (4, 3, 5, 1, 1, True),
    (3, 8, 26, 4, 2, True),
    (6, 4, 3, 7, 4, True, 1),
]


def is_padding(lengths, steps):
    return torch.arange(steps)[None, :] >= lengths[:, None]


class Cross(nn.Module):
    def __init__(self, width, other, heads):
        super().__init__()
        self.inner = nn.MultiheadAttention(width, heads, batch_first=True, kdim=other, vdim=other)

    def forward(self, x, z, lengths):
        return self.inner(x, z, z, key_padding_mask=is_padding(lengths, z.shape[1]), need_weights=False)[0]

    def settle(self):
        nn.init.normal_(self.inner.in_proj_bias)
        nn.init.normal_(self.inner.out_proj.bias)


def parts(inner, of):
    """Each parameter in typednet's order, or its gradient."""
    width = inner.embed_dim
    if inner.in_proj_weight is not None:
        q, k, v = of(inner.in_proj_weight).chunk(3)
    else:
        q, k, v = (of(weight) for weight in (inner.q_proj_weight, inner.k_proj_weight, inner.v_proj_weight))
    bias = of(inner.in_proj_bias)
    both = torch.stack([k.T, v.T], dim=1)
    return [q.T, bias[:width], both, bias[width:], of(inner.out_proj.weight).T, of(inner.out_proj.bias)]


def eighths(*shape):
    return torch.randint(-8, 9, shape) / 8


def numbers(tensor):
    flat = tensor.detach().reshape(-1).numpy()
    return [float(n) if tensor.dtype == torch.float64 else float(str(n)) for n in flat]


def samples(x, z, marks):
    both = [x.reshape(len(x), -1), z.reshape(len(z), -1)] + ([] if marks is None else [marks[:, None].to(x.dtype)])
    return torch.cat(both, dim=1)


def run(model, x, z, lengths, is_padded, target, dtype):
    model = model.to(dtype).train()
    x, z = x.to(dtype).requires_grad_(), z.to(dtype).requires_grad_()
    outputs = model(x, z, lengths)
    loss = nn.functional.mse_loss(outputs, target.to(dtype))
    loss.backward()
    return {
        "outputs": numbers(outputs),
        "loss": numbers(loss)[0],
        "gradient": [n for part in parts(model.inner, lambda p: p.grad) for n in numbers(part)],
        "input_gradient": numbers(samples(x.grad, z.grad, torch.zeros(len(x)) if is_padded else None)),
    }


def network(name, queries, width, keys, other, heads, is_padded, rows=ROWS):
    torch.manual_seed(kept.seed(name))
    model = Cross(width, other, heads)
    model.settle()
    lengths = [keys, 1, *torch.randint(1, keys + 1, (rows,)).tolist()][:rows] if rows > 1 else [keys - 1]
    lengths = torch.tensor(lengths if is_padded else [keys] * rows)
    x, z, target = eighths(rows, queries, width), eighths(rows, keys, other), eighths(rows, queries, width)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    golden = {
        "name": name,
        "rows": rows,
        "parameters": [n for part in parts(model.inner, lambda p: p) for n in numbers(part)],
        "inputs": numbers(samples(x, z, keys - lengths if is_padded else None)),
        "targets": numbers(target),
    }
    for dtype in (torch.float64, torch.float32):
        fresh = Cross(width, other, heads).to(dtype)
        fresh.load_state_dict(state)
        golden[str(dtype).removeprefix("torch.")] = run(fresh, x, z, lengths, is_padded, target, dtype)
    return golden


def main():
    path = pathlib.Path(__file__).with_name("pairs.json")
    networks = kept.networks(path)
    for queries, width, keys, other, heads, is_padded, *rows in SIZES:
        second = f"[{'≤' if is_padded else ''}{keys}, {other}]"
        name = f"([{queries}, {width}], {second}) => CrossAttention<{heads}> | Mean"
        networks[name] = networks.get(name) or network(name, queries, width, keys, other, heads, is_padded, *rows)
    lines = ",\n".join(json.dumps(n, ensure_ascii=False) for n in networks.values())
    path.write_text(f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n')


main()
