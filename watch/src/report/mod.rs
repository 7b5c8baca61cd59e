//! The report of a monitor, as a page.

mod figures;
mod page;

use std::path::Path;

use maud::{Markup, html};
use typednet_tensor::Class;
use typednet_train::Confusion;

use crate::{Log, Mistake, WatchError};
use figures::Plot;

/// A page in one HTML file that needs no network to be read: what was seen of a training, in words, tables and plots, on a
/// light or a dark ground as the reader's system has it.
///
/// ```
/// use typednet_watch::{Log, Report};
///
/// let html = Report::new("My <first> training", Log::default()).fact("data", "none").to_html();
/// assert!(html.contains("<h1>My &lt;first&gt; training</h1>"));
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    title: String,
    log: Log,
    facts: Vec<(String, String)>,
    confusion: Option<(Vec<String>, Vec<Vec<u64>>)>,
    mistakes: Vec<Mistake>,
}

impl Report {
    /// A report of what [`Monitor::log`](crate::Monitor::log) gives.
    pub fn new(title: impl Into<String>, log: Log) -> Self {
        Self { title: title.into(), log, facts: Vec::new(), confusion: None, mistakes: Vec::new() }
    }

    /// A line of the summary.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    /// Which classes the network takes for which; `names` are those of the classes.
    #[must_use]
    pub fn confusion<const N: usize>(mut self, confusion: &Confusion<N>, names: &[&str; N]) -> Self {
        let row = |truth| Class::all().map(|predicted| confusion.count(truth, predicted)).collect();
        self.confusion = Some((names.map(str::to_owned).to_vec(), Class::all().map(row).collect()));
        self
    }

    /// The samples that the network is most wrong about; see [`worst_mistakes`](crate::worst_mistakes).
    #[must_use]
    pub fn mistakes(mut self, mistakes: impl Into<Vec<Mistake>>) -> Self {
        self.mistakes = mistakes.into();
        self
    }

    /// The page. What was not measured is left out.
    pub fn to_html(&self) -> String {
        let log = &self.log;
        let row = |plots: [Option<Plot>; 2]| row("row", plots.iter().flatten());
        let histograms = figures::histograms(log);
        let body = html! {
            (page::summary(log, &self.facts))
            (section("Findings", Some(page::findings(&log.findings))))
            (section("Loss and accuracy", row([figures::loss(log), figures::accuracy(log)])))
            (section("Gradient flow", row([figures::gradient_flow(log), figures::gradients_over_steps(log)])))
            (section("Updates and activations", row([figures::update_ratios(log), figures::deviations(log)])))
            (section("Layers", page::layers(log)))
            (section("Histograms", of_layers(&histograms, log.layers.len())))
            (section("Confusion matrix", self.confusion.as_ref().map(|(names, counts)| page::confusion(names, counts))))
            (section("Worst mistakes", (!self.mistakes.is_empty()).then(|| page::mistakes(&self.mistakes))))
        };
        page::page(&self.title, &body).into_string()
    }

    /// Writes [`to_html`](Report::to_html) into a file, whose folder is made where it is missing.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), WatchError> {
        Ok(typednet_formats::write(path, self.to_html())?)
    }
}

/// A part of the page with a heading, unless it is empty.
fn section(heading: &str, content: Option<Markup>) -> Markup {
    html! { @if let Some(content) = content { h2 { (heading) } (content) } }
}

/// Plots side by side.
fn row<'a>(class: &str, plots: impl Iterator<Item = &'a Plot>) -> Option<Markup> {
    let plots: Vec<&Plot> = plots.collect();
    let figure = |Plot { figure, caption }: &Plot| {
        html! {
            figure {
                (maud::PreEscaped(figure.to_inline_svg()))
                @if !caption.is_empty() { figcaption { (caption) } }
            }
        }
    };
    (!plots.is_empty()).then(|| html! { div class=(class) { @for plot in plots { (figure(plot)) } } })
}

/// The histograms of some of so many layers.
fn of_layers(layers: &[(String, Vec<Plot>)], all: usize) -> Option<Markup> {
    let some = layers.len();
    (some > 0).then(|| {
        html! {
            @if some < all { p.soft { (some) " of " (all) " layers, evenly spread." } }
            @for (name, plots) in layers { h3 { (name) } @if let Some(plots) = row("small", plots.iter()) { (plots) } }
        }
    })
}
