//! Four small tables inside the crate: breast cancer, iris, penguins and carbon dioxide.
//!
//! The first two are from the UCI machine learning repository under CC BY 4.0; authors and source stand in
//! `tabular/LICENSE-UCI.md`, those of the penguins, which are under CC0, in `tabular/LICENSE-PENGUINS.md`, and those of
//! the last, which is in the public domain, in `tabular/LICENSE-CO2.md`.

use typednet_tensor::Class;

use crate::{Csv, DataError, Dataset, Table, TableError};

/// What the 30 numbers of a [`breast_cancer`] sample are.
pub const BREAST_CANCER_FEATURES: [&str; 30] = [
    "mean radius",
    "mean texture",
    "mean perimeter",
    "mean area",
    "mean smoothness",
    "mean compactness",
    "mean concavity",
    "mean concave points",
    "mean symmetry",
    "mean fractal dimension",
    "radius error",
    "texture error",
    "perimeter error",
    "area error",
    "smoothness error",
    "compactness error",
    "concavity error",
    "concave points error",
    "symmetry error",
    "fractal dimension error",
    "worst radius",
    "worst texture",
    "worst perimeter",
    "worst area",
    "worst smoothness",
    "worst compactness",
    "worst concavity",
    "worst concave points",
    "worst symmetry",
    "worst fractal dimension",
];

/// What the classes of [`breast_cancer`] are.
pub const BREAST_CANCER_CLASSES: [&str; 2] = ["malignant", "benign"];

/// What the 4 numbers of an [`iris`] sample are.
pub const IRIS_FEATURES: [&str; 4] = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"];

/// What the classes of [`iris`] are.
pub const IRIS_CLASSES: [&str; 3] = ["setosa", "versicolor", "virginica"];

/// The Wisconsin diagnostic breast cancer data: 569 tumours, 212 malignant (class 0) and 357 benign (class 1), each
/// with the mean, the standard error and the mean of the three largest values of ten measures of its cell nuclei.
///
/// ```
/// use typednet_data::tabular;
///
/// let tumours = tabular::breast_cancer()?;
/// assert_eq!(tumours.len(), 569);
/// assert_eq!(tumours.samples()[0][..2], [17.99, 10.38]);
/// assert_eq!(tabular::BREAST_CANCER_CLASSES[tumours.targets()[0].index()], "malignant");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy of the table is damaged.
pub fn breast_cancer() -> Result<Dataset<[f32; 30], Class<2>>, DataError> {
    read(include_bytes!("../tabular/breast_cancer.csv"), &BREAST_CANCER_FEATURES, &BREAST_CANCER_CLASSES)
}

/// Fisher's iris data: 150 flowers, 50 of each of three species, with the lengths and widths of their sepals and petals.
///
/// ```
/// use typednet_data::tabular;
///
/// let flowers = tabular::iris()?;
/// assert_eq!((flowers.len(), flowers.samples()[0]), (150, [5.1, 3.5, 1.4, 0.2]));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy of the table is damaged.
pub fn iris() -> Result<Dataset<[f32; 4], Class<3>>, DataError> {
    read(include_bytes!("../tabular/iris.csv"), &IRIS_FEATURES, &IRIS_CLASSES)
}

/// The Palmer penguins as a table that still has its words and its gaps: 344 rows with `species`, `island`, four measures
/// (`bill_length_mm`, `bill_depth_mm`, `flipper_length_mm`, `body_mass_g`), `sex` and `year`. A
/// [`TableEncoder`](crate::TableEncoder) makes samples of it.
///
/// ```
/// use typednet_data::tabular;
///
/// let penguins = tabular::penguins()?;
/// assert_eq!((penguins.rows(), penguins.column("sex")?.missing()), (344, 11));
/// assert_eq!(penguins.column("species")?.categories(), ["Adelie", "Chinstrap", "Gentoo"]);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy of the table is damaged.
pub fn penguins() -> Result<Table, DataError> {
    Table::from_csv(include_bytes!("../tabular/penguins.csv"))
}

/// The carbon dioxide in the air of Mauna Loa, Hawaii, from March 1958 to December 2001, week by week: 2,284 rows with `date` (a number
/// such as 19580329) and `co2` in parts per million; 59 weeks have no value.
///
/// ```
/// use typednet_data::tabular;
///
/// let mut air = tabular::carbon_dioxide()?;
/// assert_eq!((air.rows(), air.fill_forward("co2")?), (2_284, 59));
/// let levels: Vec<[f32; 1]> = air.samples(["co2"])?;
/// assert_eq!((levels[0], levels[2_283]), ([316.1], [371.5]));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy of the table is damaged.
pub fn carbon_dioxide() -> Result<Table, DataError> {
    Table::from_csv(include_bytes!("../tabular/co2.csv"))
}

/// A table in scikit-learn's layout: a first line with the number of rows, the number of features and the names of the
/// classes, then rows of features with the number of the class at the end.
fn read<const N: usize, const K: usize>(
    file: &[u8],
    features: &[&str; N],
    classes: &[&str; K],
) -> Result<Dataset<[f32; N], Class<K>>, DataError> {
    let mut lines = file.splitn(2, |byte| *byte == b'\n');
    let (first, rest) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let table = Csv::new().named(features.iter().copied().chain(["class"])).read(rest)?;
    let stated = format!("{},{N},{}", table.rows(), classes.join(","));
    if first.trim_ascii_end() != stated.as_bytes() {
        return Err(TableError::NoHeader.into());
    }
    Dataset::new(table.samples::<f32, N>(features)?, table.labels::<K>("class")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_is_cut_off_is_refused() {
        let file = include_bytes!("../tabular/iris.csv");
        assert!(read(file, &IRIS_FEATURES, &IRIS_CLASSES).is_ok());
        let cut = &file[..file.len() - 20];
        assert!(read(cut, &IRIS_FEATURES, &IRIS_CLASSES).is_err());
        assert!(read(b"", &IRIS_FEATURES, &IRIS_CLASSES).is_err());
    }
}
