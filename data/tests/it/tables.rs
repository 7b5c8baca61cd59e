//! Tables that are ragged, damaged or of other columns: each gives an error with the line, and none panics.

use std::fmt::Write;

use proptest::prelude::*;
use typednet_data::{CellError, ColumnKind, Csv, DataError, Fill, Table, TableError, tabular};

fn text(table: &str) -> String {
    Table::from_csv(table).unwrap_err().to_string()
}

fn error<V: std::fmt::Debug>(result: Result<V, TableError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn empty_texts() {
    for empty in ["", "\n", "\n\r\n\n", "\u{FEFF}", "  \n"] {
        let wanted = "the table is empty; expected a first line with the names of the columns";
        // A line of blanks is a row of one empty cell.
        assert_eq!(text(empty), if empty == "  \n" { NO_ROWS } else { wanted }, "{empty:?}");
    }
    assert_eq!(text("a,b\n"), NO_ROWS);
    assert_eq!(text("a,b"), NO_ROWS);
    assert!(matches!(Csv::new().named(["a"]).read("").unwrap_err(), DataError::Empty));
}

const NO_ROWS: &str = "there are no samples; at least one is needed";

#[test]
fn ragged_rows() {
    assert_eq!(text("a,b\n1,2\n3\n"), "line 3: expected 2 cells, one for each column, found 1");
    assert_eq!(text("a,b\n\n1,2\r\n\r\n\n1,2,3\n"), "line 6: expected 2 cells, one for each column, found 3");
    // A line end in quotes counts too.
    assert_eq!(text("a,b\n\"1\n\n\",2\n3,\n4\n"), "line 6: expected 2 cells, one for each column, found 1");
    let named = |names: &[&str]| Csv::new().named(names.iter().copied()).read("1,2\n").unwrap_err().to_string();
    assert_eq!(named(&["a"]), "the table has 2 columns, but 1 names were given");
    assert_eq!(named(&["a", "a"]), "two columns are named `a`; each column needs a name of its own");
    assert!(text("x,x\n1,2\n").starts_with("line 1: two columns are named `x`; "));
}

#[test]
fn quotes() {
    let table = Table::from_csv("name,\"no, \"\"really\"\"\"\n\"a\nb, c\",\"1\"\r\n d ,2").unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["name", "no, \"really\""]);
    assert_eq!(table.column("name").unwrap().categories(), ["a\nb, c", "d"]);
    assert_eq!(table.columns()[1].numbers(), Some(&[1.0, 2.0][..]));
    for open in ["a\n\"1", "a\n1\n\"2\n3\n", "a,b\n1,\"2\n", "a\n1\n\"\"\"2"] {
        let line = if open.starts_with("a\n1") { 3 } else { 2 };
        assert_eq!(text(open), format!("line {line}: a quote is opened and never closed"), "{open:?}");
    }
    assert_eq!(text("\"a,b\n1,2\n"), "line 1: a quote is opened and never closed");
    // A quote inside a cell is a quote.
    assert_eq!(Table::from_csv("a\n5\"\n").unwrap().column("a").unwrap().categories(), ["5\""]);
}

#[test]
fn bytes_that_are_no_text() {
    let error = Table::from_csv(b"a,b\n1,2\n3,\xFF\n").unwrap_err();
    let wanted = "line 3, column `b`: the bytes are not UTF-8 text; save the table as UTF-8";
    assert_eq!(error.to_string(), wanted);
    assert!(Table::from_csv(b"a,\xFF\n1,2\n").unwrap_err().to_string().starts_with("line 1, column `column 2`"));
    let error = Table::from_csv_file("no/such/table.csv").unwrap_err();
    assert!(
        error.to_string().starts_with("no/such/table.csv: cannot read: ") && matches!(error.cause(), DataError::Io(_))
    );
}

#[test]
fn what_a_column_holds_is_found() {
    let table = Table::from_csv("a,b,c,\n1,x,NaN,1e3\n?,2,,-.5\n3,,N/A,+7\n").unwrap();
    let kinds: Vec<ColumnKind> = table.columns().iter().map(typednet_data::Column::kind).collect();
    assert_eq!(kinds, [ColumnKind::Number, ColumnKind::Text, ColumnKind::Empty, ColumnKind::Number]);
    let missing: Vec<usize> = table.columns().iter().map(typednet_data::Column::missing).collect();
    assert_eq!(missing, [1, 1, 3, 0]);
    assert_eq!(table.column("column 4").unwrap().numbers(), Some(&[1000.0, -0.5, 7.0][..]));
    let lines: Vec<String> = table.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "3 rows, 4 columns");
    assert_eq!(lines[2], "a         number        1  1 to 3");
    assert_eq!(lines[3], "b         text          1  2 different");
    assert_eq!(lines[4], "c         empty         3  none");
    let others = Csv::new().missing(["-1", "Ärger"]).read("a\n-1\nÄRGER\n\"\"\n4\n").unwrap();
    assert_eq!(others.column("a").unwrap().missing(), 3);
}

#[test]
fn typed_rows_name_line_and_column() {
    let table = Table::from_csv("a,b\n1,2\n\n?,x\n1e300,inf\n").unwrap();
    assert_eq!(error(table.samples::<f32, 1>(["c"])), "there is no column `c`; the columns are a, b");
    assert_eq!(
        error(table.samples::<f32, 1>(["a"])),
        "line 4, column `a`: the value is missing; fill the column or drop the row"
    );
    assert_eq!(error(table.samples::<f32, 1>(["b"])), "line 4, column `b`: expected a number, found `x`");
    assert_eq!(
        error(table.samples::<f32, 3>(["a", "b"])),
        "a row of 3 numbers needs 3 columns, but 2 were chosen: a, b"
    );
    let large = table.select(&[0, 2]);
    assert_eq!(large.samples::<f64, 1>(["a"]).unwrap(), [[1.0], [1e300]]);
    assert_eq!(
        error(large.samples::<f32, 1>(["a"])),
        "line 5, column `a`: expected a finite number that the type can hold, found 1e300"
    );
    assert!(error(large.samples::<f64, 1>(["b"])).starts_with("line 5, column `b`: expected a finite number"));
}

#[test]
fn classes() {
    let table = Table::from_csv("k,name\n1,b\n0.0,a\n2,c\n-1,b\n0.5,b\n4294967296,b\nx,\n").unwrap();
    let labels = |rows: &[u32]| error(table.select(rows).labels::<2>("k"));
    assert_eq!(table.select(&[0, 1]).labels::<2>("k").unwrap().iter().map(|c| c.index()).sum::<usize>(), 1);
    assert_eq!(labels(&[2]), "line 4, column `k`: label 2 is out of range: there are 2 classes, 0 to 1");
    for (row, found) in [(3, "-1"), (4, "0.5"), (5, "4294967296")] {
        let wanted = format!("line {}, column `k`: expected a label (0, 1, 2, …), found {found}", row + 2);
        assert_eq!(labels(&[row]), wanted);
    }
    assert_eq!(labels(&[6]), "line 8, column `k`: expected a number, found `x`");

    let named = table.select(&[0, 1, 2]);
    let unknown = "line 4, column `name`: `c` is none of the 2 classes a, b";
    assert_eq!(error(named.classes_named("name", ["a", "b"])), unknown);
    assert_eq!(error(named.classes::<2>("name")), "column `name`: expected 2 different classes, found 3: a, b, c");
    let (found, names) = named.classes::<3>("name").unwrap();
    assert_eq!((found[0].index(), names), (1, ["a", "b", "c"].map(str::to_owned)));
    let TableError::Cell { line: 8, error: CellError::Missing, .. } =
        table.classes_named("name", ["a", "b", "c"]).unwrap_err()
    else {
        panic!("the missing name is not found")
    };
    // Numbers as names of classes.
    let numbers = Table::from_csv("k\n10\n9\n9.0\n").unwrap();
    assert_eq!(numbers.classes::<2>("k").unwrap().1, ["9", "10"].map(str::to_owned));
}

#[test]
fn filling_and_dropping() {
    let mut table = Table::from_csv("a,b,c\n1,x,\n,y,\n2,,\n9,x,\n").unwrap();
    assert_eq!(table.clone().fill("a", Fill::Mean).unwrap(), Fill::Number(4.0));
    assert_eq!(table.clone().fill("a", Fill::Median).unwrap(), Fill::Number(2.0));
    assert_eq!(table.select(&[0, 1, 3]).fill("a", Fill::Median).unwrap(), Fill::Number(5.0));
    assert_eq!(table.clone().fill("a", Fill::MostFrequent).unwrap(), Fill::Number(1.0));
    assert_eq!(table.fill("b", Fill::MostFrequent).unwrap(), Fill::Text("x".into()));
    assert_eq!(error(table.fill("b", Fill::Mean)), "line 2, column `b`: expected a number, found `x`");
    for fill in [Fill::Mean, Fill::Median, Fill::MostFrequent] {
        let wanted = "column `c` has no value at all; fill it with a constant, or remove it";
        assert_eq!(error(table.fill("c", fill)), wanted);
    }
    assert!(error(table.fill("a", Fill::Text("x".into()))).starts_with("column `a` holds numbers;"));
    assert!(error(table.fill("b", Fill::Number(1.0))).starts_with("column `b` holds text;"));
    assert!(
        error(table.fill("a", Fill::Number(f64::NAN))).ends_with("expected a finite number to fill with, found NaN")
    );
    table.fill("c", Fill::Text("new".into())).unwrap();
    assert_eq!(table.column("c").unwrap().categories(), ["new"]);
    assert_eq!(table.drop_missing(["a", "b"]).unwrap(), 1);
    assert_eq!(table.samples::<f32, 1>(["a"]).unwrap(), [[1.0], [2.0], [9.0]]);
    assert!(table.drop_missing(["d"]).is_err());
    table.one_hot("b", &["x".into(), "y".into()]).unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b=x", "b=y", "c"]);
    assert_eq!(table.samples::<f32, 2>(["b=y", "b=x"]).unwrap(), [[0.0, 1.0]; 3]);

    let mut table = Table::from_csv("b,b=x\nx,1\ny,2\n").unwrap();
    let before = table.to_string();
    let unknown = "line 3, column `b`: `y` is none of the 1 classes x";
    assert_eq!(error(table.one_hot("b", &["x".into()])), unknown);
    assert!(error(table.one_hot("b", &["x".into(), "y".into()])).starts_with("two columns are named `b=x`"));
    assert_eq!(table.to_string(), before);
}

/// A file says which one it is, whatever is wrong with it.
#[test]
fn bad_files_are_named() {
    let path = std::env::temp_dir().join(format!("typednet-table-{}.csv", std::process::id()));
    for (content, wrong) in [
        ("", "the table is empty; expected a first line with the names of the columns"),
        ("a,b\n", NO_ROWS),
        ("a,b\n1,2\n3\n", "line 3: expected 2 cells, one for each column, found 1"),
        ("a\n\"1\n", "line 2: a quote is opened and never closed"),
    ] {
        std::fs::write(&path, content).unwrap();
        let error = Table::from_csv_file(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {wrong}", path.display()));
    }
    std::fs::remove_file(&path).unwrap();
}

/// A table that was cut off is an error where a row is cut, and has fewer rows where it ends between two. Only a cut
/// within the last cell of a row cannot be told from a shorter number.
#[test]
fn a_table_cut_at_any_byte_gives_no_wrong_rows() {
    let whole = "x,y,kind\n1.5,-2,10\n\"3\",4e1,11\n5,6.25,10\n";
    let rows = |text: &str| -> Result<(Vec<[f64; 2]>, usize), DataError> {
        let table = Table::from_csv(text)?;
        Ok((table.samples(["x", "y"])?, table.classes_named("kind", ["10", "11"])?.len()))
    };
    let (all, _) = rows(whole).unwrap();
    let mut read = 0;
    for len in 0..whole.len() {
        if let Ok((samples, labels)) = rows(&whole[..len]) {
            assert_eq!((&all[..samples.len()], labels), (&samples[..], samples.len()), "cut after {len} bytes");
            read += 1;
        }
    }
    // After each row, with and without its line end; the whole table is not among them.
    assert_eq!(read, 5);
}

/// NaN is a missing value: it is counted, and never a number of a row.
#[test]
fn nan_is_missing_in_typed_rows() {
    for word in ["NaN", "nan", "-", "inf", "1e999"] {
        let table = Table::from_csv(format!("a,b\n1,2\n3,{word}\n")).unwrap();
        let found = error(table.samples::<f32, 2>(["a", "b"]));
        let wanted = match word {
            "NaN" | "nan" => "line 3, column `b`: the value is missing",
            "-" => "line 3, column `b`: expected a number, found `-`",
            _ => "line 3, column `b`: expected a finite number",
        };
        assert!(found.starts_with(wanted), "{word}: {found}");
    }
}

/// Names, counts and first rows as scikit-learn documents them.
#[test]
fn the_embedded_tables() {
    let tumours = tabular::breast_cancer().unwrap();
    assert_eq!(typednet_data::split::class_counts(tumours.targets()), [212, 357]);
    let area = tabular::BREAST_CANCER_FEATURES.iter().position(|name| *name == "worst area").unwrap();
    let areas = tumours.samples().iter().map(|sample| sample[area]);
    assert_eq!((areas.clone().fold(f32::MAX, f32::min), areas.fold(0.0, f32::max)), (185.2, 4254.0));
    let flowers = tabular::iris().unwrap();
    assert_eq!(typednet_data::split::class_counts(flowers.targets()), [50, 50, 50]);
}

proptest! {
    #[test]
    fn no_bytes_panic(table in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Table::from_csv(table);
    }

    #[test]
    fn no_marks_panic(table in "[a1,\"\n\r;.NAN é-]{0,60}") {
        if let Ok(mut table) = Table::from_csv(&table) {
            let names: Vec<String> = table.names().map(str::to_owned).collect();
            prop_assert!(table.rows() > 0 && !table.to_string().is_empty());
            for name in &names {
                let missing = table.column(name).unwrap().missing();
                prop_assert!(missing <= table.rows());
                let _ = table.samples::<f32, 1>([name]);
                let _ = table.labels::<2>(name);
                let _ = table.classes::<2>(name);
                if table.fill(name, Fill::MostFrequent).is_ok() {
                    prop_assert_eq!(table.column(name).unwrap().missing(), 0);
                }
            }
            table.drop_missing(&names).unwrap();
        }
    }

    /// What is written as text is read as the same numbers.
    #[test]
    fn numbers_come_back(numbers in proptest::collection::vec(any::<[f32; 3]>(), 1..20)) {
        let numbers: Vec<[f32; 3]> =
            numbers.into_iter().map(|row| row.map(|x| if x.is_finite() { x } else { 0.0 })).collect();
        let mut text = String::from("a,b,c\n");
        for [a, b, c] in &numbers {
            write!(text, "{a},\"{b}\", {c:e} \r\n").unwrap();
        }
        let table = Table::from_csv(&text).unwrap();
        prop_assert_eq!(table.samples::<f32, 3>(["a", "b", "c"]).unwrap(), numbers);
    }
}
