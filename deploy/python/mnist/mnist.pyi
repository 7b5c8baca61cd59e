"""A network of typednet. `INPUT` and `OUTPUT` are the shapes of one sample; all arrays are of float32 and in C's order."""

from os import PathLike

import numpy as np
from numpy.typing import NDArray

INPUT: tuple[int, ...]
OUTPUT: tuple[int, ...]
PARAMS: int

def predict(x: NDArray[np.float32], out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """The outputs for one sample or many, in `out` or in a new array. `x` is read where it is.

    Nobody may change `x` or `out` meanwhile: other threads run.
    """

def train(
    x: NDArray[np.float32],
    y: NDArray[np.int64] | NDArray[np.float32],
    epochs: int = 10,
    batch: int = 64,
    rate: float = 0.001,
    seed: int = 0,
) -> list[float]:
    """Trains the model by Adam and gives the mean loss of each epoch. `x` is read where it is.

    `y` has a label of int64 for each sample where the network ends with a softmax, and else rows of float32. Other threads
    predict with the weights from before; `train`, `reset` and `load` raise a RuntimeError for them.
    """

def reset(seed: int = 0) -> None:
    """Gives the model new first weights."""

def load(path: str | PathLike[str]) -> None:
    """Loads weights from a safetensors file."""

def save(path: str | PathLike[str]) -> None:
    """Writes the weights to a safetensors file, which is whole or as it was."""

def _address(x: NDArray[np.float32]) -> int:
    """The address of the first number that `predict(x)` reads."""
