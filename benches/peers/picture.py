"""The picture of `compare.py`: seconds per epoch by batch size on logarithmic axes, as SVG written by hand.

Each contestant has a marker and a dash of its own and its name at the end of its line, so colour is never needed.
"""

import math
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, LABELS = 430, 500, 62, 64, 92, 205
DARK, GREY, LIGHT = "#1a1a1a", "#767676", "#dddddd"
# Colour (after Okabe and Ito, darkened for white paper), marker, dashes.
STYLES = {
    "typednet": ("#000000", "disc", ""),
    "PyTorch, usual loop": ("#b34a00", "square", "7 3"),
    "PyTorch, fused Adam": ("#b34a00", "open square", "3 3"),
    "PyTorch, torch.compile": ("#b34a00", "crossed square", "9 3 2 3"),
    "PyTorch, flat by hand": ("#b34a00", "diamond", "1 3"),
    "JAX, scan": ("#005a8d", "up", "7 3"),
    "JAX, scan, products split": ("#005a8d", "open up", "3 3"),
    "NumPy, in place": ("#00734f", "down", "7 3"),
    "burn": ("#8f3a6b", "open disc", "7 3"),
    "burn, allocator tuned": ("#8f3a6b", "dotted disc", "2 3"),
    "candle": ("#6b5b00", "plus", "7 3"),
    "candle, allocator tuned": ("#6b5b00", "cross", "2 3"),
    "dfdx": ("#444444", "open diamond", "7 3"),
}
OTHER = (GREY, "star", "5 5")


def marker(kind, x, y, colour):
    """A sign of about ten points."""
    r = 4.6
    paint = f'fill="{colour}" stroke="{colour}" stroke-width="1.4"'
    hollow = f'fill="#ffffff" stroke="{colour}" stroke-width="1.6"'
    style = hollow if kind.startswith(("open", "crossed", "dotted")) else paint
    shape = kind.split()[-1]
    polygon = {
        "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)], "diamond": [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
        "up": [(0, -1.2), (1.15, 0.9), (-1.15, 0.9)], "down": [(0, 1.2), (1.15, -0.9), (-1.15, -0.9)],
    }.get(shape)
    strokes = {"plus": "M-1.2 0H1.2M0 -1.2V1.2", "cross": "M-1 -1L1 1M-1 1L1 -1",
               "star": "M-1.2 0H1.2M-.6 -1L.6 1M-.6 1L.6 -1"}.get(shape)
    if polygon:
        points = " ".join(f"{x + a * r:.1f},{y + b * r:.1f}" for a, b in polygon)
        drawn = f'<polygon points="{points}" {style}/>'
    elif strokes:
        return (f'<path d="{strokes}" transform="translate({x:.1f} {y:.1f}) scale({r})" fill="none" '
                f'stroke="{colour}" stroke-width="{2 / r:.2f}"/>')
    else:
        drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" {style}/>'
    if kind.startswith("crossed"):
        drawn += f'<path d="M{x - r:.1f} {y - r:.1f}l{2 * r} {2 * r}m{-2 * r} 0l{2 * r} {-2 * r}" stroke="{colour}"/>'
    if kind.startswith("dotted"):
        drawn += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.5" fill="{colour}"/>'
    return drawn


def apart(wanted, low, high, distance=14.5):
    """Places near the wanted ones, none closer to another than `distance`, between `low` and `high`."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [wanted[i] for i in order]
    for _ in range(300):
        for i in range(len(places) - 1):
            lack = distance - (places[i + 1] - places[i])
            if lack > 0:
                places[i] -= lack / 2
                places[i + 1] += lack / 2
        places = [min(max(place, low), high) for place in places]
    result = [0.0] * len(wanted)
    for place, i in zip(places, order):
        result[i] = place
    return result


def ticks(low, high):
    """1, 2 and 5 times the powers of ten in between."""
    steps = (m * 10.0**e for e in range(-4, 4) for m in (1, 2, 5))
    return [step for step in steps if low <= step <= high]


def panel(title, lines, floor, left, x_of, y_of, batches, y_ticks):
    out = [f'<text x="{left}" y="{TOP - 12}" font-weight="bold" font-size="14">{escape(title)}</text>']
    right, bottom = left + WIDTH, TOP + HEIGHT
    for tick in y_ticks:
        y = y_of(tick)
        out.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{LIGHT}"/>')
        out.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for batch in batches:
        x = left + x_of(batch)
        out.append(f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="{LIGHT}"/>')
        out.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{batch}</text>')
    out.append(f'<text x="{left + WIDTH / 2}" y="{bottom + 38}" text-anchor="middle">samples per step</text>')
    if floor:
        y = y_of(floor)
        out.append(f'<rect x="{left}" y="{y:.1f}" width="{WIDTH}" height="{bottom - y:.1f}" fill="#eeeeee"/>')
        out.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{DARK}" stroke-width="1.5"/>')
        out.append(f'<text x="{left + 8}" y="{y + 16:.1f}" fill="{DARK}">floor: the products at peak, '
                   f'{floor:.2f} s</text>')
    out.append(f'<path d="M{left} {TOP}V{bottom}H{right}" fill="none" stroke="{GREY}"/>')

    # typednet last, so that it lies on top.
    names = sorted((name for name, points in lines.items() if points), key=lambda name: name == "typednet")
    ends = [y_of(lines[name][-1][1]) for name in names]
    for name, end, place in zip(names, ends, apart(ends, TOP + 4, bottom - 4)):
        colour, kind, dashes = STYLES.get(name, OTHER)
        points = [(left + x_of(batch), y_of(seconds)) for batch, seconds in lines[name]]
        width = 3 if name == "typednet" else 1.6
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
                   f'stroke-dasharray="{dashes or "none"}"/>')
        out.extend(marker(kind, x, y, colour) for x, y in points)
        x = points[-1][0]
        out.append(f'<path d="M{x + 8:.1f} {end:.1f}L{right + 12} {place:.1f}" stroke="{colour}" stroke-width=".7"/>')
        out.append(marker(kind, right + 20, place, colour))
        weight = ' font-weight="bold"' if name == "typednet" else ""
        out.append(f'<text x="{right + 30}" y="{place + 4:.1f}" fill="{DARK}"{weight}>{escape(name)} '
                   f'{lines[name][-1][1]:.2f}</text>')
    return out


def svg(panels, floors, samples, caption):
    """`panels`: {threads: {contestant: [(batch, seconds), …]}}; `floors`: {threads: seconds}."""
    values = [seconds for lines in panels.values() for points in lines.values() for _, seconds in points]
    batches = sorted({batch for lines in panels.values() for points in lines.values() for batch, _ in points})
    if not values:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    low, high = min([*values, *floors.values()]) / 1.35, max(values) * 1.25
    inset, span = 24, math.log(batches[-1] / batches[0]) or 1.0
    x_of = lambda batch: inset + (WIDTH - 2 * inset) * math.log(batch / batches[0]) / span
    y_of = lambda seconds: TOP + HEIGHT * math.log(high / seconds) / math.log(high / low)
    step = LEFT + WIDTH + LABELS
    width, height = step * len(panels) + 20, TOP + HEIGHT + BOTTOM
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
           f'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="{DARK}" role="img" '
           f'aria-label="Seconds per epoch by batch size, all contestants">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="26" font-size="17" font-weight="bold">Seconds for an epoch of {samples:,} samples'
           f'</text>']
    for index, (threads, lines) in enumerate(panels.items()):
        title = f"{threads} thread{'s' if str(threads) != '1' else ''}"
        out += panel(title, lines, floors.get(threads), LEFT + index * step, x_of, y_of, batches, ticks(low, high))
    notes = ("784-128-64-10, cross-entropy, Adam, float32; at the right: seconds at batch "
             f"{batches[-1]}", caption)
    for line, note in enumerate(notes):
        out.append(f'<text x="{LEFT}" y="{height - 30 + 18 * line}" fill="{GREY}" font-size="11">{escape(note)}</text>')
    return "\n".join([*out, "</svg>", ""])
