//! What a trainer's model gives for data, without training.

use typednet_data::{Dataset, Source};
use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::{Class, Scalar};

use crate::engine::{Engine, Passed};
use crate::epoch_order::in_order;
use crate::metric::check_names;
use crate::objective::{ACCURACY, LOSS};
use crate::position::Total;
use crate::question::Data;
use crate::{Confusion, Evaluation, TrainError, Trainer};

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Loss and accuracy of [`model`](Trainer::model) over data, without training.
    ///
    /// # Errors
    /// If the batch size is 0 or the data are empty.
    pub fn evaluate(&mut self, data: &dyn Data<M::In, L::Target>) -> Result<Evaluation, TrainError> {
        let mut total = Total::default();
        self.visit(data, |passed, _, _| total.add(&passed))?;
        Ok(total.evaluation())
    }

    /// Loss, accuracy where there is one, and every [metric](Trainer::metric) of [`model`](Trainer::model) over data, by name
    /// and without training. What is not defined for the data is `None`.
    ///
    /// # Errors
    /// As [`evaluate`](Trainer::evaluate), and if two metrics have one name.
    pub fn measure(&mut self, data: &dyn Data<M::In, L::Target>) -> Result<Vec<(String, Option<f64>)>, TrainError> {
        check_names(self.engine.meters.names())?;
        let Evaluation { loss, accuracy } = self.evaluate(data)?;
        let mut all = vec![(LOSS.to_owned(), Some(loss))];
        all.extend(accuracy.map(|accuracy| (ACCURACY.to_owned(), Some(accuracy))));
        let Engine { meters, .. } = &self.engine;
        all.extend(meters.names().iter().zip(meters.values(true)).map(|((name, _), v)| (name.clone(), v.validation)));
        Ok(all)
    }

    /// The outputs for all samples of the data in order, each with its target: what [`top_k`](crate::top_k),
    /// [`roc_auc`](crate::roc_auc) and the other metrics are made of.
    ///
    /// # Errors
    /// As [`evaluate`](Trainer::evaluate).
    pub fn outputs(&mut self, data: &dyn Data<M::In, L::Target>) -> Result<Dataset<M::Out, L::Target>, TrainError> {
        self.check(data, "evaluation")?;
        self.reserve(data)?;
        let (mut outputs, mut all) = (Vec::with_capacity(data.len()), Vec::with_capacity(data.len()));
        self.begin_measuring();
        for (_, rows) in in_order(data.parts(), data.len(), self.batch_size) {
            let (x, targets) = self.batch.in_order(data, rows, self.seed, self.engine.parallel())?;
            if let Some(carry) = &mut self.carry {
                carry.put(x, false);
            }
            // Slice by slice, since an output may be larger than the stack.
            let y = self.engine.infer(x);
            if let Some(carry) = &mut self.carry {
                carry.take(y, false);
            }
            outputs.extend_from_slice(y);
            all.extend_from_slice(targets);
        }
        Ok(Dataset::new(outputs, all)?)
    }

    /// Data that are measured begin with states of zeros, where states are carried.
    fn begin_measuring(&mut self) {
        if let Some(carry) = &mut self.carry {
            carry.begin(self.batch_size, false);
        }
    }

    /// Calls `visit` for each batch of the data in order, without training.
    fn visit<S>(&mut self, data: &S, mut visit: impl FnMut(Passed, &[L::Target], &[M::Out])) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check(data, "evaluation")?;
        self.reserve(data)?;
        self.engine.meters.begin_evaluation();
        self.begin_measuring();
        for (_, rows) in in_order(data.parts(), data.len(), self.batch_size) {
            let (x, targets) = self.batch.in_order(data, rows, self.seed, self.engine.parallel())?;
            if let Some(carry) = &mut self.carry {
                carry.put(x, false);
            }
            let (passed, y) = self.engine.evaluate(x, targets, true);
            if let Some(carry) = &mut self.carry {
                carry.take(y, false);
            }
            visit(passed, targets, y);
        }
        Ok(())
    }
}

impl<M, T, L, O, const N: usize> Trainer<M, L, O>
where
    M: Layer<Out = [T; N], Elem = T>,
    T: Scalar,
    L: Loss<[T; N], Target = Class<N>>,
{
    /// Which classes the network takes for which, over data.
    ///
    /// # Errors
    /// As [`evaluate`](Trainer::evaluate).
    pub fn confusion(&mut self, data: &dyn Data<M::In, Class<N>>) -> Result<Confusion<N>, TrainError> {
        let mut confusion = Confusion::new();
        self.visit(data, |_, targets, y| {
            confusion.extend(targets.iter().zip(y).map(|(&target, y)| (target, Class::of_largest(y))));
        })?;
        Ok(confusion)
    }
}
