"""Estimates the cycles of a program's first sample on a Cortex-M4 whose flash never makes it wait.

    python3 cycles.py PROGRAM

The emulator says each instruction that it executes (Debian's qemu-system-arm 7.2), llvm-objdump what it is, and the rules below what
it costs by Arm's Cortex-M4 Technical Reference Manual, section 3.3.1. Where that gives a range, the larger number is taken: of two loads behind
each other the second takes one cycle, a jump two more than what does not jump, and a division twelve. It is an estimate: memory that
waits, and words that do not lie at their own addresses, are not in it.
"""

import re
import subprocess
import sys
from collections import Counter

# What stands at both ends of what is measured (src/stack.rs).
BEGIN, END = "cortex5stack4fill", "cortex5stack6lowest"


def registers(text):
    """How many registers a list such as `{r4, r5, lr}` or `{s0-s3}` has."""
    count = 0
    for part in re.search(r"\{(.*)\}", text)[1].split(","):
        first, _, last = part.strip().partition("-")
        count += int(last[1:]) - int(first[1:]) + 1 if last else 1
    return count


def cycles(operation, operands, jumps, behind_a_load):
    """The cycles of one instruction, and whether a load behind it takes one less."""
    name = operation.split(".")[0]
    jump = 2 if jumps else 0
    if name.startswith(("ldrd", "strd")):
        return 3, False
    if name.startswith(("ldm", "stm", "push", "pop", "vldm", "vstm", "vpush", "vpop")):
        return 1 + registers(operands) + jump, False
    if name.startswith(("ldr", "str", "vldr", "vstr")):
        return (1 if behind_a_load else 2) + jump, True
    if name.startswith(("vdiv", "vsqrt")):
        return 14, False
    if name.startswith(("vmla", "vmls", "vfma", "vfms", "vnml")):
        return 3, False
    if name.startswith(("udiv", "sdiv")):
        return 12, False
    return (2 if name in ("mla", "mls") else 1) + jump, False


def main(program):
    listing = subprocess.run(
        ["llvm-objdump", "-d", "--no-show-raw-insn", program], check=True, capture_output=True, text=True
    ).stdout
    instructions, function = {}, ""
    for line in listing.splitlines():
        if found := re.match(r"[0-9a-f]{8} <(.*)>:", line):
            function = found[1]
        elif found := re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)", line):
            instructions[int(found[1], 16)] = (found[2], found[3], function)
    places = sorted(instructions)
    behind = dict(zip(places, places[1:]))

    emulator = ["qemu-system-arm", "-M", "mps2-an386", "-cpu", "cortex-m4", "-nographic", "-semihosting"]
    emulator += ["-singlestep", "-d", "exec,nochain", "-D", "/dev/stderr", "-kernel", program]
    process = subprocess.Popen(emulator, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    counts, costs = Counter(), Counter()
    last, is_measured, has_begun, is_load = None, False, False, False
    for line in process.stderr:
        found = re.match(r"Trace \d+: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/", line)
        if not found:
            continue
        place = int(found[1], 16)
        function = instructions.get(place, ("", "", ""))[2]
        if END in function and has_begun:
            break
        if last in instructions and is_measured:
            operation, operands, name = instructions[last]
            cost, is_load = cycles(operation, operands, place != behind.get(last), is_load)
            counts[name] += 1
            costs[name] += cost
        has_begun = has_begun or BEGIN in function
        is_measured = has_begun and BEGIN not in function
        last = place
    process.kill()
    for name, count in counts.most_common(5):
        print(f"{count:9} instructions {costs[name]:9} cycles  {name}")
    print(f"{sum(counts.values()):9} instructions {sum(costs.values()):9} cycles  in all")


if __name__ == "__main__":
    main(sys.argv[1])
