//! Metrics of each step of a sequence, and of what has a target: as the losses of these names.

use std::slice;

use typednet_layers::loss::{Masked, PerStep};
use typednet_tensor::{Better, Sample};

use super::Metric;

/// The metric of each step, under its own name: `PerStep(TopK::<5>::new())` for outputs `[[f32; 65]; 64]` and targets
/// `[Class<65>; 64]`.
impl<S: Sample, G, M: Metric<S, G>, const N: usize> Metric<[S; N], [G; N]> for PerStep<M> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn better(&self) -> Better {
        self.0.better()
    }

    fn reset(&mut self) {
        self.0.reset();
    }

    fn update(&mut self, outputs: &[[S; N]], targets: &[[G; N]]) {
        self.0.update(outputs.as_flattened(), targets.as_flattened());
    }

    fn value(&self) -> Option<f64> {
        self.0.value()
    }

    fn state(&self) -> Option<Vec<f64>> {
        self.0.state()
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        self.0.restore(state)
    }
}

/// The metric where there is a target, under its own name: `PerStep(Masked(TopK::<5>::new()))` for targets
/// `[Option<Class<65>>; 64]`.
impl<S: Sample, G, M: Metric<S, G>> Metric<S, Option<G>> for Masked<M> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn better(&self) -> Better {
        self.0.better()
    }

    fn reset(&mut self) {
        self.0.reset();
    }

    fn update(&mut self, outputs: &[S], targets: &[Option<G>]) {
        for (output, target) in outputs.iter().zip(targets) {
            if let Some(target) = target {
                self.0.update(slice::from_ref(output), slice::from_ref(target));
            }
        }
    }

    fn value(&self) -> Option<f64> {
        self.0.value()
    }

    fn state(&self) -> Option<Vec<f64>> {
        self.0.state()
    }

    fn restore(&mut self, state: &[f64]) -> bool {
        self.0.restore(state)
    }
}
