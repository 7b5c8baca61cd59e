//! Which penguin is it? Trains on a table with words, numbers and gaps, and writes one file with all that `serve_table`
//! needs to answer: the weights, the encoder of rows, and the names of the species.
use std::error::Error;

use typednet::data::{ClassNames, Columns, Fill, Table, TableEncoder, split, tabular};
use typednet::prelude::*;

network! {
    /// Four measures, the island and the sex in; one probability for each species out.
    pub struct Penguin: 9 => Dense<16, Relu> => Dense<3, Softmax> -> 3
}

/// # Errors
/// If the file cannot be written.
pub fn train(file: &str) -> Result<Trainer<Penguin, CrossEntropy, Adam>, Box<dyn Error>> {
    let table = tabular::penguins()?; // one of yours: `Table::from_csv_file("penguins.csv")?`
    let parts = split::random(table.rows(), [0.8, 0.2], Key::new(1))?;
    let [train, test] = parts.map(|rows| table.select(&rows));

    let columns = Columns::new()
        .numbers(["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"])
        .categories(["island", "sex"])
        .fill_numbers(Fill::Median)
        .fill_categories(Fill::MostFrequent);
    let encoder = TableEncoder::<9>::fit(&train, &columns)?;
    let species = ClassNames::<3>::of(&train, "species")?;
    let data = |part: &Table| Dataset::new(encoder.transform::<f32>(part)?, species.classes(part, "species")?);
    let (train, test) = (data(&train)?, data(&test)?);

    let mut trainer = Trainer::new(Penguin::seeded(0), CrossEntropy, Adam::new(0.01)).batch(32).epochs(20);
    trainer.fit_validated(&train, &test)?;
    trainer.model().save_with(file, &(encoder, species))?;
    Ok(trainer)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", train("target/penguin.safetensors")?.history());
    Ok(())
}
