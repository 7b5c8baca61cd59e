"""A whole training process against the mere import of PyTorch, in turns.

    python3 benches/peers/import_race.py [--rounds 5] [--cores 1]

The process is the example `mnist`: start, decode the 10,000 embedded digits, train 10 epochs on 8,000 of them, evaluate
on 2,000, write the loss curve, exit. Against it: python3 -c "import torch". It needs PyTorch: pip install torch
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=1)
    options = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        sys.exit("PyTorch is not installed: pip install torch")
    if subprocess.run(["cargo", "build", "--quiet", "--release", "--example", "mnist"], cwd=ROOT).returncode != 0:
        sys.exit("the example mnist does not build")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    pin = None
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))[-options.cores:]
        pin = lambda: os.sched_setaffinity(0, cores)

    with tempfile.TemporaryDirectory() as folder:
        ours = [target / "release/examples/mnist", "--quiet", "--picture", Path(folder) / "loss.svg"]
        torch = [sys.executable, "-c", "import torch"]
        times, accuracy = {"typednet": [], "torch": []}, ""
        # One round before the first warms the file cache, for both.
        for round_ in range(options.rounds + 1):
            for name, command in (("typednet", ours), ("torch", torch)):
                start = time.perf_counter()
                done = subprocess.run(command, cwd=ROOT, preexec_fn=pin, stdout=subprocess.PIPE, text=True, check=True)
                if round_:
                    times[name].append(time.perf_counter() - start)
                if name == "typednet":
                    accuracy = re.search(r"test accuracy ([\d.]+) %", done.stdout)[1]

    print(f"{options.cores} core(s), {options.rounds} rounds in turns, seconds: best, median")
    for name, title in (("typednet", "typednet: 10 epochs on 8,000 digits, whole process"),
                        ("torch", 'python3 -c "import torch"')):
        mine = sorted(times[name])
        print(f"  {title:<52} {mine[0]:.3f}  {mine[len(mine) // 2]:.3f}")
    print(f"test accuracy {accuracy} %")
    print("the training ends first" if min(times["typednet"]) < min(times["torch"]) else "the import ends first")


if __name__ == "__main__":
    main()
