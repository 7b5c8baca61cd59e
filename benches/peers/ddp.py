"""Data-parallel training on two processes: typednet and PyTorch's DistributedDataParallel over Gloo, at the same work, in turns.

784-128-64-10 with ReLU, softmax and cross-entropy, Adam with a learning rate of 0.001, float32, global batch 512, two processes of one
thread each, a core for each process. A step is shuffle, gather, scaling to 0…1, forward, backward, exchange and Adam. With eight shards
typednet has the same bits on 1, 2, 4 and 8 processes, for which each of the two makes four passes of 64 rows; with two shards on 1 and 2, and
each makes one pass of 256, as a process of DDP does. Two processes of one machine exchange gradients over one of its sockets, DDP's over TCP.

cargo build --release -p typednet-distributed --example digits_on_ranks
python3 benches/peers/ddp.py [--rounds 3] [--steps 600]

Writes RESULTS_DDP.md.
"""

import argparse
import datetime
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

# As many samples as the digits that are embedded in typednet.
BATCH, RANKS, SAMPLES = 512, 2, 8_000
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def rank(steps):
    """One process of PyTorch; rank 0 prints the microseconds of a step, in the mean and in the best epoch."""
    import torch
    from torch import distributed
    from torch.nn import functional

    torch.set_num_threads(1)
    torch.manual_seed(0)
    distributed.init_process_group("gloo")
    own = distributed.get_rank()
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10),
    )
    model = torch.nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    pixels = torch.randint(0, 256, (SAMPLES, 784), dtype=torch.uint8)
    labels = torch.randint(0, 10, (SAMPLES,))
    order = torch.Generator().manual_seed(1)
    epochs, done = [], 0
    while done < steps:
        began, before = time.perf_counter(), done
        # The same order on both, of which each takes its rows of every batch, the last and smaller one too.
        rows = torch.randperm(SAMPLES, generator=order)
        for batch in rows.split(BATCH):
            mine = batch.chunk(RANKS)[own]
            x = pixels[mine].to(torch.float32).mul_(1 / 255)
            optimizer.zero_grad()
            functional.cross_entropy(model(x), labels[mine]).backward()
            optimizer.step()
            done += 1
        epochs.append((time.perf_counter() - began) / (done - before))
    # The first epoch warms up.
    mean, best = sum(epochs[1:]) / len(epochs[1:]), min(epochs)
    distributed.barrier()
    if own == 0:
        print(f"{mean * 1e6:.1f} µs a step, {best * 1e6:.1f} in the best epoch, PyTorch {torch.__version__}")
    distributed.destroy_process_group()


def together(command, size):
    """Runs a command as `size` ranks, each on a core of its own, and gives what rank 0 prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cores = sorted(os.sched_getaffinity(0))

    def start(rank):
        names = {"RANK": rank, "WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": 1}
        environment = os.environ | {name: str(value) for name, value in names.items()}
        pin = lambda: os.sched_setaffinity(0, {cores[rank % len(cores)]})
        return subprocess.Popen(command, env=environment, preexec_fn=pin, stdout=subprocess.PIPE, text=True)

    said = [process.communicate()[0] for process in [start(rank) for rank in range(size)]]
    found = re.search(r"([0-9.]+) µs a step, ([0-9.]+) in the best epoch", said[0])
    if not found:
        sys.exit(f"{command} has not said how long a step takes: {said[0]}")
    return [float(found[1]), float(found[2])], said[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--rank", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rank:
        return rank(options.steps)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    ours = [target / "release/examples/digits_on_ranks", "--batch", str(BATCH), "--steps", str(options.steps), "--time"]
    theirs = [sys.executable, __file__, "--rank", "--steps", str(options.steps)]
    contestants = {
        "typednet, 2 processes, 8 shards": (ours, RANKS),
        "typednet, 2 processes, 2 shards": ([*ours, "--shards", "2"], RANKS),
        "typednet, 2 processes, 8 shards, over TCP": ([*ours, "--tcp"], RANKS),
        "typednet, 1 process, 8 shards": (ours, 1),
        "PyTorch, DDP over Gloo, 2 processes": (theirs, RANKS),
    }
    # Of each the mean of a run's steps and its best epoch, the least of all rounds.
    best, said, load = {name: [float("inf")] * 2 for name in contestants}, "", os.getloadavg()[0]
    for _ in range(options.rounds):
        for name, (command, size) in contestants.items():
            found, text = together(command, size)
            best[name] = [min(pair) for pair in zip(best[name], found)]
            said = text.strip().split(", ")[-1]
            print(f"{name}: {found[0] / 1e3:.2f} ms a step, {found[1] / 1e3:.2f} in the best epoch", flush=True)
    first = best["typednet, 2 processes, 8 shards"]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    processor = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    lines = [
        "# Two processes: typednet beside PyTorch's DDP over Gloo\n",
        f"Written by `python3 benches/peers/ddp.py --rounds {options.rounds} --steps {options.steps}` on "
        f"{datetime.date.today()}, commit {commit}; do not edit. `ddp.py` says what is measured.\n",
        f"- Processor: {processor}, {len(os.sched_getaffinity(0))} cores; {said}, fused Adam",
        f"- Milliseconds of a step, of which one of {-(-SAMPLES // BATCH)} has fewer than {BATCH} rows: the mean of a run, ours with the start of "
        f"the training and PyTorch's without its first epoch, and that of a run's best epoch. The least of {options.rounds} rounds in turns, begun "
        f"at a load of {load:.1f}. In brackets: how many times the first line it is.\n",
        "| contestant | a run, in the mean | its best epoch |",
        "| --- | ---: | ---: |",
    ]
    for name, found in best.items():
        cells = [f"{time / 1e3:.2f} ({time / of:.2f})" for time, of in zip(found, first)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    (HERE / "RESULTS_DDP.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
