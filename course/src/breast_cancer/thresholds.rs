//! Where malignant begins: probabilities, thresholds, and what they find.

use typednet::govern::Scores;
use typednet::prelude::*;
use typednet::train::{Confusion, roc_auc};
use typednet_plot::{Chart, Figure};

use crate::Failed;

/// For each tumour how probable it is that it is malignant, and whether it is.
pub type Found = Vec<(f64, bool)>;

/// How probable it is at a temperature that each tumour is malignant.
pub(super) fn malignant(scores: &Scores<2>, temperature: f64) -> Found {
    let probability = |[z0, z1]: &[f64; 2]| 1.0 / (1.0 + ((z1 - z0) / temperature).exp());
    scores.iter().map(|(logits, truth)| (probability(logits), truth.index() == 0)).collect()
}

/// The area under the ROC curve.
pub(super) fn area(found: &[(f64, bool)]) -> Result<f64, Failed> {
    Ok(roc_auc(found.iter().copied()).ok_or("a part holds tumours of one class only")?)
}

/// The highest threshold, and no higher than ½, at which this share of the malignant is found. It stands in the middle
/// between two probabilities that occur.
pub fn threshold(found: &[(f64, bool)], sensitivity: f64) -> f64 {
    let mut ranked = found.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positives = ranked.iter().filter(|(_, malignant)| *malignant).count() as f64;
    let mut correct = 0.0;
    for (place, (p, malignant)) in ranked.iter().enumerate() {
        correct += f64::from(u8::from(*malignant));
        if correct >= sensitivity * positives {
            let next = ranked[place..].iter().map(|(next, _)| *next).find(|next| next < p).unwrap_or(0.0);
            return f64::midpoint(*p, next).min(0.5);
        }
    }
    0.5
}

/// Who is taken for what where the probability of malignant decides.
pub fn confusion(found: &[(f64, bool)], threshold: f64) -> Confusion<2> {
    let [malignant, benign] = [0, 1].map(|label| Class::new(label).unwrap_or_default());
    let class = |is_malignant| if is_malignant { malignant } else { benign };
    found.iter().map(|(p, truth)| (class(*truth), class(*p >= threshold))).collect()
}

/// The share of the benign that is taken for malignant, and that of the malignant that is found, for every threshold.
fn roc(found: &[(f64, bool)]) -> Vec<(f64, f64)> {
    let mut ranked = found.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positives = ranked.iter().filter(|(_, malignant)| *malignant).count() as f64;
    let negatives = ranked.len() as f64 - positives;
    let (mut points, mut x, mut y) = (vec![(0.0, 0.0)], 0.0, 0.0);
    for equal in ranked.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let more = equal.iter().filter(|(_, malignant)| *malignant).count() as f64;
        (x, y) = (x + (equal.len() as f64 - more) / negatives, y + more / positives);
        points.push((x, y));
    }
    points
}

/// Where a threshold stands on the ROC curve.
fn place(found: &[(f64, bool)], threshold: f64) -> (f64, f64) {
    let confusion = confusion(found, threshold);
    let recall = |label| confusion.recall(Class::new(label).unwrap_or_default()).unwrap_or(0.0);
    (1.0 - recall(1), recall(0))
}

/// The ROC curves of the folds and of the test part, whole and their upper left corner.
pub(super) fn draw(folds: &[Found], test: &[(f64, bool)], threshold: f64) -> Figure {
    let pooled: Found = folds.iter().flatten().copied().collect();
    let percent = |(x, y): (f64, f64)| (100.0 * x, 100.0 * y);
    let chart = |title: &str| {
        Chart::new(title, "benign taken for malignant (%)", "malignant found, recall (%)")
            .curve("five folds together", roc(&pooled).into_iter().map(percent))
            .curve("held-out test part", roc(test).into_iter().map(percent))
    };
    let charts = [
        chart("all thresholds")
            .style(7)
            .curve("by chance", [(0.0, 0.0), (100.0, 100.0)])
            .x_range(-1.0, 100.0)
            .y_range(0.0, 102.0),
        chart("upper left corner")
            .style(5)
            .points("test part at ½", [percent(place(test, 0.5))])
            .style(4)
            .points(format!("test part at {threshold:.2}"), [percent(place(test, threshold))])
            .x_range(-0.5, 20.0)
            .y_range(80.0, 101.0),
    ];
    let note =
        "The nearer to the upper left corner, the better: malignant tumours found against healthy ones frightened.";
    Figure::new("Malignant or benign: ROC curves", 2, charts).panel(490, 420).note(note)
}
