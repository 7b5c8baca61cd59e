"""Scalers, stratified folds and class weights in scikit-learn and an image map in SciPy, as the truth for
data/tests/it/scikit_learn.rs and data/src/augment/warp.rs.

    python3 goldens/data.py

writes goldens/data.json. It needs scikit-learn, which brings NumPy and SciPy.
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.class_weight import compute_class_weight


def scalers():
    """The breast cancer table as f32 holds it, fitted on its first 400 rows, and rows 400 to 402 transformed."""
    table = load_breast_cancer().data.astype(np.float32).astype(np.float64)
    train, later = table[:400], table[400:403]
    standard = StandardScaler().fit(train)
    min_max = MinMaxScaler(feature_range=(-1.0, 2.0)).fit(train)
    constant = np.array([[0.1, 5.0], [0.1, 7.0], [0.1, 9.5]])
    return {
        "standard": {
            "mean": standard.mean_.tolist(),
            "deviation": standard.scale_.tolist(),
            "later": standard.transform(later).tolist(),
        },
        "min_max": {
            "min": min_max.data_min_.tolist(),
            "width": min_max.data_range_.tolist(),
            "later": min_max.transform(later).tolist(),
        },
        "constant": {
            "samples": constant.tolist(),
            "standard": StandardScaler().fit_transform(constant).tolist(),
            "min_max": MinMaxScaler().fit_transform(constant).tolist(),
        },
    }


def folds():
    """How many rows of each class every test fold has."""
    # Classes that do not first occur in order, of 9, 5, 21 and 6 rows.
    mixed = np.array([2, 2, 0, 3, 2, 1, 2, 0] * 4 + [2] * 3 + [0] + [1] + [3] * 2 + [2] * 2)
    cases = [("breast_cancer", load_breast_cancer().target), ("iris", load_iris().target), ("mixed", mixed)]
    result = []
    for name, targets in cases:
        for k in (2, 3, 5):
            split = StratifiedKFold(k, shuffle=True, random_state=0).split(np.zeros(len(targets)), targets)
            counts = [np.bincount(targets[test], minlength=targets.max() + 1).tolist() for _, test in split]
            result.append({"name": name, "targets": targets.tolist(), "k": k, "counts": counts})
    return result


def weights():
    targets = load_breast_cancer().target
    return compute_class_weight("balanced", classes=np.unique(targets), y=targets).tolist()


def warp():
    """An image of 5 rows and 7 columns seen through a map of the plane; 0.25 stands where it has no pixel."""
    rows, columns = np.mgrid[0:5, 0:7]
    image = np.sin(rows * 1.7 + columns * columns * 0.3)
    # x' = m0*x + m1*y + m2, y' = m3*x + m4*y + m5; SciPy counts rows first.
    cases = []
    for m in ([0.875, -0.5, 1.25, 0.375, 1.125, -0.75], [-1, 0, 6, 0, 1, 0], [1, 0, 2, 0, 1, -1], [1, 0, 40, 0, 1, 0]):
        matrix = [[m[4], m[3]], [m[1], m[0]]]
        out = affine_transform(
            image, matrix, offset=[m[5], m[2]], order=1, mode="grid-constant", cval=0.25, prefilter=False
        )
        cases.append({"map": m, "out": out.ravel().tolist()})
    return {"image": image.ravel().tolist(), "cases": cases}


golden = {"scalers": scalers(), "folds": folds(), "weights": weights(), "warp": warp()}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
