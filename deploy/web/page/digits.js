// The first part: a digit is drawn, and the network answers.
const digits = (() => {
  const pad = by("pad"), ink = pad.getContext("2d", { willReadFrequently: true });
  const SIZE = 280, PEN = 20;
  net.digit_open();
  const pixels = numbers(net.digit_pixels(), 784);
  const probabilities = numbers(net.digit_probabilities(), 10);
  const gradient = numbers(net.digit_gradient(), 784);
  const strokes = []; // each a list of places, or the number of a test digit
  let last = null, cursor = [SIZE / 2, SIZE / 2], isDown = false, shown = 0;

  const bars = Array.from({ length: 10 }, (_, digit) => {
    const item = document.createElement("li");
    item.innerHTML = `${digit} <i><span></span></i> <b></b>`;
    by("bars").append(item);
    return { item, bar: item.querySelector("span"), text: item.querySelector("b") };
  });

  function line(from, to) {
    ink.lineWidth = PEN;
    ink.lineCap = ink.lineJoin = "round";
    ink.strokeStyle = colours().of("ink");
    ink.beginPath();
    ink.moveTo(...from);
    ink.lineTo(...to);
    ink.stroke();
  }

  /** As the digits of MNIST are made: scaled into a square of 20×20, their centre of mass in the middle of 28×28. */
  function read() {
    const { data } = ink.getImageData(0, 0, SIZE, SIZE);
    let mass = 0, [sx, sy] = [0, 0], [left, right, top, bottom] = [SIZE, -1, SIZE, -1];
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const alpha = data[4 * (y * SIZE + x) + 3];
        if (alpha === 0) continue;
        mass += alpha, sx += alpha * x, sy += alpha * y;
        left = Math.min(left, x), right = Math.max(right, x), top = Math.min(top, y), bottom = Math.max(bottom, y);
      }
    }
    pixels.fill(0);
    if (mass === 0) return false;
    const scale = 20 / Math.max(right - left + 1, bottom - top + 1, 60), share = scale * scale / 255;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const alpha = data[4 * (y * SIZE + x) + 3];
        const column = Math.floor((x - sx / mass) * scale + 14), row = Math.floor((y - sy / mass) * scale + 14);
        if (alpha > 0 && column >= 0 && column < 28 && row >= 0 && row < 28) pixels[28 * row + column] += alpha * share;
      }
    }
    for (let i = 0; i < 784; i++) pixels[i] = Math.min(1, pixels[i]);
    return true;
  }

  function answer() {
    const palette = colours(), isDrawn = read();
    let best = -1;
    if (isDrawn) {
      net.digit_predict(1);
      best = probabilities.indexOf(Math.max(...probabilities));
      net.digit_saliency(best);
    }
    bars.forEach(({ item, bar, text }, digit) => {
      const share = isDrawn ? 100 * probabilities[digit] : 0;
      item.classList.toggle("best", digit === best);
      bar.style.width = share + "%";
      text.textContent = isDrawn ? share.toFixed(1) + " %" : "";
    });
    by("answer").textContent = !isDrawn ? "Nothing is drawn yet."
      : probabilities[best] > 0.7 ? `This is a ${best}.` : `Perhaps a ${best}; the network is not sure.`;
    const seen = by("seen").getContext("2d"), saliency = by("saliency").getContext("2d");
    cells(seen, 28, 0, 0, 140, (i) => palette.ground.map((part, c) => Math.round(part + (palette.ink[c] - part) * pixels[i])));
    const largest = isDrawn ? gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9) : 1;
    cells(saliency, 28, 0, 0, 140, (i) => {
      const colour = signed(palette, isDrawn ? gradient[i] / largest : 0);
      // The digit stays to be seen below the colours.
      return colour.map((part, c) => Math.round(part + 0.35 * pixels[i] * (palette.ink[c] - part)));
    });
    return best;
  }

  function clear() {
    strokes.length = 0;
    ink.clearRect(0, 0, SIZE, SIZE);
    answer();
  }

  function image(number) {
    net.digit_image(number);
    const [red, green, blue] = colours().ink;
    for (let i = 0; i < 784; i++) {
      ink.fillStyle = `rgba(${red}, ${green}, ${blue}, ${pixels[i]})`;
      ink.fillRect(10 * (i % 28), 10 * Math.floor(i / 28), 10, 10);
    }
  }

  function show(number) {
    clear();
    strokes.push(number);
    image(number);
    return answer();
  }

  /** What was drawn, in the colours that hold now. */
  function redraw() {
    ink.clearRect(0, 0, SIZE, SIZE);
    for (const stroke of strokes) {
      if (typeof stroke === "number") image(stroke);
      else stroke.forEach((to, i) => line(stroke[Math.max(0, i - 1)], to));
    }
    answer();
  }

  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) * SIZE / box.width, (event.clientY - box.top) * SIZE / box.height];
  };
  const draw = (from, to) => {
    strokes.at(-1).push(to);
    line(from, to);
    answer();
  };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (event.isTrusted) pad.setPointerCapture(event.pointerId);
    pad.focus({ preventScroll: true });
    last = place(event);
    strokes.push([last]);
    draw(last, last);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    const to = place(event);
    draw(last, to);
    last = to;
  });
  for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, () => (last = null));
  pad.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key];
    if (event.key === " ") {
      isDown = !isDown;
      if (isDown) strokes.push([cursor]), draw(cursor, cursor);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      isDown = false;
      clear();
    } else if (way) {
      const to = cursor.map((at, i) => Math.min(SIZE - PEN / 2, Math.max(PEN / 2, at + way[i])));
      if (isDown) draw(cursor, to);
      cursor = to;
    } else return;
    by("answer").dataset.pen = isDown ? "down" : "up";
    event.preventDefault();
  });
  by("clear").addEventListener("click", clear);
  by("example").addEventListener("click", () => show(shown++ % net.digit_images()));

  /** Microseconds for one digit: the least of several runs, each long enough for the page's clock. */
  function measure() {
    let least = Infinity;
    for (let run = 0; run < 40; run++) {
      const start = performance.now();
      net.digit_predict(500);
      least = Math.min(least, performance.now() - start);
    }
    return 2 * least; // milliseconds for 1,000 are microseconds for one
  }
  return { answer, clear, show, redraw, measure, pad, probabilities };
})();
