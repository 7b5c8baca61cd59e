"""Times typednet and everything else that could be used instead at the same work, in turns.

    python3 benches/peers/compare.py                              # one thread, batches 32 64 128 512
    python3 benches/peers/compare.py --threads 1 2                # one thread, then two
    python3 benches/peers/compare.py --batches 1 32 64 128 512    # batch 1 too
    python3 benches/peers/compare.py --only typednet jax --rounds 1
    python3 benches/peers/compare.py --render                     # table and picture again from the last numbers
    python3 benches/peers/compare.py --work images --threads 1 2  # LeNet, ResNet-8 and ResNet-20 instead
    python3 benches/peers/compare.py --work sequences --threads 1 2  # LSTM, GRU and a small transformer instead

The work is one epoch over 60,000 samples of 784 bytes, shuffle, gather and scaling included, of the 784-128-64-10
network with cross-entropy and Adam in float32; the inference of one sample; and that of 10,000 images in batches of
256. A round runs each contestant once, each in a process of its own on as many cores as it has threads; the next round
begins with another one. The best of the rounds counts. It writes a table and a picture beside itself, those of the kind of
machine that it ran on (RESULTS.md with AVX-512, RESULTS_AVX2.md, RESULTS_NEON.md), and every
single number to target/peers/results.json. What is missing is named and left out; README.md says what each one needs.
`--work images` times networks of images instead (compare_images.py) and writes RESULTS_IMAGES.md, `--work sequences` networks of
sequences (compare_sequences.py) and RESULTS_SEQUENCES.md.
"""

import argparse
import datetime
import importlib.util
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import compare_images
import compare_sequences
import images_work
import limits
import picture

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
NUMBERS = TARGET / "peers/results.json"
IMAGE_NUMBERS = TARGET / "peers/results_images.json"
SEQUENCE_NUMBERS = TARGET / "peers/results_sequences.json"
SAMPLES = 60_000
# Steps of so few samples make an epoch long: it is cut to a tenth, and the time multiplied.
SMALL_BATCH, CUT = 8, 10
# Three products forward, three for the weights, two for the input: the first layer needs no gradient of its input.
PARAMETERS = 109_386
FLOPS_PER_SAMPLE = 2 * (2 * (784 * 128 + 128 * 64 + 64 * 10) + 128 * 64 + 64 * 10)
# glibc gives large blocks back to the system at every step and takes page faults when it gets them again, unless told.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "4294967296",
               "MALLOC_TOP_PAD_": "67108864"}


@dataclass
class Contestant:
    """One line of the table. `seconds` is about what a round takes: (starts and inference, the epochs of four batches)."""

    name: str
    group: str
    script: str = ""
    needs: tuple = ()
    project: str = ""
    program: str = "peers_ours"
    flags: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    trains: bool = True
    infers: bool = True
    least_threads: int = 1
    seconds: tuple = (1.0, 5.0)
    key: str = ""
    command: list = field(default_factory=list)

    def missing(self, build):
        """What to do to have it, or nothing if it is there; then `command` is set."""
        if self.script:
            missing = [need for need in self.needs if importlib.util.find_spec(need) is None]
            self.command = [sys.executable, str(HERE / self.script), *self.flags]
            return f"pip install {' '.join(missing)}" if missing else ""
        ours = self.group == "typednet"
        manifest = ROOT / "Cargo.toml" if ours else HERE / self.project / "Cargo.toml"
        program = TARGET / (f"release/examples/{self.program}" if ours else f"peers/release/peer-{self.project}")
        self.command = [str(program), *self.flags]
        command = ["cargo", "build", "--release", "--manifest-path", str(manifest)]
        command += ["--package", "benches", "--example", self.program] if ours else ["--locked", "--target-dir", str(TARGET / "peers")]
        if build and shutil.which("cargo") is None:
            return "Cargo is not installed: https://rustup.rs"
        if build:
            # In its folder, where its own .cargo/config.toml counts.
            done = subprocess.run(command, cwd=manifest.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  text=True)
            if done.returncode != 0:
                errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
                return f"does not build ({(errors or ['?'])[0]}): {shlex.join(command)}"
        return "" if program.exists() else f"not built: {shlex.join(command)}"


CONTESTANTS = [
    Contestant("typednet", "typednet", project="ours", seconds=(2, 6)),
    Contestant("PyTorch, usual loop", "pytorch", "pytorch.py", ("torch", "numpy"), flags=["--mode", "usual"],
               seconds=(14, 11)),
    Contestant("PyTorch, fused Adam", "pytorch", "pytorch.py", ("torch", "numpy"), flags=["--mode", "fused"],
               infers=False, seconds=(12, 9)),
    Contestant("PyTorch, torch.compile", "compiled", "pytorch.py", ("torch", "numpy"), flags=["--mode", "compiled"],
               seconds=(30, 8)),
    Contestant("PyTorch, flat by hand", "pytorch", "pytorch.py", ("torch", "numpy"), flags=["--mode", "flat"],
               seconds=(14, 6)),
    Contestant("JAX, scan", "jax", "jax_scan.py", ("jax", "numpy"), flags=["--mode", "whole"], seconds=(20, 6)),
    Contestant("JAX, scan, products split", "jax", "jax_scan.py", ("jax", "numpy"), flags=["--mode", "split"],
               least_threads=2, seconds=(20, 6)),
    Contestant("NumPy, in place", "numpy", "numpy_inplace.py", ("numpy",), seconds=(4, 8)),
    Contestant("ONNX Runtime", "onnxruntime", "onnxruntime_infer.py", ("onnxruntime", "onnx", "numpy"), trains=False,
               seconds=(2, 0)),
    Contestant("burn", "burn", project="burn", seconds=(1, 13)),
    Contestant("burn, allocator tuned", "burn", project="burn", environment=KEEP_MEMORY, seconds=(1, 8)),
    Contestant("candle", "candle", project="candle", seconds=(1, 25)),
    Contestant("candle, allocator tuned", "candle", project="candle", environment=KEEP_MEMORY, seconds=(1, 11)),
    Contestant("dfdx", "dfdx", project="dfdx", seconds=(2, 12)),
]
PEAK = Contestant("peak", "peak", project="peak")


def run(contestant, threads, flags):
    """What a contestant prints, run on as many cores as it has threads; or an error's last line."""
    count = str(threads)
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(pools, count), **contestant.environment}
    pin = None
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))[-threads:]
        pin = lambda: os.sched_setaffinity(0, cores)
    done = subprocess.run([*contestant.command, "--threads", count, *map(str, flags)], cwd=ROOT, env=environment,
                          preexec_fn=pin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it printed nothing"])[-1])
    return json.loads(lines[-1])


def processor():
    """Its name; with family and model, since one name may stand for several generations."""
    try:
        lines = [line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line]
        told = {name.strip(): value.strip() for name, value in reversed(lines)}
        name = told["model name"]
        if "cpu family" in told and "model" in told:
            name += f" (family {told['cpu family']}, model {told['model']})"
    except (OSError, KeyError):
        name = platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def kind(numbers):
    """What the files of this kind of machine end with: its lane, as typednet says it, but for the one that came first."""
    lane = numbers["versions"].get("typednet", "").rpartition("lane ")[2]
    return "" if lane in ("", "avx512") else f"_{lane}"


def told(command):
    if shutil.which(command[0]) is None:
        return f"{command[0]} unknown"
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def about(options):
    """Where, when and how numbers were taken."""
    return {
        "processor": processor(), "system": platform.platform(terse=True), "python": platform.python_version(),
        "date": datetime.date.today().isoformat(), "commit": told(["git", "describe", "--always", "--dirty"]),
        "rustc": told(["rustc", "--version"]), "command": shlex.join(["python3", "benches/peers/compare.py", *sys.argv[1:]]),
        "rounds": options.rounds,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def measure(options, contestants):
    """All numbers: {"runs": {threads: {name: {work: [one value for each round]}}}, …}."""
    numbers = {
        **about(options), "batches": options.batches, "samples": options.samples,
        "versions": {}, "peak": {}, "losses": {},
        # In the order of the table.
        "runs": {str(threads): {c.name: {} for c in contestants if threads >= c.least_threads}
                 for threads in options.threads},
    }
    out = set()
    NUMBERS.parent.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    whole = options.rounds * len(options.threads)
    for count, (threads, round_) in enumerate((t, r) for t in options.threads for r in range(options.rounds)):
        if PEAK.command:
            limits.keep(numbers, threads, run(PEAK, threads, []))
        rest = [c for c in contestants if threads >= c.least_threads]
        first = round_ % len(rest)
        works = [["--infer"], *(["--batch", batch] for batch in options.batches)]
        for work in works:
            for contestant in rest[first:] + rest[:first]:
                infer = work == ["--infer"]
                if (contestant.name, threads) in out or not (contestant.infers if infer else contestant.trains):
                    continue
                cut = CUT if not infer and work[1] < SMALL_BATCH else 1
                flags = work if infer else [*work, "--samples", options.samples // cut, "--epochs", options.epochs]
                try:
                    result = run(contestant, threads, flags)
                except (RuntimeError, ValueError) as error:
                    print(f"left out on {threads} thread(s): {contestant.name}: {error}", flush=True)
                    out.add((contestant.name, threads))
                    numbers["runs"][str(threads)].pop(contestant.name, None)
                    continue
                numbers["versions"][contestant.name] = result["version"]
                mine = numbers["runs"][str(threads)][contestant.name]
                for name in ("one", "many") if infer else ("epoch",):
                    mine.setdefault(name if infer else str(work[1]), []).append(result[name] * cut)
                if not infer and cut == 1:
                    numbers["losses"].setdefault(contestant.name, []).append(result["loss"])
                    if result["loss"] > 2.25 and options.samples >= SAMPLES:
                        print(f"{contestant.name} did not learn: loss {result['loss']:.3f} at batch {work[1]}")
        NUMBERS.write_text(json.dumps(numbers, indent=1))
        spent = time.monotonic() - begin
        print(f"round {round_ + 1} of {options.rounds} on {threads} thread(s), {spent / 60:.1f} min, about "
              f"{spent / (count + 1) * (whole - count - 1) / 60:.1f} min to go", flush=True)
    return numbers


def best(values):
    return min(values) if values else None


def table(numbers):
    """The text of RESULTS.md, or of that of another kind of machine."""
    load = "" if numbers["load"] is None else f", begun at a load of {numbers['load']:.1f} running processes"
    lines = [
        "# typednet beside everything else", "",
        f"Written by `{numbers['command']}` on {numbers['date']}, commit {numbers['commit']}; do not edit. "
        f"[README.md](README.md) says what is measured, what is not the same between the contestants, and how to run it.",
        "", f"- Processor: {numbers['processor']}; {numbers['system']}",
        f"- {numbers['rustc']}, Python {numbers['python']}",
        "- Versions: " + "; ".join(f"{name} {version}" for name, version in versions(numbers).items()),
        f"- Best of {rounds(numbers)}{load}. In brackets: how many times typednet's time it is.",
    ]
    small = [str(batch) for batch in numbers["batches"] if batch < SMALL_BATCH]
    if small:
        lines.append(f"- At batch {', '.join(small)} an epoch has a tenth of the samples, and the time is multiplied by "
                     f"{CUT}.")
    for threads, runs in numbers["runs"].items():
        lines += ["", f"## {threads} thread{'s' if threads != '1' else ''}", ""]
        works = [*map(str, numbers["batches"]), "one", "many"]
        titles = [f"epoch, batch {batch}" for batch in numbers["batches"]] + ["one sample", "10,000 images"]
        units = ["s"] * len(numbers["batches"]) + ["µs", "ms"]
        digits = [3] * len(numbers["batches"]) + [1, 1]
        lines += ["| contestant | " + " | ".join(f"{title}, {unit}" for title, unit in zip(titles, units)) + " |",
                  "| --- |" + " ---: |" * len(works)]
        ours = runs.get("typednet", {})
        for name, mine in runs.items():
            if not mine:
                continue
            cells = []
            for work, places in zip(works, digits):
                value, reference = best(mine.get(work)), best(ours.get(work))
                cell = "" if value is None else f"{value:.{places}f}"
                if value is not None and reference and name != "typednet":
                    cell += f" ({value / reference:.2f})"
                cells.append(f"**{cell}**" if name == "typednet" and cell else cell)
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        if threads in numbers["peak"]:
            floor = numbers["samples"] * FLOPS_PER_SAMPLE / numbers["peak"][threads]
            many = 10_000 * 2 * (784 * 128 + 128 * 64 + 64 * 10) / numbers["peak"][threads] * 1e3
            share = lambda work, low: f" ({low / best(ours[work]):.2f})" if ours.get(work) else ""
            cells = [f"{floor:.3f}{share(str(batch), floor)}" for batch in numbers["batches"]]
            lines.append(f"| floor: the products at peak | {' | '.join(cells)} | | {many:.1f}{share('many', many)} |")
            if update := limits.update(numbers, threads, 4 * PARAMETERS):
                passes = [-(-numbers["samples"] // batch) * update for batch in numbers["batches"]]
                cells = [f"{floor + more:.3f}{share(str(batch), floor + more)}" for batch, more in zip(numbers["batches"], passes)]
                lines.append(f"| floor: products and the optimiser's memory | {' | '.join(cells)} | | |")
        spreads = [max(values) / min(values) - 1 for values in ours.values()]
        others = {work: min((best(mine[work]), name) for name, mine in runs.items() if name != "typednet" and work in mine)
                  for work in works if any(work in mine for name, mine in runs.items() if name != "typednet")}
        if ours and others:
            lines += ["", "The best other contestant over typednet: " + "; ".join(
                f"{title} {others[work][0] / best(ours[work]):.2f} ({others[work][1]})"
                for title, work in zip(titles, works) if work in others and work in ours) + "."]
        if numbers["rounds"] > 1 and spreads:
            lines += ["", f"Between rounds typednet's times differ by up to {100 * max(spreads):.0f} %."]
        if threads in numbers["peak"]:
            lines += ["", f"{limits.told(numbers, threads)} An epoch's products are "
                      f"{numbers['samples'] * FLOPS_PER_SAMPLE / 1e9:.1f} GFLOP."]
    lines += ["", "Loss over the first 10,000 samples after training (guessing: 2.30), over all runs: " + "; ".join(
        f"{name} {min(losses):.2f} to {max(losses):.2f}" for name, losses in numbers["losses"].items()) + "."]
    lines += ["", f"![Seconds per epoch by batch size](epoch{kind(numbers)}.svg)", ""]
    return "\n".join(lines)


def rounds(numbers):
    return f"{numbers['rounds']} round{'s' if numbers['rounds'] != 1 else ''}"


def versions(numbers):
    """One version for each library, not for each of its ways."""
    return {name.split(",")[0]: version for name, version in numbers["versions"].items()}


def write(numbers):
    (HERE / f"RESULTS{kind(numbers).upper()}.md").write_text(table(numbers))
    floors = {threads: numbers["samples"] * FLOPS_PER_SAMPLE / peak for threads, peak in numbers["peak"].items()}
    panels = {threads: {name: [(batch, best(mine[str(batch)])) for batch in numbers["batches"] if mine.get(str(batch))]
                        for name, mine in runs.items()} for threads, runs in numbers["runs"].items()}
    caption = f"{numbers['processor']}, {numbers['date']}, best of {rounds(numbers)}"
    (HERE / f"epoch{kind(numbers)}.svg").write_text(picture.svg(panels, floors, numbers["samples"], caption))


def write_images(numbers):
    compare_images.write(numbers, HERE, kind(numbers), versions(numbers), rounds(numbers))


def write_sequences(numbers):
    compare_sequences.write(numbers, HERE, kind(numbers), versions(numbers), rounds(numbers))


def estimate(options, contestants):
    """Minutes on a quiet machine, from the seconds of each contestant on the one it was written on."""
    scale = options.epochs / 3 * len(options.batches) / 4 * options.samples / SAMPLES
    seconds = sum((c.seconds[0] + c.seconds[1] * scale) * sum(t >= c.least_threads for t in options.threads)
                  for c in contestants)
    return options.rounds * seconds / 60


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", choices=["rows", "images", "sequences"], default="rows",
                        help="rows of numbers, or networks of images or sequences")
    parser.add_argument("--networks", choices=images_work.NETWORKS, nargs="+", default=list(images_work.NETWORKS),
                        help="those of the images")
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 64, 128, 512])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=3, help="epochs of a process, of which the best counts")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="fewer for a quick look or a batch of 1")
    groups = list(dict.fromkeys(c.group for c in CONTESTANTS))
    parser.add_argument("--only", nargs="+", choices=groups, default=groups, help="contestants that take part")
    parser.add_argument("--without", nargs="+", choices=groups, default=[], help="contestants that do not")
    parser.add_argument("--no-build", action="store_true", help="take the Rust programs as they were built last")
    parser.add_argument("--render", action="store_true", help="write table and picture from the last numbers")
    options = parser.parse_args()
    images, sequences = options.work == "images", options.work == "sequences"
    if options.render:
        if images:
            write_images(json.loads(IMAGE_NUMBERS.read_text()))
        elif sequences:
            write_sequences(json.loads(SEQUENCE_NUMBERS.read_text()))
        else:
            write(json.loads(NUMBERS.read_text()))
        return

    contestants, told_of, programs = [], set(), {}
    others = compare_images if images else compare_sequences if sequences else None
    for contestant in [*(others.contestants(Contestant) if others else CONTESTANTS), PEAK]:
        if contestant is not PEAK and (contestant.group not in options.only or contestant.group in options.without):
            continue
        missing = contestant.missing(not options.no_build and contestant.project not in programs)
        if contestant.project:
            # What is built for one of a program's ways is built for all of them.
            missing = programs.setdefault(contestant.project, missing)
        if missing:
            if (contestant.group, missing) not in told_of:
                print(f"left out: {contestant.name.split(',')[0]}: {missing}", flush=True)
            told_of.add((contestant.group, missing))
            contestant.command = []
        elif contestant is not PEAK:
            contestants.append(contestant)
    if not contestants:
        sys.exit("nobody is left to measure")
    if sequences:
        minutes = None
    elif images:
        minutes = compare_images.estimate(options, contestants, IMAGE_NUMBERS)
    else:
        minutes = estimate(options, contestants)
    known = "time is told after the first round" if minutes is None else f"about {minutes:.0f} minutes on a quiet machine"
    print(f"contestants: {len(contestants)}, rounds: {options.rounds}, {known}", flush=True)
    if images:
        numbers = compare_images.measure(options, contestants, run, PEAK, about(options))
        compare_images.save(numbers, IMAGE_NUMBERS)
        write_images(numbers)
        print(compare_images.table(numbers, versions(numbers), rounds(numbers)))
        return
    if sequences:
        numbers = compare_sequences.measure(options, contestants, run, PEAK, about(options))
        compare_sequences.save(numbers, SEQUENCE_NUMBERS)
        write_sequences(numbers)
        print(compare_sequences.table(numbers, versions(numbers), rounds(numbers)))
        return
    numbers = measure(options, contestants)
    write(numbers)
    print(table(numbers))


if __name__ == "__main__":
    main()
