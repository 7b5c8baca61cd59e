// The pictures of the second part.
const pictures = (() => {
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const css = ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`;

  function surface(palette, data, values, grid, isCurve) {
    const size = 320, context = sharp(by("surface"), size, size);
    const at = (value) => size * (value + 1) / 2;
    context.fillStyle = css(palette.ground);
    context.fillRect(0, 0, size, size);
    if (!isCurve) cells(context, grid, 0, 0, size, (i) => signed(palette, 0.65 * (2 * sigmoid(values[i]) - 1)));
    for (const [x, y, target] of data) {
      context.beginPath();
      context.arc(at(x), size - at(isCurve ? target : y), isCurve ? 2.5 : 4, 0, 2 * Math.PI);
      context.fillStyle = isCurve ? palette.of("soft") : css(target ? palette.for : palette.against);
      context.fill();
      if (isCurve) continue;
      context.strokeStyle = css(palette.ground);
      context.stroke();
    }
    if (!isCurve) return;
    context.beginPath();
    for (let i = 0; i < grid; i++) context.lineTo(size * (i + 0.5) / grid, size - at(values[i]));
    context.strokeStyle = css(palette.for);
    context.lineWidth = 3;
    context.stroke();
  }

  function loss(palette, losses) {
    const [width, height, left, bottom] = [320, 180, 44, 22], context = sharp(by("loss"), width, height);
    const finite = losses.filter((loss) => Number.isFinite(loss) && loss > 0).map(Math.log10);
    const [low, high] = [Math.floor(Math.min(...finite.slice(-1), ...finite) - 0.01), Math.ceil(Math.max(...finite) + 0.01)];
    const y = (power) => 8 + (height - bottom - 8) * (high - power) / (high - low);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = palette.of("soft");
    context.strokeStyle = palette.of("line");
    context.textAlign = "right";
    const every = Math.ceil((high - low) / 6);
    for (let power = low; power <= high; power += every) {
      context.beginPath();
      context.moveTo(left, y(power));
      context.lineTo(width - 6, y(power));
      context.stroke();
      context.fillText(power < -3 || power > 4 ? `1e${power}` : String(Number((10 ** power).toPrecision(3))), left - 5, y(power) + 4);
    }
    context.fillText(`step ${losses.length - 1}`, width - 6, height - 6);
    context.textAlign = "left";
    context.fillText("0", left, height - 6);
    context.beginPath();
    losses.forEach((loss, i) => {
      if (Number.isFinite(loss) && loss > 0) context.lineTo(left + (width - left - 6) * i / Math.max(1, losses.length - 1), y(Math.log10(loss)));
    });
    context.strokeStyle = css(palette.for);
    context.lineWidth = 2;
    context.stroke();
  }

  /** From 10⁻⁸ to 1. */
  const share = (size) => Math.min(1, Math.max(0, (Math.log10(size) + 8) / 8)) || 0;

  function layers(palette, list, grid) {
    const tile = 44, gap = 10, row = tile + 22, left = 74, bar = 150;
    const [width, height] = [left + 8 * (tile + gap) + bar + 12, 26 + list.length * row], context = sharp(by("layers"), width, height);
    const right = left + 8 * (tile + gap) + 4;
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = palette.of("soft");
    context.fillText("what the units give", left, 16);
    context.fillText("gradient of the weights", right, 16);
    list.forEach(({ units, values, size, unitSize }, i) => {
      const top = 26 + i * row;
      context.fillStyle = palette.of("text");
      context.fillText(i === list.length - 1 ? "output" : `layer ${i + 1}`, 8, top + tile / 2 + 4);
      for (let unit = 0; unit < units; unit++) {
        const x = left + unit * (tile + gap);
        let largest = 1e-9;
        for (let k = unit; k < values.length; k += units) largest = Math.max(largest, Math.abs(values[k]));
        cells(context, grid, x, top, tile, (k) => signed(palette, values[k * units + unit] / largest));
        context.strokeStyle = palette.of("line");
        context.lineWidth = 1;
        context.strokeRect(x, top, tile, tile);
        context.fillStyle = palette.of("line");
        context.fillRect(x, top + tile + 3, tile, 4);
        context.fillStyle = css(palette.for);
        context.fillRect(x, top + tile + 3, tile * share(unitSize(unit)), 4);
      }
      context.fillStyle = palette.of("line");
      context.fillRect(right, top + tile / 2 - 6, bar, 12);
      context.fillStyle = css(share(size) < 0.4 ? palette.against : palette.for);
      context.fillRect(right, top + tile / 2 - 6, bar * share(size), 12);
      context.fillStyle = palette.of("text");
      context.fillText(size.toExponential(1), right, top + tile / 2 + 22);
    });
  }
  return { surface, loss, layers };
})();
