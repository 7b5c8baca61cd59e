//! Answers with the file that `train_table` has written: which penguin is it?
use std::error::Error;

use typednet::data::{ClassNames, TableEncoder, Value};
use typednet::prelude::*;

network! {
    /// Four measures, the island and the sex in; one probability for each species out.
    pub struct Penguin: 9 => Dense<16, Relu> => Dense<3, Softmax> -> 3
}

/// The name of the species, and how probable each one is.
///
/// # Errors
/// If a file cannot be read, or does not fit.
pub fn serve(file: &str, penguin: &[(&str, Value<'_>)]) -> Result<(String, [f32; 3]), Box<dyn Error>> {
    let (model, (encoder, species)) = Penguin::load_with::<(TableEncoder<9>, ClassNames<3>)>(file)?;
    let row = encoder.row(penguin)?;
    let scores = model.predict(&row);
    Ok((species.of_largest(&scores).to_owned(), scores))
}

fn main() -> Result<(), Box<dyn Error>> {
    let penguin = [
        ("island", "Dream".into()),
        ("sex", Value::Missing),
        ("body_mass_g", 3725.into()),
        ("flipper_length_mm", 195.into()),
        ("bill_length_mm", 50.2.into()),
        ("bill_depth_mm", 18.8.into()),
    ];
    let (species, scores) = serve("target/penguin.safetensors", &penguin)?;
    println!("{species} ({scores:.3?})");
    Ok(())
}
