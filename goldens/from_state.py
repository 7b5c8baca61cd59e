"""Writes from_state.json: what PyTorch computes for recurrent layers from a given state on.

    python3 goldens/from_state.py

For each network: its parameters in typednet's order, a batch of inputs and targets, and in both precisions the outputs, the mean
squared error, and the gradient of every parameter and of the inputs. A sample is its steps, behind those of a padded one how many of
them are padding, and then the first state: h_0, of an LSTM and then c_0. The outputs are the states of all steps, or where the steps
are padded the mean of those that count, and then the last state, so the loss has a gradient by h_n and c_n too.

Steps that are padded are packed (`pack_padded_sequence`); the first sample has no padding, the second only one step that counts.
Inputs and targets are multiples of 1/8, which float32 holds exactly.
"""

import json
import pathlib

import kept
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

ROWS = 4

# Kind, steps, inputs, units, whether the steps are padded, and the activation of a simple one.
SIZES = [
    ("Rnn", 1, 1, 1, False, "tanh"),
    ("Rnn", 5, 3, 4, False, "tanh"),
    ("Rnn", 4, 2, 17, False, "relu"),
    *((kind, *sizes, False) for kind in ["Lstm", "Gru"] for sizes in [(1, 1, 1), (6, 1, 1), (1, 3, 4), (5, 3, 4), (3, 5, 17)]),
    ("Rnn", 5, 3, 4, True, "tanh"),
    ("Lstm", 5, 3, 4, True),
    ("Gru", 5, 3, 4, True),
]


class Recurrent(nn.Module):
    def __init__(self, kind, inputs, units, activation="tanh"):
        super().__init__()
        module = {"Rnn": nn.RNN, "Lstm": nn.LSTM, "Gru": nn.GRU}[kind]
        options = {"nonlinearity": activation} if kind == "Rnn" else {}
        self.inner = module(inputs, units, batch_first=True, **options)
        self.kind, self.units = kind, units

    def forward(self, x, state, lengths):
        """All states, or the mean of those that count, and the last ones, in a row."""
        first = [part[None].contiguous() for part in state.unbind(1)]
        given = tuple(first) if self.kind == "Lstm" else first[0]
        if lengths is None:
            y, last = self.inner(x, given)
        else:
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            y, last = self.inner(packed, given)
            y = pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0].sum(1) / lengths[:, None]
        last = torch.stack([part[0] for part in last] if self.kind == "Lstm" else [last[0]], dim=1)
        return torch.cat([y.flatten(1), last.flatten(1)], dim=1)

    def parts(self, of):
        """Each parameter in typednet's order, or its gradient."""
        weight, recurrent, bias, second = (of(getattr(self.inner, f"{name}_l0")) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        return [weight.T, recurrent.T, bias] + ([second[2 * self.units :]] if self.kind == "Gru" else [])

    def settle(self):
        """typednet has one bias where PyTorch adds two, but for the candidate of a GRU."""
        self.inner.bias_hh_l0.data[: 2 * self.units if self.kind == "Gru" else None] = 0


def eighths(*shape):
    return torch.randint(-8, 9, shape) / 8


def numbers(tensor):
    flat = tensor.detach().reshape(-1).numpy()
    return [float(n) if tensor.dtype == torch.float64 else float(str(n)) for n in flat]


def samples(x, marks, state):
    parts = [x.flatten(1)] + ([] if marks is None else [marks[:, None].to(x.dtype)]) + [state.flatten(1)]
    return torch.cat(parts, dim=1)


def run(model, x, state, lengths, target, dtype):
    x, state = x.to(dtype).requires_grad_(), state.to(dtype).requires_grad_()
    outputs = model(x, state, lengths)
    loss = nn.functional.mse_loss(outputs, target.to(dtype))
    loss.backward()
    return {
        "outputs": numbers(outputs),
        "loss": numbers(loss)[0],
        "gradient": [n for part in model.parts(lambda p: p.grad) for n in numbers(part)],
        "input_gradient": numbers(samples(x.grad, None if lengths is None else torch.zeros(len(x)), state.grad)),
    }


def network(name, kind, steps, inputs, units, is_padded, *activation):
    torch.manual_seed(kept.seed(name))
    make = lambda dtype: Recurrent(kind, inputs, units, *activation).to(dtype)
    model = make(torch.float32)
    model.settle()
    lengths = torch.tensor([steps, 1, *torch.randint(1, steps + 1, (ROWS - 2,)).tolist()]) if is_padded else None
    x, state = eighths(ROWS, steps, inputs), eighths(ROWS, 2 if kind == "Lstm" else 1, units)
    target = eighths(*model(x, state, lengths).shape)
    parameters = {key: value.clone() for key, value in model.state_dict().items()}
    golden = {
        "name": name,
        "parameters": [n for part in model.parts(lambda p: p) for n in numbers(part)],
        "inputs": numbers(samples(x, None if lengths is None else steps - lengths, state)),
        "targets": numbers(target),
    }
    for dtype in (torch.float64, torch.float32):
        fresh = make(dtype)
        fresh.load_state_dict(parameters)
        golden[str(dtype).removeprefix("torch.")] = run(fresh, x, state, lengths, target, dtype)
    return golden


def main():
    path = pathlib.Path(__file__).with_name("from_state.json")
    networks = kept.networks(path)
    for kind, steps, inputs, units, is_padded, *activation in SIZES:
        arguments = f"{units}, {activation[0].capitalize()}" if activation else units
        pair = f"([{'≤' if is_padded else ''}{steps}, {inputs}], {f'[2, {units}]' if kind == 'Lstm' else f'[{units}]'})"
        name = f"{pair} => WithState<{kind}<{arguments}>>{' => OnFirst' if is_padded else ''} | Mean"
        networks[name] = networks.get(name) or network(name, kind, steps, inputs, units, is_padded, *activation)
    lines = ",\n".join(json.dumps(n, ensure_ascii=False) for n in networks.values())
    path.write_text(f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines}\n]}}\n')


main()
