//! Names that a user gives may be of any length: no table ends the program for one.

use typednet::data::Table;
use typednet::govern::{DriftMonitor, DriftSettings};
use typednet::prelude::*;
use typednet::train::Confusion;
use typednet::tune::{Grid, Space, Study};

/// More letters than a width in a format may be.
fn long() -> String {
    "ß".repeat(70_000)
}

#[test]
fn tables_of_long_names_are_of_some_length() {
    let name = long();
    let column = Table::from_csv(format!("{name},b\n1,2\n")).unwrap().to_string();

    let [cat, dog] = [0, 1].map(|label| Class::<2>::new(label).unwrap());
    let confusion: Confusion<2> = [(cat, dog), (dog, dog)].into_iter().collect();
    let classes = confusion.named(&[&name, "b"]).to_string();

    let samples: Vec<[f32; 2]> = (0..100).map(|row| [row as f32, (row * 7 % 13) as f32]).collect();
    let data = Dataset::new(samples, vec![[0.0_f32]; 100]).unwrap();
    let monitor = DriftMonitor::fit_inputs::<[f32; 2], _, _>(&data, DriftSettings::default()).unwrap();
    let report = monitor.named([&*name, "b"]).check_inputs::<[f32; 2], _, _>(&data).unwrap();

    let space = Space::new().choice("kind", [&*name, "b"]).and_then(|space| space.uniform(long(), 0.0, 1.0)).unwrap();
    let study = Study::new(space, Grid::new(2)).quiet().run(|_| Ok(1.0)).unwrap();

    for table in [column, classes, report.to_string(), study.to_string()] {
        assert!(table.contains('…'), "{}", &table.chars().take(200).collect::<String>());
        let longest = table.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(longest < 300, "{longest} letters");
    }
}
