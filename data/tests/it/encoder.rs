//! Tables as rows of numbers: the same numbers in training and in use, and words for everything that does not fit.
#![allow(clippy::float_cmp, reason = "ones, zeros and small whole numbers are exact")]

use std::fs;

use proptest::prelude::*;
use typednet_data::{
    Attached, Attachment, ClassNames, ColumnKind, Columns, Constant, Csv, DataError, EncodeError, Fill, MinMax,
    Scaling, Standard, Table, TableEncoder, Unknown, Value, split, tabular,
};
use typednet_formats::{FileError, reseal};
use typednet_tensor::Key;

const MEASURES: [&str; 4] = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];

fn columns() -> Columns {
    Columns::new()
        .numbers(MEASURES)
        .categories(["island", "sex"])
        .fill_numbers(Fill::Mean)
        .fill_categories(Fill::MostFrequent)
}

fn bits<const N: usize>(rows: &[[f32; N]]) -> Vec<[u32; N]> {
    rows.iter().map(|row| row.map(f32::to_bits)).collect()
}

fn text<V: std::fmt::Debug>(result: Result<V, DataError>) -> String {
    result.unwrap_err().to_string()
}

fn fit<const N: usize>(table: &Table, columns: &Columns) -> TableEncoder<N> {
    TableEncoder::fit(table, columns).unwrap_or_else(|error| panic!("{error}"))
}

/// The steps by hand, with the parts that were there before: fill, scale, one-hot.
#[test]
fn it_does_what_the_parts_do() {
    let table = tabular::penguins().unwrap();
    let [train, test] = split::random(table.rows(), [0.7, 0.3], Key::new(1)).unwrap().map(|rows| table.select(&rows));
    for scaling in [Scaling::Standard, Scaling::MinMax, Scaling::None] {
        let encoder = fit::<9>(&train, &columns().scaling(scaling));
        let (mut by_hand, mut later) = (train.clone(), test.clone());
        for column in MEASURES {
            let mean = by_hand.fill(column, Fill::Mean).unwrap();
            later.fill(column, mean).unwrap();
        }
        for column in ["island", "sex"] {
            let frequent = by_hand.fill(column, Fill::MostFrequent).unwrap();
            later.fill(column, frequent).unwrap();
            let categories = by_hand.column(column).unwrap().categories();
            by_hand.one_hot(column, &categories).unwrap();
            later.one_hot(column, &categories).unwrap();
        }
        let features = encoder.features();
        assert_eq!(features[4..], ["island=Biscoe", "island=Dream", "island=Torgersen", "sex=female", "sex=male"]);
        let numbers: Vec<[f64; 4]> = by_hand.samples(MEASURES).unwrap();
        for (from, part) in [(&train, &by_hand), (&test, &later)] {
            let found: Vec<[f64; 9]> = encoder.transform(from).unwrap();
            let mut wanted: Vec<[f64; 4]> = part.samples(MEASURES).unwrap();
            match scaling {
                Scaling::Standard => Standard::fit(&numbers).unwrap().transform(&mut wanted),
                Scaling::MinMax => MinMax::fit(&numbers).unwrap().transform(&mut wanted),
                Scaling::None => {}
            }
            let categories: Vec<[f64; 5]> = part.samples(&features[4..]).unwrap();
            for ((found, numbers), categories) in found.iter().zip(&wanted).zip(&categories) {
                assert_eq!(found[..4], numbers[..]);
                assert_eq!(found[4..], categories[..]);
            }
        }
    }
}

/// A row by names is the row of the table, to the bit, in any order and with more columns than are used.
#[test]
fn one_row_is_the_row_of_the_table() {
    let table = tabular::penguins().unwrap();
    let encoder = fit::<9>(&table, &columns());
    let samples: Vec<[f32; 9]> = encoder.transform(&table).unwrap();
    for row in 0..table.rows() {
        let value = |name: &str| -> Value<'_> {
            let column = table.column(name).unwrap();
            match column.numbers() {
                Some(numbers) => numbers[row].into(),
                None => Value::Missing,
            }
        };
        let one = table.select(&[row as u32]);
        let words = ["island", "sex"].map(|name| one.column(name).unwrap().categories());
        let [island, sex] = words.each_ref().map(|word| word.first().map(String::as_str));
        let mut cells = vec![("sex", sex.into()), ("year", value("year")), ("island", island.into())];
        cells.extend(MEASURES.iter().rev().map(|name| (*name, value(name))));
        assert_eq!(encoder.row::<f32>(&cells).unwrap().map(f32::to_bits), samples[row].map(f32::to_bits), "row {row}");
    }
    // Columns in another order.
    let shuffled = "sex,body_mass_g,flipper_length_mm,bill_depth_mm,island,more,bill_length_mm\n\
                    male,3750,181,18.7,Torgersen,x,39.1\n";
    let again: Vec<[f32; 9]> = encoder.transform(&Table::from_csv(shuffled).unwrap()).unwrap();
    assert_eq!(bits(&again), bits(&samples[..1]));
}

#[test]
fn what_was_not_said_is_refused_with_its_setting() {
    let table = Table::from_csv("n,c,one,t\n1,a,5,x\n2,,5,y\n,b,5,7\n").unwrap();
    let error = |columns: Columns| text(TableEncoder::<2>::fit(&table, &columns));
    let numbers = |name: &str| Columns::new().numbers([name]);
    assert!(error(Columns::new()).starts_with("no column is to be encoded; name some with `Columns::numbers`"));
    assert_eq!(
        error(numbers("n")),
        "line 4, column `n`: the value is missing; give one, or fit the encoder with `Columns::fill_numbers`"
    );
    assert_eq!(
        error(Columns::new().categories(["c"])),
        "line 3, column `c`: the value is missing; give one, or fit the encoder with `Columns::fill_categories`"
    );
    assert_eq!(error(numbers("m")), "there is no column `m`; the columns are n, c, one, t");
    assert_eq!(error(numbers("t")), "line 2, column `t`: expected a number, found `x`");
    assert_eq!(error(numbers("one").numbers(["one"])), "column `one` was named twice; name each once");
    assert_eq!(
        error(numbers("one")),
        "column `one` is 5 in all training rows and cannot be scaled; leave it out, or fit with \
         `Columns::constant(Constant::Shift)`"
    );
    assert!(error(numbers("n").fill_numbers(Fill::Text("x".into()))).starts_with("column `n` holds numbers, which"));
    let categories = Columns::new().categories(["c"]);
    for fill in [Fill::Mean, Fill::Median, Fill::Text(" ".into())] {
        let error = error(categories.clone().fill_categories(fill));
        assert!(error.starts_with("column `c` holds categories, which"), "{error}");
    }
    let wide = Table::from_csv("n\n-1.7e308\n1.7e308\n").unwrap();
    for scaling in [Scaling::Standard, Scaling::MinMax] {
        let error = text(TableEncoder::<1>::fit(&wide, &numbers("n").scaling(scaling)));
        assert_eq!(error, "column `n`: the values are too far apart to be scaled");
    }
    let infinite = Table::from_csv("n\n1\ninf\n").unwrap();
    let error = text(TableEncoder::<1>::fit(&infinite, &numbers("n")));
    assert!(error.starts_with("line 3, column `n`: expected a finite number"), "{error}");
    assert_eq!(
        text(TableEncoder::<2>::fit(
            &table,
            &categories.numbers(["n"]).fill_numbers(Fill::Median).fill_categories(Fill::MostFrequent)
        )),
        "the columns make 3 numbers (c 2, n 1), but the encoder's type has 2; write `TableEncoder::<3>`, and let the \
         network read 3"
    );
}

#[test]
fn serving_meets_what_training_did_not() {
    let table = Table::from_csv("n,c\n1,a\n3,b\n").unwrap();
    let strict = Columns::new().numbers(["n"]).categories(["c"]);
    let encoder = fit::<3>(&table, &strict);
    let row = |cells: &[(&str, Value<'_>)]| encoder.row::<f32>(cells);
    assert_eq!(*row(&[("c", "b".into()), ("n", 2.into())]).unwrap(), [0.0, 0.0, 1.0]);
    // A form on a page sends text.
    assert_eq!(*row(&[("c", " b ".into()), ("n", " 3 ".into())]).unwrap(), [1.0, 0.0, 1.0]);
    for (cells, wanted) in [
        (vec![("c", Value::from("a"))], "there is no column `n`; the columns are c"),
        (vec![("n", 1.into()), ("n", 2.into()), ("c", "a".into())], "two columns are named `n`"),
        (vec![("n", "1,5".into()), ("c", "a".into())], "column `n`: expected a number, found `1,5`"),
        (vec![("n", f64::INFINITY.into()), ("c", "a".into())], "column `n`: expected a finite number"),
        (vec![("n", f64::NAN.into()), ("c", "a".into())], "column `n`: the value is missing; give one, or fit"),
        (vec![("n", "".into()), ("c", "a".into())], "column `n`: the value is missing"),
        (vec![("n", 1.into()), ("c", Value::Missing)], "column `c`: the value is missing"),
        (
            vec![("n", 1.into()), ("c", "A".into())],
            "column `c`: `A` is none of the 2 categories a, b; with `Columns::unknown(Unknown::Zeros)` it would be no \
             category",
        ),
    ] {
        let error = text(row(&cells));
        assert!(error.starts_with(wanted), "{error}");
    }
    let error = text(encoder.transform::<f32>(&Table::from_csv("c,n\na,1\n\nz,2\n").unwrap()));
    assert!(error.starts_with("line 4, column `c`: `z` is none of the 2 categories a, b"), "{error}");
    let error = text(encoder.transform::<f32>(&Table::from_csv("c\na\n").unwrap()));
    assert_eq!(error, "there is no column `n`; the columns are c");
    let error = encoder.row::<f32>(&[("n", 1e300.into()), ("c", "a".into())]).unwrap_err();
    assert!(matches!(error, DataError::Encode(EncodeError::Cell { line: None, .. })), "{error}");

    // With a word for each, the same rows are read.
    let lenient = strict.fill_numbers(Fill::Mean).fill_categories(Fill::Text("none".into())).unknown(Unknown::Zeros);
    let encoder = fit::<4>(&table, &lenient);
    assert_eq!(encoder.categories("c").unwrap(), ["a", "b", "none"]);
    assert_eq!((encoder.categories("n"), encoder.columns().collect::<Vec<_>>()), (None, vec!["n", "c"]));
    let row = |n: Value<'_>, c: Value<'_>| *encoder.row::<f32>(&[("n", n), ("c", c)]).unwrap();
    assert_eq!(row(Value::Missing, Value::Missing), [0.0, 0.0, 0.0, 1.0]);
    assert_eq!(row(1.into(), "z".into()), [-1.0, 0.0, 0.0, 0.0]);
    let shifted =
        fit::<1>(&Table::from_csv("n\n5\n5\n").unwrap(), &Columns::new().numbers(["n"]).constant(Constant::Shift));
    assert_eq!(*shifted.row::<f32>(&[("n", 7.into())]).unwrap(), [2.0]);
}

/// A part of a table may hold nothing but numbers where the whole has words, and the other way round.
#[test]
fn categories_that_look_like_numbers() {
    let categories = Columns::new().categories(["c"]);
    let zeros = categories.clone().unknown(Unknown::Zeros);
    let mixed = Table::from_csv("c\n2.0\n01\nx\n").unwrap();
    assert_eq!(mixed.column("c").unwrap().kind(), ColumnKind::Text);
    let encoder = fit::<3>(&mixed, &zeros);
    assert_eq!(encoder.categories("c").unwrap(), ["01", "2.0", "x"]);
    let numbers = Table::from_csv("c\n2.0\n1.0\n3\n").unwrap();
    let rows: Vec<[f32; 3]> = encoder.transform(&numbers).unwrap();
    assert_eq!(rows, [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0; 3]]);

    let numeric = fit::<2>(&Table::from_csv("c\n1\n2\n").unwrap(), &categories);
    let rows: Vec<[f32; 2]> = numeric.transform(&mixed.select(&[0])).unwrap();
    assert_eq!(rows, [[0.0, 1.0]]);
    assert_eq!(*numeric.row::<f32>(&[("c", "1.0".into())]).unwrap(), [1.0, 0.0]);
    assert!(numeric.transform::<f32>(&mixed).is_err());

    // Identifiers beyond 2⁵³ are different categories.
    let large = Csv::new().read("c\n9007199254740992\n9007199254740993\n").unwrap();
    assert_eq!(fit::<2>(&large, &categories).categories("c").unwrap().len(), 2);
    // Decimal commas, in a column of numbers that a word made text.
    let comma = Csv::new().separated_by(b';').decimal_comma().text(["n"]).read("n;c\n1,5;1,5\n2,5;x\n").unwrap();
    let encoder = fit::<3>(&comma, &Columns::new().numbers(["n"]).categories(["c"]));
    let rows: Vec<[f32; 3]> = encoder.transform(&comma).unwrap();
    assert_eq!(rows, [[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]);
}

#[test]
fn files_and_attachments_give_the_same_bits() {
    let table = tabular::penguins().unwrap();
    let encoder = fit::<9>(&table, &columns());
    let names = ClassNames::<3>::of(&table, "species").unwrap();
    let path = std::env::temp_dir().join(format!("typednet-encoder-{}", std::process::id())).join("encoder.json");
    encoder.write(&path).unwrap();
    let again = TableEncoder::<9>::read(&path).unwrap();
    assert_eq!(again, encoder);
    let samples = |encoder: &TableEncoder<9>| bits(&encoder.transform::<f32>(&table).unwrap());
    assert_eq!(samples(&again), samples(&encoder));

    let mut attached = Attached::new();
    (encoder.clone(), names.clone()).attach(&mut attached).unwrap();
    let (detached, names_again) = <(TableEncoder<9>, ClassNames<3>)>::detach(&attached).unwrap();
    assert!(detached == encoder && names_again == names);
    assert!(text(encoder.attach(&mut attached)).starts_with("one file cannot hold two of the kind `table encoder`"));
    let error = text(Standard::<9>::detach(&attached));
    assert!(
        error.starts_with("expected a `standard scaler` in the file, found only class names, table encoder"),
        "{error}"
    );
    assert!(text(ClassNames::<2>::detach(&attached)).contains("expected 2 names, found 3"));
    assert!(text(<(TableEncoder<9>,)>::detach(&Attached::new())).contains("found none of anything"));

    // Another width, another kind, and every cut.
    let error = text(TableEncoder::<8>::read(&path));
    let wanted = "the columns make 9 numbers (bill_length_mm 1, bill_depth_mm 1, flipper_length_mm 1, body_mass_g 1, \
                  island 3, sex 2), but the encoder's type has 8";
    assert!(error.starts_with(&format!("{}: {wanted}", path.display())), "{error}");
    let whole = fs::read_to_string(&path).unwrap();
    for len in 0..whole.len() - 1 {
        fs::write(&path, &whole[..len]).unwrap();
        let error = TableEncoder::<9>::read(&path).unwrap_err();
        assert!(matches!(error.cause(), DataError::File(FileError::Malformed { .. })), "{len}: {error}");
    }
    for (from, to, wanted) in [
        ("\"format\": 2", "\"format\": 7", "is of format 7, but this version reads format 2"),
        ("table encoder", "class names", "holds a class names, but a table encoder is expected"),
        ("\"width\": 9", "\"width\": 10", "it says 10 numbers, but its columns make 9"),
        ("\"Dream\"", "\"Biscoe\"", "its categories are none, or not all different"),
        ("\"fill\": \"Biscoe\"", "\"fill\": \"Paris\"", "the category to fill with is none of its categories"),
        ("bill_depth_mm", "bill_length_mm", "column `bill_length_mm` was named twice"),
        ("\"shift\"", "\"lift\"", "unknown field `lift`"),
        ("\"unknown\": \"refuse\"", "\"unknown\": \"guess\"", "unknown variant `guess`"),
    ] {
        assert!(whole.contains(from), "{from} is not in {whole}");
        fs::write(&path, whole.replacen(from, to, 1)).unwrap();
        let header = whole.find(from) < whole.find("\"content\"");
        if !header {
            // Without a new checksum it is no edit but damage.
            let error = TableEncoder::<9>::read(&path).unwrap_err();
            assert!(matches!(error.cause(), DataError::File(FileError::Checksum { .. })), "{from}: {error}");
            reseal(&path).unwrap();
        }
        let error = text(TableEncoder::<9>::read(&path));
        assert!(error.contains(wanted) && error.contains("encoder.json"), "{error}");
    }
    let first = whole.split_once("\"width\": ").unwrap().1.split_once("\"width\": ").unwrap().1;
    let first = &first[..first.find('\n').unwrap()];
    for bad in ["0", "-1.0", "1e-320"] {
        fs::write(&path, whole.replacen(first, bad, 1)).unwrap();
        reseal(&path).unwrap();
        assert!(text(TableEncoder::<9>::read(&path)).contains("its numbers are not those of a scaled column"), "{bad}");
    }
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
}

#[test]
fn names_of_classes() {
    let table = tabular::penguins().unwrap();
    let names = ClassNames::<3>::of(&table, "species").unwrap();
    assert_eq!(names.to_string(), "Adelie, Chinstrap, Gentoo");
    assert_eq!(names.classes(&table, "species").unwrap(), table.classes::<3>("species").unwrap().0);
    assert_eq!(names.of_largest(&[0.1, 0.2, 0.7]), "Gentoo");
    let error = ClassNames::<2>::of(&table, "species").unwrap_err().to_string();
    assert!(error.contains("expected 2 different classes, found 3"), "{error}");
    assert!(ClassNames::new(["a", "b", "a"]).unwrap_err().to_string().starts_with("two classes are named `a`"));
    let odd = ClassNames::new(["a\nb", "\"", ""]).unwrap();
    assert_eq!(ClassNames::<3>::parse(&odd.to_json().unwrap()).unwrap(), odd);
    assert!(ClassNames::<3>::parse(&odd.to_json().unwrap().replace("class names", "classes")).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = TableEncoder::<3>::parse(&text);
        let _ = ClassNames::<3>::parse(&text);
    }

    /// Whatever numbers a column has, they come back from JSON with their bits.
    #[test]
    fn any_numbers_are_written_exactly(numbers in proptest::collection::vec(any::<f64>(), 2..20)) {
        let text: String = numbers.iter().filter(|number| number.is_finite()).fold(String::new(), |text, number| format!("{text}{number:e}\n"));
        let Ok(table) = Table::from_csv(format!("n\n{text}")) else { return Ok(()) };
        if let Ok(encoder) = TableEncoder::<1>::fit(&table, &Columns::new().numbers(["n"])) {
            let again = TableEncoder::<1>::parse(&encoder.to_json().unwrap()).unwrap();
            prop_assert_eq!(&again, &encoder);
            let bits = |encoder: &TableEncoder<1>| {
                encoder.transform::<f64>(&table).unwrap().into_iter().map(|[x]| x.to_bits()).collect::<Vec<_>>()
            };
            prop_assert_eq!(bits(&again), bits(&encoder));
        }
    }
}
