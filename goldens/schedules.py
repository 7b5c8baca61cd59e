"""The factors of PyTorch's learning rate schedulers, as the truth for optim/tests/it/schedules.rs.

    python3 goldens/schedules.py

writes goldens/schedules.json. The learning rate is 1, so that rates are factors. Element t of a list is the rate after
t calls of the scheduler's step.
"""

import json
import re
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as schedulers

# The scheduler is stepped without the optimiser, and SequentialLR steps its parts in the old way.
warnings.filterwarnings("ignore")


def factors(make, steps=40):
    """The rates of a scheduler over some steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    rates = [optimizer.param_groups[0]["lr"]]
    for _ in range(steps - 1):
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def warm_up_then_cosine(o):
    """LinearLR, then CosineAnnealingLR, then ExponentialLR."""
    parts = [
        schedulers.LinearLR(o, start_factor=0.1, total_iters=8),
        schedulers.CosineAnnealingLR(o, 20, eta_min=0.05),
        schedulers.ExponentialLR(o, 0.7),
    ]
    return schedulers.SequentialLR(o, parts, milestones=[8, 25])


CASES = {
    "constant": lambda o: schedulers.SequentialLR(
        o, [schedulers.ConstantLR(o, 0.25, total_iters=9), schedulers.ConstantLR(o, 1.0)], milestones=[9]
    ),
    "step decay": lambda o: schedulers.StepLR(o, 7, gamma=0.3),
    "exponential": lambda o: schedulers.ExponentialLR(o, 0.9),
    "cosine": lambda o: schedulers.CosineAnnealingLR(o, 39, eta_min=0.02),
    "warm restarts": lambda o: schedulers.CosineAnnealingWarmRestarts(o, 7, eta_min=0.02),
    "growing waves": lambda o: schedulers.CosineAnnealingWarmRestarts(o, 3, T_mult=2),
    "linear warm-up": lambda o: schedulers.LinearLR(o, start_factor=0.2, total_iters=25),
    "polynomial": lambda o: schedulers.PolynomialLR(o, total_iters=30, power=2.5),
    "polynomial, line": lambda o: schedulers.PolynomialLR(o, total_iters=30),
    "one cycle": lambda o: schedulers.OneCycleLR(o, 1.0, total_steps=40),
    "one cycle, lines": lambda o: schedulers.OneCycleLR(
        o, 1.0, total_steps=40, pct_start=0.17, anneal_strategy="linear", div_factor=10, final_div_factor=50
    ),
    "one cycle, three phases": lambda o: schedulers.OneCycleLR(o, 1.0, total_steps=40, three_phase=True),
    "sequence": warm_up_then_cosine,
}

PLATEAUS = {
    "defaults": {},
    "patience": {"patience": 2, "factor": 0.5},
    "cooldown": {"patience": 1, "factor": 0.5, "cooldown": 3, "min_lr": 0.1},
    "absolute": {"patience": 2, "factor": 0.5, "threshold": 0.05, "threshold_mode": "abs"},
    "relative": {"patience": 2, "factor": 0.5, "threshold": 0.1},
    "rising": {"patience": 3, "factor": 0.5, "mode": "max", "threshold": 0.1},
    "rising, absolute": {"patience": 3, "factor": 0.5, "mode": "max", "threshold": 0.3, "threshold_mode": "abs"},
}


def metrics():
    """A loss that falls, stays, falls again and rises, with one NaN."""
    fall = [2.0 * 0.8**t + 0.3 for t in range(12)]
    stay = [fall[-1] - 0.002 * t for t in range(10)]
    again = [stay[-1] * 0.93**t for t in range(8)]
    rise = [again[-1] + 0.4 * t for t in range(14)]
    return fall + stay + [float("nan")] + again + rise


def plateau(settings):
    """The rate after each metric."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = schedulers.ReduceLROnPlateau(optimizer, **settings)
    rates = []
    for metric in metrics():
        scheduler.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def main():
    golden = {
        "torch": torch.__version__.split("+")[0],
        "factors": {name: factors(make) for name, make in CASES.items()},
        # JSON has no NaN.
        "metrics": [None if metric != metric else metric for metric in metrics()],
        "plateaus": {name: plateau(settings) for name, settings in PLATEAUS.items()},
    }
    text = json.dumps(golden, indent=1)
    # A line for each list of numbers.
    text = re.sub(r"\[\s+([-\d][^][]*?)\s+\]", lambda found: "[" + " ".join(found[1].split()) + "]", text)
    Path(__file__).with_suffix(".json").write_text(text + "\n")


main()
