// What the page shows first, and what `#show` and `#test` ask for.
const speed = digits.measure();
by("speed").textContent = `One digit takes ${speed.toFixed(1)} µs in this page.`;
digits.clear();
playground.choose({});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  digits.redraw();
  playground.draw();
});

/** Draws with pointer events, as a hand would: strokes of places in a square of 100×100. */
function draw(strokes) {
  digits.clear();
  const box = digits.pad.getBoundingClientRect();
  const send = (name, [x, y]) => digits.pad.dispatchEvent(new PointerEvent(name, {
    clientX: box.left + x * box.width / 100, clientY: box.top + y * box.height / 100, pointerId: 1, bubbles: true, cancelable: true,
  }));
  for (const stroke of strokes) {
    send("pointerdown", stroke[0]);
    for (let i = 1; i < stroke.length; i++) {
      for (let part = 1; part <= 6; part++) send("pointermove", stroke[i].map((to, k) => stroke[i - 1][k] + (to - stroke[i - 1][k]) * part / 6));
    }
    send("pointerup", stroke.at(-1));
  }
  return digits.probabilities.indexOf(Math.max(...digits.probabilities));
}

const ring = Array.from({ length: 25 }, (_, i) => [50 + 20 * Math.sin(i * Math.PI / 12), 50 - 32 * Math.cos(i * Math.PI / 12)]);
const DRAWN = {
  0: [ring],
  1: [[[52, 18], [48, 82]]],
  2: [[[32, 32], [40, 20], [55, 18], [66, 28], [62, 44], [46, 62], [30, 80], [50, 78], [72, 78]]],
  3: [[[33, 22], [50, 16], [64, 25], [60, 40], [46, 47], [62, 53], [68, 68], [54, 82], [34, 78]]],
  4: [[[38, 18], [32, 50], [70, 50]], [[62, 20], [60, 84]]],
  7: [[[30, 22], [70, 22], [52, 52], [44, 84]]],
};

/** What a page must do, as lines of text: `ok` or `wrong`, and what. */
function selfTest() {
  const lines = [];
  const claim = (isTrue, text) => lines.push(`${isTrue ? "ok" : "wrong"} ${text}`);
  for (const [digit, strokes] of Object.entries(DRAWN)) {
    const found = draw(strokes);
    claim(found === Number(digit), `the drawn ${digit} is read as ${found} (${(100 * digits.probabilities[found]).toFixed(1)} %)`);
  }
  const key = (name) => digits.pad.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  digits.clear();
  for (let i = 0; i < 10; i++) key("ArrowUp");
  key(" ");
  for (let i = 0; i < 20; i++) key("ArrowDown");
  key(" ");
  const byKeys = digits.probabilities.indexOf(Math.max(...digits.probabilities));
  claim(byKeys === 1, `a line drawn by keys is read as ${byKeys}`);
  // Said and not claimed: what a clock shows depends on what else the machine does.
  claim(true, `one digit takes ${speed.toFixed(1)} µs`);
  const learn = (settings, steps, share) => {
    playground.choose(settings);
    playground.train(steps);
    const [first, last] = [playground.state.losses[0], playground.state.losses.at(-1)];
    const name = `${playground.chosen.problem}, activation ${playground.chosen.activation}, rule ${playground.chosen.rule}`;
    claim(last < share * first, `${name}: the loss falls from ${first.toFixed(3)} to ${last.toFixed(3)} in ${steps} steps`);
  };
  for (const problem of Object.keys(PROBLEMS)) learn({ problem, depth: 2, activation: 1, rule: 3, rate: -2 }, 1000, 0.2);
  for (const activation of [0, 1, 2, 3, 4]) learn({ problem: "XOR", depth: 0, activation, rule: 3, rate: -1.3 }, 600, 0.35);
  for (const [rule, rate] of [[0, 0], [1, -1], [2, -2]]) learn({ problem: "XOR", depth: 1, activation: 1, rule, rate }, 600, 0.35);
  const lesson = (name, steps, word) => {
    playground.choose(playground.LESSONS[name]);
    playground.train(steps);
    playground.draw();
    const [, text] = playground.finding();
    claim(text.includes(word), `${name}: "${text}"`);
  };
  lesson("Vanishing gradient", 100, "vanishes");
  lesson("Rate too high", 100, "rate");
  lesson("Dead ReLUs", 100, "dead");
  lesson("A good start", 1000, "learns");
  return lines;
}

if (location.hash === "#test") {
  const report = document.createElement("pre");
  report.id = "test";
  try {
    report.textContent = selfTest().join("\n");
  } catch (error) {
    report.textContent = `wrong ${error.stack}`;
  }
  document.body.append(report);
} else if (location.hash.startsWith("#show")) {
  draw(DRAWN[3]);
  const name = decodeURIComponent(location.hash.slice(6)) || "A good start";
  playground.choose(playground.LESSONS[name]);
  playground.train(name === "A good start" ? 600 : 100);
  playground.draw();
}
