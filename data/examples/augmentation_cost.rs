//! What each augmentation costs for an image of 28×28, beside plain gathering.
//!
//! `cargo run --release -p typednet-data --example augmentation_cost`

use std::hint::black_box;
use std::time::Instant;

use typednet_data::{Augment, Augmented, DataError, Mixup, Order, Source, mnist};
use typednet_tensor::{Class, Key};

const BATCH: usize = 64;

/// The shortest time for a batch in several epochs, in microseconds for each image.
fn microseconds<Target: Copy>(source: &impl Source<[f32; 784], Target>) -> Result<f64, DataError> {
    let mut order = Order::new(source.len())?;
    let (mut x, mut y) = (vec![[0.0; 784]; BATCH], vec![source.target(0); BATCH]);
    let mut shortest = f64::INFINITY;
    for epoch in 0..8 {
        let key = Key::new(1).child(epoch);
        order.shuffle(key);
        for rows in order.batches(BATCH)? {
            let start = Instant::now();
            source.gather(rows, key, &mut x[..rows.len()], &mut y[..rows.len()]);
            shortest = shortest.min(start.elapsed().as_secs_f64() * 1e6 / rows.len() as f64);
            black_box(&x);
        }
    }
    Ok(shortest)
}

fn main() -> Result<(), DataError> {
    type Digits = Augment<28, 28, 1>;

    let digits = mnist::embedded()?.train;
    let affine = Digits::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
    println!("µs per image of 28×28, gathered in batches of {BATCH}");
    println!("{:<28} {:>6.2}", "plain", microseconds::<Class<10>>(&digits)?);
    for (name, augment) in [
        ("nothing", Digits::new()),
        ("crop and flip", Digits::new().crop(2).flip_horizontal(0.5)),
        ("affine", affine.clone()),
        ("elastic", Digits::new().elastic(1.0, 5)),
        ("affine and elastic", affine.clone().elastic(1.0, 5)),
        ("noise", Digits::new().noise(0.1)),
        ("cutout", Digits::new().cutout(8)),
        ("all of it", affine.flip_horizontal(0.5).elastic(1.0, 5).noise(0.1).cutout(8)),
    ] {
        println!("{name:<28} {:>6.2}", microseconds::<Class<10>>(&Augmented::new(&digits, augment)?)?);
    }
    println!("{:<28} {:>6.2}", "mixup", microseconds::<[f32; 10]>(&Mixup::new(&digits, 0.2)?)?);
    Ok(())
}
