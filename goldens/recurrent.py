"""Writes recurrent.json: what PyTorch computes for recurrent layers, in float64 and float32.

    python3 goldens/recurrent.py

For each network: its parameters in typednet's order, a batch of inputs and targets, and in both precisions the outputs, the
mean squared error, the gradient of every parameter and of the inputs. Weights are [inputs][gates][units] as typednet has
them, and turned here to what PyTorch wants; of the two biases that PyTorch always adds the second is 0, but for the
candidate of a GRU. "streams" are the steps of one sequence from a given state on. Parameters, inputs, states and targets
are multiples of 1/8, which float32 holds exactly.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

import kept

ROWS = 2
GATES = {"Rnn": 1, "Lstm": 4, "Gru": 3}
MODULES = {"Rnn": torch.nn.RNN, "Lstm": torch.nn.LSTM, "Gru": torch.nn.GRU}


def shapes(kind, inputs, units):
    gates = (GATES[kind], units)
    bias = [(units,)] if kind == "Gru" else []
    return [(inputs, *gates), (units, *gates), gates, *bias]


def layer(kind, x, parameters, state=None, activation="tanh"):
    """The states of all steps, and the last one."""
    weight, recurrent, bias, *candidate = parameters
    inputs, units = weight.shape[0], recurrent.shape[0]
    options = {"nonlinearity": activation} if kind == "Rnn" else {}
    module = MODULES[kind](inputs, units, batch_first=True, dtype=x.dtype, **options)
    second = torch.zeros_like(bias.reshape(-1))
    if candidate:
        second = torch.cat([second[: 2 * units], candidate[0]])
    turned = {
        "weight_ih_l0": weight.reshape(inputs, -1).T,
        "weight_hh_l0": recurrent.reshape(units, -1).T,
        "bias_ih_l0": bias.reshape(-1),
        "bias_hh_l0": second,
    }
    return torch.func.functional_call(module, turned, (x, state) if state is not None else (x,))


def both(kind):
    def run(x, parameters):
        half = len(parameters) // 2
        there, _ = layer(kind, x, parameters[:half])
        back, _ = layer(kind, x.flip(1), parameters[half:])
        return torch.cat([there, back.flip(1)], dim=-1)

    return run


def single(kind, steps, inputs, units, activation="tanh"):
    arguments = f"{units}, {activation.capitalize()}" if kind == "Rnn" else units
    run = lambda x, parameters: layer(kind, x, parameters, activation=activation)[0]
    return f"[{steps}, {inputs}] => {kind}<{arguments}>", (steps, inputs), shapes(kind, inputs, units), run


def directions(kind, steps, inputs, units):
    return f"[{steps}, {inputs}] => Concat", (steps, inputs), 2 * shapes(kind, inputs, units), both(kind)


def two_layers(steps, inputs, units, then):
    first, second = shapes("Lstm", inputs, units), shapes("Lstm", units, then)
    run = lambda x, p: layer("Lstm", layer("Lstm", x, p[: len(first)])[0], p[len(first) :])[0]
    return f"[{steps}, {inputs}] => Lstm<{units}> => Lstm<{then}>", (steps, inputs), first + second, run


NETWORKS = [
    single("Rnn", 1, 1, 1),
    single("Rnn", 5, 3, 4),
    single("Rnn", 4, 2, 17, "relu"),
    *(single(kind, *sizes) for kind in ["Lstm", "Gru"] for sizes in [(1, 1, 1), (6, 1, 1), (5, 3, 4), (3, 5, 17)]),
    directions("Lstm", 4, 3, 5),
    directions("Gru", 5, 2, 3),
    two_layers(3, 2, 4, 3),
]

STREAMS = [("Rnn", 4, 2, 3), ("Lstm", 4, 2, 3), ("Gru", 4, 2, 3)]


def eighths(*shape):
    return torch.randint(-8, 9, shape) / 8


def flat(tensors, dtype):
    """All numbers in a row; those of float32 as short as it can be told exactly."""
    numbers = [n for t in tensors for n in t.detach().reshape(-1).numpy()]
    return [float(n) if dtype == torch.float64 else float(str(n)) for n in numbers]


def gradients(run, parameters, x, target, dtype):
    parameters = [p.to(dtype).requires_grad_() for p in parameters]
    x = x.to(dtype).requires_grad_()
    y = run(x, parameters)
    value = F.mse_loss(y, target.to(dtype))
    value.backward()
    return {
        "outputs": flat([y], dtype),
        "loss": flat([value], dtype)[0],
        "gradient": flat([p.grad for p in parameters], dtype),
        "input_gradient": flat([x.grad], dtype),
    }


def network(name, size, sizes, run):
    torch.manual_seed(kept.seed(name))
    parameters, x = [eighths(*shape) for shape in sizes], eighths(ROWS, *size)
    target = eighths(*run(x, parameters).shape)
    return {
        "name": name,
        "parameters": flat(parameters, torch.float32),
        "inputs": flat([x], torch.float32),
        "targets": flat([target], torch.float32),
        "float64": gradients(run, parameters, x, target, torch.float64),
        "float32": gradients(run, parameters, x, target, torch.float32),
    }


def from_state(kind, parameters, x, state, dtype):
    state = [s.to(dtype).reshape(1, 1, -1) for s in state]
    given = tuple(state) if kind == "Lstm" else state[0]
    y, last = layer(kind, x.to(dtype), [p.to(dtype) for p in parameters], given)
    return {"outputs": flat([y], dtype), "state": flat(last if kind == "Lstm" else [last], dtype)}


def stream(kind, steps, inputs, units):
    name = single(kind, steps, inputs, units)[0]
    torch.manual_seed(kept.seed(f"stream {name}"))
    parameters, x = [eighths(*shape) for shape in shapes(kind, inputs, units)], eighths(1, steps, inputs)
    state = [eighths(units) for _ in range(2 if kind == "Lstm" else 1)]
    return {
        "name": name,
        "parameters": flat(parameters, torch.float32),
        "inputs": flat([x], torch.float32),
        "state": flat(state, torch.float32),
        "float64": from_state(kind, parameters, x, state, torch.float64),
        "float32": from_state(kind, parameters, x, state, torch.float32),
    }


def main():
    path = pathlib.Path(__file__).with_name("recurrent.json")
    old = kept.networks(path)
    streams = {s["name"]: s for s in kept.old(path).get("streams", {}).get("networks", [])}
    for name, *rest in NETWORKS:
        name = f"{name} | Mean"
        old.setdefault(name, None)
        old[name] = old[name] or network(name, *rest)
    for sizes in STREAMS:
        name = single(*sizes)[0]
        streams[name] = streams.get(name) or stream(*sizes)
    lines = lambda networks: ",\n".join(json.dumps(n) for n in networks.values())
    text = (
        f'{{"torch": "{torch.__version__}", "rows": {ROWS}, "networks": [\n{lines(old)}\n],\n'
        f'"streams": {{"networks": [\n{lines(streams)}\n]}}}}\n'
    )
    path.write_text(text)


main()
