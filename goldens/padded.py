"""Writes padded.json: what PyTorch computes for sequences of different lengths.

    python3 goldens/padded.py

For each network: its parameters in typednet's order, a batch of inputs and targets, and in both precisions the outputs, the mean
squared error, and the gradient of every parameter and of the inputs. A sample is its steps, and then how many of them are padding;
the first sample has none, the second has one step only that counts. Steps of padding hold numbers like the others.

Recurrent layers get packed sequences (`pack_padded_sequence`), attention and transformer blocks a `key_padding_mask`. What they give
for padding is set to 0, as it is in typednet. Inputs and targets are multiples of 1/8, which float32 holds exactly.
"""

import json
import pathlib

import kept
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

ROWS = 4


class Recurrent(nn.Module):
    """The states of all steps that count; from the last one on where it is reversed."""

    def __init__(self, kind, inputs, units, is_reversed=False):
        super().__init__()
        self.inner = {"Rnn": nn.RNN, "Lstm": nn.LSTM, "Gru": nn.GRU}[kind](
            inputs, units, batch_first=True, bidirectional=is_reversed
        )
        self.kind, self.units, self.is_reversed = kind, units, is_reversed

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.inner(packed)[0], batch_first=True, total_length=x.shape[1])
        return states[..., self.units :] if self.is_reversed else states

    def parts(self):
        suffix = "_l0_reverse" if self.is_reversed else "_l0"
        weight, recurrent, bias, second = (
            getattr(self.inner, name + suffix) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        candidate = [(second, lambda b: b[2 * self.units :])] if self.kind == "Gru" else []
        turned = lambda w: w.T
        return [(weight, turned), (recurrent, turned), (bias, lambda b: b), *candidate]

    def settle(self):
        """typednet has one bias where PyTorch adds two, but for the candidate of a GRU."""
        for direction in ("_l0", "_l0_reverse") if self.is_reversed else ("_l0",):
            second = getattr(self.inner, "bias_hh" + direction).data
            second[: 2 * self.units if self.kind == "Gru" else None] = 0


class Attention(nn.Module):
    def __init__(self, width, heads, causal=False):
        super().__init__()
        self.inner, self.causal = nn.MultiheadAttention(width, heads, batch_first=True), causal

    def forward(self, x, lengths):
        steps = x.shape[1]
        mask = torch.ones(steps, steps, dtype=torch.bool).triu(1) if self.causal else None
        return self.inner(x, x, x, attn_mask=mask, key_padding_mask=is_padding(lengths, steps), need_weights=False)[0]

    def parts(self):
        return of_attention(self.inner)

    def settle(self):
        nn.init.normal_(self.inner.in_proj_bias)
        nn.init.normal_(self.inner.out_proj.bias)


class Block(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.inner = nn.TransformerEncoderLayer(
            width, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )

    def forward(self, x, lengths):
        return self.inner(x, src_key_padding_mask=is_padding(lengths, x.shape[1]))

    def parts(self):
        inner, same = self.inner, lambda p: p
        norm = lambda norm: [(norm.weight, same), (norm.bias, same)]
        dense = of_linear(inner.linear1) + of_linear(inner.linear2)
        return norm(inner.norm1) + of_attention(inner.self_attn) + norm(inner.norm2) + dense

    def settle(self):
        for norm in (self.inner.norm1, self.inner.norm2):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)


class Embedding(nn.Module):
    """Of the token ⌊(x + 1)/2·V⌋ for every number x."""

    def __init__(self, vocabulary, width):
        super().__init__()
        self.inner = nn.Embedding(vocabulary, width)

    def forward(self, x, lengths):
        vocabulary = self.inner.num_embeddings
        tokens = ((x.detach() + 1) / 2 * vocabulary).clamp(max=vocabulary - 0.5).long()
        return self.inner(tokens) + 0 * x[..., None]

    def parts(self):
        return [(self.inner.weight, lambda w: w)]

    def settle(self):
        pass


class Tied(nn.Module):
    """The probabilities of what comes next, by a head whose weight is the embedding's."""

    def __init__(self, vocabulary, width, inner, bias=False):
        super().__init__()
        self.table, self.inner = Embedding(vocabulary, width), inner
        self.head = nn.Linear(width, vocabulary, bias=bias)
        self.head.weight = self.table.inner.weight

    def forward(self, x, lengths):
        return self.head(self.inner(self.table(x, lengths), lengths)).softmax(-1)

    def parts(self):
        bias = [] if self.head.bias is None else [(self.head.bias, lambda b: b)]
        return bias + self.table.parts() + self.inner.parts()

    def settle(self):
        self.inner.settle()


def of_linear(linear):
    return [(linear.weight, lambda w: w.T), (linear.bias, lambda b: b)]


def of_attention(inner):
    return [(inner.in_proj_weight, lambda w: w.T), (inner.in_proj_bias, lambda b: b), *of_linear(inner.out_proj)]


def is_padding(lengths, steps):
    return torch.arange(steps)[None, :] >= lengths[:, None]


def all_steps(y, lengths):
    return y * ~is_padding(lengths, y.shape[1])[..., None]


def last(y, lengths):
    return y[torch.arange(len(y)), lengths - 1]


def mean(y, lengths):
    return all_steps(y, lengths).sum(1) / lengths[:, None].to(y.dtype)


# Name, shape of all steps, network, what is made of its steps, and the lengths of the batch where those are not the usual ones.
NETWORKS = [
    ("[≤4, 2] => Rnn<3, Tanh> | Mean", (4, 2), lambda: Recurrent("Rnn", 2, 3), all_steps),
    ("[≤5, 3] => Lstm<4> | Mean", (5, 3), lambda: Recurrent("Lstm", 3, 4), all_steps),
    ("[≤5, 3] => Gru<4> | Mean", (5, 3), lambda: Recurrent("Gru", 3, 4), all_steps),
    ("[≤5, 3] => Reverse | Mean", (5, 3), lambda: Recurrent("Gru", 3, 4, True), all_steps),
    ("[≤5, 3] => Gru<4> => Last | Mean", (5, 3), lambda: Recurrent("Gru", 3, 4), last),
    ("[≤4, 1] => Lstm<1> => MeanOverSteps | Mean", (4, 1), lambda: Recurrent("Lstm", 1, 1), mean),
    ("[≤5, 6] => Attention<2> | Mean", (5, 6), lambda: Attention(6, 2), all_steps),
    ("[≤5, 6] => Attention<2, causal = true> | Mean", (5, 6), lambda: Attention(6, 2, True), all_steps),
    ("[≤7, 5] => Attention<1> | Mean", (7, 5), lambda: Attention(5, 1), all_steps, [4]),
    ("[≤4, 6] => Residual => Residual | Mean", (4, 6), lambda: Block(6, 3, 9), all_steps),
    ("[≤4] => Embedding<3> => MeanOverSteps | Mean", (4,), lambda: Embedding(5, 3), mean),
    (
        "[≤5] => TiedEmbedding<3> => Activation<Softmax> | Mean",
        (5,),
        lambda: Tied(7, 3, Recurrent("Gru", 3, 3, True)),
        all_steps,
    ),
    (
        "[≤4] => TiedEmbedding<6, bias = true> => Activation<Softmax> | Mean",
        (4,),
        lambda: Tied(5, 6, Block(6, 3, 9), bias=True),
        all_steps,
    ),
]


def eighths(*shape):
    return torch.randint(-8, 9, shape) / 8


def numbers(tensor):
    flat = tensor.detach().reshape(-1).numpy()
    return [float(n) if tensor.dtype == torch.float64 else float(str(n)) for n in flat]


def with_marks(x, marks):
    """Samples as typednet has them: all steps, and how many are padding."""
    return torch.cat([x.reshape(len(x), -1), marks[:, None].to(x.dtype)], dim=1)


def run(model, end, x, lengths, target, dtype):
    model = model.to(dtype).train()
    x = x.to(dtype).requires_grad_()
    outputs = end(model(x, lengths), lengths)
    loss = nn.functional.mse_loss(outputs, target.to(dtype).reshape(outputs.shape))
    loss.backward()
    return {
        "outputs": numbers(outputs),
        "loss": numbers(loss)[0],
        "gradient": [n for part, turn in model.parts() for n in numbers(turn(part.grad))],
        "input_gradient": numbers(with_marks(x.grad, torch.zeros(len(x)))),
    }


def network(name, shape, build, end, lengths=None):
    torch.manual_seed(kept.seed(name))
    steps, model = shape[0], build()
    model.settle()
    lengths = torch.tensor(lengths or [steps, 1, *torch.randint(1, steps + 1, (ROWS - 2,)).tolist()])
    x = eighths(len(lengths), *shape)
    target = eighths(*end(model(x, lengths), lengths).shape)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    golden = {
        "name": name,
        "rows": len(lengths),
        "parameters": [n for part, turn in model.parts() for n in numbers(turn(part))],
        "inputs": numbers(with_marks(x, steps - lengths)),
        "targets": numbers(target),
    }
    for dtype in (torch.float64, torch.float32):
        fresh = build().to(dtype)
        fresh.load_state_dict(state)
        golden[str(dtype).removeprefix("torch.")] = run(fresh, end, x, lengths, target, dtype)
    return golden


def main():
    path = pathlib.Path(__file__).with_name("padded.json")
    networks = kept.networks(path)
    for name, *rest in NETWORKS:
        networks[name] = networks.get(name) or network(name, *rest)
    lines = ",\n".join(json.dumps(n, ensure_ascii=False) for n in networks.values())
    path.write_text(f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n')


main()
