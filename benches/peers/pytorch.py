"""The work of `ours.rs` in PyTorch: the 784-128-64-10 network, cross-entropy, Adam 1e-3, float32.

Called by `compare.py`; prints one JSON object. By itself: python3 benches/peers/pytorch.py --threads 1 --batch 64
"""

import argparse
import json
import sys
import time

try:
    import torch
except ImportError:
    sys.exit("PyTorch is not installed: pip install torch")

PIXELS, CLASSES = 784, 10


def network():
    return torch.nn.Sequential(
        torch.nn.Linear(PIXELS, 128), torch.nn.ReLU(),
        torch.nn.Linear(128, 64), torch.nn.ReLU(),
        torch.nn.Linear(64, CLASSES),
    )


def epoch_seconds(samples, batch, epochs, fused):
    """The best time of an epoch, shuffle and gather included: bytes are kept and scaled by the batch."""
    torch.manual_seed(0)
    images = torch.randint(0, 256, (samples, PIXELS), dtype=torch.uint8)
    labels = torch.randint(0, CLASSES, (samples,))
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)
    loss_of = torch.nn.CrossEntropyLoss()
    best = float("inf")
    for _ in range(epochs):
        start = time.perf_counter()
        order = torch.randperm(samples)
        for first in range(0, samples, batch):
            rows = order[first:first + batch]
            x = images[rows].float().div_(255)
            optimizer.zero_grad()
            loss_of(model(x), labels[rows]).backward()
            optimizer.step()
        best = min(best, time.perf_counter() - start)
    return best


def inference_microseconds(calls=5000):
    """The median time of one sample."""
    model = network().eval()
    x = torch.rand(1, PIXELS)
    times = []
    with torch.inference_mode():
        for _ in range(calls):
            start = time.perf_counter_ns()
            model(x)
            times.append(time.perf_counter_ns() - start)
    return sorted(times)[len(times) // 2] / 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(json.dumps({
        "version": torch.__version__,
        "usual": epoch_seconds(options.samples, options.batch, options.epochs, fused=False),
        "fused": epoch_seconds(options.samples, options.batch, options.epochs, fused=True),
        "inference": inference_microseconds(),
    }))


if __name__ == "__main__":
    main()
