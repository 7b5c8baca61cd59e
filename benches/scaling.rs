//! Time against width, batch and depth: the products of a dense layer, and whole networks.
//!
//! `cargo bench -p benches --bench scaling` prints neighbouring sizes whose time per floating-point operation differs by more than
//! half, and writes `target/scaling.csv` and `target/scaling.svg`. One thread, f32; each time is the least of many. With
//! other arguments than cargo's own, such as `cargo bench -p benches --bench scaling -- width`, it measures only those.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use typednet::layers::{Chain, PassContext, pass};
use typednet::loss::LossFor;
use typednet::prelude::*;
use typednet::tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet::tensor::{Buffer, Parallel};
use typednet_plot::{Chart, Figure};

mod common;

/// Sizes around the widths of vectors, tiles and caches.
const WIDTHS: [usize; 22] =
    [16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1536, 2048, 3072, 4096];
const BATCHES: [usize; 24] =
    [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096];
/// The batch of the measurements over width and depth.
const BATCH: usize = 64;

/// What is measured: one line of the picture.
struct Series {
    /// What grows: `width`, `batch` or `depth`.
    over: &'static str,
    name: String,
    points: Vec<Point>,
}

type Measure = fn() -> Vec<Series>;

struct Point {
    size: usize,
    rows: usize,
    flops: u64,
    seconds: f64,
}

impl Point {
    fn picoseconds_per_flop(&self) -> f64 {
        self.seconds / self.flops as f64 * 1e12
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let measures: [(&str, Measure); 3] = [("width", over_width), ("batch", over_batch), ("depth", over_depth)];
    if let Some(unknown) = wanted.iter().find(|name| measures.iter().all(|(known, _)| known != name)) {
        return Err(format!("`{unknown}` cannot be measured: say width, batch or depth").into());
    }
    let series: Vec<Series> = measures
        .into_iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name))
        .flat_map(|(_, measure)| measure())
        .collect();
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    fs::create_dir_all(&target)?;
    fs::write(target.join("scaling.csv"), csv(&series)?)?;
    draw(&series).write(target.join("scaling.svg"))?;
    print!("{}", cliffs(&series)?);
    Ok(())
}

/// The least time of a call.
fn seconds(flops: u64, mut call: impl FnMut()) -> f64 {
    // Some microseconds between two looks at the clock, and many samples of it.
    let calls = (500_000 / flops).max(1) as u32;
    let start = Instant::now();
    let (mut best, mut samples) = (Duration::MAX, 0);
    while samples < 5 || start.elapsed() < Duration::from_millis(120) {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        best = best.min(start.elapsed());
        samples += 1;
    }
    best.as_secs_f64() / f64::from(calls)
}

/// A buffer of random numbers.
fn random(len: usize) -> Buffer<f32> {
    let mut buffer = Buffer::new();
    for (i, x) in buffer.grow(len).iter_mut().enumerate() {
        *x = Key::new(1).uniform::<f32>(i as u64) - 0.5;
    }
    buffer
}

/// The three products of a layer of k inputs and n outputs, one series each; `shapes` gives the size that grows, and
/// m, k and n.
fn products(over: &'static str, shapes: impl Iterator<Item = (usize, (usize, usize, usize))>) -> Vec<Series> {
    let mut series =
        ["forward", "weight gradient", "input gradient"].map(|name| Series { over, name: name.into(), points: vec![] });
    for (size, (m, k, n)) in shapes {
        let flops = 2 * (m * k * n) as u64;
        let (x, w, b, delta) = (random(m * k), random(k * n), random(n), random(m * n));
        let (mut y, mut dw, mut dx) = (random(m * n), random(k * n), random(m * k));
        let (x, w, b) = (MatRef::new(x.as_slice(), m, k), MatRef::new(w.as_slice(), k, n), b.as_slice());
        let delta = MatRef::new(delta.as_slice(), m, n);
        let times = [
            seconds(flops, || {
                let y = MatMut::new(y.as_mut_slice(), m, n);
                matmul::affine(black_box(x), w, b, y, Epilogue::Relu, Parallel::SERIAL);
            }),
            seconds(flops, || {
                let dw = MatMut::new(dw.as_mut_slice(), k, n);
                matmul::weight_gradient(black_box(x), delta, dw, Parallel::SERIAL);
            }),
            seconds(flops, || {
                let dx = MatMut::new(dx.as_mut_slice(), m, k);
                matmul::input_gradient(black_box(delta), w, dx, Parallel::SERIAL);
            }),
        ];
        for (series, seconds) in series.iter_mut().zip(times) {
            series.points.push(Point { size, rows: m, flops, seconds });
        }
    }
    series.into()
}

fn over_width() -> Vec<Series> {
    products("width", WIDTHS.into_iter().map(|width| (width, (BATCH, width, width))))
}

fn over_batch() -> Vec<Series> {
    let mut all = products("batch", BATCHES.into_iter().map(|batch| (batch, (batch, 256, 256))));
    let mut pass = Series { over: "batch", name: "784-128-64-10, forward and backward".into(), points: vec![] };
    for batch in BATCHES {
        let (x, targets) = (common::scaled(&common::images(batch)), common::labels(batch));
        pass.points.push(gradient::<common::Mnist, _>(batch, common::step_flops(batch), &CrossEntropy, &x, &targets));
    }
    all.push(pass);
    all
}

type Layers1 = Dense<BATCH, BATCH, Relu>;
type Layers2 = Chain<Layers1, Layers1>;
type Layers5 = Chain<Layers2, Chain<Layers1, Layers2>>;
type Layers10 = Chain<Layers5, Layers5>;
type Layers20 = Chain<Layers10, Layers10>;
type Layers50 = Chain<Layers20, Chain<Layers10, Layers20>>;

fn over_depth() -> Vec<Series> {
    fn of<N: Layer<In = [f32; BATCH], Out = [f32; BATCH], Head = Relu, Elem = f32>>(depth: usize, all: &mut [Series]) {
        let key = Key::new(2);
        let x: Vec<[f32; BATCH]> =
            (0..BATCH).map(|row| std::array::from_fn(|i| key.uniform((row * BATCH + i) as u64))).collect();
        let forward = 2 * (depth * BATCH * BATCH * BATCH) as u64;
        let model = N::seeded(0);
        let mut memory = Buffer::new();
        let memory = memory.grow(pass::inference_need::<N>().of(BATCH));
        let run = PassContext::new(Key::new(0));
        let seconds = seconds(forward, || {
            pass::infer(&*model, black_box(&x), memory, run);
        });
        all[0].points.push(Point { size: depth, rows: BATCH, flops: forward, seconds });
        // All layers but the first give the gradient of their inputs too.
        let flops = 3 * forward - forward / depth as u64;
        let mut point = gradient::<N, _>(BATCH, flops, &SquaredError::Mean, &x, &x);
        point.size = depth;
        all[1].points.push(point);
    }
    let mut all = ["forward", "forward and backward"].map(|name| Series {
        over: "depth",
        name: format!("layers of 64, {name}"),
        points: vec![],
    });
    of::<Layers1>(1, &mut all);
    of::<Layers2>(2, &mut all);
    of::<Layers5>(5, &mut all);
    of::<Layers10>(10, &mut all);
    of::<Layers20>(20, &mut all);
    of::<Layers50>(50, &mut all);
    all.into()
}

/// A forward and a backward pass of the network `N`.
fn gradient<N: Layer<Elem = f32>, L: LossFor<N::Head, N::Out>>(
    rows: usize,
    flops: u64,
    loss: &L,
    x: &[N::In],
    targets: &[L::Target],
) -> Point {
    let (model, mut gradient) = (N::seeded(0), N::zeroed());
    let mut memory = Buffer::new();
    let memory = memory.grow(pass::training_need::<N>().of(rows));
    let seconds = seconds(flops, || {
        pass::gradient(&*model, loss, black_box(x), targets, &mut *gradient, memory, PassContext::new(Key::new(0)));
    });
    Point { size: rows, rows, flops, seconds }
}

fn csv(series: &[Series]) -> Result<String, std::fmt::Error> {
    let mut text = String::from("over,what,size,nanoseconds per sample,picoseconds per flop\n");
    for Series { over, name, points } in series {
        for point in points {
            let sample = point.seconds / point.rows as f64 * 1e9;
            writeln!(text, "{over},\"{name}\",{},{sample:.1},{:.2}", point.size, point.picoseconds_per_flop())?;
        }
    }
    Ok(text)
}

/// Neighbouring sizes whose time per floating-point operation differs by more than half.
///
/// One is there for a reason: at batch 1 the forward pass reads every weight for two operations, and is as fast as the
/// second-level cache; two rows share what is read.
fn cliffs(series: &[Series]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for Series { over, name, points } in series {
        for pair in points.windows(2) {
            let (a, b) = (pair[0].picoseconds_per_flop(), pair[1].picoseconds_per_flop());
            if a.max(b) > 1.5 * a.min(b) {
                writeln!(text, "{over} {} to {}, {name}: {a:.1} and {b:.1} ps per flop", pair[0].size, pair[1].size)?;
            }
        }
    }
    if text.is_empty() {
        text.push_str("no neighbouring sizes differ by more than half in time per flop\n");
    }
    Ok(text)
}

/// One chart below the other.
fn draw(series: &[Series]) -> Figure {
    let mut charts: Vec<&str> = series.iter().map(|series| series.over).collect();
    charts.dedup();
    let charts = charts.into_iter().map(|over| {
        let lines = series.iter().filter(|series| series.over == over);
        let chart = Chart::new(format!("over {over}"), over, "time (ps per flop)").log_x().log_y();
        lines.fold(chart, |chart, line| {
            let points = line.points.iter().map(|point| (point.size as f64, point.picoseconds_per_flop()));
            chart.line(&line.name, points.collect::<Vec<_>>())
        })
    });
    let note = "One thread, f32. A line that jumps between neighbouring sizes is a cliff.";
    Figure::new("Time per floating-point operation", 1, charts).panel(800, 360).note(note)
}
