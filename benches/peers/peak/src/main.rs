//! Prints what this processor could do at most, as one JSON object: the peak of each instruction set that it has, in float32
//! operations per second, and the bytes per second that an update of parameters moves, by the size of what it works on.
//!
//! Both by explicit instructions of each width: a compiler that writes the loops itself may take narrower registers than the
//! processor has (on Intel's, LLVM prefers half of their width), and then the peak is that of the narrower ones.
//!
//! By itself: `cd benches/peers/peak && cargo run --release -- --threads 1`

mod instructions;
mod peak;
mod update;

use instructions::Set;

fn main() {
    let mut words = std::env::args().skip_while(|word| word != "--threads").skip(1);
    let threads = words.next().and_then(|word| word.parse().ok()).unwrap_or(1).max(1);
    let peaks: Vec<(&str, f64)> = Set::here().map(|set| (set.name(), peak::flops(set, threads))).collect();
    let flops = peaks.iter().fold(0.0_f64, |best, (_, flops)| best.max(*flops));
    let sets: Vec<String> = peaks.iter().map(|(name, flops)| format!(r#""{name}": {flops}"#)).collect();
    let widest = Set::here().next().unwrap_or(Set::Portable);
    let moved: Vec<String> = update::SIZES
        .map(|bytes| format!(r#"{{"bytes": {bytes}, "moved": {}}}"#, update::bytes_per_second(widest, threads, bytes)))
        .to_vec();
    println!(r#"{{"flops": {flops}, "sets": {{{}}}, "update": [{}]}}"#, sets.join(", "), moved.join(", "));
}
