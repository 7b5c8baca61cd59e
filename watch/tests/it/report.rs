//! A report holds what was seen, needs no network, and escapes what the user writes.

use std::fs;
use std::path::Path;

use typednet_data::Dataset;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Relu, Softmax};
use typednet_optim::Adam;
use typednet_tensor::Class;
use typednet_train::Trainer;
use typednet_watch::{Log, Monitor, PictureShape, Report, Thresholds, worst_mistakes};

type Net = Chain<Dense<4, 8, Relu>, Dense<8, 2, Softmax>>;

const NAMES: [&str; 2] = ["a<u>", "\"c\" & 'd'"];

/// A report of a real training in which some samples have the wrong class.
fn report() -> Report {
    let samples: Vec<[f32; 4]> =
        (0..60).map(|i| std::array::from_fn(|j| ((i * 7 + j * 5) % 11) as f32 / 5.0 - 1.0)).collect();
    let class = |(i, x): (usize, &[f32; 4])| Class::<2>::of_largest(&[x[0], if i % 9 == 0 { 9.0 } else { x[1] }]);
    let targets: Vec<_> = samples.iter().enumerate().map(class).collect();
    let data = Dataset::new(samples, targets).expect("as many");
    let strict = Thresholds { dead: -1.0, patience: 1, ..Thresholds::default() };
    let monitor = Monitor::new().every(4).thresholds(strict);
    let trainer = Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).batch(10).epochs(4).quiet();
    let mut trainer = trainer.callback(monitor.clone());
    trainer.fit_validated(&data, &data).expect("training");
    let confusion = trainer.confusion(&data).expect("a confusion");
    let mistakes =
        worst_mistakes(trainer.model(), &CrossEntropy, &data, &NAMES, PictureShape::grey(2, 2), 3).expect("pictures");
    assert!(!mistakes.is_empty());
    Report::new("A <u>title</u>", monitor.log())
        .fact("<i>data</i>", "it's \"mine\" & <mine>")
        .confusion(&confusion, &NAMES)
        .mistakes(mistakes)
}

#[test]
fn a_page_has_all_parts_and_needs_no_network() {
    let html = report().to_html();
    for part in [
        "Findings",
        "Loss and accuracy",
        "Gradient flow",
        "Updates and activations",
        "Layers",
        "Histograms",
        "Confusion matrix",
        "Worst mistakes",
    ] {
        assert!(html.contains(&format!("<h2>{part}</h2>")), "{part} is missing");
    }
    // Six wide plots, and three histograms for each of two layers; each plot has its axes named.
    assert_eq!(html.matches("<svg ").count(), 6 + 6);
    assert_eq!(html.matches("density (share per unit)").count(), 6);
    for axis in ["epoch", "loss (mean over the samples)", "accuracy (%)", "‖g‖/√n (log scale)", "‖ΔW‖/‖W‖ (log scale)"]
    {
        assert!(html.contains(axis), "{axis}");
    }
    assert!(html.contains("<code>first</code> are dead"), "findings are in words");
    assert!(html.contains("prefers-color-scheme:dark"));
    // The only address is the name space of SVG, which is not fetched; pictures are within.
    let foreign = html.replace("http://www.w3.org/2000/svg", "");
    for other in ["http:", "https:", "//cdn", "<script", "<link", "@import", "url("] {
        assert!(!foreign.contains(other), "{other}");
    }
    let sources = html.matches("src=\"").count();
    assert!(sources > 0 && sources == html.matches("src=\"data:image/png;base64,iVBORw0KGgo").count());
}

#[test]
fn what_the_user_writes_is_escaped() {
    let html = report().to_html();
    for raw in ["<u>", "<i>", "<mine>", "\"c\""] {
        assert!(!html.contains(raw), "`{raw}` is not escaped");
    }
    for escaped in [
        "<title>A &lt;u&gt;title&lt;/u&gt;</title>",
        "<th>&lt;i&gt;data&lt;/i&gt;</th>",
        "it's &quot;mine&quot; &amp; &lt;mine&gt;",
        "<th>&quot;c&quot; &amp; 'd'</th>",
    ] {
        assert!(html.contains(escaped), "{escaped}");
    }
}

#[test]
fn every_tag_is_closed() {
    let html = report().to_html();
    for tag in [
        "html",
        "head",
        "body",
        "style",
        "title",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "svg",
        "text",
        "ul",
        "li",
        "b",
        "code",
    ] {
        let (plain, with) = (format!("<{tag}>"), format!("<{tag} "));
        let opened = html.matches(&plain).count() + html.matches(&with).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
}

#[test]
fn a_training_that_never_began_is_a_page_too() {
    let html = Report::new("nothing", Log::default()).to_html();
    assert!(html.contains("Nothing was found to be wrong") && !html.contains("<svg"));
    let monitor = Monitor::<Net>::new();
    assert!(Report::new("nothing", monitor.log()).to_html().contains("<td class=\"text\">58</td>"));
}

#[test]
fn a_path_that_cannot_be_written_is_named() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    let _ = fs::remove_dir_all(&folder);
    let page = folder.join("new/report.html");
    Report::new("here", Log::default()).write(&page).expect("the folder is made");
    assert!(fs::read_to_string(&page).expect("a file").starts_with("<!DOCTYPE html>"));
    let within = page.join("report.html");
    let error = Report::new("there", Log::default()).write(&within).expect_err("a file is no folder").to_string();
    assert!(error.starts_with(&format!("`{}`", within.display())), "{error}");
    let error = Report::new("there", Log::default()).write(&folder).expect_err("a folder is no file").to_string();
    assert!(error.starts_with(&format!("`{}`", folder.display())), "{error}");
}
