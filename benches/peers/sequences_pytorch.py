"""Times in PyTorch what `cargo bench -p benches --bench sequences` times: steps of an LSTM and of a GRU that read pictures row by
row, batch 64, of a model of characters, and one picture through the LSTM.

    pip install torch
    python3 benches/peers/sequences_pytorch.py [THREADS]

On one thread unless it is told otherwise. Prints the least and the median of many in microseconds.
"""

import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    raise SystemExit("PyTorch is missing: pip install torch")

BATCH, STEPS, INPUTS, UNITS = 64, 28, 28, 128
torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)


class Reader(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer(INPUTS, UNITS, batch_first=True)
        self.head = nn.Linear(UNITS, 10)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


class Characters(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.layer, self.head = nn.Embedding(65, 64), nn.LSTM(64, 256, batch_first=True), nn.Linear(256, 65)

    def forward(self, x):
        return self.head(self.layer(self.embedding(x))[0]).flatten(0, 1)


def timed(work, seconds=3.0):
    for _ in range(3):
        work()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        work()
        times.append(1e6 * (time.perf_counter() - start))
    return f"least {min(times):9.1f} us, median {statistics.median(times):9.1f} us"


def step_of(model, x, y):
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def main():
    torch.manual_seed(0)
    x, y = torch.rand(BATCH, STEPS, INPUTS), torch.randint(0, 10, (BATCH,))
    for layer in (nn.LSTM, nn.GRU):
        print(f"{layer.__name__}, step: {timed(step_of(Reader(layer), x, y))}", flush=True)
    lines, targets = torch.randint(0, 65, (32, 64)), torch.randint(0, 65, (32 * 64,))
    print(f"characters, step: {timed(step_of(Characters(), lines, targets))}", flush=True)
    model, one = nn.LSTM(INPUTS, UNITS, batch_first=True).eval(), x[:1]
    with torch.inference_mode():
        print(f"LSTM, one sequence: {timed(lambda: model(one), 1.0)}", flush=True)


if __name__ == "__main__":
    main()
