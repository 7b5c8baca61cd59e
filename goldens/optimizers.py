"""Twenty steps of every optimiser in PyTorch, as the truth for optim/tests/it/pytorch.rs.

    python3 goldens/optimizers.py

writes goldens/optimizers.json, with clipped gradients and the moving average of the weights. All optimisers get the same
recorded gradients, so that each is tested alone. The gradients are those of a small regression along a path of gradient
descent. Each weight has its own scale from 1e-6 to 1e4, and the last weight's gradient is exactly 0 from the eleventh step
on.

Cases that the file has are kept, and its gradients too (`kept.py`).

PyTorch has no momentum in the notes' form, no Adam without bias correction, no Lion and no LAMB: those four are written
out here, from the notes and from the papers.
"""

import json
import re
from pathlib import Path

import kept
import torch

STEPS = 20
KEPT = (1, 10, 20)
SCALES = torch.logspace(-6, 4, 11, dtype=torch.float64)


def recorded_gradients():
    """The start and one gradient per step, in f64."""
    weights = torch.cos(torch.arange(11, dtype=torch.float64)) + 2.0
    start = weights.clone()
    weights.requires_grad_()
    gradients = []
    for step in range(STEPS):
        rows = torch.arange(5, dtype=torch.float64)[:, None] + 5 * step
        inputs = torch.sin(rows * torch.arange(1, 12, dtype=torch.float64))
        targets = torch.cos(3.0 * rows[:, 0])
        loss = ((torch.tanh(inputs @ weights) - targets) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            weights -= 0.3 * gradient
        gradient = gradient * SCALES
        if step >= 10:
            gradient[-1] = 0.0
        # As f32 has it, so that both types are fed the same numbers.
        gradients.append(gradient.float().double())
    return start.float().double(), gradients


def with_optimizer(make):
    """The weights after the kept steps of a torch.optim optimiser."""

    def run(dtype, start, gradients):
        weights = start.to(dtype).clone().requires_grad_()
        optimizer = make([weights])
        for gradient in gradients:
            weights.grad = gradient.to(dtype)
            optimizer.step()
            yield weights.detach().clone()

    return run


def in_double(make):
    """As with_optimizer, with scalar state in f64 for f64 weights (NAdam's product of momenta)."""

    def run(dtype, start, gradients):
        default = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        yield from with_optimizer(make)(dtype, start, gradients)
        torch.set_default_dtype(default)

    return run


def averaged_momentum(rate, beta):
    """The lecture notes' momentum: v <- beta v + (1 - beta) g, w <- w - rate v."""

    def run(dtype, start, gradients):
        weights, v = start.to(dtype), torch.zeros(11, dtype=dtype)
        for gradient in gradients:
            v = beta * v + (1.0 - beta) * gradient.to(dtype)
            weights = weights - rate * v
            yield weights

    return run


def uncorrected_adam(rate, beta1, beta2, epsilon):
    """The lecture notes' Adam, without bias correction."""

    def run(dtype, start, gradients):
        weights, m, v = start.to(dtype), torch.zeros(11, dtype=dtype), torch.zeros(11, dtype=dtype)
        for gradient in gradients:
            g = gradient.to(dtype)
            m = beta1 * m + (1.0 - beta1) * g
            v = beta2 * v + (1.0 - beta2) * g * g
            weights = weights - rate * m / (v.sqrt() + epsilon)
            yield weights

    return run


def lion(rate, beta1, beta2, decay):
    """Chen et al. 2023, algorithm 2."""

    def run(dtype, start, gradients):
        weights, m = start.to(dtype), torch.zeros(11, dtype=dtype)
        for gradient in gradients:
            g = gradient.to(dtype)
            direction = torch.sign(beta1 * m + (1.0 - beta1) * g)
            weights = weights - rate * (direction + decay * weights)
            m = beta2 * m + (1.0 - beta2) * g
            yield weights

    return run


def lamb(rate, beta1, beta2, epsilon, decay):
    """You et al. 2020, algorithm 2 with the identity for phi; all weights are one layer."""

    def run(dtype, start, gradients):
        weights, m, v = start.to(dtype), torch.zeros(11, dtype=dtype), torch.zeros(11, dtype=dtype)
        for step, gradient in enumerate(gradients, start=1):
            g = gradient.to(dtype)
            m = beta1 * m + (1.0 - beta1) * g
            v = beta2 * v + (1.0 - beta2) * g * g
            ratio = (m / (1.0 - beta1**step)) / ((v / (1.0 - beta2**step)).sqrt() + epsilon)
            update = ratio + decay * weights
            weights = weights - rate * weights.norm() / update.norm() * update
            yield weights

    return run


def clipped(gradient):
    """The gradient after clip_grad_norm_ and clip_grad_value_, and its norm before."""
    weights = torch.zeros(11, dtype=gradient.dtype, requires_grad=True)
    weights.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_([weights], 0.5)
    by_norm = weights.grad.tolist()
    weights.grad = gradient.clone()
    torch.nn.utils.clip_grad_value_([weights], 0.25)
    return {"norm": norm.item(), "by norm": by_norm, "by value": weights.grad.tolist()}


def moving_average(start, gradients, decay):
    """AveragedModel after each of the kept steps of plain gradient descent."""
    model = torch.nn.Linear(11, 1, bias=False, dtype=torch.float64)
    with torch.no_grad():
        model.weight[0] = start
    average = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    )
    for gradient in gradients:
        with torch.no_grad():
            model.weight[0] -= 1e-4 * gradient
        average.update_parameters(model)
        yield average.module.weight[0].detach().clone()


optim = torch.optim
CASES = {
    "gradient descent": with_optimizer(lambda p: optim.SGD(p, lr=1e-4)),
    "momentum": with_optimizer(lambda p: optim.SGD(p, lr=1e-4, momentum=0.9)),
    "averaged momentum": averaged_momentum(1e-4, 0.9),
    "nesterov": with_optimizer(lambda p: optim.SGD(p, lr=1e-4, momentum=0.9, nesterov=True)),
    "adam, defaults": with_optimizer(lambda p: optim.Adam(p)),
    "adam": with_optimizer(lambda p: optim.Adam(p, lr=0.03, betas=(0.8, 0.95), eps=1e-4)),
    "uncorrected adam": uncorrected_adam(0.001, 0.9, 0.999, 1e-8),
    "adamw, defaults": with_optimizer(lambda p: optim.AdamW(p)),
    "adamw": with_optimizer(lambda p: optim.AdamW(p, lr=0.03, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.2)),
    "adamax, defaults": with_optimizer(lambda p: optim.Adamax(p)),
    "adamax": with_optimizer(lambda p: optim.Adamax(p, lr=0.03, betas=(0.8, 0.95), eps=1e-4)),
    "adagrad, defaults": with_optimizer(lambda p: optim.Adagrad(p)),
    "adagrad": with_optimizer(
        lambda p: optim.Adagrad(p, lr=0.03, lr_decay=0.1, initial_accumulator_value=0.2, eps=1e-4)
    ),
    "rmsprop, defaults": with_optimizer(lambda p: optim.RMSprop(p)),
    "rmsprop": with_optimizer(lambda p: optim.RMSprop(p, lr=0.003, alpha=0.9, eps=1e-4)),
    "rmsprop, momentum": with_optimizer(lambda p: optim.RMSprop(p, lr=0.003, alpha=0.9, eps=1e-4, momentum=0.8)),
    "rmsprop, centred": with_optimizer(lambda p: optim.RMSprop(p, lr=0.003, alpha=0.9, eps=1e-4, centered=True)),
    "rmsprop, both": with_optimizer(
        lambda p: optim.RMSprop(p, lr=0.003, alpha=0.9, eps=1e-4, momentum=0.8, centered=True)
    ),
    "adadelta, defaults": with_optimizer(lambda p: optim.Adadelta(p)),
    "adadelta": with_optimizer(lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4)),
    "nadam, defaults": in_double(lambda p: optim.NAdam(p)),
    "nadam": in_double(lambda p: optim.NAdam(p, lr=0.03, betas=(0.8, 0.95), eps=1e-4, momentum_decay=0.5)),
    "radam, defaults": with_optimizer(lambda p: optim.RAdam(p)),
    "radam": with_optimizer(lambda p: optim.RAdam(p, lr=0.003, betas=(0.8, 0.95), eps=1e-4)),
    "lion, defaults": lion(1e-4, 0.9, 0.99, 0.0),
    "lion": lion(0.003, 0.8, 0.95, 0.2),
    "lamb, defaults": lamb(0.001, 0.9, 0.999, 1e-6, 0.01),
    "lamb": lamb(0.03, 0.8, 0.95, 1e-4, 0.2),
}


def recorded():
    """What all cases start from, and what is no case."""
    start, gradients = recorded_gradients()
    return {
        "torch": torch.__version__.split("+")[0],
        "kept": KEPT,
        "start": start.tolist(),
        "gradients": [gradient.tolist() for gradient in gradients],
        "cases": {},
        "clipped": [clipped(gradient / SCALES) for gradient in gradients[:3]],
        "moving average": [
            average.tolist()
            for step, average in enumerate(moving_average(start, gradients, 0.8), start=1)
            if step in KEPT
        ],
    }


def main():
    path = Path(__file__).with_suffix(".json")
    golden = kept.old(path) or recorded()
    start, gradients = (torch.tensor(golden[key], dtype=torch.float64) for key in ("start", "gradients"))
    for name, run in CASES.items():
        if name in golden["cases"]:
            continue
        case = golden["cases"][name] = {}
        for dtype in (torch.float32, torch.float64):
            after = dict(enumerate(run(dtype, start, gradients), start=1))
            case[str(dtype).removeprefix("torch.float")] = [after[step].tolist() for step in KEPT]
    text = json.dumps(golden, indent=1)
    # A line for each list of numbers.
    text = re.sub(r"\[\s+([-\d][^][]*?)\s+\]", lambda found: "[" + " ".join(found[1].split()) + "]", text)
    path.write_text(text + "\n")


main()
