//! The page: text, tables and its looks.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{Finding, Log, Mistake, Severity};

/// Text between tags or in an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Words for a reader: what stands between `backticks` is code.
fn prose(text: &str) -> String {
    let mut html = String::new();
    for (place, piece) in escape(text).split('`').enumerate() {
        html.push_str(if place == 0 {
            ""
        } else if place % 2 == 1 {
            "<code>"
        } else {
            "</code>"
        });
        html.push_str(piece);
    }
    html
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

/// The looks, on a light and on a dark page. Plots are drawn in black on white; the rules for their colours turn them.
const STYLE: &str = "\
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a1d21;--soft:#565d66;--rule:#d5d9de;--heat:0,114,178;\
--warning:#8a5a00;--error:#b3261e}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:24px;max-width:1240px;background:var(--page);color:var(--ink);\
font:16px/1.5 system-ui,sans-serif}\
h1{font-size:28px;margin:0 0 4px}h2{font-size:21px;margin:36px 0 12px}h3{font-size:17px;margin:20px 0 8px}\
p.soft,figcaption{color:var(--soft)}figcaption{font-size:14px;padding:6px 4px 0}\
figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:12px}\
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:16px}\
.small{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:16px}\
figure>svg{max-width:100%;height:auto;display:block}\
.legend{list-style:none;margin:6px 0 0;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px;font-size:14px}\
.swatch{vertical-align:-2px;margin-right:6px;fill:none}\
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px}\
table{border-collapse:collapse;font-size:15px}th,td{padding:6px 10px;text-align:right;white-space:nowrap}\
th:first-child,td:first-child,.text{text-align:left}thead th{border-bottom:1px solid var(--rule)}\
tbody tr+tr>*{border-top:1px solid var(--rule)}\
.matrix td{min-width:48px;text-align:center;border:1px solid var(--rule)}.matrix td.right{font-weight:700}\
.finding{background:var(--card);border:1px solid var(--rule);border-left:6px solid var(--warning);border-radius:8px;\
padding:10px 16px;margin:10px 0}.finding.error{border-left-color:var(--error)}\
.finding b{color:var(--warning)}.finding.error b{color:var(--error)}.finding p{margin:2px 0}\
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(168px,1fr));gap:12px}\
.pictures img{width:112px;height:112px;object-fit:contain;image-rendering:pixelated;display:block;background:#000}\
@media(prefers-color-scheme:dark){\
:root{--page:#14171a;--card:#1d2126;--ink:#e8eaed;--soft:#a9b1ba;--rule:#3a4048;--heat:86,180,233;\
--warning:#f0b429;--error:#ff8a80}\
svg [fill='#FFFFFF']{fill:#1d2126}svg [stroke='#FFFFFF']{stroke:#1d2126}\
svg [fill='#000000']{fill:#e8eaed}svg [stroke='#000000']{stroke:#c3c9d0}svg [stroke='#DDDDDD']{stroke:#3a4048}\
svg [stroke='#0072B2']{stroke:#4aa8e8}svg [fill='#0072B2']{fill:#4aa8e8}\
svg [stroke='#D55E00']{stroke:#f0803c}svg [fill='#D55E00']{fill:#f0803c}\
svg [stroke='#009E73']{stroke:#2cc79a}svg [fill='#009E73']{fill:#2cc79a}\
svg [stroke='#767676']{stroke:#a9b1ba}svg [fill='#767676']{fill:#a9b1ba}}\
@media print{body{max-width:none}figure,.finding{break-inside:avoid}}";

/// The whole page around `body`.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n{body}</body></html>\n"
    )
}

pub(super) fn summary(log: &Log, facts: &[(String, String)]) -> String {
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
        if let Some((epoch, best)) = validated.min_by(|a, b| a.1.loss.total_cmp(&b.1.loss)) {
            fact("best validation", format!("{best}, epoch {epoch}"));
        }
        fact("learning rate at the end", format!("{:?}", last.learning_rate));
        fact("seconds", format!("{:.2}", log.records.iter().map(|record| record.seconds).sum::<f64>()));
    }
    fact("findings", log.findings.len().to_string());
    let mut html = String::from("<div class=\"scroll\"><table><tbody>");
    for (name, value) in rows {
        let _ = write!(html, "<tr><th>{}</th><td class=\"text\">{}</td></tr>", escape(&name), escape(&value));
    }
    html + "</tbody></table></div>"
}

pub(super) fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "<p>Nothing was found to be wrong.</p>".into();
    }
    let mut html = String::new();
    for finding in findings {
        let (class, name) = match finding.severity {
            Severity::Warning => ("finding", "warning"),
            Severity::Error => ("finding error", "error"),
        };
        let _ = write!(
            html,
            "<div class=\"{class}\"><p><b>{name}: {}</b>, epoch {}, step {}</p><p>{}.</p><p>Advice: {}.</p></div>",
            escape(finding.illness.title()),
            finding.epoch,
            finding.step,
            prose(&capital(&finding.words())),
            prose(finding.illness.advice()),
        );
    }
    html
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// The last measurement of every layer.
pub(super) fn layers(log: &Log) -> String {
    let Some(last) = log.measurements.last() else { return String::new() };
    let heads = ["‖g‖", "‖g‖/√n", "‖W‖", "‖ΔW‖/‖W‖", "mean", "deviation", "zeros", "dead units", "saturated"];
    let mut html = String::from(
        "<div class=\"scroll\"><table><thead><tr><th>layer</th><th class=\"text\">type</th><th>parameters</th>",
    );
    for head in heads {
        let _ = write!(html, "<th>{head}</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for (index, (layer, measured)) in log.layers.iter().zip(&last.layers).enumerate() {
        let _ = write!(
            html,
            "<tr><td>{} {}</td><td class=\"text\">{}</td><td>{}</td>",
            index + 1,
            escape(&layer.name),
            escape(&layer.kind),
            grouped(layer.parameters)
        );
        for (place, (_, value)) in measured.numbers().into_iter().enumerate() {
            let text = match value {
                None => String::new(),
                Some(value) if place < 4 => format!("{value:.2e}"),
                Some(value) if place < 6 => format!("{value:.3}"),
                Some(share) => format!("{:.1} %", 100.0 * share),
            };
            let _ = write!(html, "<td>{text}</td>");
        }
        html.push_str("</tr>");
    }
    let _ = write!(html, "</tbody></table></div><p class=\"soft\">As measured in step {}.</p>", last.step);
    html
}

/// Counts with the name of each class; a row for each true class.
pub(super) fn confusion(names: &[String], counts: &[Vec<u64>]) -> String {
    let mut html = String::from("<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th>true \\ predicted</th>");
    for name in names {
        let _ = write!(html, "<th>{}</th>", escape(name));
    }
    html.push_str("<th>found</th></tr></thead><tbody>");
    for (truth, (name, row)) in names.iter().zip(counts).enumerate() {
        let _ = write!(html, "<tr><th>{}</th>", escape(name));
        let total: u64 = row.iter().sum();
        for (predicted, count) in row.iter().enumerate() {
            let share = if total == 0 { 0.0 } else { *count as f64 / total as f64 };
            // Rare mistakes are what is looked for, so shades follow the root; text stays readable on the darkest.
            let shade = if *count == 0 { 0.0 } else { 0.06 + 0.39 * share.sqrt() };
            let class = if truth == predicted { " class=\"right\"" } else { "" };
            let _ = write!(html, "<td{class} style=\"background:rgba(var(--heat),{shade:.2})\">{count}</td>");
        }
        let found = if total == 0 { "-".into() } else { format!("{:.1} %", 100.0 * row[truth] as f64 / total as f64) };
        let _ = write!(html, "<td>{found}</td></tr>");
    }
    html + "</tbody></table></div>"
}

pub(super) fn mistakes(mistakes: &[Mistake]) -> String {
    let mut html = String::from("<div class=\"pictures\">");
    for mistake in mistakes {
        let text = escape(&mistake.to_string());
        let _ = write!(
            html,
            "<figure><img alt=\"{text}\" src=\"data:image/png;base64,{}\"><figcaption>{text}</figcaption></figure>",
            STANDARD.encode(mistake.picture.png()),
        );
    }
    html + "</div>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_html_is_escaped() {
        assert_eq!(escape("<script a=\"b\" c='d'>&"), "&lt;script a=&quot;b&quot; c=&#39;d&#39;&gt;&amp;");
        assert_eq!(escape("‖g‖ é 4"), "‖g‖ é 4");
    }

    #[test]
    fn words_and_numbers_for_readers() {
        assert_eq!(prose("`l1` & `l2`"), "<code>l1</code> &amp; <code>l2</code>");
        assert_eq!([0, 999, 1_000, 109_386, 1_234_567].map(grouped), ["0", "999", "1,000", "109,386", "1,234,567"]);
    }

    #[test]
    fn a_confusion_of_nothing_is_a_table_too() {
        let html = confusion(&["a".into(), "<b>".into()], &[vec![0, 0], vec![3, 1]]);
        assert!(html.contains("<th>&lt;b&gt;</th>") && html.contains("<td>-</td>") && html.contains("<td>25.0 %</td>"));
    }
}
