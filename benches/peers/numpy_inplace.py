"""The work of `ours.rs` in NumPy, with every array made once and every product written into its place.

Called by `compare.py`; prints one JSON object. By itself: python3 benches/peers/numpy_inplace.py --batch 64
NumPy's products take as many threads as OPENBLAS_NUM_THREADS says, which must be set before it starts.
"""

import numpy as np

import work

SIZES = [work.PIXELS, 128, 64, work.CLASSES]


class Network:
    """Weights [in, out] and biases as views of one flat array, and all that a batch of `rows` needs."""

    def __init__(self, rows):
        shapes = [shape for i, o in zip(SIZES, SIZES[1:]) for shape in ((i, o), (o,))]
        count = sum(int(np.prod(shape)) for shape in shapes)
        random = np.random.default_rng(0)
        self.flat, self.grad, self.m, self.v, self.t = (np.zeros(count, np.float32) for _ in range(5))
        self.params, self.grads = self.cut(self.flat, shapes), self.cut(self.grad, shapes)
        for w in self.params[::2]:
            w[:] = random.uniform(-1, 1, w.shape) * (6 / w.shape[0]) ** 0.5
        self.y = [np.empty((rows, n), np.float32) for n in SIZES]
        self.d = [np.empty((rows, n), np.float32) for n in SIZES]
        self.steps = 0

    @staticmethod
    def cut(flat, shapes):
        views, at = [], 0
        for shape in shapes:
            size = int(np.prod(shape))
            views.append(flat[at:at + size].reshape(shape))
            at += size
        return views

    def probabilities(self, x):
        """The softmax of the last layer, in its place."""
        n = len(x)
        for layer in range(3):
            w, b = self.params[2 * layer:2 * layer + 2]
            y = self.y[layer + 1][:n]
            np.matmul(x, w, out=y)
            y += b
            if layer < 2:
                np.maximum(y, 0, out=y)
            x = y
        x -= x.max(1, keepdims=True)
        np.exp(x, out=x)
        x /= x.sum(1, keepdims=True)
        return x

    def step(self, x, targets):
        """Cross-entropy's gradient and Adam's step."""
        n = len(x)
        p = self.probabilities(x)
        d = self.d[3][:n]
        np.copyto(d, p)
        d[np.arange(n), targets] -= 1
        d *= 1 / n
        for layer in (2, 1, 0):
            below = self.y[layer][:n] if layer else x
            np.matmul(below.T, d, out=self.grads[2 * layer])
            np.sum(d, 0, out=self.grads[2 * layer + 1])
            if layer:
                previous = self.d[layer][:n]
                np.matmul(d, self.params[2 * layer].T, out=previous)
                np.multiply(previous, below > 0, out=previous)
                d = previous
        self.adam()

    def adam(self, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.steps += 1
        g, m, v, t = self.grad, self.m, self.v, self.t
        m *= beta1
        np.multiply(g, 1 - beta1, out=t)
        m += t
        v *= beta2
        np.multiply(g, g, out=t)
        t *= 1 - beta2
        v += t
        correction = (1 - beta2**self.steps) ** 0.5
        np.sqrt(v, out=t)
        t += epsilon * correction
        np.divide(m, t, out=t)
        t *= rate * correction / (1 - beta1**self.steps)
        self.flat -= t


def train(flags):
    images, labels = work.data(flags.samples)
    network = Network(flags.batch)
    random = np.random.default_rng(3)
    x = np.empty((flags.batch, work.PIXELS), np.float32)

    def epoch():
        order = random.permutation(flags.samples)
        for first in range(0, flags.samples, flags.batch):
            rows = order[first:first + flags.batch]
            scaled = x[:len(rows)]
            np.multiply(images[rows], np.float32(1 / 255), out=scaled, casting="unsafe")
            network.step(scaled, labels[rows])

    seconds = work.best_epoch(flags.epochs, epoch)
    seen = min(flags.samples, 10_000)
    losses = []
    for first in range(0, seen, flags.batch):
        last = min(first + flags.batch, seen)
        p = network.probabilities(images[first:last].astype(np.float32) / 255)
        losses.extend(-np.log(p[np.arange(last - first), labels[first:last]]))
    work.print_training(np.__version__, seconds, np.mean(losses))


def infer():
    network = Network(work.TEST_BATCH)
    images = work.test_images()
    one = images[:1]

    def many():
        for first, last in work.batches():
            network.probabilities(images[first:last])

    work.print_inference(np.__version__, work.median_microseconds(lambda: network.probabilities(one)),
                         work.best_milliseconds(many))


if __name__ == "__main__":
    flags = work.options()
    infer() if flags.infer else train(flags)
