//! A table to a served model in two programs: what is trained in one is answered in the other, to the bit.

use std::path::PathBuf;

use typednet::data::{ClassNames, Standard, TableEncoder, Value, tabular};
use typednet::prelude::*;
use typednet::train::{load_attached, load_weights};

#[allow(dead_code, unreachable_pub, reason = "a program of its own, of which the test uses a part")]
#[path = "../../examples/serve_table.rs"]
mod serve_table;
#[allow(dead_code, unreachable_pub, reason = "a program of its own, of which the test uses a part")]
#[path = "../../examples/train_table.rs"]
mod train_table;

use serve_table::Penguin;

/// A file that goes away with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("typednet-table-{name}-{}.safetensors", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a plain name")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn both_programs_give_the_same_numbers() {
    let place = Place::new("both");
    let mut trainer = train_table::train(place.path()).expect("a trained network");
    assert!(trainer.history().last().and_then(|record| record.validation).expect("validated").accuracy > Some(0.95));

    let table = tabular::penguins().unwrap();
    let (model, (encoder, species)) = load_attached::<Penguin, (TableEncoder<9>, ClassNames<3>)>(place.path()).unwrap();
    assert_eq!(model.as_flat(), trainer.model().as_flat());
    let (samples, classes) = (encoder.transform(&table).unwrap(), species.classes(&table, "species").unwrap());
    let right = trainer.evaluate(&Dataset::new(samples.clone(), classes.clone()).unwrap()).unwrap();
    assert!(right.accuracy > Some(0.97), "{right:?}");

    // Some rows, one for each species and one with gaps, each by names as the serving program takes them.
    for row in [0_u32, 3, 8, 200, 300] {
        let one = table.select(&[row]);
        let word = |name: &str| one.column(name).unwrap().categories().pop();
        let [island, sex] = ["island", "sex"].map(word);
        let mut cells: Vec<(&str, Value<'_>)> = vec![("sex", sex.as_ref().into()), ("island", island.as_ref().into())];
        for name in ["body_mass_g", "bill_depth_mm", "flipper_length_mm", "bill_length_mm"] {
            cells.push((name, one.column(name).unwrap().numbers().map_or(Value::Missing, |numbers| numbers[0].into())));
        }
        let (name, scores) = serve_table::serve(place.path(), &cells).unwrap();
        let sample = &samples[row as usize];
        assert_eq!(scores.map(f32::to_bits), trainer.predict(sample).map(f32::to_bits), "row {row}");
        assert_eq!(name, species.of_largest(&scores));
        assert_eq!(name, species.name(classes[row as usize]), "row {row}");
    }
}

#[test]
fn what_is_not_in_the_file_is_said() {
    let place = Place::new("errors");
    train_table::train(place.path()).unwrap();
    // Who wants the weights alone gets them.
    load_weights::<Penguin>(place.path()).unwrap();
    let text = |error: typednet::train::CheckpointError| error.to_string();
    let error = text(load_attached::<Penguin, Standard<9>>(place.path()).unwrap_err());
    assert!(error.starts_with(&format!("`{}`: expected a `standard scaler` in the file", place.path())), "{error}");
    let error = text(load_attached::<Penguin, TableEncoder<8>>(place.path()).unwrap_err());
    assert!(error.contains("island 3, sex 2), but the encoder's type has 8"), "{error}");
    let error = text(load_attached::<Dense<9, 4>, TableEncoder<9>>(place.path()).unwrap_err());
    assert!(error.contains("holds the weights of another network"), "{error}");
    let error = serve_table::serve(place.path(), &[("island", "Dream".into())]).unwrap_err().to_string();
    assert_eq!(error, "there is no column `bill_length_mm`; the columns are island");
}
