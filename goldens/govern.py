"""Calibration, temperature and drift by PyTorch, SciPy and NumPy, as the truth for govern/tests/it/goldens.rs.

    python3 goldens/govern.py

writes goldens/govern.json.
"""

import json
import pathlib

import numpy as np
import scipy
import torch
from scipy import special, stats

rng = np.random.default_rng(11)


def temperature(n, classes, sharp):
    """Logits that are `sharp` times too large, the best temperature, and what it does."""
    honest = rng.normal(size=(n, classes)) * 1.2
    p = special.softmax(honest, axis=1)
    truth = np.array([rng.choice(classes, p=row) for row in p])
    logits = np.round(honest * sharp, 6)
    z, y = torch.tensor(logits, dtype=torch.float64), torch.tensor(truth)
    log_t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    step = torch.optim.LBFGS([log_t], max_iter=500, tolerance_grad=1e-14, tolerance_change=0, line_search_fn="strong_wolfe")

    def closure():
        step.zero_grad()
        loss = torch.nn.functional.cross_entropy(z / log_t.exp(), y)
        loss.backward()
        return loss

    step.step(closure)
    t = float(log_t.detach().exp())

    def likelihood(t):
        return float(torch.nn.functional.cross_entropy(z / t, y))

    def error(t):
        p = special.softmax(logits / t, axis=1)
        confidence, right = p.max(1), p.argmax(1) == truth
        part = np.ceil(confidence * 15).clip(1, 15)
        return sum(abs(right[part == b].sum() - confidence[part == b].sum()) for b in range(1, 16)) / n

    return dict(
        logits=logits.tolist(),
        truth=truth.tolist(),
        temperature=t,
        likelihood=[likelihood(1.0), likelihood(t)],
        calibration_error=[error(1.0), error(t)],
    )


def two_samples(first, second):
    test = stats.ks_2samp(first, second, method="exact")
    root = np.sqrt(len(first) * len(second) / (len(first) + len(second)))
    return dict(
        first=first.tolist(),
        second=second.tolist(),
        statistic=float(test.statistic),
        # Stephens' argument in SciPy's limiting distribution, and the exact p-value.
        p_value=float(special.kolmogorov((root + 0.12 + 0.11 / root) * test.statistic)),
        exact_p_value=float(test.pvalue),
    )


def stability(reference, now, bins):
    """The index over parts that NumPy's quantiles cut, for values without ties."""
    edges = np.quantile(reference, np.arange(1, bins) / bins, method="inverted_cdf")
    p = np.bincount(np.searchsorted(edges, reference, side="left"), minlength=bins) / len(reference)
    q = np.bincount(np.searchsorted(edges, now, side="left"), minlength=bins) / len(now)
    p, q = p.clip(1e-4), q.clip(1e-4)
    return dict(
        reference=reference.tolist(),
        now=now.tolist(),
        bins=bins,
        index=float(((q - p) * np.log(q / p)).sum()),
    )


def normal(n, mean=0.0, deviation=1.0, digits=6):
    return np.round(rng.normal(mean, deviation, size=n), digits)


out = dict(
    versions=dict(torch=torch.__version__, scipy=scipy.__version__, numpy=np.__version__),
    temperatures=[temperature(80, 3, 3.0), temperature(60, 3, 0.4), temperature(50, 3, 1.0)],
    two_samples=[
        two_samples(normal(60), normal(80)),
        two_samples(normal(60), normal(50, 0.7)),
        two_samples(normal(40), normal(100, 0.2, 1.6)),
        # Ties.
        two_samples(normal(50, digits=1), normal(70, 0.3, digits=1)),
    ],
    stabilities=[
        stability(normal(103), normal(90), 10),
        stability(normal(120), normal(75, 0.8), 10),
        stability(normal(101), normal(60, 4.0), 4),
    ],
)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
