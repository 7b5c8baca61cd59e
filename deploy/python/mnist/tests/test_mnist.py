"""The module as its users see it."""

import inspect
import pathlib
import resource
import threading
import time

import mnist
import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent


@pytest.fixture(autouse=True)
def same_model(tmp_path):
    """Each test begins with the weights of the module."""
    kept = tmp_path / "kept.safetensors"
    mnist.save(kept)
    yield
    mnist.load(kept)


@pytest.fixture
def x():
    return np.random.default_rng(0).random((300, 784), dtype=np.float32)


def test_one_sample_and_many(x):
    assert (mnist.INPUT, mnist.OUTPUT, mnist.PARAMS) == ((784,), (10,), 109386)
    one = mnist.predict(x[3])
    assert one.shape == (10,) and one.dtype == np.float32
    assert one.sum() == pytest.approx(1, abs=1e-5)
    many = mnist.predict(x)
    assert many.shape == (300, 10)
    np.testing.assert_allclose(many[3], one, atol=1e-6)
    assert mnist.predict(x[:1]).shape == (1, 10)
    assert mnist.predict(x[:0]).shape == (0, 10)


def test_the_weights_are_trained():
    digit = np.zeros((28, 28), np.float32)
    digit[4:24, 13:15] = 1
    assert mnist.predict(digit.reshape(784)).argmax() == 1


def test_nothing_is_copied(x):
    for view in (x, x[7], x[100:200]):
        assert mnist._address(view) == view.ctypes.data
    out = np.full((300, 10), 7, np.float32)
    assert mnist.predict(x, out=out) is out
    np.testing.assert_array_equal(out, mnist.predict(x))


def test_a_large_array_takes_no_memory_twice():
    large = np.zeros((100_000, 784), np.float32)
    large += 0.5  # every page is there
    out = np.zeros((100_000, 10), np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mnist.predict(large, out=out)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < large.nbytes / 10
    assert out.min() > 0 or out.sum() == pytest.approx(100_000, rel=1e-4)


def test_nothing_leaks(x):
    def work(count):
        for _ in range(count):
            mnist.predict(x)  # 12 KB
            mnist.predict(x[0])
            with pytest.raises(ValueError):
                mnist.predict(x[:, 1:].copy())
        mnist.reset(seed=1)
        mnist.train(x, np.zeros(300, np.int64), epochs=1)

    work(20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20):
        work(100)  # 24 MB of outputs, 9 MB of models and their moments
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024


@pytest.mark.parametrize("shape", [(783,), (785,), (3, 783), (28, 28), (1, 1, 784), ()])
def test_shapes_that_do_not_fit_name_both(shape):
    with pytest.raises(ValueError) as error:
        mnist.predict(np.zeros(shape, np.float32))
    assert f"x has the shape {shape}" in str(error.value)
    assert "expected (784,), or (n, 784) for n samples" in str(error.value)


def test_an_output_that_does_not_fit_names_both(x):
    with pytest.raises(ValueError) as error:
        mnist.predict(x[:5], out=np.zeros((4, 10), np.float32))
    assert str(error.value) == "out has the shape (4, 10); expected (5, 10) for x of the shape (5, 784)"
    fixed = np.zeros((5, 10), np.float32)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        mnist.predict(x[:5], out=fixed)
    both = np.zeros(784, np.float32)
    with pytest.raises(ValueError, match="overlaps"):
        mnist.predict(both, out=both[:10])


def test_memory_that_arrays_share_by_way_of_a_buffer_is_noticed(x):
    buffer = bytearray(4 * (784 + 20))
    inputs = np.frombuffer(buffer, np.float32, 784)
    for first in (0, 380, 783):
        with pytest.raises(ValueError, match="overlaps x"):
            mnist.predict(inputs, out=np.frombuffer(buffer, np.float32, 10, offset=4 * first))
    with pytest.raises(ValueError, match="overlaps x"):
        mnist.predict(inputs, out=np.asarray(memoryview(inputs))[:10])
    # Beside it is not in it.
    beside = np.frombuffer(buffer, np.float32, 10, offset=4 * 784)
    np.testing.assert_array_equal(mnist.predict(inputs, out=beside), mnist.predict(inputs))
    # What was refused is in nobody's use any more.
    np.testing.assert_array_equal(mnist.predict(x[0], out=inputs[:10]), mnist.predict(x[0]))


def test_memory_that_another_call_uses_is_refused():
    buffer = bytearray(4 * 784 * 4000)
    x, same = (np.frombuffer(buffer, np.float32).reshape(4000, 784) for _ in range(2))
    y = np.zeros(4000, np.int64)
    other = threading.Thread(target=lambda: mnist.train(x, y, epochs=20))
    other.start()
    refused = ""
    while other.is_alive() and not refused:
        try:
            mnist.predict(same[0], out=same[4:5].reshape(784)[:10])
        except ValueError as error:
            refused = str(error)
    other.join()
    assert "in use" in refused


def test_arrays_that_are_misaligned_are_refused():
    odd = np.frombuffer(bytearray(4 * 784 + 1), np.float32, 784, offset=1)
    with pytest.raises(ValueError, match=r"x lies at an address that is no multiple of 4; x.copy\(\)"):
        mnist.predict(odd)
    mnist.predict(odd.copy())


def test_what_would_have_to_be_copied_is_refused(x):
    with pytest.raises(TypeError, match=r"x has elements of float64; expected float32: x.astype\('float32'\)"):
        mnist.predict(x.astype(np.float64))
    with pytest.raises(TypeError, match="x is a list; expected a numpy array"):
        mnist.predict([0.0] * 784)
    with pytest.raises(ValueError, match="ascontiguousarray"):
        mnist.predict(np.asfortranarray(x))
    with pytest.raises(ValueError, match="ascontiguousarray"):
        mnist.predict(np.zeros((4, 1568), np.float32)[:, ::2])


def samples_of_two_kinds(count):
    """Images that are bright above or below."""
    y = (np.arange(count) % 2).astype(np.int64)
    x = np.random.default_rng(1).random((count, 784), dtype=np.float32) * np.float32(0.1)
    for label in (0, 1):
        x[y == label, 392 * label : 392 * (label + 1)] += np.float32(0.5)
    return x, y


def test_training_lowers_the_loss_and_is_learnt():
    x, y = samples_of_two_kinds(512)
    mnist.reset(seed=3)
    losses = mnist.train(x, y, epochs=5, batch=32)
    assert len(losses) == 5 and losses[-1] < 0.1 * losses[0]
    assert (mnist.predict(x).argmax(axis=1) == y).mean() > 0.99


def test_the_same_seed_gives_the_same_weights():
    x, y = samples_of_two_kinds(128)
    outputs = []
    for seed in (5, 5, 6):
        mnist.reset(seed=seed)
        mnist.train(x, y, epochs=2, seed=seed)
        outputs.append(mnist.predict(x))
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert (outputs[0] != outputs[2]).any()


def test_targets_that_do_not_fit_are_named():
    x, y = samples_of_two_kinds(64)
    before = mnist.predict(x)
    with pytest.raises(ValueError, match=r"y has the shape \(63,\); expected \(64,\)"):
        mnist.train(x, y[:63])
    with pytest.raises(ValueError, match=r"y\[0\] is 10; the 10 classes are 0 to 9"):
        mnist.train(x, y + 10)
    with pytest.raises(ValueError, match=r"y\[0\] is -1"):
        mnist.train(x, y - 1)
    with pytest.raises(TypeError, match="y has elements of int32; expected int64"):
        mnist.train(x, y.astype(np.int32))
    with pytest.raises(ValueError, match="not finite|finite"):
        mnist.train(np.full_like(x, np.nan), y)
    with pytest.raises(ValueError):
        mnist.train(x, y, batch=0)
    np.testing.assert_array_equal(mnist.predict(x), before)


def test_files(tmp_path, x):
    path = tmp_path / "weights.safetensors"
    mnist.save(path)
    before = mnist.predict(x)
    mnist.reset(seed=9)
    assert (mnist.predict(x) != before).any()
    mnist.load(str(path))
    np.testing.assert_array_equal(mnist.predict(x), before)
    with pytest.raises(FileNotFoundError, match="no-such-file"):
        mnist.load(tmp_path / "no-such-file")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="weights.safetensors"):
        mnist.load(path)
    with pytest.raises(OSError, match="is a folder"):
        mnist.save(tmp_path)  # a folder
    np.testing.assert_array_equal(mnist.predict(x), before)


def test_other_threads_run_while_it_computes():
    x, y = samples_of_two_kinds(2000)
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    other = threading.Thread(target=count)
    other.start()
    begin = time.perf_counter()
    before = counted[0]
    # One call that holds the interpreter's lock would let the other thread count once or twice.
    mnist.train(x, y, epochs=1, batch=8)
    while time.perf_counter() - begin < 0.2:
        mnist.train(x, y, epochs=1, batch=8)
    calls = counted[0] - before
    done.set()
    other.join()
    assert calls > 10


def test_a_prediction_is_of_whole_weights_while_others_train():
    x, y = samples_of_two_kinds(256)
    mnist.reset(seed=1)
    first = mnist.predict(x)
    wrong = []

    def ask():
        for _ in range(200):
            found = mnist.predict(x)
            if not np.isfinite(found).all() or abs(found.sum(axis=1) - 1).max() > 1e-4:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    mnist.train(x, y, epochs=5)
    for thread in threads:
        thread.join()
    assert not wrong and (mnist.predict(x) != first).any()


def test_nothing_replaces_the_weights_that_are_being_trained(tmp_path):
    x, y = samples_of_two_kinds(2000)
    path = tmp_path / "weights.safetensors"
    mnist.save(path)
    losses = []
    other = threading.Thread(target=lambda: losses.extend(mnist.train(x, y, epochs=50)))
    other.start()
    refused = ""
    while other.is_alive() and not refused:
        try:
            mnist.reset(seed=9)  # before it has begun
        except RuntimeError as error:
            refused = str(error)
    assert refused == "the model is being trained by another thread"
    before = mnist.predict(x)
    for change in (lambda: mnist.load(path), lambda: mnist.train(x, y), lambda: mnist.reset()):
        with pytest.raises(RuntimeError, match="trained by another thread"):
            change()
    np.testing.assert_array_equal(mnist.predict(x), before)
    other.join()
    assert len(losses) == 50
    assert (mnist.predict(x) != before).any()
    mnist.load(path)


def test_the_stubs_say_what_is_there():
    stubs = (HERE / ".." / "mnist.pyi").read_text()
    assert stubs == (HERE / ".." / ".." / "typednet.pyi").read_text()
    names = {name for name, thing in vars(mnist).items() if inspect.isbuiltin(thing)}
    assert names == {line.split("(")[0][4:] for line in stubs.splitlines() if line.startswith("def ")}
    assert str(inspect.signature(mnist.train)) == "(x, y, epochs=10, batch=64, rate=0.001, seed=0)"
    installed = pathlib.Path(mnist.__file__).parent
    assert (installed / "py.typed").exists() or list(installed.glob("**/mnist.pyi"))
