"""Trains in PyTorch what `cargo run --release -p benches --example quality` trains: a small GPT, an LSTM and a GRU over the characters of
the plays in `data/shakespeare`, in batches of the same lines in the same order. It says how well they know the last tenth, which they
do not learn from.

    pip install torch
    python3 benches/peers/quality_pytorch.py [NET [SEED]]      # gpt, lstm or gru

Without a seed it trains with 0, 1 and 2, without a network all of them, one after the other on one thread, and writes what came out
into `quality.json` beside it.
"""

import gzip
import json
import math
import pathlib
import sys

try:
    import torch
    from torch import nn
except ImportError:
    raise SystemExit("PyTorch is missing: pip install torch")

from transformer_pytorch import Attention, Gpt

HERE = pathlib.Path(__file__).resolve().parent
STEPS, WARM_UP, LINE = 1000, 100, 64
# Lines in a batch, and the rate behind the warm-up.
SETTINGS = {"gpt": (12, 1e-3), "lstm": (32, 2e-3), "gru": (32, 2e-3)}


class Recurrent(nn.Module):
    def __init__(self, layer, kinds):
        super().__init__()
        self.embedding, self.layer, self.head = nn.Embedding(kinds, 64), layer(64, 128, batch_first=True), nn.Linear(128, kinds)

    def forward(self, x):
        return self.head(self.layer(self.embedding(x))[0])


def gpt(kinds):
    """The GPT, whose attention begins as `nn.MultiheadAttention` does."""
    model = Gpt(kinds)
    for part in model.modules():
        if isinstance(part, Attention):
            nn.init.xavier_uniform_(part.inputs.weight)
            nn.init.zeros_(part.inputs.bias)
            nn.init.zeros_(part.output.bias)
    return model


NETS = {"gpt": gpt, "lstm": lambda kinds: Recurrent(nn.LSTM, kinds), "gru": lambda kinds: Recurrent(nn.GRU, kinds)}


def drawn(seed, place, below):
    """Number `place` of a seed's (splitmix64)."""
    mask = (1 << 64) - 1
    x = ((seed << 32) + place + 1) * 0x9E3779B97F4A7C15 & mask
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & mask
    x = (x ^ x >> 27) * 0x94D049BB133111EB & mask
    return (x ^ x >> 31) * below >> 64


def read():
    """The text as numbers, in the part to learn from and the rest, and how many characters there are."""
    text = gzip.decompress((HERE.parent.parent / "data/shakespeare/plays.txt.gz").read_bytes()).decode()
    kinds = sorted(set(text))
    place = {character: n for n, character in enumerate(kinds)}
    tokens = torch.tensor([place[character] for character in text])
    first = len(tokens) // 10 * 9
    return tokens[:first], tokens[first:], len(kinds)


def rate(step):
    """What the rate is multiplied with: a line up, and half a wave down to 0."""
    if step < WARM_UP:
        return step / WARM_UP
    return (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP))) / 2


def loss_of(model, x, y, reduction="mean"):
    return nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction=reduction)


def train(name, seed, data):
    torch.manual_seed(seed)
    known, unseen, kinds = data
    batch, peak = SETTINGS[name]
    model = NETS[name](kinds)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, fused=True)
    for step in range(STEPS):
        starts = [drawn(seed, step * batch + row, len(known) - LINE) for row in range(batch)]
        lines = torch.stack([known[start : start + LINE + 1] for start in starts])
        for group in optimizer.param_groups:
            group["lr"] = peak * rate(step)
        optimizer.zero_grad()
        loss_of(model, lines[:, :-1], lines[:, 1:]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    with torch.inference_mode():
        count = (len(unseen) - 1) // LINE
        x, y = unseen[: count * LINE].view(count, LINE), unseen[1 : count * LINE + 1].view(count, LINE)
        total = sum(loss_of(model, x[i : i + 64], y[i : i + 64], "sum").item() for i in range(0, count, 64))
    return total / (count * LINE)


def main():
    torch.set_num_threads(1)
    names = sys.argv[1:2] or list(NETS)
    seeds = [int(seed) for seed in sys.argv[2:3]] or [0, 1, 2]
    data, found = read(), {}
    for name in names:
        found[name] = []
        for seed in seeds:
            found[name].append(round(train(name, seed, data), 4))
            print(f"{name}, seed {seed}: {found[name][-1]:.4f} nats for a character", flush=True)
    if len(sys.argv) == 1:
        text = json.dumps({"torch": torch.__version__, "nats": found}, indent=2)
        (HERE / "quality.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
