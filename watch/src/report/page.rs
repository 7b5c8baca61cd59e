//! The page: text, tables and its looks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use typednet_tensor::Better;

use typednet_train::Seconds;

use crate::{Finding, Log, Mistake, Severity};

/// Words for a reader: what stands between `backticks` is code.
fn prose(text: &str) -> Markup {
    html! {
        @for (place, piece) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

/// As in `109,386`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The looks, on a light and on a dark page.
const STYLE: &str = "\
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a1d21;--soft:#565d66;--rule:#d5d9de;--heat:0,114,178;\
--warning:#8a5a00;--error:#b3261e}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:24px;max-width:1240px;background:var(--page);color:var(--ink);\
font:16px/1.5 system-ui,sans-serif}\
h1{font-size:28px;margin:0 0 4px}h2{font-size:21px;margin:36px 0 12px}h3{font-size:17px;margin:20px 0 8px}\
p.soft,figcaption{color:var(--soft)}figcaption{font-size:14px;padding:6px 4px 0}\
figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px}\
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:16px}\
.small{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:16px}\
figure>svg{width:100%;height:auto;display:block}\
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px}\
table{border-collapse:collapse;font-size:14px}th,td{padding:5px 7px;text-align:right;white-space:nowrap}\
th:first-child,td:first-child,.text{text-align:left}thead th{border-bottom:1px solid var(--rule)}\
tbody tr+tr>*{border-top:1px solid var(--rule)}\
.matrix td{min-width:48px;text-align:center;border:1px solid var(--rule)}.matrix td.right{font-weight:700}\
.finding{background:var(--card);border:1px solid var(--rule);border-left:6px solid var(--warning);border-radius:8px;\
padding:10px 16px;margin:10px 0}.finding.error{border-left-color:var(--error)}\
.finding b{color:var(--warning)}.finding.error b{color:var(--error)}.finding p{margin:2px 0}\
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(168px,1fr));gap:12px}\
.pictures img{width:112px;height:112px;object-fit:contain;image-rendering:pixelated;display:block;background:#000}\
@media(prefers-color-scheme:dark){\
:root{--page:#14171a;--card:#1a1e23;--ink:#e8eaed;--soft:#a9b1ba;--rule:#3a4048;--heat:86,180,233;\
--warning:#f0b429;--error:#ff8a80}}\
@media print{body{max-width:none}figure,.finding{break-inside:avoid}}";

/// The whole page around `body`.
pub(super) fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(typednet_plot::style())) }
            }
            body { h1 { (title) } (body) }
        }
    }
}

pub(super) fn summary(log: &Log, facts: &[(String, String)]) -> Markup {
    let mut rows: Vec<(String, String)> = facts.to_vec();
    let mut fact = |name: &str, value: String| rows.push((name.to_owned(), value));
    let parameters: usize = log.layers.iter().map(|layer| layer.parameters).sum();
    fact("trained parameters", grouped(parameters));
    if let Some(last) = log.records.last() {
        fact("epochs", last.epoch.to_string());
        fact("last training", last.training.to_string());
        if let Some(validation) = last.validation {
            fact("last validation", validation.to_string());
        }
        let validated = log.records.iter().filter_map(|record| Some((record.epoch, record.validation?)));
        if let Some((epoch, best)) = Better::Lower.first_of(validated, |(_, found)| found.loss) {
            fact("best validation", format!("{best}, epoch {epoch}"));
        }
        fact("learning rate at the end", format!("{:?}", last.learning_rate));
        fact("time", Seconds(log.records.iter().map(|record| record.seconds).sum()).to_string());
    }
    fact("findings", log.findings.len().to_string());
    html! {
        div.scroll { table { tbody {
            @for (name, value) in rows { tr { th { (name) } td.text { (value) } } }
        } } }
    }
}

pub(super) fn findings(findings: &[Finding]) -> Markup {
    let severity = |finding: &Finding| match finding.severity {
        Severity::Warning => ("finding", "warning"),
        Severity::Error => ("finding error", "error"),
    };
    html! {
        @if findings.is_empty() { p { "Nothing was found to be wrong." } }
        @for finding in findings {
            @let (class, name) = severity(finding);
            div class=(class) {
                p { b { (name) ": " (finding.problem.title()) } ", epoch " (finding.epoch) ", step " (finding.step) }
                p { (prose(&capital(&finding.words()))) "." }
                p { "Advice: " (prose(finding.problem.advice())) "." }
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// The last measurement of every layer.
pub(super) fn layers(log: &Log) -> Option<Markup> {
    let last = log.measurements.last()?;
    let heads = ["‖g‖", "‖g‖/√n", "‖W‖", "‖ΔW‖/‖W‖", "mean", "deviation", "zeros", "dead units", "saturated"];
    let text = |place: usize, value: Option<f64>| match value {
        None => String::new(),
        Some(value) if place < 4 => format!("{value:.2e}"),
        Some(value) if place < 6 => format!("{value:.3}"),
        Some(share) => format!("{:.1} %", 100.0 * share),
    };
    Some(html! {
        div.scroll { table {
            thead { tr {
                th { "layer" } th.text { "type" } th { "parameters" }
                @for head in heads { th { (head) } }
            } }
            tbody {
                @for (index, (layer, measured)) in log.layers.iter().zip(&last.layers).enumerate() {
                    tr {
                        td { (index + 1) " " (layer.name) } td.text { (layer.kind) } td { (grouped(layer.parameters)) }
                        @for (place, (_, value)) in measured.numbers().into_iter().enumerate() {
                            td { (text(place, value)) }
                        }
                    }
                }
            }
        } }
        p.soft { "As measured in step " (last.step) "." }
    })
}

/// Counts with the name of each class; a row for each true class.
pub(super) fn confusion(names: &[String], counts: &[Vec<u64>]) -> Markup {
    let share = |count: u64, row: &[u64]| {
        let total: u64 = row.iter().sum();
        (total > 0).then(|| count as f64 / total as f64)
    };
    // Rare mistakes are what is looked for, so shades follow the root; text stays readable on the darkest.
    let shade = |count: u64, row: &[u64]| match share(count, row) {
        Some(share) if count > 0 => format!("background:rgba(var(--heat),{:.2})", 0.06 + 0.39 * share.sqrt()),
        _ => String::new(),
    };
    let found =
        |count: u64, row: &[u64]| share(count, row).map_or("-".into(), |share| format!("{:.1} %", 100.0 * share));
    html! {
        div.scroll { table.matrix {
            thead { tr { th { "true \\ predicted" } @for name in names { th { (name) } } th { "found" } } }
            tbody {
                @for (truth, (name, row)) in names.iter().zip(counts).enumerate() {
                    tr {
                        th { (name) }
                        @for (predicted, count) in row.iter().enumerate() {
                            td.right[truth == predicted] style=(shade(*count, row)) { (count) }
                        }
                        td { (found(row[truth], row)) }
                    }
                }
            }
        } }
    }
}

pub(super) fn mistakes(mistakes: &[Mistake]) -> Markup {
    let source = |mistake: &Mistake| format!("data:image/png;base64,{}", STANDARD.encode(mistake.picture.png()));
    html! {
        div.pictures {
            @for mistake in mistakes {
                @let text = mistake.to_string();
                figure { img alt=(text) src=(source(mistake)); figcaption { (text) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_for_readers() {
        assert_eq!(prose("`l1` & `l2`").into_string(), "<code>l1</code> &amp; <code>l2</code>");
        assert_eq!([0, 999, 1_000, 109_386, 1_234_567].map(grouped), ["0", "999", "1,000", "109,386", "1,234,567"]);
    }

    #[test]
    fn a_confusion_of_nothing_is_a_table_too() {
        let html = confusion(&["a".into(), "<b>".into()], &[vec![0, 0], vec![3, 1]]).into_string();
        assert!(html.contains("<th>&lt;b&gt;</th>") && html.contains("<td>-</td>") && html.contains("<td>25.0 %</td>"));
    }
}
