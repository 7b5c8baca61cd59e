"""Times in PyTorch what `cargo bench -p benches --bench images` times: steps of LeNet and ResNet-8 on one thread, batch 64.

    pip install torch
    python3 benches/peers/images_pytorch.py

Each network in both layouts (channels first, channels last). Prints the least and the median of many steps in microseconds.
"""

import statistics
import time

try:
    import torch
    from torch import nn
except ImportError:
    raise SystemExit("PyTorch is missing: pip install torch")

BATCH = 64
torch.set_num_threads(1)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs),
        )
        same = inputs == outputs
        self.skip = nn.Identity() if same else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.main(x) + self.skip(x))


def resnet8():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


def timed(work, seconds=3.0):
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
    for layout, name in ((torch.contiguous_format, "channels first"), (torch.channels_last, "channels last")):
        x = torch.rand(BATCH, 1, 28, 28).to(memory_format=layout)
        y = torch.randint(0, 10, (BATCH,))
        for network in (lenet, resnet8):
            model = network().to(memory_format=layout)
            optimizer = torch.optim.Adam(model.parameters(), fused=True)

            def step():
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()

            print(f"{network.__name__}, {name}, step: {timed(step)}", flush=True)
        model = lenet().eval().to(memory_format=layout)
        one, many = x[:1].contiguous(memory_format=layout), torch.rand(256, 1, 28, 28).to(memory_format=layout)
        with torch.inference_mode():
            print(f"lenet, {name}, one image: {timed(lambda: model(one), 1.0)}", flush=True)
            print(f"lenet, {name}, 256 images: {timed(lambda: model(many), 1.0)}", flush=True)


if __name__ == "__main__":
    main()
