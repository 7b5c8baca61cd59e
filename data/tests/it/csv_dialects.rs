//! CSV files as spreadsheets, exports and people write them: read on request, or refused with the setting that reads
//! them, and never read as something else.

use std::path::{Path, PathBuf};

use typednet_data::{ColumnKind, Csv, DataError, Fill, Table, TableError};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name)
}

fn read(csv: &Csv, name: &str) -> Table {
    csv.read_file(file(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// What is wrong with the file, whose path stands before it.
fn refused(csv: &Csv, name: &str) -> String {
    let error = csv.read_file(file(name)).expect_err("the file is to be refused");
    assert!(error.to_string().starts_with(&file(name).display().to_string()), "{error}");
    error.cause().to_string()
}

fn numbers(table: &Table, column: &str) -> Vec<f64> {
    table.column(column).unwrap().numbers().unwrap_or_else(|| panic!("{table}")).to_vec()
}

fn names(table: &Table) -> Vec<&str> {
    table.names().collect()
}

#[test]
fn identifiers_stay_different() {
    let table = read(&Csv::new(), "identifiers.csv");
    assert_eq!(table.column("account").unwrap().kind(), ColumnKind::Text);
    let (classes, names) = table.classes::<4>("account").unwrap();
    assert_eq!(names, ["18014398509481984", "18014398509481985", "9007199254740992", "9007199254740993"]);
    assert_eq!(classes.iter().map(|class| class.index()).collect::<Vec<_>>(), [2, 3, 1, 0]);
    // Whoever wants numbers gets the nearest ones.
    assert!((table.samples::<f64, 1>(["account"]).unwrap()[1][0] - 9_007_199_254_740_992.0).abs() < 1.0);
    let forced = read(&Csv::new().numbers(["account"]), "identifiers.csv");
    assert_eq!(forced.column("account").unwrap().categories().len(), 2);
}

#[test]
fn zeros_before_a_number_are_kept() {
    let table = read(&Csv::new(), "postal-codes.csv");
    assert_eq!(table.column("code").unwrap().categories(), ["01067", "06108", "53111"]);
    let mut forced = read(&Csv::new().numbers(["code"]), "postal-codes.csv");
    assert_eq!(numbers(&forced, "code"), [6108.0, 53111.0, 1067.0]);
    assert!(forced.fill("code", Fill::Mean).is_ok());
    let mut table = table;
    let error = table.fill("code", Fill::Mean).unwrap_err().to_string();
    assert!(error.ends_with("are read with `Csv::numbers`)"), "{error}");
}

#[test]
fn text_and_numbers_are_what_was_stated() {
    let text = "id,x\n1.0,1\n1,2\n1e0,3\n";
    let table = Csv::new().text(["id"]).read(text).unwrap();
    assert_eq!(table.column("id").unwrap().categories(), ["1", "1.0", "1e0"]);
    let error = Csv::new().numbers(["x"]).read("id,x\n1,\n2,?\n3,three\n").unwrap_err().to_string();
    assert_eq!(error, "line 4, column `x`: expected a number, found `three`");
    let error = Csv::new().text(["other"]).read(text).unwrap_err().to_string();
    assert_eq!(error, "there is no column `other`; the columns are id, x");
    let error = Csv::new().text(["x"]).numbers(["x"]).read(text).unwrap_err().to_string();
    assert!(error.contains("`x` was given to `Csv::text` and to `Csv::numbers`"), "{error}");
    let empty = Csv::new().text(["x"]).read("id,x\n1,\n").unwrap();
    assert_eq!((empty.column("x").unwrap().kind(), empty.column("x").unwrap().missing()), (ColumnKind::Text, 1));
}

#[test]
fn words_for_missing_values_are_obeyed_exactly() {
    let table = read(&Csv::new().missing(["-1"]), "own-missing-word.csv");
    let missing = |column| table.column(column).unwrap().missing();
    assert_eq!((missing("score"), missing("note")), (1, 0));
    assert_eq!(table.column("note").unwrap().categories(), ["2", "NULL", "nan"]);
    let error = table.samples::<f32, 1>(["note"]).unwrap_err().to_string();
    assert_eq!(error, "line 2, column `note`: expected a number, found `nan`");
    assert_eq!(read(&Csv::new(), "own-missing-word.csv").column("note").unwrap().missing(), 2);
    // Stated numbers do not make a missing value of a word either.
    let stated = Csv::new().missing(["-1"]).numbers(["note"]);
    assert_eq!(refused(&stated, "own-missing-word.csv"), "line 2, column `note`: expected a number, found `nan`");
}

#[test]
fn decimal_commas() {
    let csv = Csv::new().separated_by(b';');
    let table = read(&csv.clone().decimal_comma().missing(["-200", "-200,0"]), "decimal-comma.csv");
    assert_eq!(names(&table), ["Station", "NO2", "O3", "column 4", "column 5"]);
    assert_eq!((table.rows(), table.column("NO2").unwrap().missing()), (3, 2));
    assert_eq!((numbers(&table, "NO2")[0], numbers(&table, "O3")[0]), (2.6, -11.75));
    // Without the setting it is text, and everything that wants numbers of it names the setting.
    let plain = read(&csv, "decimal-comma.csv");
    assert!(plain.to_string().contains("numbers with decimal commas? `Csv::decimal_comma` reads them"), "{plain}");
    let error = plain.samples::<f32, 1>(["NO2"]).unwrap_err().to_string();
    let wanted = "line 2, column `NO2`: expected a number, found `2,6`; numbers with a decimal comma are read with \
                  `Csv::decimal_comma`";
    assert_eq!(error, wanted);
    assert_eq!(refused(&csv.numbers(["NO2"]), "decimal-comma.csv"), wanted);
    // A column that is text for another reason keeps its commas.
    let mixed = Csv::new().separated_by(b';').decimal_comma().read("x\n1,5\nmany\n2.5\n").unwrap();
    assert_eq!(mixed.select(&[0]).samples::<f64, 1>(["x"]).unwrap(), [[1.5]]);
    let error = mixed.select(&[2]).samples::<f64, 1>(["x"]).unwrap_err().to_string();
    assert_eq!(error, "line 4, column `x`: expected a number, found `2.5`");
}

#[test]
fn another_mark_than_a_comma() {
    let wanted = "line 1: the cells are separated by `;`, but `,` was given; read them with `Csv::separated_by(b';')`";
    assert_eq!(refused(&Csv::new(), "semicolons.csv"), wanted);
    assert_eq!(refused(&Csv::new(), "decimal-comma.csv"), wanted);
    assert_eq!(numbers(&read(&Csv::new().separated_by(b';'), "semicolons.csv"), "y"), [2.0]);
    // Who says commas gets them.
    assert_eq!(names(&read(&Csv::new().separated_by(b','), "semicolons.csv")), ["x;y"]);
    let error = refused(&Csv::new().separated_by(b','), "decimal-comma.csv");
    assert!(error.ends_with("found 3; another mark than a comma is given with `Csv::separated_by`"), "{error}");
    let error = Csv::new().read("a\tb\n1\t2\n").unwrap_err().to_string();
    assert!(error.contains("separated by `\\t`"), "{error}");
}

#[test]
fn comments() {
    let csv = Csv::new().comment(b'#');
    let table = read(&csv, "comments.csv");
    assert_eq!(
        (names(&table), numbers(&table, "x"), numbers(&table, "y")),
        (vec!["x", "y"], vec![1.0, 5.0], vec![2.0, 6.0])
    );
    assert_eq!(numbers(&read(&csv, "comment-of-one-cell.csv"), "y"), [2.0]);
    for name in ["comments.csv", "comment-of-one-cell.csv"] {
        let error = refused(&Csv::new(), name);
        let wanted = "line 1: expected the names of the columns, found a line that begins with `#`; comments are left out \
                      with `Csv::comment(b'#')`, and `Csv::renamed` gives names in place of such a line";
        assert_eq!(error, wanted);
    }
    let error = Csv::new().read("x,y\n1,2\n# so much for that\n").unwrap_err().to_string();
    assert!(error.starts_with("line 3: ") && error.ends_with("left out with `Csv::comment(b'#')`"), "{error}");
    // Lines are counted through comments, at their ends too; `0` may be the mark.
    let error = |text: &str| Csv::new().comment(b'0').read(text).unwrap_err().to_string();
    assert!(error("0 \"\nx\n0\n0\n1\n1,2\n").starts_with("line 6: "));
    assert_eq!(error("x\n1\n0\n\"2\n0"), "line 4: a quote is opened and never closed");
    assert_eq!(Csv::new().comment(b'0').read("0\nx\n1\n0 end").unwrap().rows(), 1);
    // A mark in the middle of a line is text.
    assert_eq!(csv.read("x\nred #1\n").unwrap().column("x").unwrap().categories(), ["red #1"]);
}

#[test]
fn marks_that_cannot_be_told_apart() {
    for csv in [
        Csv::new().separated_by(b'"'),
        Csv::new().separated_by(b'\n'),
        Csv::new().separated_by(0xE9),
        Csv::new().comment(b'\r'),
        Csv::new().comment(b','),
        Csv::new().separated_by(b';').comment(b';'),
    ] {
        assert!(matches!(csv.read("a,b\n1,2\n").unwrap_err(), DataError::Table(TableError::Mark { .. })), "{csv:?}");
    }
}

#[test]
fn a_line_for_the_spreadsheet() {
    for csv in [Csv::new(), Csv::new().separated_by(b';')] {
        let table = read(&csv, "spreadsheet-mark.csv");
        assert_eq!((names(&table), numbers(&table, "y")), (vec!["x", "y"], vec![2.0]));
    }
    let error = refused(&Csv::new().separated_by(b'\t'), "spreadsheet-mark.csv");
    assert!(error.starts_with("line 1: the cells are separated by `;`, but `\\t` was given"), "{error}");
    let error = Csv::new().read("sep=;\r\nx;y\r\n1\r\n").unwrap_err().to_string();
    assert!(error.starts_with("line 3: expected 2 cells"), "{error}");
}

#[test]
fn blanks_before_quotes() {
    let table = read(&Csv::new(), "blank-before-quote.csv");
    assert_eq!(names(&table), ["name", "remark"]);
    assert_eq!(table.column("remark").unwrap().categories(), ["red, green", "said \"yes, no\"", "two\nlines"]);
    // Where blanks separate, none of them is too many.
    let table = Csv::new().separated_by(b' ').read("a b\n1 \"x y\"\n").unwrap();
    assert_eq!(table.column("b").unwrap().categories(), ["x y"]);
}

#[test]
fn names_over_a_header() {
    let csv = |names: [&str; 2]| Csv::new().renamed(names);
    let table = csv(["left", "right"]).read("a,b\n1,2\n").unwrap();
    assert_eq!((names(&table), table.rows(), numbers(&table, "right")), (vec!["left", "right"], 1, vec![2.0]));
    let error = Csv::new().renamed(["left"]).read("a,b\n1,2\n").unwrap_err().to_string();
    assert_eq!(error, "the table has 2 columns, but 1 names were given");
    // `named` is for files without a header: one that is there is not taken for data.
    let named = |text: &str| Csv::new().named(["town", "size"]).read(text);
    let error = named("a,b\nOslo,2\nRome,3\n").unwrap_err().to_string();
    let wanted = "line 1, column `size`: expected data as in the lines below, found `b`, which seems to be a name; names \
                  over a line of names are given with `Csv::renamed`, and a column of text with `Csv::text`";
    assert_eq!(error, wanted);
    assert!(named("town,size\nOslo,many\n").unwrap_err().to_string().starts_with("line 1, column `town`: "));
    assert_eq!(named("Oslo,2\nRome,3\n").unwrap().rows(), 2);
    assert_eq!(named("Oslo,few\nRome,many\n").unwrap().rows(), 2);
    // The first value may really be the only word.
    let csv = Csv::new().named(["town", "size"]).text(["size"]);
    assert_eq!(csv.read("Oslo,unknown\nRome,3\n").unwrap().rows(), 2);
}

#[test]
fn columns_of_one_name() {
    let error = refused(&Csv::new(), "duplicate-header.csv");
    let wanted = "line 1: two columns are named `x`; give all columns names of their own with `Csv::renamed`, or number \
                  those of one name with `Csv::number_duplicates`";
    assert_eq!(error, wanted);
    let numbered = read(&Csv::new().number_duplicates(), "duplicate-header.csv");
    assert_eq!(names(&numbered), ["x", "x 2", "y", "x 3"]);
    // Names that are there already are left alone.
    let table = Csv::new().number_duplicates().read("a,a,a 2,a\n1,2,3,4\n").unwrap();
    assert_eq!(names(&table), ["a", "a 3", "a 2", "a 4"]);
    assert_eq!(numbers(&read(&Csv::new().renamed(["a", "b", "c", "d"]), "duplicate-header.csv"), "d"), [4.0]);
}

#[test]
fn marks_at_the_end_of_rows() {
    let error = refused(&Csv::new(), "mark-at-the-end.csv");
    assert!(error.ends_with("found 3; a mark at the end of the rows is allowed with `Csv::trailing_mark`"), "{error}");
    let csv = Csv::new().trailing_mark();
    let table = read(&csv, "mark-at-the-end.csv");
    assert_eq!((names(&table), table.column("y").unwrap().missing()), (vec!["x", "y"], 1));
    assert_eq!(names(&csv.read("x,y,\n1,2,\n").unwrap()), ["x", "y"]);
    // The last value of a whole row may be missing.
    assert_eq!(csv.read("x,y,z\n1,2,\n3,4,,\n").unwrap().column("z").unwrap().missing(), 2);
    assert!(csv.read("x,y\n1,2,3\n").is_err() && csv.read("x,y\n1,2,,\n").is_err());
}

#[test]
fn names_of_any_length_are_shown() {
    let long = "n".repeat(65_535);
    let table = Table::from_csv(format!("{long},{long}x\n1,{long}\n")).unwrap();
    let shown = table.to_string();
    assert!(shown.lines().count() == 4 && shown.len() < 500 && shown.contains('…'), "{} letters", shown.len());
    let error = table.column("other").unwrap_err().to_string();
    assert!(error.len() < 500, "{} letters", error.len());
}
