"""Times in PyTorch what `cargo bench -p benches --bench transformer` times: the body of a small GPT on one thread, 4 blocks of 4
heads and 128 numbers over 64 steps, a training step of 12 sequences and one sequence.

    pip install torch
    python3 benches/peers/transformer_pytorch.py

Prints the least and the median of many steps in microseconds.
"""

import statistics
import time

try:
    import torch
    from torch import nn
except ImportError:
    raise SystemExit("PyTorch is missing: pip install torch")

STEPS, WIDTH, HEADS, BATCH = 64, 128, 4, 12
torch.set_num_threads(1)


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


class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = nn.Parameter(0.02 * torch.randn(STEPS, WIDTH))
        self.rest = nn.Sequential(*(Block() for _ in range(4)), nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 65))

    def forward(self, x):
        return self.rest(x + self.positions)


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
    torch.manual_seed(0)
    x, y = torch.randn(BATCH, STEPS, WIDTH), torch.randn(BATCH, STEPS, 65)
    model = Body()
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()

    print(f"step of 12 sequences: {timed(step, 5.0)}", flush=True)
    model.eval()
    with torch.inference_mode():
        one = x[:1]
        print(f"one sequence: {timed(lambda: model(one), 2.0)}", flush=True)
    attention, x = Attention(), x.requires_grad_()
    print(f"attention, forward: {timed(lambda: attention(x), 2.0)}", flush=True)

    def both():
        attention(x).sum().backward()

    print(f"attention, forward and backward: {timed(both, 2.0)}", flush=True)


main()
