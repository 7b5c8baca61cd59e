"""What one digit and 256 digits take in Python, to compare with `deploy/mnist/examples/speed.rs`."""

import time

import mnist
import numpy as np


def shortest(rounds, calls, call):
    """The shortest of many times, in nanoseconds."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        for _ in range(calls):
            call()
        best = min(best, (time.perf_counter_ns() - begin) / calls)
    return best


rows, i = np.indices((256, 784))
x = (((rows * 31 + i * 7) % 256) / 255).astype(np.float32)
y = np.zeros((256, 10), np.float32)
one, answer = x[0].copy(), np.zeros(10, np.float32)
alone = shortest(200, 200, lambda: mnist.predict(one, out=answer))
many = shortest(200, 4, lambda: mnist.predict(x, out=y))
new = shortest(200, 4, lambda: mnist.predict(x))
print(f"Python: one digit {alone:.0f} ns, 256 digits {many / 1e3:.1f} us (in a new array {new / 1e3:.1f} us)")
