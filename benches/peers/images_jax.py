"""The work of `images.rs` in JAX: a training step of 64 images compiled as one function, Adam written by hand.

Channels last, as XLA prefers them on a processor. Compiling is not in the time.
Called by `compare.py --work images`; prints one JSON object, times in microseconds. By itself:
python3 benches/peers/images_jax.py --network resnet8 --threads 1
"""

import os

import clock
import images_work as work

flags = work.options()
multi = "true" if flags.threads > 1 else "false"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen={multi}"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

random = np.random.default_rng(0)


def weights(*shape):
    fan_in = int(np.prod(shape[:-1]))
    return jnp.asarray(random.normal(0, (2 / fan_in) ** 0.5, shape), jnp.float32)


def convolution(params, x, stride=1, padding="SAME"):
    z = jax.lax.conv_general_dilated(x, params[0], (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return z + params[1] if len(params) > 1 else z


def pool(x):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def normalised(params, x):
    """Batch normalisation by the batch's own statistics; the running ones follow in `step`."""
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * params[0] + params[1], (mean, variance)


def lenet():
    params = [(weights(5, 5, 1, 6), jnp.zeros(6)), (weights(5, 5, 6, 16), jnp.zeros(16)),
              *[(weights(i, o), jnp.zeros(o)) for i, o in ((256, 120), (120, 84), (84, work.CLASSES))]]

    def logits(params, x):
        for part in params[:2]:
            x = pool(jax.nn.relu(convolution(part, x, padding="VALID")))
        x = x.reshape(x.shape[0], -1)
        for w, b in params[2:-1]:
            x = jax.nn.relu(x @ w + b)
        return x @ params[-1][0] + params[-1][1], []

    return params, logits


def resnet(of):
    params = [[(weights(k, k, i, o), *([jnp.zeros(o)] if of.bias else [])), (jnp.ones(o), jnp.zeros(o))]
              for i, o, k, _, _ in of.convolutions()]
    params.append((weights(64, work.CLASSES), jnp.zeros(work.CLASSES)))

    def logits(params, x):
        parts, statistics = iter(params[:-1]), []

        def convolved(x, stride=1):
            part = next(parts)
            y, found = normalised(part[1], convolution(part[0], x, stride, "SAME" if stride == 1 else ((0, 0), (0, 0))
                                                       if part[0][0].shape[0] == 1 else ((1, 1), (1, 1))))
            statistics.append(found)
            return y

        x, inputs = jax.nn.relu(convolved(x)), 16
        for stage, outputs in enumerate((16, 32, 64)):
            for block in range(of.blocks):
                stride = 2 if stage and not block else 1
                main = convolved(jax.nn.relu(convolved(x, stride)))
                x = jax.nn.relu(main + (x if inputs == outputs else convolved(x, stride)))
                inputs = outputs
        return x.mean((1, 2)) @ params[-1][0] + params[-1][1], statistics

    return params, logits


def main():
    of = work.NETWORKS[flags.network]
    params, logits = resnet(of) if of.blocks else lenet()
    x = jnp.asarray(random.random((work.BATCH, of.side, of.side, of.colours), np.float32))
    y = jnp.asarray(random.integers(0, work.CLASSES, work.BATCH))

    def loss(params):
        z, statistics = logits(params, x)
        return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1).mean(), statistics

    @jax.jit
    def step(params, m, v, t, running):
        grads, statistics = jax.grad(loss, has_aux=True)(params)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        moved = jax.tree.map(
            lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), params, m, v)
        return moved, m, v, t, jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, running, statistics)

    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    _, statistics = loss(params)
    state = [params, zeros(), zeros(), jnp.float32(0), statistics]

    def one_step():
        state[:] = step(*state)
        jax.block_until_ready(state[0])

    clock.tell(jax.__version__, step=clock.least(one_step, 4.0), parameters=sum(p.size for p in jax.tree.leaves(params)))


if __name__ == "__main__":
    main()
