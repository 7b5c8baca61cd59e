"""How the Python contestants take time and tell what they found."""

import json
import time


def least(work, seconds):
    """The least time of many calls in microseconds, after three that do not count."""
    for _ in range(3):
        work()
    best, calls, end = float("inf"), 0, time.perf_counter() + seconds
    while time.perf_counter() < end or calls < 5:
        start = time.perf_counter()
        work()
        best, calls = min(best, time.perf_counter() - start), calls + 1
    return 1e6 * best


def tell(version, **numbers):
    """The one line that `compare.py` reads."""
    print(json.dumps({"version": version, **numbers}))
