"""What all Python contestants share: the flags, the data, and how time is taken. `work.rs` is the same for Rust."""

import argparse
import json
import time

PIXELS, CLASSES = 784, 10
TEST_IMAGES, TEST_BATCH = 10_000, 256


def options(*modes):
    """The flags of the command line; `modes` are the ways of this contestant, the first is the usual one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--infer", action="store_true")
    if modes:
        parser.add_argument("--mode", choices=modes, default=modes[0])
    return parser.parse_args()


def data(samples):
    """Images of random bytes and random labels, as NumPy arrays.

    The first ten pixels are black but for one. In even rows that one is the label's, in odd rows any. So there is
    something to learn, by which the loss shows that the work was done, and it never vanishes, so that no contestant
    ends among denormal numbers: the best loss on unseen data is about 1.68, that of guessing 2.30.
    """
    import numpy as np

    random = np.random.default_rng(1)
    images = random.integers(0, 256, (samples, PIXELS), dtype=np.uint8)
    labels = random.integers(0, CLASSES, samples)
    rows = np.arange(samples)
    images[:, :CLASSES] = 0
    images[rows, np.where(rows % 2 == 0, labels, random.integers(0, CLASSES, samples))] = 255
    return images, labels


def test_images():
    """The images of the inference, scaled already."""
    import numpy as np

    return np.random.default_rng(2).integers(0, 256, (TEST_IMAGES, PIXELS)).astype(np.float32) / 255


def best_epoch(epochs, epoch):
    """The best of `epochs` epochs in seconds. After three seconds no other is begun."""
    best, begin = float("inf"), time.perf_counter()
    for _ in range(epochs):
        start = time.perf_counter()
        epoch()
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() - begin > 3:
            break
    return best


def median_microseconds(call, calls=10_000):
    """The median time of a call, in microseconds."""
    times = []
    clock = time.perf_counter_ns
    for _ in range(calls):
        start = clock()
        call()
        times.append(clock() - start)
    return sorted(times)[len(times) // 2] / 1000


def best_milliseconds(one_pass):
    """The best time of twenty passes over the test images, in milliseconds."""
    times = []
    for _ in range(20):
        start = time.perf_counter()
        one_pass()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def batches():
    """Where the batches of the test images begin and end."""
    return [(first, min(first + TEST_BATCH, TEST_IMAGES)) for first in range(0, TEST_IMAGES, TEST_BATCH)]


def print_training(version, epoch, loss, **more):
    print(json.dumps({"version": version, "epoch": epoch, "loss": float(loss), **more}))


def print_inference(version, one, many, **more):
    print(json.dumps({"version": version, "one": one, "many": many, **more}))
