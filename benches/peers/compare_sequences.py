"""The works of sequences of `compare.py --work sequences`: training steps of recurrent networks and of a small transformer, and one
sequence through them.

A round runs each contestant once for each work, each in a process of its own; the next round begins with another one.
"""

import json
import time

import limits
from sequences_work import WORKS

# Work that only typednet has.
ALONE = {"character"}
# A stream takes one thread, and so does a single picture.
SERIAL = {"character", "picture"}


def contestants(Contestant):
    """The lines of the table."""
    return [
        Contestant("typednet", "typednet", project="ours", program="peers_sequences"),
        Contestant("PyTorch", "pytorch", "sequences_pytorch.py", ("torch",)),
    ]


def measure(options, contestants, run, peak, about):
    """All numbers: {"runs": {threads: {name: {work: [microseconds of each round]}}}, …}."""
    numbers = {**about, "versions": {}, "peak": {}, "runs": {str(threads): {c.name: {} for c in contestants} for threads in options.threads}}
    begin, whole = time.monotonic(), options.rounds * len(options.threads)
    for count, (threads, round_) in enumerate((t, r) for t in options.threads for r in range(options.rounds)):
        if peak.command:
            limits.keep(numbers, threads, run(peak, threads, []))
        first = round_ % len(contestants)
        for work in WORKS:
            if threads > 1 and work in SERIAL:
                continue
            parameters = {}
            for contestant in contestants[first:] + contestants[:first]:
                if work in ALONE and contestant.group != "typednet":
                    continue
                result = run(contestant, threads, ["--work", work])
                numbers["versions"][contestant.name] = result["version"]
                parameters[contestant.name] = result["parameters"]
                numbers["runs"][str(threads)][contestant.name].setdefault(work, []).append(result["time"])
            if work == "gpt" and len(set(parameters.values())) > 1:
                print(f"the transformer is not the same network for all: {parameters}")
        spent = time.monotonic() - begin
        print(f"round {round_ + 1} of {options.rounds} on {threads} thread(s), {spent / 60:.1f} min, about "
              f"{spent / (count + 1) * (whole - count - 1) / 60:.1f} min to go", flush=True)
    return numbers


def table(numbers, versions, rounds):
    """RESULTS_SEQUENCES.md, or that of another kind of machine."""
    load = "" if numbers["load"] is None else f", begun at a load of {numbers['load']:.1f} running processes"
    lines = [
        "# typednet beside PyTorch: sequences", "",
        f"Written by `{numbers['command']}` on {numbers['date']}, commit {numbers['commit']}; do not edit. "
        f"[README.md](README.md) says what is measured and how to run it.", "",
        f"- Processor: {numbers['processor']}; {numbers['system']}",
        f"- {numbers['rustc']}, Python {numbers['python']}",
        "- Versions: " + "; ".join(f"{name} {version}" for name, version in versions.items()),
        f"- The least of {rounds}{load}. In brackets: how many times typednet's time it is, and of the floor, which part of typednet's time.",
    ]
    for threads, runs in numbers["runs"].items():
        ours = runs.get("typednet", {})
        others = [name for name in runs if name != "typednet"]
        peak = numbers["peak"].get(threads)
        floor = ["floor: the products at peak"] if peak else []
        lines += ["", f"## {threads} thread{'s' if threads != '1' else ''}", "",
                  "| work | " + " | ".join(["typednet", *others, *floor]) + " |", "| --- |" + " ---: |" * (1 + len(others) + len(floor))]
        for work, (title, unit, digits, flops) in WORKS.items():
            if not ours.get(work):
                continue
            mine = min(ours[work])
            cells = [f"**{mine / unit:.{digits}f}**"]
            for name in others:
                values = runs[name].get(work)
                cells.append(f"{min(values) / unit:.{digits}f} ({min(values) / mine:.2f})" if values else "")
            if floor:
                least = 1e6 * flops / peak
                cells.append(f"{least / unit:.{digits}f} ({least / mine:.2f})")
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
        if peak:
            lines += ["", limits.told(numbers, threads)]
        spreads = [max(values) / min(values) - 1 for values in ours.values()]
        if numbers["rounds"] > 1 and spreads:
            lines += ["", f"Between rounds typednet's times differ by up to {100 * max(spreads):.0f} %."]
    one, two = (numbers["runs"].get(threads, {}).get("typednet", {}) for threads in "12")
    both = [work for work in WORKS if one.get(work) and two.get(work)]
    if both:
        lines += ["", "Two threads over one: " + "; ".join(f"{WORKS[work][0].rpartition(',')[0]} {min(one[work]) / min(two[work]):.2f}" for work in both) + "."]
    return "\n".join(lines) + "\n"


def write(numbers, folder, kind, *more):
    """The table from the numbers."""
    (folder / f"RESULTS_SEQUENCES{kind.upper()}.md").write_text(table(numbers, *more))


def save(numbers, path):
    """Every number, so that `--render` can write the table again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(numbers, indent=1))
