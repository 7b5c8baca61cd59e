//! A training that is watched, and says in words what is wrong (lecture section 9). The example `watch` of the library is
//! the same with settings of your own.

use typednet::data::mnist;
use typednet::prelude::*;
use typednet::watch::{Finding, PictureShape, Problem, Report, Severity, worst_mistakes};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 9 of the lectures.
pub const LESSON: Lesson = Lesson {
    name: "watched",
    title: "Everything else that goes on in a layer",
    section: "9. Watching a training run",
    run: lesson,
};

network! {
    /// The network of the lectures.
    pub struct Healthy: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

network! {
    /// Ten layers of sigmoid: each takes at least three quarters of the gradient that reaches it.
    pub struct Ill: 784
        => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid>
        => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid>
        => head: Dense<10, Softmax> -> 10
}

/// Trains for some epochs, writes the report, and gives what was found.
///
/// # Errors
/// If the loss does not stay finite, or the report cannot be written.
pub fn watch<M, O>(
    notes: &mut Notes,
    name: &str,
    mut trainer: Trainer<M, CrossEntropy, O>,
) -> Result<Vec<Finding>, Failed>
where
    M: Layer<In = [f32; 784], Out = [f32; 10], Elem = f32, Head = Softmax>,
    O: Optimizer,
{
    let digits = mnist::embedded()?;
    let monitor = Monitor::new().every(50);
    trainer = trainer.callback(monitor.clone()).quiet();
    trainer.fit_validated(&digits.train, &digits.test)?;
    let confusion = trainer.confusion(&digits.test)?;
    let shape = PictureShape::grey(28, 28).range(0.0, 1.0);
    let mistakes = worst_mistakes(trainer.model(), &CrossEntropy, &digits.test, &mnist::DIGITS, shape, 18)?;
    let log = monitor.log();
    let findings = log.findings.clone();
    let path = notes.folder().join("watch").join(format!("{name}.html"));
    Report::new(name, log).confusion(&confusion, &mnist::DIGITS).mistakes(mistakes).write(&path)?;
    say!(notes, "{name}: the report is in {}", path.display());
    for finding in &findings {
        say!(notes, "- {finding}");
    }
    Ok(findings)
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let healthy = Trainer::new(Healthy::seeded(0), CrossEntropy, Adam::new(0.001)).epochs(4);
    let healthy = watch(notes, "healthy", healthy)?;
    let ill = watch(notes, "ill", Trainer::new(Ill::seeded(0), CrossEntropy, GradientDescent::new(0.1)).epochs(4))?;
    let errors = healthy.iter().filter(|finding| finding.severity == Severity::Error).count();
    let shrinking = ill.iter().find(|finding| finding.problem == Problem::ShrinkingGradient);
    notes.claim(
        Claims::new()
            .hold(
                shrinking.is_some(),
                "of a stack of ten sigmoid layers the monitor says that the gradients vanish",
                shrinking.map_or("it does not".into(), ToString::to_string),
            )
            .hold(
                errors == 0,
                "it finds nothing that keeps the network of the lectures from learning",
                format!("{errors} errors"),
            ),
    );
    Ok(())
}
