"""The work of `ours.rs` in JAX: a whole epoch compiled as one scan over its steps, Adam written by hand.

Shuffle, gather and scale are inside. Compiling is not in the time; it is told apart as `prepare`.
Called by `compare.py`; prints one JSON object. By itself: python3 benches/peers/jax_scan.py --threads 1 --batch 64

XLA reads XLA_FLAGS at its start: `--mode split` lets its products use several threads, `--mode whole` does not and
leaves the threads to run operations beside each other.
"""

import os
import time

import work

flags = work.options("whole", "split")
multi = "true" if flags.mode == "split" and flags.threads > 1 else "false"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen={multi}"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

SIZES = [work.PIXELS, 128, 64, work.CLASSES]


def parameters(key):
    params = []
    for i, o in zip(SIZES, SIZES[1:]):
        key, part = jax.random.split(key)
        params.append((jax.random.uniform(part, (i, o), jnp.float32, -1, 1) * (6 / i) ** 0.5, jnp.zeros(o)))
    return params


def logits(params, x):
    for w, b in params[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = params[-1]
    return x @ w + b


def loss(params, x, targets):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits(params, x)), targets[:, None], 1).mean()


def adam(state, grads, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, m, grads)
    v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, grads)
    correction1, correction2 = 1 - beta1**t, 1 - beta2**t
    params = jax.tree.map(
        lambda p, m, v: p - rate * (m / correction1) / (jnp.sqrt(v / correction2) + epsilon), params, m, v)
    return params, m, v, t


def train():
    images, labels = work.data(flags.samples)
    images, labels = jnp.asarray(images), jnp.asarray(labels, dtype=jnp.int32)
    full = flags.samples // flags.batch * flags.batch

    def step(state, rows):
        x = images_of(rows)
        return adam(state, jax.grad(loss)(state[0], x, labels[rows])), None

    def images_of(rows):
        return images[rows].astype(jnp.float32) * jnp.float32(1 / 255)

    def epoch(state, key):
        order = jax.random.permutation(key, flags.samples)
        if full:
            state, _ = jax.lax.scan(step, state, order[:full].reshape(-1, flags.batch))
        if full < flags.samples:
            state, _ = step(state, order[full:])
        return state

    params = parameters(jax.random.key(0))
    zeros = jax.tree.map(jnp.zeros_like, params)
    state = (params, zeros, jax.tree.map(jnp.zeros_like, params), jnp.float32(0))
    keys = jax.random.split(jax.random.key(3), flags.epochs)
    start = time.perf_counter()
    compiled = jax.jit(epoch, donate_argnums=0).lower(state, keys[0]).compile()
    prepare = time.perf_counter() - start
    done = 0

    def run():
        nonlocal state, done
        state = jax.block_until_ready(compiled(state, keys[done]))
        done += 1

    seconds = work.best_epoch(flags.epochs, run)
    seen = min(flags.samples, 10_000)
    value = loss(state[0], images_of(jnp.arange(seen)), labels[:seen])
    work.print_training(jax.__version__, seconds, value, prepare=prepare)


def infer():
    params = parameters(jax.random.key(0))
    images = work.test_images()
    predict = jax.jit(lambda params, x: jax.nn.softmax(logits(params, x)))
    one = jnp.asarray(images[:1])
    batches = [jnp.asarray(images[first:last]) for first, last in work.batches()]

    def many():
        for y in [predict(params, x) for x in batches]:
            y.block_until_ready()

    predict(params, one), many()
    work.print_inference(jax.__version__,
                         work.median_microseconds(lambda: predict(params, one).block_until_ready()),
                         work.best_milliseconds(many))


if __name__ == "__main__":
    infer() if flags.infer else train()
