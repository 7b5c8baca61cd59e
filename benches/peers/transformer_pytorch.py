"""Times in PyTorch what `cargo bench -p benches --bench transformer` times: a small GPT, 4 blocks of 4 heads and 128
numbers over 64 characters: a training step of 12 lines, one line, and the passes of one attention.

    pip install torch
    python3 benches/peers/transformer_pytorch.py [THREADS]

On one thread unless it is told otherwise. Prints the least and the median of many steps in microseconds.
"""

import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    raise SystemExit("PyTorch is missing: pip install torch")

STEPS, WIDTH, HEADS, BATCH, KINDS = 64, 128, 4, 12, 65


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.inputs = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        rows = x.shape[0]
        q, k, v = (part.view(rows, STEPS, HEADS, -1).transpose(1, 2) for part in self.inputs(x).split(WIDTH, dim=2))
        context = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.output(context.transpose(1, 2).reshape(rows, STEPS, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.dense = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.dense(self.second(x))


class Gpt(nn.Module):
    def __init__(self, kinds=KINDS):
        super().__init__()
        self.embedding = nn.Embedding(kinds, WIDTH)
        self.positions = nn.Parameter(0.02 * torch.randn(STEPS, WIDTH))
        self.rest = nn.Sequential(*(Block() for _ in range(4)), nn.LayerNorm(WIDTH), nn.Linear(WIDTH, kinds))

    def forward(self, x):
        return self.rest(self.embedding(x) + self.positions)


def timed(work, seconds):
    for _ in range(3):
        work()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        work()
        times.append(1e6 * (time.perf_counter() - start))
    return f"least {min(times):9.1f} us, median {statistics.median(times):9.1f} us"


def main():
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    torch.manual_seed(0)
    x, y = torch.randint(0, KINDS, (BATCH, STEPS)), torch.randint(0, KINDS, (BATCH, STEPS))
    model = Gpt()
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten()).backward()
        optimizer.step()

    print(f"step of 12 lines: {timed(step, 5.0)}", flush=True)
    model.eval()
    with torch.inference_mode():
        one = x[:1]
        print(f"one line: {timed(lambda: model(one), 2.0)}", flush=True)
    attention, x = Attention(), torch.randn(BATCH, STEPS, WIDTH, requires_grad=True)
    print(f"attention, forward: {timed(lambda: attention(x), 2.0)}", flush=True)

    def both():
        attention(x).sum().backward()

    print(f"attention, forward and backward: {timed(both, 2.0)}", flush=True)


if __name__ == "__main__":
    main()
