//! From where on something is called ill.

/// The numbers that findings are made by. The defaults are those of lecture section 9 where it gives one.
///
/// ```
/// use typednet_watch::Thresholds;
///
/// let strict = Thresholds { dead: 0.25, ..Thresholds::default() };
/// assert_eq!((strict.smallest_gradient, strict.largest_gradient), (1e-6, 1e-1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Below this, a gradient vanishes: 10⁻⁶ (lecture section 9).
    ///
    /// It is compared with ‖g‖/√n, the size of an element, because ‖g‖ itself grows with the layer. A training that has
    /// reached its end has small gradients everywhere, so it is asked only where some layer's gradient is larger.
    pub smallest_gradient: f64,
    /// Above this, a gradient explodes: 10⁻¹ (lecture section 9). Compared as
    /// [`smallest_gradient`](Thresholds::smallest_gradient) is.
    pub largest_gradient: f64,
    /// Gradients vanish too where ‖g‖/√n falls to less than this from each layer to the one before it, on average from the
    /// last layer with weights to the first: 0.25, the largest derivative of a sigmoid (lecture section 9).
    pub shrinking: f64,
    /// How many layers with weights there must be for that.
    pub shrinking_layers: usize,
    /// The share of a layer's rectified linear units that give 0 for every row: 0.5.
    pub dead: f64,
    /// The share of a hidden layer's values that lie near the ends of its sigmoid or tanh: 0.5.
    pub saturated: f64,
    /// How large ‖ΔW‖/‖W‖ should be: 10⁻³ (lecture section 9).
    pub update_ratio: f64,
    /// The learning rate is too high where the update ratio is larger by this factor: 100. Ten times that is said at once,
    /// without [`patience`](Thresholds::patience).
    pub far_above: f64,
    /// The learning rate is too low where the update ratio is smaller by this factor in all layers, while the loss is flat
    /// from the start: 10.
    pub far_below: f64,
    /// The learning rate is too high where the loss is larger by this factor than it was: 1.5.
    pub rising: f64,
    /// The loss is flat where it has fallen by less than this share of what it was in the first epoch: 0.01.
    pub flat: f64,
    /// How many epochs the loss must be flat from the start: 3.
    pub flat_epochs: usize,
    /// How many epochs the validation loss must lie above its lowest, while the training loss falls: 3.
    pub overfitting_epochs: usize,
    /// By which share of its lowest it must lie above it: 0.05.
    pub overfitting: f64,
    /// How many measurements in a row must show what is measured in steps: 3.
    pub patience: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            smallest_gradient: 1e-6,
            largest_gradient: 1e-1,
            shrinking: 0.25,
            shrinking_layers: 4,
            dead: 0.5,
            saturated: 0.5,
            update_ratio: 1e-3,
            far_above: 100.0,
            far_below: 10.0,
            rising: 1.5,
            flat: 0.01,
            flat_epochs: 3,
            overfitting_epochs: 3,
            overfitting: 0.05,
            patience: 3,
        }
    }
}
