//! What a monitor costs: epochs with and without one, in turns, in one process.
//!
//! ```text
//! cargo run --release -p typednet-watch --example monitor_cost
//! ```
//!
//! It trains the network of the lectures on the 8,000 digits inside the program, in batches of 64, with all file sinks on.
//! The ratio is that of the medians over the turns; write it down from a quiet machine.

use std::env;
use std::error::Error;
use std::time::Instant;

use typednet_data::mnist;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
use typednet_optim::Adam;
use typednet_train::Trainer;
use typednet_watch::{CsvFile, JsonLines, Monitor, TensorBoard};

type Net = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;

const TURNS: usize = 41;

fn main() -> Result<(), Box<dyn Error>> {
    let digits = mnist::embedded()?;
    let folder = env::temp_dir().join(format!("typednet-monitor-cost-{}", std::process::id()));
    let trainer = || Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.001)).epochs(1).quiet();
    let silent = Monitor::new();
    let writing = Monitor::new()
        .sink(JsonLines::create(folder.join("log.jsonl"))?)
        .sink(CsvFile::create(folder.join("log.csv"))?)
        .sink(TensorBoard::create(folder.join("tensorboard"))?);
    let mut trainers =
        [trainer(), trainer().callback(silent), trainer().callback(writing)].map(|trainer| (trainer, Vec::new()));
    for turn in 0..=TURNS {
        for (trainer, seconds) in &mut trainers {
            let start = Instant::now();
            trainer.fit(&digits.train)?;
            if turn > 0 {
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
    }
    std::fs::remove_dir_all(&folder)?;
    let [without, with, writing] = trainers.map(|(_, seconds)| median(seconds));
    println!("epoch without a monitor       {:7.2} ms", 1e3 * without);
    println!("with one, at every 50th step  {:7.2} ms, ratio {:.3}", 1e3 * with, with / without);
    println!("with one that writes files    {:7.2} ms, ratio {:.3}", 1e3 * writing, writing / without);
    Ok(())
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
