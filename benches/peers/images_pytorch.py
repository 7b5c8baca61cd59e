"""The work of `images.rs` in PyTorch: a training step of 64 images with fused Adam; one image and 256 through LeNet.

Called by `compare.py --work images`; prints one JSON object, times in microseconds. By itself:
python3 benches/peers/images_pytorch.py --network resnet8 --layout last --threads 1
"""

import torch
from torch import nn

import clock
import images_work as work


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, bias):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=bias), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=bias), nn.BatchNorm2d(outputs),
        )
        self.skip = nn.Identity() if inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=bias), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.main(x) + self.skip(x))


def network(of):
    if not of.blocks:
        return nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, work.CLASSES))
    layers, inputs = [nn.Conv2d(of.colours, 16, 3, 1, 1, bias=of.bias), nn.BatchNorm2d(16), nn.ReLU()], 16
    for stage, outputs in enumerate((16, 32, 64)):
        for block in range(of.blocks):
            layers.append(Block(inputs, outputs, 2 if stage and not block else 1, of.bias))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, work.CLASSES))


def main():
    flags = work.options("first", "last")
    torch.set_num_threads(flags.threads)
    torch.manual_seed(0)
    of = work.NETWORKS[flags.network]
    layout = {"first": torch.contiguous_format, "last": torch.channels_last}[flags.layout]
    model = network(of).to(memory_format=layout)
    images = lambda rows: torch.rand(rows, of.colours, of.side, of.side).to(memory_format=layout)
    x, y = images(work.BATCH), torch.randint(0, work.CLASSES, (work.BATCH,))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    numbers = {"step": clock.least(step, 4.0), "parameters": sum(p.numel() for p in model.parameters())}
    if not of.blocks:
        model = network(of).eval().to(memory_format=layout)
        one, many = images(1), images(work.MANY)
        with torch.inference_mode():
            numbers["one"] = clock.least(lambda: torch.softmax(model(one), 1), 1.0)
            numbers["many"] = clock.least(lambda: torch.softmax(model(many), 1), 1.0)
    clock.tell(torch.__version__, **numbers)


if __name__ == "__main__":
    main()
