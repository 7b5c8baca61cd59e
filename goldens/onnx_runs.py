"""What ONNX Runtime computes of the files that tests write: shared by the scripts that run them."""

import json
import zlib

import numpy as np
import onnx
import onnxruntime


def opened(file, options=None):
    """A session of the file, which onnx.checker has accepted with its shapes, and a generator for its inputs."""
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    [taken] = session.get_outputs()
    assert (session.get_inputs()[0].name, taken.name) == ("input", "output")
    return session, np.random.default_rng(zlib.crc32(file.stem.encode()))


def dtype(session):
    """The type of what is read."""
    types = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}
    return types[session.get_inputs()[0].type]


def run_padded(session, x, generator, axis=1):
    """What comes out for sequences whose steps are along `axis`, of as many lengths as there are samples, and how many steps are padding.

    What stands in padding is of no account: the same comes out, to the bit, with tokens that are none and with what is no number. What
    is no length is the nearest one.
    """
    [given, counts] = session.get_inputs()
    assert (counts.name, counts.type, counts.shape) == ("lengths", "tensor(int64)", given.shape[:1])
    samples, steps = x.shape[0], x.shape[axis]
    of = lambda x, lengths: session.run(None, {"input": x, "lengths": lengths})[0]
    # Every length in one batch, where there is room.
    lengths = generator.permutation(np.resize(np.arange(1, steps + 1), samples))
    y = of(x, lengths)
    is_padding = np.arange(steps) >= lengths[:, None]
    is_padding = is_padding.reshape([samples, *[1] * (axis - 1), steps, *[1] * (x.ndim - axis - 1)])
    for garbage in [-1, 10**6] if x.dtype == np.int64 else [np.nan, np.inf]:
        assert np.array_equal(of(np.where(is_padding, x.dtype.type(garbage), x), lengths), y), garbage
    for wrong, nearest in [(0, 1), (-3, 1), (steps + 9, steps)]:
        assert np.array_equal(*[of(x, np.full(samples, length)) for length in (wrong, nearest)]), wrong
    return y, steps - lengths


def with_counts(x, padding):
    """Samples as typednet has padded ones: their elements, and how many steps are padding."""
    return np.concatenate([x.reshape(len(x), -1), padding[:, None]], axis=1)


def run(file, options=None):
    """Runs the file with one sample and with three, where their number is free, or with as many as there are lengths."""
    session, generator = opened(file, options)
    given, taken = session.get_inputs()[0], session.get_outputs()[0]
    is_padded = len(session.get_inputs()) > 1
    samples, *sizes = given.shape
    first = file.stem.startswith("first_")
    axis = 2 if first and len(sizes) > 2 else 1
    inputs, outputs = [], []
    for batch in [1, given.shape[axis] if is_padded else 3] if samples == "batch" else [samples]:
        x = generator.integers(-16, 17, (batch, *sizes)).astype(dtype(session))
        # Tokens of a vocabulary of seven.
        x = abs(x) % 7 if x.dtype == np.int64 else x / x.dtype.type(8)
        if is_padded:
            y, padding = run_padded(session, x, generator, axis)
        else:
            [y] = session.run(None, {"input": x})
        assert list(y.shape[1:]) == list(taken.shape[1:]), (file, y.shape, taken.shape)
        if first:
            x, y = [np.moveaxis(a, 1, -1) if a.ndim > 3 else a for a in (x, y)]
        if is_padded:
            x = with_counts(x, padding)
            keeps = "-> Padded<" in session.get_modelmeta().custom_metadata_map["typednet.network"]
            y = with_counts(y, padding) if keeps else y
        inputs += x.flatten().tolist()
        outputs += y.flatten().tolist()
    return {"inputs": inputs, "outputs": outputs}


def write(folder, path, options=None):
    """The runs of all files of a folder, in sessions with these options."""
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    runs = {file.stem: run(file, options) for file in sorted(folder.glob("*.onnx"))}
    path.write_text(json.dumps(versions | {"runs": runs}) + "\n")
    print(len(runs), "files")
