//! The confusion matrix.

use std::fmt;

use typednet_data::short;
use typednet_formats::one_line;
use typednet_tensor::Class;

/// The confusion matrix of a classifier: how many samples of each class were taken for each class.
///
/// ```
/// use typednet_tensor::Class;
/// use typednet_train::Confusion;
///
/// let class = |label| Class::<2>::new(label);
/// let mut confusion = Confusion::new();
/// confusion.add(class(0)?, class(0)?);
/// confusion.add(class(1)?, class(1)?);
/// confusion.add(class(1)?, class(0)?);
/// assert_eq!(confusion.count(class(1)?, class(0)?), 1);
/// assert_eq!(confusion.recall(class(1)?), Some(0.5));
/// println!("{}", confusion.named(&["cat", "dog"]));
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion<const N: usize> {
    /// `N` rows, one for each true class, of `N` counts, one for each predicted class.
    counts: Vec<u64>,
}

/// Samples of one class that were taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confused<const N: usize> {
    /// The class that the samples are of.
    pub truth: Class<N>,
    /// The class that they were taken for.
    pub predicted: Class<N>,
    /// How many there are.
    pub count: u64,
}

impl<const N: usize> Confusion<N> {
    /// A matrix of zeros.
    pub fn new() -> Self {
        Self { counts: vec![0; N * N] }
    }

    /// From the counts of all classes, row by row, if there are so many.
    pub(crate) fn from_counts(counts: Vec<u64>) -> Option<Self> {
        (counts.len() == N * N).then_some(Self { counts })
    }

    /// Forgets all samples.
    pub fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Counts one sample of class `truth` that was taken for `predicted`.
    pub fn add(&mut self, truth: Class<N>, predicted: Class<N>) {
        self.counts[truth.index() * N + predicted.index()] += 1;
    }

    /// How many samples of class `truth` were taken for `predicted`.
    pub fn count(&self, truth: Class<N>, predicted: Class<N>) -> u64 {
        self.counts[truth.index() * N + predicted.index()]
    }

    /// How many samples were counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share of samples that were taken for what they are; `None` before the first sample.
    ///
    /// It is the micro average too, of precision, recall and F1 alike: each sample has one class and is taken for one.
    pub fn accuracy(&self) -> Option<f64> {
        share(Class::all().map(|class| self.count(class, class)).sum(), self.total())
    }

    /// The share of the samples of `class` that were found; `None` if there were none.
    pub fn recall(&self, class: Class<N>) -> Option<f64> {
        share(self.count(class, class), Class::all().map(|predicted| self.count(class, predicted)).sum())
    }

    /// The share of the samples taken for `class` that are of it; `None` if there were none.
    pub fn precision(&self, class: Class<N>) -> Option<f64> {
        share(self.count(class, class), Class::all().map(|truth| self.count(truth, class)).sum())
    }

    /// F1 = 2·p·r / (p + r), the harmonic mean of precision p and recall r, which is 2·TP / (2·TP + FP + FN); `None` if
    /// there were no samples of `class` and none taken for it.
    pub fn f1(&self, class: Class<N>) -> Option<f64> {
        let of_class: u64 = Class::all().map(|predicted| self.count(class, predicted)).sum();
        let for_class: u64 = Class::all().map(|truth| self.count(truth, class)).sum();
        share(2 * self.count(class, class), of_class + for_class)
    }

    /// The mean precision of the classes; see [`macro_f1`](Confusion::macro_f1).
    pub fn macro_precision(&self) -> Option<f64> {
        self.mean_of_classes(Self::precision)
    }

    /// The mean recall of the classes, which is also called balanced accuracy; see [`macro_f1`](Confusion::macro_f1).
    pub fn macro_recall(&self) -> Option<f64> {
        self.mean_of_classes(Self::recall)
    }

    /// The mean F1 of the classes, each of the same weight however many samples it has.
    ///
    /// As in scikit-learn, a class counts that there are samples of or that samples were taken for, with 0 where its
    /// number is not defined. `None` before the first sample.
    pub fn macro_f1(&self) -> Option<f64> {
        self.mean_of_classes(Self::f1)
    }

    fn mean_of_classes(&self, of: impl Fn(&Self, Class<N>) -> Option<f64>) -> Option<f64> {
        let occurs = |class: &Class<N>| self.f1(*class).is_some();
        let (sum, count) = Class::all()
            .filter(occurs)
            .fold((0.0, 0_u64), |(sum, count), class| (sum + of(self, class).unwrap_or(0.0), count + 1));
        (count > 0).then(|| sum / count as f64)
    }

    /// The `most` most frequent mistakes, the most frequent first; fewer if there are not so many different ones.
    pub fn most_confused(&self, most: usize) -> Vec<Confused<N>> {
        let pairs = Class::all().flat_map(|truth| Class::all().map(move |predicted| (truth, predicted)));
        let mut mistakes: Vec<_> = pairs
            .map(|(truth, predicted)| Confused { truth, predicted, count: self.count(truth, predicted) })
            .filter(|mistake| mistake.truth != mistake.predicted && mistake.count > 0)
            .collect();
        mistakes.sort_by_key(|mistake| std::cmp::Reverse(mistake.count));
        mistakes.truncate(most);
        mistakes
    }

    /// The matrix as a table with names for the classes, to be printed with `{}`.
    pub fn named<'a>(&'a self, names: &'a [&'a str; N]) -> impl fmt::Display + 'a {
        Table { confusion: self, name: move |class: usize| names[class].to_owned() }
    }
}

impl<const N: usize> Default for Confusion<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Adds one sample for each pair of true and predicted class.
impl<const N: usize> Extend<(Class<N>, Class<N>)> for Confusion<N> {
    fn extend<I: IntoIterator<Item = (Class<N>, Class<N>)>>(&mut self, pairs: I) {
        for (truth, predicted) in pairs {
            self.add(truth, predicted);
        }
    }
}

/// From pairs of true and predicted class.
impl<const N: usize> FromIterator<(Class<N>, Class<N>)> for Confusion<N> {
    fn from_iter<I: IntoIterator<Item = (Class<N>, Class<N>)>>(pairs: I) -> Self {
        let mut confusion = Self::new();
        confusion.extend(pairs);
        confusion
    }
}

/// The matrix as a table with the classes' numbers.
impl<const N: usize> fmt::Display for Confusion<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Table { confusion: self, name: |class: usize| class.to_string() }, f)
    }
}

/// The longest name of a class that is shown whole.
const LONGEST: usize = 40;

/// A row for each true class, a column for each predicted class, recall at the end of a row, precision below a column.
struct Table<'a, const N: usize, F> {
    confusion: &'a Confusion<N>,
    name: F,
}

impl<const N: usize, F: Fn(usize) -> String> fmt::Display for Table<'_, N, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { confusion, name } = self;
        let shown = |class| short::name(&one_line(&name(class)), LONGEST).into_owned();
        let names: Vec<String> = (0..N).map(shown).collect();
        let title = "true \\ predicted";
        let first = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(title.len());
        let digits = confusion.counts.iter().max().map_or(1, |count| count.to_string().len());
        let widths: Vec<usize> = names.iter().map(|name| name.chars().count().max(digits).max(5)).collect();

        write!(f, "{title:<first$}")?;
        for (name, &width) in names.iter().zip(&widths) {
            write!(f, "  {name:>width$}")?;
        }
        writeln!(f, "   recall")?;
        for truth in Class::all() {
            write!(f, "{:<first$}", names[truth.index()])?;
            for predicted in Class::all() {
                write!(f, "  {:>width$}", confusion.count(truth, predicted), width = widths[predicted.index()])?;
            }
            writeln!(f, "  {:>7}", Percent(confusion.recall(truth)))?;
        }
        write!(f, "{:<first$}", "precision, %")?;
        for class in Class::all() {
            let width = widths[class.index()];
            match confusion.precision(class) {
                Some(precision) => write!(f, "  {:>width$.1}", 100.0 * precision)?,
                None => write!(f, "  {:>width$}", "-")?,
            }
        }
        writeln!(f, "  {:>7}", Percent(confusion.accuracy()))
    }
}

/// A share as percent with one decimal, or `-` where there is none.
pub(crate) struct Percent(pub(crate) Option<f64>);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(share) => f.pad(&format!("{:.1} %", 100.0 * share)),
            None => f.pad("-"),
        }
    }
}

/// `part` of `whole`; `None` where there is no whole.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(label: usize) -> Class<3> {
        Class::new(label).expect("a class")
    }

    /// Three right of class 0, class 1 taken for 2 twice and for 0 once, nothing of class 2.
    fn example() -> Confusion<3> {
        [(0, 0), (0, 0), (0, 0), (1, 2), (1, 2), (1, 0)].map(|(t, p)| (class(t), class(p))).into_iter().collect()
    }

    #[test]
    fn counts_and_shares() {
        let confusion = example();
        assert_eq!(confusion.total(), 6);
        assert_eq!(confusion.accuracy(), Some(0.5));
        assert_eq!(confusion.recall(class(0)), Some(1.0));
        assert_eq!(confusion.precision(class(0)), Some(0.75));
        assert_eq!(confusion.recall(class(1)), Some(0.0));
        assert_eq!(confusion.precision(class(1)), None, "nothing was taken for class 1");
        assert_eq!(confusion.recall(class(2)), None, "there is nothing of class 2");
        assert_eq!(Confusion::<3>::new().accuracy(), None);
    }

    #[test]
    fn the_most_frequent_mistake_comes_first() {
        let mistake = |truth, predicted, count| Confused { truth: class(truth), predicted: class(predicted), count };
        assert_eq!(example().most_confused(1), [mistake(1, 2, 2)]);
        assert_eq!(example().most_confused(9), [mistake(1, 2, 2), mistake(1, 0, 1)]);
    }

    #[test]
    fn the_table_is_aligned() {
        let table = example().named(&["cat", "trousers", "ox"]).to_string();
        assert_eq!(
            table,
            "\
true \\ predicted    cat  trousers     ox   recall
cat                   3         0      0  100.0 %
trousers              1         0      2    0.0 %
ox                    0         0      0        -
precision, %       75.0         -    0.0   50.0 %
"
        );
        assert_eq!(example().to_string().lines().count(), 5);
        // A name from a quoted cell of a file may hold a line end.
        let table = example().named(&["not\nknown", "a\r\nb", "ox"]).to_string();
        assert_eq!(table.lines().count(), 5, "{table}");
        assert!(table.contains(r"not\nknown") && table.contains(r"a\r\nb"), "{table}");
        let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
    }
}
