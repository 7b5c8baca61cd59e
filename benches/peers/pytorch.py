"""The work of `ours.rs` in PyTorch, in four ways.

usual     modules, autograd, torch.optim.Adam as it comes
fused     the same with Adam(fused=True)
compiled  as fused, with forward pass and loss through torch.compile
flat      backward pass by hand into one flat buffer, fused Adam over that buffer, products written into their places

Called by `compare.py`; prints one JSON object. By itself:
python3 benches/peers/pytorch.py --threads 1 --batch 64 --mode fused
"""

import time

import torch
from torch.nn import functional

import work


def network():
    return torch.nn.Sequential(
        torch.nn.Linear(work.PIXELS, 128), torch.nn.ReLU(),
        torch.nn.Linear(128, 64), torch.nn.ReLU(),
        torch.nn.Linear(64, work.CLASSES),
    )


class Modules:
    """Autograd over torch.nn modules."""

    def __init__(self, mode):
        self.model = network()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=mode != "usual")
        self.loss = lambda x, targets: functional.cross_entropy(self.model(x), targets)
        if mode == "compiled":
            self.loss = torch.compile(self.loss, dynamic=False)

    def step(self, x, targets):
        self.optimizer.zero_grad()
        self.loss(x, targets).backward()
        self.optimizer.step()

    def logits(self, x):
        return self.model(x)


class Flat:
    """Weights [in, out], biases and their gradients as views of two flat buffers, backward pass by hand."""

    def __init__(self, rows):
        layers = [layer for layer in network() if isinstance(layer, torch.nn.Linear)]
        parts = [part.detach() for layer in layers for part in (layer.weight.t(), layer.bias)]
        self.flat = torch.cat([part.reshape(-1) for part in parts])
        self.flat.grad = torch.zeros_like(self.flat)
        self.params, self.grads = ([view.view(part.shape) for view, part in
                                    zip(whole.split([part.numel() for part in parts]), parts)]
                                   for whole in (self.flat, self.flat.grad))
        self.optimizer = torch.optim.Adam([self.flat], lr=1e-3, fused=True)
        sizes = [work.PIXELS, 128, 64, work.CLASSES]
        self.y = [torch.empty(rows, n) for n in sizes]
        self.d = [torch.empty(rows, n) for n in sizes]
        self.minus_one = torch.full((rows, 1), -1.0)

    def logits(self, x):
        for layer in range(3):
            w, b = self.params[2 * layer:2 * layer + 2]
            y = self.y[layer + 1][:len(x)]
            x = torch.addmm(b, x, w, out=y)
            if layer < 2:
                x.relu_()
        return x

    def step(self, x, targets):
        n = len(x)
        d = torch.softmax(self.logits(x), 1, out=self.d[3][:n])
        d.scatter_add_(1, targets[:, None], self.minus_one[:n]).div_(n)
        for layer in (2, 1, 0):
            below = self.y[layer][:n] if layer else x
            torch.mm(below.t(), d, out=self.grads[2 * layer])
            torch.sum(d, 0, out=self.grads[2 * layer + 1])
            if layer:
                d = torch.mm(d, self.params[2 * layer].t(), out=self.d[layer][:n])
                torch.ops.aten.threshold_backward(d, below, 0, grad_input=d)
        self.optimizer.step()


def train(flags):
    torch.manual_seed(0)
    images, labels = map(torch.from_numpy, work.data(flags.samples))
    trainer = Flat(flags.batch) if flags.mode == "flat" else Modules(flags.mode)

    def epoch():
        order = torch.randperm(flags.samples)
        for first in range(0, flags.samples, flags.batch):
            rows = order[first:first + flags.batch]
            trainer.step(images[rows].float().div_(255), labels[rows])

    def run():
        prepare = 0.0
        if flags.mode == "compiled":
            # The two sizes of a batch are compiled before the time is taken.
            start = time.perf_counter()
            for size in {flags.batch, flags.samples % flags.batch} - {0}:
                trainer.step(images[:size].float().div_(255), labels[:size])
            prepare = time.perf_counter() - start
        seconds = work.best_epoch(flags.epochs, epoch)
        return seconds, prepare

    if flags.mode == "flat":
        with torch.inference_mode():
            seconds, prepare = run()
    else:
        seconds, prepare = run()
    with torch.inference_mode():
        total = 0.0
        seen = min(flags.samples, 10_000)
        for first in range(0, seen, flags.batch):
            last = min(first + flags.batch, seen)
            x = images[first:last].float().div_(255)
            logits = trainer.logits(x)
            total += functional.cross_entropy(logits, labels[first:last], reduction="sum").item()
    work.print_training(torch.__version__, seconds, total / seen, prepare=prepare)


def infer(flags):
    images = torch.from_numpy(work.test_images())
    with torch.inference_mode():
        if flags.mode == "flat":
            model = Flat(work.TEST_BATCH)
            out = torch.empty(work.TEST_BATCH, work.CLASSES)
            predict = lambda x: torch.softmax(model.logits(x), 1, out=out[:len(x)])
        else:
            module = network().eval()
            predict = lambda x: module(x).softmax(1)
            if flags.mode == "compiled":
                predict = torch.compile(predict, dynamic=False)
        one = images[:1]
        batches = [images[first:last] for first, last in work.batches()]

        def many():
            for x in batches:
                predict(x)

        predict(one), many()
        work.print_inference(torch.__version__, work.median_microseconds(lambda: predict(one)),
                             work.best_milliseconds(many))


if __name__ == "__main__":
    flags = work.options("usual", "fused", "compiled", "flat")
    torch.set_num_threads(flags.threads)
    infer(flags) if flags.infer else train(flags)
