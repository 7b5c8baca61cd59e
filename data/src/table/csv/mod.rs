//! Tables from text with separated values.

mod header;
mod read;
mod text;

use std::fs;
use std::path::Path;

use super::number::Numerals;
use super::{Table, TableError};
use crate::DataError;

/// How a text with separated values is read: which mark, which names, which words mean that a value is missing, and what
/// is text although it looks like a number.
///
/// Cells may stand in double quotes and then hold the separating mark, line ends and doubled quotes (RFC 4180). Blanks
/// around a cell do not count, and empty lines are left out. A first line such as `sep=;`, which Excel reads, is obeyed.
///
/// ```
/// use typednet_data::Csv;
///
/// let text = "5.1;setosa\n-1;virginica\n";
/// let table = Csv::new().separated_by(b';').named(["petal", "species"]).missing(["-1"]).read(text)?;
/// assert_eq!(table.rows(), 2);
/// assert_eq!(table.column("petal")?.missing(), 1);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// A file of a spreadsheet that writes decimal commas:
///
/// ```
/// # use typednet_data::Csv;
/// let text = "# measured on the roof\nday;CO;;\nMonday;2,6;;\nTuesday;-200;;\n";
/// let table = Csv::new().separated_by(b';').decimal_comma().comment(b'#').missing(["-200"]).read(text)?;
/// assert_eq!((table.column("CO")?.numbers().unwrap()[0], table.column("CO")?.missing()), (2.6, 1));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    separator: Option<u8>,
    comment: Option<u8>,
    numerals: Numerals,
    names: Names,
    number_duplicates: bool,
    trailing_mark: bool,
    missing: Vec<String>,
    /// Columns that hold text, whatever it looks like.
    text: Vec<String>,
    /// Columns that hold numbers and nothing else.
    numbers: Vec<String>,
}

/// Where the names of the columns come from.
#[derive(Clone, Debug)]
enum Names {
    /// From the first line.
    Header,
    /// From here; the first line is data.
    Given(Vec<String>),
    /// From here; the first line has others, which do not count.
    Over(Vec<String>),
}

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

impl Csv {
    /// The words that mean a missing value unless others are given, in capital or small letters.
    pub const MISSING: [&str; 7] = ["", "na", "n/a", "nan", "null", "none", "?"];

    /// Commas, names in the first line, decimal points, and the words of [`MISSING`](Self::MISSING).
    pub fn new() -> Self {
        Self {
            separator: None,
            comment: None,
            numerals: Numerals::Point,
            names: Names::Header,
            number_duplicates: false,
            trailing_mark: false,
            missing: Self::MISSING.map(str::to_owned).to_vec(),
            text: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// Cells are separated by this mark, such as `b';'` or `b'\t'`.
    #[must_use]
    pub fn separated_by(mut self, mark: u8) -> Self {
        self.separator = Some(mark);
        self
    }

    /// Numbers are written with a decimal comma, `2,6`; a number with a point is then text.
    #[must_use]
    pub fn decimal_comma(mut self) -> Self {
        self.numerals = Numerals::Comma;
        self
    }

    /// Lines that begin with this mark, such as `b'#'`, are left out.
    #[must_use]
    pub fn comment(mut self, mark: u8) -> Self {
        self.comment = Some(mark);
        self
    }

    /// A separating mark at the end of a row does not begin another cell, where the row would have one cell too many.
    #[must_use]
    pub fn trailing_mark(mut self) -> Self {
        self.trailing_mark = true;
        self
    }

    /// The first line is data already; these are the names of the columns. Names over those in a first line are
    /// [`renamed`](Self::renamed).
    #[must_use]
    pub fn named<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.names = Names::Given(names.into_iter().map(Into::into).collect());
        self
    }

    /// The first line has names, and these stand in for them.
    ///
    /// ```
    /// # use typednet_data::Csv;
    /// let table = Csv::new().renamed(["x", "y"]).read("a,a\n1,2\n")?;
    /// assert_eq!((table.rows(), table.column("y")?.numbers()), (1, Some(&[2.0][..])));
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn renamed<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.names = Names::Over(names.into_iter().map(Into::into).collect());
        self
    }

    /// Columns of one name are told apart: the second `a` is called `a 2`, the third `a 3`.
    #[must_use]
    pub fn number_duplicates(mut self) -> Self {
        self.number_duplicates = true;
        self
    }

    /// These words, in capital or small letters, and no others mean a missing value. An empty cell always does.
    ///
    /// They are compared with what stands in a cell letter by letter: `-200` is another word than `-200.0`.
    #[must_use]
    pub fn missing<W: AsRef<str>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.missing = words.into_iter().map(|word| word.as_ref().trim().to_lowercase()).collect();
        self
    }

    /// These columns hold text, also where all their values look like numbers.
    ///
    /// A column with an integer that a number cannot hold without a change (one beyond 2⁵³ such as many identifiers, one
    /// with zeros before it such as a postal code) is text unless it is one of [`numbers`](Self::numbers).
    ///
    /// ```
    /// # use typednet_data::{ColumnKind, Csv};
    /// let table = Csv::new().text(["code"]).read("code,id\n1e3,9007199254740993\n1000,9007199254740992\n")?;
    /// assert_eq!(table.column("code")?.categories(), ["1000", "1e3"]);
    /// assert_eq!(table.column("id")?.kind(), ColumnKind::Text);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn text<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.text.extend(columns.into_iter().map(Into::into));
        self
    }

    /// These columns hold numbers; anything else in them is an error with its line.
    #[must_use]
    pub fn numbers<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.numbers.extend(columns.into_iter().map(Into::into));
        self
    }

    /// Reads a table from a file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`read`](Self::read).
    pub fn read_file(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|error| DataError::Io(error).in_path(path))?;
        self.read(bytes).map_err(|error| error.in_path(path))
    }

    /// Reads a table from text.
    ///
    /// A column whose values are all numbers holds numbers, any other holds text.
    ///
    /// # Errors
    /// If there is no header or no row, a row has too few or too many cells, two columns have one name, a quote is
    /// never closed, or some bytes are not UTF-8; if the first line seems to be something else than what it is read as;
    /// if a column that is to hold text or numbers is not there, or one of numbers holds something else.
    pub fn read(&self, text: impl AsRef<[u8]>) -> Result<Table, DataError> {
        self.check_marks()?;
        read::table(self, text.as_ref())
    }

    /// Marks that could not be told from one another, or from the letters of a text.
    fn check_marks(&self) -> Result<(), TableError> {
        let is_mark = |mark: u8| mark.is_ascii() && !matches!(mark, b'"' | b'\n' | b'\r');
        match (self.separator, self.comment) {
            (Some(mark), _) | (_, Some(mark)) if !is_mark(mark) => Err(TableError::Mark { found: mark.into() }),
            (mark, Some(comment)) if mark.unwrap_or(b',') == comment => Err(TableError::Mark { found: comment.into() }),
            _ => Ok(()),
        }
    }

    fn is_missing(&self, cell: &str) -> bool {
        cell.is_empty() || self.missing.iter().any(|word| is_word(cell, word))
    }
}

/// Whether `cell` is `word`, which is in small letters.
fn is_word(cell: &str, word: &str) -> bool {
    cell.eq_ignore_ascii_case(word) || (!cell.is_ascii() && cell.to_lowercase() == word)
}
