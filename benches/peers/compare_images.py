"""The works of images of `compare.py --work images`: training steps of LeNet and ResNets, and LeNet's inference.

A round runs each contestant once for each network, each in a process of its own; the next round begins with another one.
"""

import json
import os
import time

import images_work as work
import limits

# LeNet-5, ten epochs of MNIST, as published with SimpleChains.jl (julialang.org/blog/2022/04/simple-chains): seconds.
PUBLISHED = [("SimpleChains.jl", "AMD EPYC 7513, 32 cores", 3.08), ("PyTorch", "AMD EPYC 7513, 32 cores", 14.9),
             ("SimpleChains.jl", "Intel i9-10980XE, 18 cores", 1.23), ("PyTorch", "Intel i9-10980XE, 18 cores", 11.0)]
EPOCHS = 10


def contestants(Contestant):
    """The lines of the table."""
    torch = ("torch",)
    return [
        Contestant("typednet", "typednet", project="ours", program="peers_images"),
        Contestant("PyTorch, channels first", "pytorch", "images_pytorch.py", torch, flags=["--layout", "first"]),
        Contestant("PyTorch, channels last", "pytorch", "images_pytorch.py", torch, flags=["--layout", "last"]),
        Contestant("JAX", "jax", "images_jax.py", ("jax", "numpy")),
        Contestant("ONNX Runtime", "onnxruntime", "images_onnxruntime.py", ("onnxruntime", "onnx", "numpy"), trains=False),
    ]


def measure(options, contestants, run, peak, about):
    """All numbers: {"runs": {threads: {name: {work: [one value for each round]}}}, …}."""
    numbers = {**about, "versions": {}, "peak": {}, "parameters": {}, "epochs": {}, "seconds": {},
               "runs": {str(threads): {c.name: {} for c in contestants} for threads in options.threads}}
    out, begin, whole = set(), time.monotonic(), options.rounds * len(options.threads)
    for count, (threads, round_) in enumerate((t, r) for t in options.threads for r in range(options.rounds)):
        if peak.command:
            limits.keep(numbers, threads, run(peak, threads, []))
        first = round_ % len(contestants)
        for network in options.networks:
            for contestant in contestants[first:] + contestants[:first]:
                if (contestant.name, threads) in out or not (contestant.trains or network == "lenet"):
                    continue
                flags = ["--network", network]
                if contestant.group == "typednet" and network == "lenet":
                    flags += ["--epochs", EPOCHS]
                start = time.monotonic()
                try:
                    result = run(contestant, threads, flags)
                except (RuntimeError, ValueError) as error:
                    print(f"left out on {threads} thread(s): {contestant.name}: {error}", flush=True)
                    out.add((contestant.name, threads))
                    continue
                took = numbers["seconds"].setdefault(str(threads), {}).setdefault(contestant.name, {})
                took[network] = min(time.monotonic() - start, took.get(network, float("inf")))
                numbers["versions"][contestant.name] = result["version"]
                mine = numbers["runs"][str(threads)][contestant.name]
                if "step" in result:
                    mine.setdefault(network, []).append(result["step"] / 1000)
                    numbers["parameters"].setdefault(network, {})[contestant.name] = result["parameters"]
                for name in ("one", "many"):
                    if name in result:
                        mine.setdefault(name, []).append(result[name])
                if "epochs" in result:
                    numbers["epochs"].setdefault(str(threads), []).append(result["epochs"])
        spent = time.monotonic() - begin
        print(f"round {round_ + 1} of {options.rounds} on {threads} thread(s), {spent / 60:.1f} min, about "
              f"{spent / (count + 1) * (whole - count - 1) / 60:.1f} min to go", flush=True)
    for network, counts in numbers["parameters"].items():
        if len(set(counts.values())) > 1:
            print(f"{network} is not the same network for all: {counts}")
    return numbers


def table(numbers, versions, rounds):
    """RESULTS_IMAGES.md, or that of another kind of machine."""
    load = "" if numbers["load"] is None else f", begun at a load of {numbers['load']:.1f} running processes"
    lines = [
        "# typednet beside everything else: images", "",
        f"Written by `{numbers['command']}` on {numbers['date']}, commit {numbers['commit']}; do not edit. "
        f"[README.md](README.md) says what is measured and how to run it.", "",
        f"- Processor: {numbers['processor']}; {numbers['system']}",
        f"- {numbers['rustc']}, Python {numbers['python']}",
        "- Versions: " + "; ".join(f"{name} {version}" for name, version in versions.items()),
        f"- Best of {rounds}{load}. In brackets: how many times typednet's time it is.",
        f"- A step is forward, backward and Adam over {work.BATCH} images; parameters: " + ", ".join(
            f"{work.NETWORKS[network].title} {next(iter(counts.values())):,}"
            for network, counts in numbers["parameters"].items()) + ".",
    ]
    networks = list(numbers["parameters"])
    works = [*networks, "one", "many"]
    titles = [f"{work.NETWORKS[network].title}, step, ms" for network in networks] + [
        "LeNet, one image, µs", f"LeNet, {work.MANY} images, µs"]
    digits = [2] * len(networks) + [1, 0]
    for threads, runs in numbers["runs"].items():
        ours = runs.get("typednet", {})
        lines += ["", f"## {threads} thread{'s' if threads != '1' else ''}", "",
                  "| contestant | " + " | ".join(titles) + " |", "| --- |" + " ---: |" * len(works)]
        for name, mine in runs.items():
            cells = []
            for of, places in zip(works, digits):
                cell = f"{min(mine[of]):.{places}f}" if mine.get(of) else ""
                if cell and ours.get(of) and name != "typednet":
                    cell += f" ({min(mine[of]) / min(ours[of]):.2f})"
                cells.append(f"**{cell}**" if name == "typednet" and cell else cell)
            if any(cells):
                lines.append(f"| {name} | " + " | ".join(cells) + " |")
        peak = numbers["peak"].get(threads)
        if peak:
            floors = [1e3 * work.NETWORKS[network].flops(work.BATCH, True) / peak for network in networks]
            floors += [1e6 * work.NETWORKS["lenet"].flops(rows, False) / peak for rows in (1, work.MANY)]
            cells = [f"{floor:.{places}f}" + (f" ({floor / min(ours[of]):.2f})" if ours.get(of) else "")
                     for of, floor, places in zip(works, floors, digits)]
            lines += ["| floor: the products at peak | " + " | ".join(cells) + " |", "",
                      limits.told(numbers, threads)]
        spreads = [max(values) / min(values) - 1 for values in ours.values()]
        if numbers["rounds"] > 1 and spreads:
            lines += ["", f"Between rounds typednet's times differ by up to {100 * max(spreads):.0f} %."]
    if numbers["epochs"]:
        lines += ["", "## Ten epochs of LeNet-5 over 60,000 images", "",
                  "typednet on this machine, batches of 64, shuffled, the loss looked at in each step; the others as published with "
                  "[SimpleChains.jl](https://julialang.org/blog/2022/04/simple-chains/), on other machines, with batches of their own.", "",
                  "| library | machine | s |", "| --- | --- | ---: |"]
        lines += [f"| **typednet** | this one, {threads} thread{'s' if threads != '1' else ''} | **{min(values):.2f}** |"
                  for threads, values in numbers["epochs"].items()]
        lines += [f"| {library} | {machine} | {seconds} |" for library, machine, seconds in PUBLISHED]
    return "\n".join(lines) + "\n"


def estimate(options, contestants, path):
    """Minutes by what each process took when it was last measured here; None where one was not."""
    last = json.loads(path.read_text()).get("seconds", {}) if path.exists() else {}
    took = [last.get(str(threads), {}).get(contestant.name, {}).get(network)
            for threads in options.threads for contestant in contestants for network in options.networks
            if contestant.trains or network == "lenet"]
    return None if None in took else options.rounds * sum(took) / 60


def write(numbers, folder, kind, *more):
    """The table from the numbers."""
    (folder / f"RESULTS_IMAGES{kind.upper()}.md").write_text(table(numbers, *more))


def save(numbers, path):
    """Every number, so that `--render` can write the table again."""
    os.makedirs(path.parent, exist_ok=True)
    path.write_text(json.dumps(numbers, indent=1))
