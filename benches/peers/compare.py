"""Times typednet and PyTorch at the same work, in turns, and prints both side by side.

    python3 benches/peers/compare.py [--threads 1] [--batches 32 64 128 512] [--rounds 3]

The work is one epoch over 60,000 samples of 784 bytes, shuffle and gather included, of the 784-128-64-10 network with
cross-entropy and Adam in float32, and the inference of one sample. A round runs each contestant once, in a process of
its own; the best of the rounds counts. It needs PyTorch: pip install torch
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def result(command, threads):
    """The JSON that a contestant prints, run on as many cores as it has threads."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))[:threads]
        pin = lambda: os.sched_setaffinity(0, cores)
    else:
        pin = None
    done = subprocess.run(command, cwd=ROOT, preexec_fn=pin, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 64, 128, 512])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        sys.exit("PyTorch is not installed: pip install torch")

    build = ["cargo", "build", "--quiet", "--release", "--example", "peers_ours"]
    if subprocess.run(build, cwd=ROOT).returncode != 0:
        sys.exit("the example peers_ours does not build")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    ours = target / "release/examples/peers_ours"
    torch = [sys.executable, ROOT / "benches/peers/pytorch.py"]

    best = {}
    for batch in options.batches:
        flags = ["--threads", str(options.threads), "--batch", str(batch)]
        for _ in range(options.rounds):
            for command in ([ours], torch):
                for name, value in result([*map(str, command), *flags], options.threads).items():
                    if isinstance(value, float):
                        key = (command is torch, name, batch if name != "inference" else None)
                        best[key] = min(value, best.get(key, value))

    print(f"\nseconds per epoch of 60,000 samples, {options.threads} thread(s), best of {options.rounds} rounds\n")
    print("| batch | typednet | PyTorch | PyTorch, fused Adam | PyTorch / typednet |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for batch in options.batches:
        mine, usual, fused = (best[key] for key in
                              ((False, "epoch", batch), (True, "usual", batch), (True, "fused", batch)))
        print(f"| {batch} | {mine:.3f} | {usual:.3f} | {fused:.3f} | {usual / mine:.1f} to {fused / mine:.1f} |")
    mine, theirs = best[False, "inference", None], best[True, "inference", None]
    print(f"\none sample, median: typednet {mine:.1f} µs, PyTorch {theirs:.1f} µs, ratio {theirs / mine:.1f}")


if __name__ == "__main__":
    main()
