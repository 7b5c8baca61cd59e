// The second part: a network is trained, and what happens in it is shown.
const playground = (() => {
  const WIDTH = 8, GRID = 40, DEPTHS = [1, 2, 4, 8];
  const ACTIVATIONS = ["Sigmoid", "Tanh", "ReLU", "Leaky ReLU", "GELU"];
  const RULES = ["Gradient descent", "Momentum", "RMSProp", "Adam"];
  const LESSONS = {
    "A good start": { problem: "Spirals", depth: 2, activation: 1, rule: 3, rate: -2 },
    "Vanishing gradient": { problem: "Circles", depth: 3, activation: 0, rule: 0, rate: -0.5 },
    "Rate too high": { problem: "A curve", depth: 1, activation: 1, rule: 1, rate: 0.6 },
    "Dead ReLUs": { problem: "Circles", depth: 1, activation: 2, rule: 3, rate: 0 },
  };
  const room = { inputs: numbers(net.inputs(), 2 * GRID * GRID), targets: numbers(net.targets(), 256) };
  const state = { data: [], losses: [], count: 0, seed: 1, running: false, params: 0, isBroken: false };
  const chosen = { pace: 5, ...LESSONS["A good start"] };
  const hidden = () => DEPTHS[chosen.depth];
  const isCurve = () => chosen.problem === "A curve";

  function fill(id, choices, value) {
    by(id).replaceChildren(...choices.map(([key, text]) => new Option(text, key, false, String(key) === String(value))));
  }

  function restart(seed = state.seed) {
    state.seed = seed;
    state.data = points(chosen.problem);
    state.params = guarded(() => net.choose(chosen.activation, chosen.depth, seed));
    state.losses = [];
    state.count = 0;
    state.isBroken = false;
    train(0);
  }

  /** Puts the points before the module, which the picture's places have taken the room of. */
  function train(steps) {
    state.data.forEach(([x, y, target], i) => {
      room.inputs.set([x, y], 2 * i);
      room.targets[i] = target;
    });
    const rate = 10 ** chosen.rate;
    for (let step = 0; step < Math.max(1, steps); step++) {
      const loss = guarded(() => net.train(state.data.length, isCurve() ? 1 : 0, chosen.rule, rate, steps ? 1 : 0));
      if (steps) state.count++;
      state.losses.push(loss);
      if (!Number.isFinite(loss)) {
        state.isBroken = true;
        pause();
        break;
      }
    }
  }

  const gradients = () => numbers(net.gradient(), state.params);

  /** The layers as they lie in the block: how many inputs and units, and where they begin. */
  function layers() {
    const list = [];
    let start = 0;
    for (let layer = 0; layer <= hidden(); layer++) {
      const inputs = layer === 0 ? 2 : WIDTH, units = layer === hidden() ? 1 : WIDTH;
      list.push({ inputs, units, start });
      start += (inputs + 1) * units;
    }
    return list;
  }

  /** The root mean square of a unit's gradient, or of all of a layer's. */
  function size({ inputs, units, start }, unit = null) {
    const gradient = gradients();
    let [sum, count] = [0, 0];
    for (let i = 0; i < inputs * units; i++) {
      if (unit === null || i % units === unit) sum += gradient[start + i] ** 2, count++;
    }
    return Math.sqrt(sum / count);
  }

  /** What the layers give at the places that are written: a list of layers, each with its units side by side. */
  function outputs(places) {
    guarded(() => net.look(places));
    const all = numbers(net.outputs(), places * (hidden() * WIDTH + 1));
    return layers().map(({ units }, layer) => all.subarray(places * WIDTH * layer, places * (WIDTH * layer + units)));
  }

  /** How many ReLUs give 0 for every point, and so learn nothing. */
  function dead() {
    if (ACTIVATIONS[chosen.activation] !== "ReLU") return 0;
    state.data.forEach(([x, y], i) => room.inputs.set([x, y], 2 * i));
    let count = 0;
    for (const values of outputs(state.data.length).slice(0, -1)) {
      for (let unit = 0; unit < WIDTH; unit++) {
        let isDead = true;
        for (let i = unit; i < values.length; i += WIDTH) isDead &&= values[i] === 0;
        count += isDead;
      }
    }
    return count;
  }

  /** What there is to see, in words. */
  function finding() {
    const [now, first] = [state.losses.at(-1), state.losses[0]];
    if (state.isBroken) {
      return ["wrong", `After step ${state.count} the loss is no number any more: the steps were so large that the weights ran away. Lower the learning rate and take new weights.`];
    }
    const list = layers(), count = dead(), total = hidden() * WIDTH;
    const ratio = size(list[0]) / size(list.at(-1));
    if (count > 0.3 * total) {
      return ["wrong", `${count} of ${total} ReLUs are dead: they give 0 for every point, so their gradient is 0 and they stay so. A lower rate, other weights or a leaky ReLU help.`];
    }
    const largest = Math.max(...list.slice(0, -1).map((layer) => size(layer)));
    if (now > 0.5 * first && (ratio < 1e-3 || largest < 1e-4)) {
      return ["wrong", `The gradient vanishes: that of the first layer is ${size(list[0]).toExponential(1)}, too small to learn by, and the loss stays where it is. Each sigmoid hands back at most a quarter of what it is given. Fewer layers, tanh or ReLU help.`];
    }
    const recent = state.losses.slice(-40);
    if (recent.length === 40 && now > 0.05 * first) {
      const turns = recent.slice(2).filter((loss, i) => (loss - recent[i + 1]) * (recent[i + 1] - recent[i]) < 0).length;
      if (now > 1.5 * first || turns > 15) return ["wrong", "The loss jumps up and down or rises: the learning rate is too high. Move the slider to the left."];
    }
    if (state.count === 0) return ["", "The weights are drawn, nothing is learnt yet."];
    if (now < 0.2 * first) return ["good", `It learns: the loss has fallen from ${first.toFixed(3)} to ${now.toFixed(3)}.`];
    return ["", `The loss was ${first.toFixed(3)} and is ${now.toFixed(3)}.`];
  }

  function draw() {
    const palette = colours();
    const [kind, text] = finding();
    by("finding").className = kind;
    by("finding").textContent = text;
    by("state").textContent = `Step ${state.count}, loss ${state.losses.at(-1).toPrecision(3)}`;
    for (let i = 0; i < GRID * GRID; i++) {
      const x = 2 * (i % GRID + 0.5) / GRID - 1;
      // A curve is a function of x alone.
      room.inputs.set([x, isCurve() ? 0 : 1 - 2 * (Math.floor(i / GRID) + 0.5) / GRID], 2 * i);
    }
    const given = outputs(GRID * GRID);
    pictures.surface(palette, state.data, given.at(-1), GRID, isCurve());
    pictures.loss(palette, state.losses);
    pictures.layers(palette, layers().map((layer, i) => ({ ...layer, values: given[i], size: size(layer), unitSize: (unit) => size(layer, unit) })), GRID);
    by("surface-text").textContent = isCurve()
      ? "The points, and the line that the network gives"
      : "The colour is the network's answer at each place; it should be that of the points";
  }

  function frame() {
    if (!state.running) return;
    train(chosen.pace);
    draw();
    requestAnimationFrame(frame);
  }
  function pause() {
    state.running = false;
    by("run").textContent = "Run";
  }
  function run() {
    if (state.running) return pause();
    if (state.isBroken) restart();
    state.running = true;
    by("run").textContent = "Pause";
    requestAnimationFrame(frame);
  }

  function controls() {
    fill("problem", Object.keys(PROBLEMS).map((name) => [name, name]), chosen.problem);
    fill("depth", DEPTHS.map((depth, i) => [i, `${depth} × ${WIDTH}`]), chosen.depth);
    fill("activation", ACTIVATIONS.map((name, i) => [i, name]), chosen.activation);
    fill("rule", RULES.map((name, i) => [i, name]), chosen.rule);
    fill("pace", [1, 5, 20, 100].map((pace) => [pace, pace]), chosen.pace);
    by("rate").value = chosen.rate;
    by("rate-text").textContent = (10 ** chosen.rate).toPrecision(2);
  }

  function choose(settings) {
    Object.assign(chosen, settings);
    controls();
    restart();
    draw();
  }

  for (const [name, settings] of Object.entries(LESSONS)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => {
      choose(settings);
      if (!state.running) run();
    });
    by("lessons").append(button);
  }
  for (const id of ["problem", "depth", "activation"]) {
    by(id).addEventListener("change", () => choose({ [id]: id === "problem" ? by(id).value : Number(by(id).value) }));
  }
  // Another optimiser begins anew; another rate or pace goes on with the weights as they are.
  by("rule").addEventListener("change", () => choose({ rule: Number(by("rule").value) }));
  by("pace").addEventListener("change", () => (chosen.pace = Number(by("pace").value)));
  by("rate").addEventListener("input", () => {
    chosen.rate = Number(by("rate").value);
    by("rate-text").textContent = (10 ** chosen.rate).toPrecision(2);
  });
  by("settings").addEventListener("submit", (event) => event.preventDefault());
  by("run").addEventListener("click", run);
  by("step").addEventListener("click", () => {
    pause();
    if (!state.isBroken) train(1);
    draw();
  });
  by("restart").addEventListener("click", () => {
    restart(state.seed + 1);
    draw();
  });
  return { choose, train, draw, state, chosen, finding, dead, LESSONS, layers, size };
})();
