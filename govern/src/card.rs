//! Model cards: what a reader must know before a model is used, as a Markdown page.

use std::fmt::{self, Display, Write};
use std::path::Path;

use crate::{GovernError, Manifest, Scores, Temperature};

/// A model card (Mitchell and others: *Model cards for model reporting*, 2019; lecture section 11), made from the run's
/// [`Manifest`], an evaluation, and what only its author can know.
///
/// Every field must be filled: [`to_markdown`](Self::to_markdown) says which ones are missing, all at once. Texts are
/// plain; characters that mean something in Markdown are escaped.
///
/// ```
/// use typednet_govern::{Manifest, ModelCard};
/// use typednet_layers::{Dense, Softmax};
///
/// type Net = Dense<4, 3, Softmax>;
/// let card = ModelCard::new(&Manifest::new::<Net>("iris", 0)).purpose("Shows how iris species are told apart.");
/// let error = card.to_markdown().unwrap_err().to_string();
/// assert!(error.contains("lacks what it is not for, where the data come from, an evaluation, limits"), "{error}");
/// ```
#[derive(Clone, Debug)]
pub struct ModelCard {
    manifest: Manifest,
    purpose: Option<String>,
    not_for: Option<String>,
    data: Option<String>,
    evaluation: Option<String>,
    guard: Option<String>,
    limits: Vec<String>,
    risks: Vec<String>,
    oversight: Option<String>,
    contact: Option<String>,
}

impl ModelCard {
    /// The card of the run that `manifest` describes.
    pub fn new(manifest: &Manifest) -> Self {
        Self {
            manifest: manifest.clone(),
            purpose: None,
            not_for: None,
            data: None,
            evaluation: None,
            guard: None,
            limits: Vec::new(),
            risks: Vec::new(),
            oversight: None,
            contact: None,
        }
    }

    /// What the model is for, and for whom.
    #[must_use]
    pub fn purpose(self, text: impl Into<String>) -> Self {
        Self { purpose: Some(text.into()), ..self }
    }

    /// What it must not be used for.
    #[must_use]
    pub fn not_for(self, text: impl Into<String>) -> Self {
        Self { not_for: Some(text.into()), ..self }
    }

    /// Where the data come from, whom they are about, and what is known to be missing in them.
    #[must_use]
    pub fn data_origin(self, text: impl Into<String>) -> Self {
        Self { data: Some(text.into()), ..self }
    }

    /// How good the model is on data that neither weights nor temperature nor threshold were fitted to, for each class.
    #[must_use]
    pub fn evaluation<const N: usize>(
        self,
        test: &Scores<N>,
        classes: &[&str; N],
        temperature: impl Into<Option<Temperature>>,
    ) -> Self {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = write_evaluation(&mut text, test, classes, temperature.into());
        Self { evaluation: Some(text), ..self }
    }

    /// How cases are handed to a human: a [`Guard`](crate::Guard), or words.
    #[must_use]
    pub fn guard(self, guard: &impl Display) -> Self {
        Self { guard: Some(guard.to_string()), ..self }
    }

    /// Adds something that the model cannot do, or was not tested for.
    #[must_use]
    pub fn limit(mut self, text: impl Into<String>) -> Self {
        self.limits.push(text.into());
        self
    }

    /// Adds harm that the model may do, to whom, and what is done against it.
    #[must_use]
    pub fn risk(mut self, text: impl Into<String>) -> Self {
        self.risks.push(text.into());
        self
    }

    /// Who decides the cases that the model hands over, and who watches it in use.
    #[must_use]
    pub fn oversight(self, text: impl Into<String>) -> Self {
        Self { oversight: Some(text.into()), ..self }
    }

    /// Who answers for the model, and how to reach them.
    #[must_use]
    pub fn contact(self, text: impl Into<String>) -> Self {
        Self { contact: Some(text.into()), ..self }
    }

    /// The names of the fields that are not filled.
    pub fn missing(&self) -> Vec<&'static str> {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let some = |list: &Vec<String>| !list.is_empty() && list.iter().all(|text| !text.trim().is_empty());
        [
            ("what it is for", said(&self.purpose)),
            ("what it is not for", said(&self.not_for)),
            ("where the data come from", said(&self.data)),
            ("an evaluation", said(&self.evaluation)),
            ("limits", some(&self.limits)),
            ("known risks", some(&self.risks)),
            ("human oversight", said(&self.oversight)),
            ("a contact", said(&self.contact)),
            ("parts of the data in its manifest", !self.manifest.data_parts().is_empty()),
            ("the final weights in its manifest", self.manifest.final_weights_hash().is_some()),
        ]
        .into_iter()
        .filter_map(|(name, filled)| (!filled).then_some(name))
        .collect()
    }

    /// The card as Markdown.
    ///
    /// # Errors
    /// If fields are not filled; the error lists all of them.
    pub fn to_markdown(&self) -> Result<String, GovernError> {
        let fields = self.missing();
        if !fields.is_empty() {
            return Err(GovernError::MissingFields { fields });
        }
        let mut page = String::new();
        // Writing to a `String` cannot fail.
        let _ = self.write_page(&mut page);
        Ok(page)
    }

    /// Writes the card to a file.
    ///
    /// # Errors
    /// If fields are not filled, or the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), GovernError> {
        Ok(typednet_formats::write(path, self.to_markdown()?)?)
    }

    fn write_page(&self, page: &mut String) -> fmt::Result {
        let manifest = &self.manifest;
        let network = manifest.network();
        let text = |text: &Option<String>| Escaped(text.as_deref().unwrap_or_default()).to_string();
        writeln!(page, "# Model card: {}\n", Escaped(manifest.name()))?;
        writeln!(page, "Made {} by typednet from the run's manifest.\n", manifest.time())?;
        writeln!(page, "## Use\n\n**For:** {}\n\n**Not for:** {}\n", text(&self.purpose), text(&self.not_for))?;

        writeln!(page, "## Data\n\n{}\n", text(&self.data))?;
        writeln!(page, "| part | samples | SHA-256 of the content |\n| --- | ---: | --- |")?;
        for (part, data) in manifest.data_parts() {
            writeln!(page, "| {} | {} | `{}` |", Escaped(part), data.rows, Code(&data.sha256))?;
        }

        writeln!(page, "\n## Evaluation\n\n{}", self.evaluation.as_deref().unwrap_or_default())?;

        writeln!(page, "## Human oversight\n\n{}\n", text(&self.oversight))?;
        if let Some(guard) = &self.guard {
            writeln!(page, "The model {}.\n", Escaped(guard))?;
        }
        for (title, list) in [("Limits", &self.limits), ("Known risks", &self.risks)] {
            writeln!(page, "## {title}\n")?;
            list.iter().try_for_each(|item| writeln!(page, "- {}", Escaped(item)))?;
            writeln!(page)?;
        }

        writeln!(page, "## How it was made\n")?;
        writeln!(
            page,
            "{} parameters of `{}`, {} to {}.\n",
            network.parameters, network.scalar, network.input, network.output
        )?;
        writeln!(page, "| layer | type | output | parameters |\n| --- | --- | --- | ---: |")?;
        for layer in &network.layers {
            let [name, kind] = [&layer.name, &layer.layer].map(|text| Code(text));
            writeln!(page, "| `{name}` | `{kind}` | {} | {} |", layer.output, layer.parameters)?;
        }
        writeln!(page, "\n| what | value |\n| --- | --- |\n| seed | {} |", manifest.seed())?;
        for (name, value) in manifest.settings().iter().chain(manifest.results()) {
            writeln!(page, "| {} | {} |", Escaped(name), Escaped(&value.to_string()))?;
        }
        for (name, version) in manifest.crates() {
            writeln!(page, "| {} | {} |", Escaped(name), Escaped(version))?;
        }
        writeln!(page, "| compiler | {} |\n| lane | {} |", Escaped(manifest.compiler()), Escaped(manifest.lane()))?;
        if let Some((revision, dirty)) = manifest.git() {
            let changes = if dirty { ", with changes" } else { "" };
            writeln!(page, "| git revision | `{}`{changes} |", Code(revision))?;
        }
        writeln!(page, "| SHA-256 of the weights | `{}` |", Code(manifest.final_weights_hash().unwrap_or_default()))?;
        writeln!(page, "\n## Contact\n\n{}", text(&self.contact))
    }
}

fn write_evaluation<const N: usize>(
    text: &mut String,
    test: &Scores<N>,
    classes: &[&str; N],
    temperature: Option<Temperature>,
) -> fmt::Result {
    let confusion = test.confusion();
    let percent = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share));
    writeln!(
        text,
        "{} samples, accuracy {}, macro F1 {}.\n",
        test.len(),
        percent(confusion.accuracy()),
        percent(confusion.macro_f1())
    )?;
    writeln!(text, "| class | samples | precision | recall | F1 |\n| --- | ---: | ---: | ---: | ---: |")?;
    for class in typednet_tensor::Class::all() {
        let samples = test.iter().filter(|(_, truth)| *truth == class).count();
        writeln!(
            text,
            "| {} | {samples} | {} | {} | {} |",
            Escaped(classes[class.index()]),
            percent(confusion.precision(class)),
            percent(confusion.recall(class)),
            percent(confusion.f1(class))
        )?;
    }
    let mistakes = confusion.most_confused(3);
    if !mistakes.is_empty() {
        let words = mistakes.iter().map(|mistake| {
            let [truth, taken] = [mistake.truth, mistake.predicted].map(|class| Escaped(classes[class.index()]));
            format!("{truth} taken for {taken} ({} times)", mistake.count)
        });
        writeln!(text, "\nMost frequent mistakes: {}.", words.collect::<Vec<_>>().join(", "))?;
    }
    let error = |temperature| format!("{:.2} %", 100.0 * test.calibration_error(temperature));
    write!(text, "\nExpected calibration error (15 parts): {}", error(1.0))?;
    if let Some(temperature) = temperature {
        write!(text, " as trained, {} at temperature {temperature}", error(temperature.value()))?;
    }
    writeln!(text, ".")
}

/// Plain text in Markdown, on one line: what means something there is escaped.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            // At the start of a line, `-`, `+`, `=` and `1.` or `1)` begin a list or a heading.
            let number = first.trim_end_matches(['.', ')']);
            let list =
                number.len() + 1 == first.len() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            match first.chars().next_back() {
                Some(mark) if list => write!(f, "{number}\\{mark}")?,
                _ if first.starts_with(['-', '+', '=']) => write!(f, "\\{}", Word(first))?,
                _ => write!(f, "{}", Word(first))?,
            }
        }
        words.try_for_each(|word| write!(f, " {}", Word(word)))
    }
}

/// A word of [`Escaped`].
struct Word<'a>(&'a str);

impl Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if "\\`*_{}[]<>#|~!&$^".contains(c) {
                f.write_char('\\')?;
            }
            f.write_char(c)
        })
    }
}

/// Text between back quotes, in which there can be none, and no bar of a table.
struct Code<'a>(&'a str);

impl Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| f.write_char(if matches!(c, '`' | '|') || c.is_control() { ' ' } else { c }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_plain_in_markdown() {
        for (plain, escaped) in [
            ("a plain sentence.", "a plain sentence."),
            ("# <b>bold</b> | *x*\n\n- [y](z)", "\\# \\<b\\>bold\\</b\\> \\| \\*x\\* - \\[y\\](z)"),
            ("- a list", "\\- a list"),
            ("12. an item", "12\\. an item"),
            ("12.5 is a number", "12.5 is a number"),
            ("`code` & \\", "\\`code\\` \\& \\\\"),
            ("\u{7}\t", ""),
        ] {
            assert_eq!(Escaped(plain).to_string(), escaped, "{plain:?}");
        }
        assert_eq!(Code("a`b|c").to_string(), "a b c");
    }
}
