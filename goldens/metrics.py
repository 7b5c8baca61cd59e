"""Metrics by scikit-learn, and the calibration error by its formula, as the truth for train/tests/it/metrics.rs.

    python3 goldens/metrics.py

writes goldens/metrics.json.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

rng = np.random.default_rng(7)


def classifier(n, classes, digits, unused=None):
    """Probabilities with `digits` digits, so that some are equal, and labels that follow them."""
    logits = rng.normal(size=(n, classes)) * 1.5
    if unused is not None:
        logits[:, unused] = -30.0
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = np.array([rng.choice(classes, p=row) for row in p])
    p = np.round(0.9 * p + 0.1 * rng.dirichlet(np.ones(classes), size=n), digits)
    if unused is not None:
        p[:, unused] = 0.0
    predicted = p.argmax(1)
    each = dict(labels=range(classes), zero_division=0)
    both = dict(average="macro", zero_division=0)
    confidence, right = p.max(1), predicted == truth
    bins = {}
    for count in [1, 5, 10, 15]:
        edges = np.ceil(confidence * count).clip(1, count)
        parts = [edges == b for b in range(1, count + 1)]
        bins[count] = sum(abs(right[b].sum() - confidence[b].sum()) for b in parts) / n
    out = dict(
        probabilities=p.tolist(),
        truth=truth.tolist(),
        accuracy=metrics.accuracy_score(truth, predicted),
        precision=metrics.precision_score(truth, predicted, average=None, **each).tolist(),
        recall=metrics.recall_score(truth, predicted, average=None, **each).tolist(),
        f1=metrics.f1_score(truth, predicted, average=None, **each).tolist(),
        macro_precision=metrics.precision_score(truth, predicted, **both),
        macro_recall=metrics.recall_score(truth, predicted, **both),
        macro_f1=metrics.f1_score(truth, predicted, **both),
        micro_f1=metrics.f1_score(truth, predicted, average="micro"),
        auc=[
            metrics.roc_auc_score(truth == c, p[:, c]) if 0 < (truth == c).sum() < n else None for c in range(classes)
        ],
        calibration_error=bins,
    )
    if digits > 6:
        out["top_2"] = metrics.top_k_accuracy_score(truth, p, k=2, labels=range(classes))
    return out


def regression(n):
    truth = rng.normal(size=n) * 3 + 5
    predicted = truth + rng.normal(size=n)
    return dict(
        truth=truth.tolist(),
        predicted=predicted.tolist(),
        r2=metrics.r2_score(truth, predicted),
        mae=metrics.mean_absolute_error(truth, predicted),
        mse=metrics.mean_squared_error(truth, predicted),
    )


out = dict(
    versions=dict(sklearn=sklearn.__version__, numpy=np.__version__),
    classifiers=[classifier(60, 3, 12), classifier(40, 3, 1), classifier(30, 3, 12, unused=1)],
    regressions=[regression(2), regression(50)],
)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
