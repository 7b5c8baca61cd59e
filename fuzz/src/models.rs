//! Networks with what they cannot be used without: whole files, and each attachment by itself.

use std::fmt::Debug;

use typednet::data::text::Vocabulary;
use typednet::data::{
    Attached, Attachment, ClassNames, Columns, DataError, Fill, MinMax, Scaling, Standard, Table, TableEncoder, Unknown,
};
use typednet::prelude::*;

use crate::files::{Folder, read, said, written};
use crate::seal::unsealed;

network! { struct Homes: 4 => hidden: Dense<3, Relu> => Dense<2, Softmax> }

/// What a program that uses [`Homes`] takes from the file of the weights.
type Needs = (TableEncoder<4>, ClassNames<2>);

fn table() -> Table {
    Table::from_csv("town,rooms,area,kind\nOslo,2,40,flat\nRome,,60,house\nOslo,4,80,flat\n").expect("a table")
}

fn encoders() -> [TableEncoder<4>; 2] {
    let columns = Columns::new().numbers(["area", "rooms"]).categories(["town"]);
    [
        columns.clone().fill_numbers(Fill::Median),
        columns.fill_numbers(Fill::Mean).scaling(Scaling::MinMax).unknown(Unknown::Zeros),
    ]
    .map(|columns| TableEncoder::fit(&table(), &columns).expect("an encoder"))
}

fn needs() -> Needs {
    let [encoder, _] = encoders();
    (encoder, ClassNames::of(&table(), "kind").expect("two kinds"))
}

/// What is loaded answers a row, as the program that serves it does.
pub(crate) fn run(bytes: &[u8]) {
    read("homes.safetensors", bytes, |path| {
        said(Homes::load(path).map(|model| model.predict_many(&[[0.5; 4]; 3])));
        said(Homes::load_with::<Needs>(path).map(|(model, (encoder, names))| {
            let answer = |row: &[f32; 4]| names.of_largest(&model.predict(row)).to_owned();
            (served(&encoder).map(|rows| rows.iter().map(answer).collect::<Vec<_>>()).map_err(|e| e.to_string()), names)
        }));
    });
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let ours = written("homes.safetensors", |path| Homes::seeded(1).save_with(path, &needs()));
    let foreign = unsealed(&ours).expect("a checksum");
    vec![ours, foreign]
}

/// Rows of a table and one by itself.
fn served<const N: usize>(encoder: &TableEncoder<N>) -> Result<Vec<[f32; N]>, DataError> {
    let mut rows = encoder.transform::<f32>(&table())?;
    let row = [("town", "Paris".into()), ("rooms", None::<f64>.into()), ("area", 1e300.into())];
    rows.push(*encoder.row(&row)?);
    Ok(rows)
}

/// An encoder that is read encodes, and is the same after a further file.
pub(crate) fn encoder(bytes: &[u8]) {
    read("encoder.json", bytes, |path| match TableEncoder::<4>::read(path) {
        Ok(encoder) => {
            said(served(&encoder));
            said::<_, String>(Ok((encoder.features(), encoder.categories("town"))));
            let folder = Folder::new();
            let again = folder.path("again.json");
            encoder.write(&again).expect("what was read can be written");
            assert_eq!(TableEncoder::read(again).ok(), Some(encoder));
        }
        Err(error) => drop(error.to_string()),
    });
}

pub(crate) fn encoder_seeds() -> Vec<Vec<u8>> {
    encoders().iter().map(|encoder| written("encoder.json", |path| encoder.write(path))).collect()
}

/// The text of an attachment of every kind.
pub(crate) fn attached(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    detached::<TableEncoder<4>>("table encoder", text);
    detached::<ClassNames<2>>("class names", text);
    detached::<Standard<3>>("standard scaler", text);
    detached::<MinMax<3>>("min-max scaler", text);
    detached::<Vocabulary<4>>("vocabulary", text);
}

/// What comes out of a file goes into the next one and is the same.
fn detached<A: Attachment + PartialEq + Debug>(name: &str, text: &str) {
    let mut from = Attached::new();
    from.put(name, text).expect("the first of this name");
    match A::detach(&from) {
        Ok(attachment) => {
            let mut to = Attached::new();
            attachment.attach(&mut to).expect("the first of this name");
            assert_eq!(A::detach(&to).ok(), Some(attachment));
        }
        Err(error) => drop(error.to_string()),
    }
}

pub(crate) fn attached_seeds() -> Vec<Vec<u8>> {
    let samples = [[0.0_f32, 1.0, -2.0], [0.5, 3.0, 2.0]];
    let scalers = (Standard::fit(&samples).expect("a scaler"), MinMax::fit(&samples).expect("a scaler"));
    let mut all = Attached::new();
    let vocabulary = Vocabulary::<4>::of("a cab").expect("four characters");
    (needs(), scalers, vocabulary).attach(&mut all).expect("all different");
    all.iter().map(|(_, text)| text.as_bytes().to_vec()).collect()
}
