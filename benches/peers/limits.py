"""What the processor could do at most, as `peak/` measures it."""


def keep(numbers, threads, found):
    """Keeps the best of what `peak/` printed in each round."""
    best = numbers["peak"].get(str(threads), 0)
    if found["flops"] > best:
        numbers["peak"][str(threads)] = found["flops"]
        numbers.setdefault("sets", {})[str(threads)] = found["sets"]
    moved = numbers.setdefault("update", {}).setdefault(str(threads), {})
    for at in found["update"]:
        moved[str(at["bytes"])] = max(at["moved"], moved.get(str(at["bytes"]), 0))


def update(numbers, threads, bytes_of_parameters):
    """The least seconds of an update that reads parameters, gradient and two moments and writes all but the gradient."""
    moved = numbers.get("update", {}).get(threads, {}).get(str(4 * bytes_of_parameters))
    return 7 * bytes_of_parameters / moved if moved else None


def told(numbers, threads):
    """A sentence or two."""
    text = f"The peak is {numbers['peak'][threads] / 1e9:.1f} GFLOP/s, measured by `peak/`"
    if sets := numbers.get("sets", {}).get(threads):
        text += " in explicit instructions (" + ", ".join(f"{name} {flops / 1e9:.1f}" for name, flops in sets.items()) + ")"
    text += "."
    if moved := numbers.get("update", {}).get(threads):
        sizes = ", ".join(f"{speed / 1e9:.0f} GB/s over {size(int(of))}" for of, speed in moved.items())
        text += f" A pass that reads four arrays and writes three moves {sizes}."
    return text


def size(count):
    return f"{count >> 20} MiB" if count >= 4 << 20 else f"{count / 1024:.0f} KiB"
