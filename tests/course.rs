//! The examples of the course come out as `course.md` says: each one's claim, without its texts and pictures.
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::duplicate_mod, reason = "each example is a program with its own copy of what they share")]

use typednet::prelude::*;

macro_rules! example {
    ($($name:ident $path:literal;)*) => {$(
        #[allow(dead_code, unreachable_pub, reason = "a program of its own, of which the tests use parts")]
        #[path = $path]
        mod $name;
    )*};
}

#[path = "../examples/common/picture.rs"]
mod picture;

example! {
    activation_swap "../examples/activation_swap.rs";
    activations "../examples/activations.rs";
    breast_cancer "../examples/breast_cancer.rs";
    data "../examples/data.rs";
    deep "../examples/deep.rs";
    govern "../examples/govern.rs";
    gradient_descent "../examples/gradient_descent.rs";
    initialisation "../examples/initialisation.rs";
    optimisers "../examples/optimisers.rs";
    overfitting "../examples/overfitting.rs";
    rate_too_high "../examples/rate_too_high.rs";
    schedules "../examples/schedules.rs";
    search "../examples/search.rs";
    tutor "../examples/tutor.rs";
    universal "../examples/universal.rs";
    vanishing "../examples/vanishing.rs";
}

/// Sections 1 and 4: the worked forward pass and every gradient.
#[test]
fn section_4_the_tutor_works_with_the_numbers_of_the_notes() {
    let lesson = tutor::step(tutor::lecture(), [0.5, 0.8], 1.0, 0.5);
    let text = |x: f64| format!("{x:.3}");
    assert_eq!(lesson.z1.map(text), ["0.520", "0.430"]);
    assert_eq!(lesson.a1.map(text), ["0.627", "0.606"]);
    assert_eq!([lesson.z2, lesson.a2].map(text), ["0.979", "0.727"]);
    tutor::check(&lesson);
    for (found, wanted) in lesson.gradient.as_flat().iter().zip(tutor::numeric(&lesson)) {
        assert!((found - wanted).abs() < 1e-10, "{found} is not {wanted}");
    }
    for ((before, after), gradient) in
        lesson.before.as_flat().iter().zip(lesson.after.as_flat()).zip(lesson.gradient.as_flat())
    {
        assert!((after - (before - 0.5 * gradient)).abs() < 1e-15);
    }
    let next = tutor::step(lesson.after, lesson.x, lesson.y, 0.5);
    assert!(next.loss < lesson.loss && next.a2 > lesson.a2, "nearer to the target 1");
}

#[test]
fn section_4_the_tutor_knows_the_chain_rule() {
    for (x, weights, target) in [(0.9, [0.15, 0.4, -0.6, 0.9], 0.25), (-2.0, [1.5, -0.4, 0.7, 0.1], 1.0)] {
        let rule = tutor::chain_rule(x, weights, target);
        for (found, formula) in rule.found.iter().zip(rule.formula) {
            assert!((found - formula).abs() < 1e-15 && formula != 0.0, "{found} is not {formula}");
        }
    }
}

#[test]
fn section_2_activations_and_their_slopes() {
    activations::check(&activations::shapes());
}

#[test]
fn section_5_initialisations() {
    initialisation::check(&initialisation::starts());
}

#[test]
fn section_9_vanishing_and_exploding_gradients() {
    let data = vanishing::data().expect("samples");
    let networks = vanishing::networks(&data);
    vanishing::check_vanishing(&networks);
    vanishing::check_explosion(&vanishing::explosion(&data).expect("one is finite, one is not"), &networks);
}

#[test]
fn section_6_gradient_descent_at_four_rates() {
    let data = gradient_descent::data().expect("pairs");
    let path = |(rate, _)| gradient_descent::path(&data, rate, data.len(), 15).expect("finite");
    gradient_descent::check_rates(&gradient_descent::RATES.map(path));
}

#[test]
fn section_6_fewer_samples_in_a_step() {
    let data = gradient_descent::data().expect("pairs");
    gradient_descent::check_batches(&data, &gradient_descent::batches(&data).expect("finite"));
}

#[test]
fn section_1_one_hidden_layer_fits_a_curve() {
    universal::check(&universal::fits().expect("finite"));
}

#[test]
fn section_6_momentum_needs_fewer_steps() {
    let digits = optimisers::on_digits().expect("finite");
    optimisers::check(&optimisers::on_the_bowl(), &optimisers::in_the_valley(), &digits);
}

#[test]
fn section_6_schedules_let_a_descent_come_to_rest() {
    schedules::check(&schedules::descents().expect("finite"));
}

#[test]
fn section_7_overfitting_and_its_cures() {
    let parts = overfitting::parts().expect("the embedded digits");
    overfitting::check(&overfitting::cures(&parts).expect("finite"));
}

#[test]
fn section_7_batch_normalisation_and_skips_train_24_layers() {
    deep::check(&deep::depths().expect("finite"));
}

#[test]
fn section_8_parts_folds_scalers_holes_and_rare_classes() {
    data::check(&data::lesson().expect("finite"));
}

#[test]
fn section_10_a_search_finds_a_network() {
    let found = search::search(12, 20).expect("trials");
    assert_eq!(found.results.trials().len(), 12);
    search::check(&found);
}

#[test]
fn section_11_a_run_is_repeated_from_its_manifest() {
    let [train, validation, test] = govern::parts().expect("the embedded digits");
    let train = train.take(1_000).expect("there are more");
    let file = std::env::temp_dir().join(format!("typednet-course-manifest-{}.json", std::process::id()));
    let parts = [("training", &train), ("validation", &validation), ("test", &test)];
    let mut repeated = govern::repeat(&file, 2, parts).expect("finite");
    std::fs::remove_file(&file).expect("the manifest's file");
    govern::check(&repeated).expect("the same bits");
    assert!(repeated.was.final_weights_hash().is_some_and(|hash| hash.len() == 64));

    // One training sample less, and it is another run.
    let other = train.take(999).expect("there are more");
    let parts = [("training", &other), ("validation", &validation), ("test", &test)];
    repeated.again = govern::repeat(&file, 2, parts).expect("finite").again;
    std::fs::remove_file(&file).expect("the manifest's file");
    govern::check(&repeated).expect_err("other data");
}

#[test]
fn lab_2_tanh_and_relu_learn_faster_than_sigmoid() {
    let (train, test) = activation_swap::data().expect("points");
    activation_swap::check(
        &activation_swap::train("sigmoid", &train, &test).expect("finite"),
        &activation_swap::train("tanh", &train, &test).expect("finite"),
        &activation_swap::train("ReLU", &train, &test).expect("finite"),
    );
}

#[test]
fn lab_3_a_rate_that_is_too_high_and_a_limit() {
    let tries = rate_too_high::raise().expect("one diverges");
    let rate = tries[tries.len() - 1].rate;
    rate_too_high::check(&tries, &rate_too_high::train(rate, Some(rate_too_high::LIMIT)).expect("points"));
}

/// Capstone: settings, scaler and weights of each fold come from its training part.
#[test]
fn section_12_breast_cancer_over_five_folds() {
    let data = breast_cancer::read(breast_cancer::FILE).expect("the table");
    assert_eq!(data, typednet::data::tabular::breast_cancer().expect("the embedded table"));
    breast_cancer::check(&breast_cancer::validate::<breast_cancer::Tumour>(&data, 1).expect("finite"));
}

#[test]
fn section_12_scaler_and_weights_come_back_with_their_bits() {
    let data = breast_cancer::read(breast_cancer::FILE).expect("the table");
    let made = breast_cancer::make(&data, 1).expect("finite");
    let best = made.history.best().expect("an epoch").validation.map(|validation| validation.loss);
    let mut put_back = Trainer::new(made.model.clone(), CrossEntropy, Adam::new(0.01)).batch(64);
    let loss = put_back.evaluate(&made.parts[1]).expect("validation data").loss;
    assert!((loss - best.expect("a validation loss")).abs() < 1e-6, "the best weights are not put back");
    let folder = std::env::temp_dir().join(format!("typednet-breast-cancer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    breast_cancer::save_and_load(&made, &data, &folder).expect("files");
    std::fs::remove_dir_all(folder).expect("it was made here");
}

#[test]
fn section_12_the_threshold_buys_recall() {
    let found = [(0.9, true), (0.8, false), (0.3, true), (0.3, false), (0.1, false)];
    let chosen = |sensitivity| breast_cancer::threshold(&found, sensitivity);
    assert!((chosen(1.0) - 0.2).abs() < 1e-12 && (chosen(0.5) - 0.5).abs() < 1e-12);
    let malignant = Class::new(0).expect("a class");
    let [half, lower] = [0.5, chosen(1.0)].map(|threshold| breast_cancer::confusion(&found, threshold));
    assert_eq!((half.recall(malignant), lower.recall(malignant)), (Some(0.5), Some(1.0)));
    assert_eq!((half.precision(malignant), lower.precision(malignant)), (Some(0.5), Some(0.5)));
}

/// The text of a file of the repository.
fn text(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_course_names_every_example_and_no_other() {
    let course = text("course.md");
    let names: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
        .expect("the folder of the examples")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect();
    assert!(names.len() >= 15, "{names:?}");
    for name in &names {
        let command = course.split("--example ").skip(1).any(|rest| rest.split_whitespace().next() == Some(name));
        // A comment keeps the place of an example that is on its way.
        let place = course.contains(&format!("<!-- Place of the example `{name}`"));
        assert!(command || place, "course.md does not say how to run `{name}`");
    }
    let commands = course.split("--example ").skip(1).map(|rest| rest.split_whitespace().next().expect("a name"));
    for name in commands {
        assert!(names.iter().any(|known| known == name), "course.md names the example `{name}`, which is not there");
    }
}

#[test]
fn what_the_course_links_to_is_there() {
    let course = text("course.md");
    let links: Vec<&str> = course.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
        assert!(path.exists(), "course.md links to {link}, which is not there");
    }
}

/// Each picture that the course speaks of is written by an example.
#[test]
fn the_pictures_of_the_course_have_a_program() {
    let course = text("course.md");
    let pictures: Vec<&str> = course
        .split("`target/")
        .skip(1)
        .filter_map(|rest| rest.split(".svg`").next())
        .filter(|name| name.len() < 40)
        .collect();
    assert!(pictures.len() >= 12, "{pictures:?}");
    for picture in pictures {
        let example = text(&format!("examples/{}.rs", picture.replace('-', "_")));
        let writes = [format!("\"{picture}\""), format!("\"target/{picture}.svg\"")];
        assert!(writes.iter().any(|text| example.contains(text)), "no example writes target/{picture}.svg");
    }
}

#[test]
fn the_picture_in_the_course_is_the_tutors() {
    let lesson = tutor::step(tutor::lecture(), [0.5, 0.8], 1.0, 0.5);
    let drawn = tutor::draw(&lesson).expect("a picture");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tutor.svg");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(path, &drawn).expect("docs/tutor.svg is written");
    }
    assert!(text("docs/tutor.svg") == drawn, "run UPDATE_GOLDENS=1 cargo test --test course, and look at the picture");
}

/// What a training that diverges leaves behind can be drawn: numbers that are not finite, or far outside, or at 0 of a
/// logarithmic axis.
#[test]
fn odd_series_are_drawn() {
    let odd = [1.0, f64::NAN, 1e300, f64::INFINITY, -1.0, 0.0, 2.0, 1e-300];
    let chart = |title: &str| picture::Chart::new(title, "step", "loss").line("odd", picture::numbered(odd));
    let charts = [
        chart("as they are"),
        chart("of powers").log_y(),
        chart("cut").y_range(-2.0, 3.0),
        chart("both").log_x().log_y(),
        picture::Chart::new("nothing", "x", "y").line("empty", []),
        picture::Chart::new("one value", "x", "y").points("one", [(0.0, 5.0)]).histogram(
            &[2.0, -7.0, 0.5],
            4,
            (0.0, 1.0),
        ),
    ];
    let svg = picture::Picture::new("odd numbers", 3, charts).to_svg().expect("a picture");
    for text in ["odd numbers", "as they are", "of powers", "step", "loss", "nothing", "empty"] {
        assert!(svg.contains(text), "`{text}` is missing");
    }
    let lower = svg.to_lowercase();
    assert!(!lower.contains("nan") && !lower.contains("inf\"") && !lower.contains("2147483"), "a place outside");
}

/// A line that leaves its chart is cut at the border: no point of it lies outside the picture.
#[test]
fn lines_are_cut_at_the_border() {
    let zigzag = [(0.0, 0.0), (1.0, 100.0), (2.0, -100.0), (3.0, 0.5), (4.0, 0.5)];
    let chart = picture::Chart::new("cut", "x", "y").x_range(0.0, 4.0).y_range(-1.0, 1.0).curve("", zigzag);
    let svg = picture::Picture::new("", 1, [chart]).panel(400, 300).to_svg().expect("a picture");
    let lines: Vec<&str> = svg.split("<polyline").skip(1).filter(|line| line.contains("#0072B2")).collect();
    assert_eq!(lines.len(), 3, "up to the border, down through it twice, and on from there");
    for line in lines {
        let points = line.split("points=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("points");
        for place in points.split_whitespace() {
            let (x, y) = place.split_once(',').expect("two numbers");
            let [x, y] = [x, y].map(|number| number.parse::<f64>().expect("a number"));
            assert!((0.0..=400.0).contains(&x) && (0.0..=340.0).contains(&y), "{x}, {y}");
        }
    }
}
