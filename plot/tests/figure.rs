//! What stands in a figure, and where.

use typednet_plot::{Chart, Figure, Marker, Shades, numbered, style};

/// The numbers that an attribute of each element of this name has.
fn numbers(svg: &str, element: &str, attribute: &str) -> Vec<f64> {
    let of = |part: &str| {
        let tag = part.split('>').next().unwrap_or_default();
        tag.split(&format!(" {attribute}=\"")).nth(1)?.split('"').next()?.parse().ok()
    };
    svg.split(&format!("<{element} ")).skip(1).filter_map(of).collect()
}

/// Every number of every path.
fn places(svg: &str) -> Vec<(f64, f64)> {
    let paths = svg.split(" d=\"M").skip(1).filter_map(|rest| rest.split('"').next());
    let points = paths.filter(|path| path.contains('L')).flat_map(|path| path.split('L').collect::<Vec<_>>());
    points
        .filter_map(|point| {
            let (x, y) = point.split_once(' ')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        })
        .collect()
}

#[test]
fn a_figure_says_what_it_shows() {
    let chart =
        Chart::new("training", "epoch", "loss (cross-entropy)").line("Adam", numbered([0.9, 0.5])).points("a<b", []);
    let svg = Figure::new("Digits & more", 1, [chart]).note("The loss falls.").to_svg();
    for text in ["Digits &amp; more", "The loss falls.", "training", "epoch", "loss (cross-entropy)", "Adam", "a&lt;b"]
    {
        assert!(svg.contains(text), "`{text}` is missing");
    }
    assert!(svg.contains("<title>") && svg.contains("<desc>"), "a picture is read aloud too");
}

#[test]
fn a_file_has_its_colours_and_a_page_has_them_once() {
    let figure = Figure::new("", 1, [Chart::new("", "x", "y").line("", numbered([1.0, 2.0]))]);
    assert!(figure.to_svg().contains("prefers-color-scheme:dark") && !figure.to_inline_svg().contains("<style"));
    assert!(style().contains(".tn-plot .s0"));
}

/// What a training that diverges leaves behind: numbers that are not finite, or far outside, or at 0 of a logarithmic axis.
#[test]
fn odd_series_are_drawn() {
    let odd = || numbered([1.0, f64::NAN, 1e305, f64::INFINITY, -1.0, 0.0, 2.0, 1e-300]);
    let chart = |title: &str| Chart::new(title, "step", "loss").line("odd", odd());
    let charts = [
        chart("as they are"),
        chart("of powers").log_y(),
        chart("cut").y_range(-2.0, 3.0),
        chart("both").log_x().log_y(),
        chart("turned").y_range(3.0, -2.0).x_range(f64::NAN, 1.0),
        Chart::new("nothing", "x", "y").line("odd", []),
        Chart::new("one value", "x", "y").points("odd", [(0.0, 5.0)]).histogram("", &[2.0, -7.0, 0.5], 4, (0.0, 1.0)),
        Chart::new("names", "x", "y").names_x(["a", "b"]).bars("", [(-0.3, 0.3, 2.0), (0.7, 1.3, f64::NAN)]),
        Chart::image("image", 2, &[0.0, f64::NAN, 2.0, -3.0], Shades::Ink),
        Chart::image("no image", 0, &[], Shades::Diverging),
    ];
    let figure = Figure::new("odd numbers", 3, charts);
    assert!(figure.has_points());
    let svg = figure.to_svg();
    for word in ["NaN", "inf", "e30"] {
        assert!(!svg.contains(&format!("=\"{word}")) && !svg.contains(&format!("{word}\"")), "`{word}` as a place");
    }
    assert!(!Chart::new("", "", "").log_y().line("", [(0.0, -1.0)]).has_points());
}

/// No point of a line and no text of a legend lies outside the picture.
#[test]
fn everything_lies_in_the_picture() {
    let zigzag = [(0.0, 0.0), (1.0, 100.0), (2.0, -100.0), (3.0, 0.5), (4.0, 0.5)];
    let names = ["a first name of some length", "a second name of some length", "a third one", "and a fourth"];
    let chart = Chart::new("cut", "x", "y").x_range(0.0, 4.0).y_range(-1.0, 1.0);
    let chart = names.iter().fold(chart, |chart, name| chart.curve(*name, zigzag));
    let svg = Figure::new("", 1, [chart]).panel(300, 240).to_svg();
    let places = places(&svg);
    assert!(places.len() > 20);
    let height = numbers(&svg, "svg", "height")[0];
    for (x, y) in places {
        assert!((0.0..=300.0).contains(&x) && (0.0..=height).contains(&y), "{x}, {y}");
    }
}

/// The legend stands above the axes, however many rows it has.
#[test]
fn the_legend_covers_no_data() {
    for count in [1, 4, 12] {
        let chart = (0..count).fold(Chart::new("", "x", "y"), |chart, i| {
            chart.curve(format!("series number {i}"), [(0.0, 0.0), (1.0, 1.0)])
        });
        let svg = Figure::new("", 1, [chart]).panel(320, 260).to_svg();
        let axis_top = svg.split("<line ").filter(|line| line.contains("class=\"axis\""));
        let top = axis_top.flat_map(|line| numbers(&format!("<line {line}"), "line", "y1")).fold(f64::MAX, f64::min);
        let names = svg.split("<text ").filter(|text| text.contains("series number"));
        let lowest = names.flat_map(|text| numbers(&format!("<text {text}"), "text", "y")).fold(0.0, f64::max);
        assert!(lowest > 0.0 && lowest < top, "{count}: a name at {lowest}, the axes begin at {top}");
    }
}

#[test]
fn charts_with_the_same_series_share_a_legend() {
    let chart = |names: [&str; 2]| {
        names.iter().fold(Chart::new("", "x", "y"), |chart, name| chart.line(*name, numbered([1.0])))
    };
    let shared = Figure::new("", 2, [chart(["training", "new"]), chart(["training", "new"])]).to_svg();
    assert_eq!(shared.matches("training").count(), 1);
    let own = Figure::new("", 2, [chart(["training", "new"]), chart(["training", "old"])]).to_svg();
    assert_eq!(own.matches("training").count(), 2);
}

#[test]
fn points_and_planes_keep_their_marks() {
    let chart = Chart::new("", "x", "y")
        .plane(8, ((0.0, 1.0), (0.0, 1.0)), Shades::Diverging, |x, _| if x < 0.5 { -1.0 } else { 1.0 })
        .colours("output", Shades::Diverging, "0", "1")
        .marked("best", Marker::Halo, [(0.5, 0.5)]);
    let svg = Figure::new("", 1, [chart]).to_svg();
    assert!(svg.contains("output") && svg.contains("best"));
    // One rectangle for each half of a row, beside the ground, the border and the scale of colours.
    assert!(svg.matches("class=\"f0\"").count() >= 8 && svg.matches("class=\"f1\"").count() >= 8);
}

#[test]
fn a_file_is_written_with_its_folder_or_the_error_names_it() {
    let folder = std::env::temp_dir().join(format!("typednet-plot-{}", std::process::id()));
    let figure = Figure::new("", 1, [Chart::new("", "x", "y").line("", numbered([1.0, 2.0]))]);
    let path = folder.join("a").join("figure.svg");
    figure.write(&path).expect("a file");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), figure.to_svg());
    let error = figure.write(path.join("b.svg")).expect_err("a file is no folder");
    assert!(error.to_string().contains("figure.svg"), "{error}");
    std::fs::remove_dir_all(folder).expect("it was made here");
}
