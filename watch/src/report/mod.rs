//! What a monitor has seen, as a page.

mod chart;
mod figures;
mod page;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use typednet_tensor::Class;
use typednet_train::Confusion;

use crate::{Log, Mistake, WatchError};
use figures::Figure;

/// A page in one HTML file that needs no network to be read: what was seen of a training, in words, tables and plots, on a
/// light or a dark ground as the reader's system has it.
///
/// ```
/// use typednet_watch::{Log, Report};
///
/// let html = Report::new("My <first> training", Log::default()).fact("data", "none").to_html()?;
/// assert!(html.contains("<h1>My &lt;first&gt; training</h1>"));
/// # Ok::<(), typednet_watch::WatchError>(())
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
    ///
    /// # Errors
    /// If a plot cannot be drawn.
    pub fn to_html(&self) -> Result<String, WatchError> {
        let log = &self.log;
        let mut body = page::summary(log, &self.facts);
        section(&mut body, "Findings", &page::findings(&log.findings));
        let curves = [figures::loss(log)?, figures::accuracy(log)?];
        section(&mut body, "Loss and accuracy", &row("row", curves.iter().flatten()));
        let gradients = [figures::gradient_flow(log)?, figures::gradients_over_steps(log)?];
        section(&mut body, "Gradient flow", &row("row", gradients.iter().flatten()));
        let updates = [figures::update_ratios(log)?, figures::deviations(log)?];
        section(&mut body, "Updates and activations", &row("row", updates.iter().flatten()));
        section(&mut body, "Layers", &page::layers(log));

        let mut histograms = String::new();
        let drawn = figures::histograms(log)?;
        if drawn.len() < log.layers.len() && !drawn.is_empty() {
            let (some, all) = (drawn.len(), log.layers.len());
            let _ = write!(histograms, "<p class=\"soft\">{some} of {all} layers, evenly spread.</p>");
        }
        for (name, figures) in &drawn {
            let _ = write!(histograms, "<h3>{}</h3>{}", page::escape(name), row("small", figures.iter()));
        }
        section(&mut body, "Histograms", &histograms);
        if let Some((names, counts)) = &self.confusion {
            section(&mut body, "Confusion matrix", &page::confusion(names, counts));
        }
        if !self.mistakes.is_empty() {
            section(&mut body, "Worst mistakes", &page::mistakes(&self.mistakes));
        }
        Ok(page::page(&self.title, &body))
    }

    /// Writes [`to_html`](Report::to_html) into a file, whose folder is made where it is missing.
    ///
    /// # Errors
    /// If a plot cannot be drawn, or the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), WatchError> {
        let (path, html) = (path.as_ref(), self.to_html()?);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| WatchError::write(folder, &error))?;
        }
        fs::write(path, html).map_err(|error| WatchError::write(path, &error))
    }
}

/// A part of the page with a heading, unless it is empty.
fn section(body: &mut String, heading: &str, content: &str) {
    if !content.is_empty() {
        let _ = write!(body, "\n<h2>{heading}</h2>\n{content}\n");
    }
}

/// Figures side by side.
fn row<'a>(class: &str, figures: impl Iterator<Item = &'a Figure>) -> String {
    let mut html = String::new();
    for Figure { html: plot, caption } in figures {
        let _ = write!(html, "<figure>{plot}<figcaption>{}</figcaption></figure>", page::escape(caption));
    }
    if html.is_empty() { html } else { format!("<div class=\"{class}\">{html}</div>") }
}
