// Points to be trained on, each [x, y, target]; the same ones every time.
const POINTS = 200;

function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const normal = (next) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const PROBLEMS = {
  "XOR": (next) => {
    const side = () => (next() < 0.5 ? -1 : 1) * (0.15 + 0.8 * next());
    const [x, y] = [side(), side()];
    return [x, y, x * y < 0 ? 1 : 0];
  },
  "Circles": (next, i) => {
    const [radius, angle] = [(i % 2 ? 0.75 : 0.3) + 0.08 * normal(next), 2 * Math.PI * next()];
    return [radius * Math.cos(angle), radius * Math.sin(angle), i % 2];
  },
  "Spirals": (next, i) => {
    const along = Math.floor(i / 2) / (POINTS / 2), angle = 1.75 * along * 2 * Math.PI + (i % 2) * Math.PI;
    const radius = 0.08 + 0.87 * along;
    return [radius * Math.sin(angle) + 0.01 * normal(next), radius * Math.cos(angle) + 0.01 * normal(next), i % 2];
  },
  "A curve": (next, i) => {
    const x = 2 * i / (POINTS - 1) - 1;
    return [x, 0, 0.6 * Math.sin(5 * x) + 0.3 * x + 0.06 * normal(next)];
  },
};

function points(problem) {
  const next = random(7);
  return Array.from({ length: POINTS }, (_, i) => PROBLEMS[problem](next, i));
}
