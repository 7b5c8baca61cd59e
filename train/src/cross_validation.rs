//! Cross-validation: a way of training, measured on every sample.

use std::fmt;

use typednet_data::{DataError, Dataset, Folds, Split};

use crate::Evaluation;
use crate::statistics::{mean, squares};

/// What each fold was measured to be.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    folds: Vec<Evaluation>,
}

/// Trains and measures once for each fold (lecture section 8, k-fold cross-validation).
///
/// `train` is called with the number of the fold, from 0, and the samples to train on and to test on. It begins with a
/// new model each time, and nothing that it fits, such as a scaler, may see the samples of the test part.
///
/// ```
/// use typednet_data::{Folds, Standard, tabular};
/// use typednet_layers::{Chain, Dense, Network, Relu, Softmax, loss::CrossEntropy};
/// use typednet_optim::Adam;
/// use typednet_tensor::Key;
/// use typednet_train::{TrainError, Trainer, cross_validate};
///
/// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
/// let flowers = tabular::iris()?;
/// let folds = Folds::stratified(flowers.targets(), 5, Key::new(0))?;
/// let found = cross_validate::<_, _, TrainError>(&flowers, &folds, |fold, parts| {
///     let mut trainer = Trainer::new(Net::seeded(fold as u64), CrossEntropy, Adam::new(0.02)).batch(16).epochs(40).quiet();
///     trainer.fit(&parts.train)?;
///     trainer.evaluate(&parts.test)
/// })?;
/// println!("{found}");
/// assert!(found.mean_accuracy() > Some(0.9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the folds are not those of the data, or what `train` reports; then the later folds are not trained.
pub fn cross_validate<X: Clone, Y: Clone, E: From<DataError>>(
    data: &Dataset<X, Y>,
    folds: &Folds,
    mut train: impl FnMut(usize, &Split<X, Y>) -> Result<Evaluation, E>,
) -> Result<CrossValidation, E> {
    let folds =
        folds.iter().enumerate().map(|(number, fold)| train(number, &fold.of(data)?)).collect::<Result<_, E>>()?;
    Ok(CrossValidation { folds })
}

impl CrossValidation {
    /// One evaluation for each fold, in order.
    pub fn folds(&self) -> &[Evaluation] {
        &self.folds
    }

    /// The mean loss of the folds.
    pub fn mean_loss(&self) -> f64 {
        mean(self.losses())
    }

    /// The sample standard deviation of the folds' losses, which has k − 1 in its denominator.
    pub fn loss_deviation(&self) -> f64 {
        deviation(self.losses())
    }

    /// The mean accuracy of the folds; `None` where there is nothing to decide.
    pub fn mean_accuracy(&self) -> Option<f64> {
        Some(mean(self.accuracies()?.into_iter()))
    }

    /// The sample standard deviation of the folds' accuracies; `None` where there is nothing to decide.
    pub fn accuracy_deviation(&self) -> Option<f64> {
        Some(deviation(self.accuracies()?.into_iter()))
    }

    fn losses(&self) -> impl Iterator<Item = f64> + Clone {
        self.folds.iter().map(|fold| fold.loss)
    }

    fn accuracies(&self) -> Option<Vec<f64>> {
        self.folds.iter().map(|fold| fold.accuracy).collect()
    }
}

fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    (squares(values.clone()) / (values.count() as f64 - 1.0)).sqrt()
}

/// As in `5 folds  loss 0.0712 ± 0.0310  accuracy 97.3 % ± 1.5 %`.
impl fmt::Display for CrossValidation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} folds  loss {:.4} ± {:.4}", self.folds.len(), self.mean_loss(), self.loss_deviation())?;
        match (self.mean_accuracy(), self.accuracy_deviation()) {
            (Some(mean), Some(deviation)) => write!(f, "  accuracy {:.1} % ± {:.1} %", 100.0 * mean, 100.0 * deviation),
            _ => Ok(()),
        }
    }
}
