//! What a monitor costs: epochs with and without one, in turns, in one process.
//!
//! ```text
//! cargo run --release -p typednet-watch --example monitor_cost
//! ```
//!
//! It trains the network of the lectures on the 8,000 digits inside the program, in batches of 64, with all file sinks on.
//! Beside the medians over the turns stand the shortest epochs, which other programs on the machine disturb least.

use std::env;
use std::error::Error;
use std::time::Instant;

use typednet_data::mnist;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Relu, Softmax};
use typednet_optim::Adam;
use typednet_train::Trainer;
use typednet_watch::{CsvFile, JsonLines, Monitor, TensorBoard};

type Net = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;

const TURNS: usize = 101;

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
    let times = trainers.map(|(_, mut seconds)| {
        seconds.sort_by(f64::total_cmp);
        [seconds[seconds.len() / 2], seconds[0]]
    });
    println!("{:<32}{:>10}{:>8}{:>12}{:>8}", "milliseconds for an epoch", "median", "ratio", "shortest", "ratio");
    for (name, [median, shortest]) in
        ["without a monitor", "with one, at every 50th step", "with one that writes files"].iter().zip(times)
    {
        let ratios = [median / times[0][0], shortest / times[0][1]];
        println!("{name:<32}{:>10.2}{:>8.3}{:>12.2}{:>8.3}", 1e3 * median, ratios[0], 1e3 * shortest, ratios[1]);
    }
    Ok(())
}
