"""PyTorch's side of `compare.py --work sequences`.

    pip install torch
    python3 benches/peers/sequences_pytorch.py --threads 1 --work gpt

Prints the least time of many calls in microseconds. Lines, pictures and labels are in memory before; optimisers are fused.
"""

import argparse

import torch
from torch import nn

import clock
import sequences_work as work
from transformer_pytorch import Gpt


class Reader(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer(work.PIXELS, work.READER, batch_first=True)
        self.head = nn.Linear(work.READER, 10)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


class Characters(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(work.KINDS, work.EMBEDDING)
        self.layer, self.head = nn.LSTM(work.EMBEDDING, work.UNITS, batch_first=True), nn.Linear(work.UNITS, work.KINDS)

    def forward(self, x):
        return self.head(self.layer(self.embedding(x))[0])


def step_of(model, optimizer, x, y):
    optimizer = optimizer(model.parameters(), fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x).flatten(0, -2), y.flatten()).backward()
        optimizer.step()

    return step


def lines(count):
    return torch.randint(0, work.KINDS, (count, work.STEPS))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--work", choices=work.WORKS, default="lstm")
    flags = parser.parse_args()
    torch.set_num_threads(flags.threads)
    torch.manual_seed(0)
    pictures = torch.rand(work.PICTURES, work.ROWS, work.PIXELS)
    if flags.work in ("lstm", "gru", "characters", "gpt"):
        if flags.work in ("lstm", "gru"):
            model = Reader({"lstm": nn.LSTM, "gru": nn.GRU}[flags.work])
            call = step_of(model, torch.optim.Adam, pictures, torch.randint(0, 10, (work.PICTURES,)))
        else:
            model, count = (Characters(), work.LINES) if flags.work == "characters" else (Gpt(), work.GPT_LINES)
            call = step_of(model, torch.optim.AdamW, lines(count), lines(count))
        time = clock.least(call, 4.0)
    elif flags.work == "character":
        raise SystemExit("PyTorch has no stream with keys and values of its own")
    else:
        if flags.work == "picture":
            model, x = nn.LSTM(work.PIXELS, work.READER, batch_first=True).eval(), pictures[:1]
        else:
            model, x = Gpt().eval(), lines(1)
        with torch.inference_mode():
            time = clock.least(lambda: model(x), 2.0)
    clock.tell(torch.__version__, time=time, parameters=sum(p.numel() for p in model.parameters()))


if __name__ == "__main__":
    main()
