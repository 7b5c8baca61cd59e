//! The examples of the course come out as `course.md` says: each one's claim, without its texts and pictures.

use std::path::{Path, PathBuf};

use typednet::prelude::*;
use typednet_course::{
    Claims, LESSONS, Lesson, Notes, activation_swap, activations, breast_cancer, characters, data, dates, deep,
    denoising, forecast, gan, govern, gradient_descent, initialisation, lenet, names, optimisers, overfitting, page,
    perceptron, rate_too_high, remember, rows, schedules, search, transfer, tutor, universal, vae, vanishing, xor,
};

/// All claims hold; else the words of the first that does not.
fn hold(claims: &Claims) {
    claims.all().unwrap_or_else(|error| panic!("{error}"));
}

/// Runs a lesson as its example does, and holds its claims.
fn run(lesson: Lesson) {
    let folder = std::env::temp_dir().join(format!("typednet-course-{}-{}", lesson.name, std::process::id()));
    let mut notes = Notes::new(&folder).quiet();
    (lesson.run)(&mut notes).expect("a lesson that runs");
    assert!(folder.join(format!("{}.svg", lesson.name)).exists(), "it draws");
    std::fs::remove_dir_all(&folder).expect("the folder of the pictures");
    hold(notes.claims());
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn convolutions_lenet_reads_digits() {
    run(lenet::LESSON);
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn transfer_a_frozen_body_learns_from_few_samples() {
    run(transfer::LESSON);
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn recurrent_digits_are_read_row_by_row() {
    run(rows::LESSON);
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn recurrent_gates_keep_what_a_plain_network_forgets() {
    run(remember::LESSON);
}

#[test]
fn recurrent_a_year_of_carbon_dioxide_is_forecast() {
    run(forecast::LESSON);
}

#[test]
fn recurrent_padding_is_kept_out_of_names() {
    run(names::LESSON);
}

#[test]
fn attention_a_decoder_looks_at_what_an_encoder_has_read() {
    run(dates::LESSON);
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn attention_a_transformer_and_a_recurrent_network_read_plays() {
    run(characters::LESSON);
}

#[test]
fn generative_an_autoencoder_takes_noise_away() {
    run(denoising::LESSON);
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn generative_a_decoder_draws_a_plane_of_digits() {
    run(vae::LESSON);
}

#[test]
#[ignore = "trains for half a minute or more: cargo xtask check lessons"]
fn generative_a_generator_learns_through_a_judge() {
    run(gan::LESSON);
}

/// Sections 1 and 4: the worked forward pass and every gradient.
#[test]
fn section_4_the_tutor_works_with_the_numbers_of_the_notes() {
    let lesson = tutor::step(tutor::lecture(), [0.5, 0.8], 1.0, 0.5);
    let text = |x: f64| format!("{x:.3}");
    assert_eq!(lesson.z1.map(text), ["0.520", "0.430"]);
    assert_eq!(lesson.a1.map(text), ["0.627", "0.606"]);
    assert_eq!([lesson.z2, lesson.a2].map(text), ["0.979", "0.727"]);
    hold(&tutor::check(&lesson));
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
fn section_1_a_line_parts_and_and_or_but_not_xor() {
    hold(&perceptron::check().expect("finite"));
}

#[test]
fn section_1_a_hidden_layer_learns_xor() {
    let models = xor::watch(xor::SEED, xor::EPOCHS).expect("finite");
    hold(&xor::check(&models[0], &models[5]).expect("the table"));
}

#[test]
fn section_2_activations_and_their_slopes() {
    hold(&activations::check(&activations::shapes()));
}

#[test]
fn section_5_initialisations() {
    hold(&initialisation::check(&initialisation::starts()));
}

#[test]
fn section_9_vanishing_and_exploding_gradients() {
    let data = vanishing::data().expect("samples");
    let networks = vanishing::networks(&data);
    hold(&vanishing::check_vanishing(&networks));
    hold(&vanishing::check_explosion(&vanishing::explosion(&data).expect("one is finite, one is not"), &networks));
}

#[test]
fn section_6_gradient_descent_at_four_rates() {
    let data = gradient_descent::data().expect("pairs");
    let path = |(rate, _)| gradient_descent::path(&data, rate, data.len(), 15).expect("finite");
    hold(&gradient_descent::check_rates(&gradient_descent::RATES.map(path)));
}

#[test]
fn section_6_fewer_samples_in_a_step() {
    let data = gradient_descent::data().expect("pairs");
    hold(&gradient_descent::check_batches(&data, &gradient_descent::batches(&data).expect("finite")));
}

#[test]
fn section_1_one_hidden_layer_fits_a_curve() {
    hold(&universal::check(&universal::fits().expect("finite")));
}

#[test]
fn section_6_momentum_needs_fewer_steps() {
    let digits = optimisers::on_digits().expect("finite");
    hold(&optimisers::check(&optimisers::on_the_bowl(), &optimisers::in_the_valley(), &digits));
}

#[test]
fn section_6_schedules_let_a_descent_come_to_rest() {
    hold(&schedules::check(&schedules::descents().expect("finite")));
}

#[test]
fn section_7_overfitting_and_its_cures() {
    let parts = overfitting::parts().expect("the embedded digits");
    hold(&overfitting::check(&overfitting::cures(&parts).expect("finite")));
}

#[test]
fn section_7_batch_normalisation_and_skips_train_24_layers() {
    hold(&deep::check(&deep::depths().expect("finite")));
}

#[test]
fn section_8_parts_folds_scalers_holes_and_rare_classes() {
    hold(&data::check(&data::lesson().expect("finite")).expect("the embedded table"));
}

#[test]
fn section_10_a_search_finds_a_network() {
    let found = search::search(12, 20).expect("trials");
    assert_eq!(found.results.trials().len(), 12);
    hold(&search::check(&found));
}

#[test]
fn section_11_a_run_is_repeated_from_its_manifest() {
    let [train, validation, test] = govern::parts().expect("the embedded digits");
    let train = train.take(1_000).expect("there are more");
    let file = std::env::temp_dir().join(format!("typednet-course-manifest-{}.json", std::process::id()));
    let parts = [("training", &train), ("validation", &validation), ("test", &test)];
    let mut repeated = govern::repeat(&file, 2, parts).expect("finite");
    std::fs::remove_file(&file).expect("the manifest's file");
    hold(&govern::check(&repeated));
    assert!(repeated.was.final_weights_hash().is_some_and(|hash| hash.len() == 64));

    // One training sample less, and it is another run.
    let other = train.take(999).expect("there are more");
    let parts = [("training", &other), ("validation", &validation), ("test", &test)];
    repeated.again = govern::repeat(&file, 2, parts).expect("finite").again;
    std::fs::remove_file(&file).expect("the manifest's file");
    govern::check(&repeated).all().expect_err("other data");
}

#[test]
fn lab_2_tanh_and_relu_learn_faster_than_sigmoid() {
    let (train, test) = activation_swap::data().expect("points");
    hold(&activation_swap::check(
        &activation_swap::train("sigmoid", &train, &test).expect("finite"),
        &activation_swap::train("tanh", &train, &test).expect("finite"),
        &activation_swap::train("ReLU", &train, &test).expect("finite"),
    ));
}

#[test]
fn lab_3_a_rate_that_is_too_high_and_a_limit() {
    let tries = rate_too_high::raise().expect("one diverges");
    let rate = tries[tries.len() - 1].rate;
    hold(&rate_too_high::check(&tries, &rate_too_high::train(rate, Some(rate_too_high::LIMIT)).expect("points")));
}

/// Capstone: settings, scaler and weights of each fold come from its training part.
#[test]
fn section_12_breast_cancer_over_five_folds() {
    let data = breast_cancer::read(breast_cancer::FILE).expect("the table");
    assert_eq!(data, typednet::data::tabular::breast_cancer().expect("the embedded table"));
    hold(&breast_cancer::check(&breast_cancer::validate::<breast_cancer::Tumour>(&data, 1).expect("finite")));
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
    assert_eq!(breast_cancer::save_and_load(&made, &data, &folder).expect("files"), 0, "other bits");
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

/// The folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the repository.
fn text(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the examples in a folder of the repository.
fn examples(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).expect("the folder of the examples");
    let names = entries.filter_map(|entry| entry.expect("an entry").file_name().into_string().ok());
    names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect()
}

#[test]
fn the_course_names_every_example_and_no_other() {
    let course = text("course.md");
    let names = [examples("examples"), examples("course/examples")].concat();
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

/// Each lesson is an example too, and the page has it.
#[test]
fn every_lesson_is_an_example() {
    let names = examples("course/examples");
    let is_lesson = |name: &String| LESSONS.iter().any(|lesson| lesson.name == name);
    for lesson in LESSONS {
        assert!(names.iter().any(|name| name == lesson.name), "`{}` is no example", lesson.name);
    }
    let others: Vec<&String> = names.iter().filter(|name| !is_lesson(name)).collect();
    assert_eq!(others, ["course"], "examples that the page leaves out");
}

#[test]
fn what_the_course_links_to_is_there() {
    let course = text("course.md");
    let links: Vec<&str> = course.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        assert!(root().join(link).exists(), "course.md links to {link}, which is not there");
    }
}

/// Each picture that the course speaks of is drawn by a lesson.
#[test]
fn the_pictures_of_the_course_have_a_program() {
    let course = text("course.md");
    let parts = course.split("`target/").skip(1).filter_map(|rest| rest.split(".svg`").next());
    let pictures: Vec<&str> = parts.filter(|name| name.len() < 40 && !name.contains('`')).collect();
    assert!(pictures.len() >= 12, "{pictures:?}");
    let lessons: Vec<String> = LESSONS.iter().map(|lesson| text(&format!("course/src/{}.rs", lesson.name))).collect();
    for picture in pictures {
        let name = format!("\"{picture}\"");
        assert!(lessons.iter().any(|lesson| lesson.contains(&name)), "no lesson draws target/{picture}.svg");
    }
}

#[test]
fn the_picture_in_the_course_is_the_tutors() {
    let lesson = tutor::step(tutor::lecture(), [0.5, 0.8], 1.0, 0.5);
    let drawn = tutor::diagram::draw(&lesson, true);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(root().join("docs/tutor.svg"), &drawn).expect("docs/tutor.svg is written");
    }
    assert!(
        text("docs/tutor.svg") == drawn,
        "run UPDATE_GOLDENS=1 cargo test -p typednet-course, and look at the picture"
    );
}

/// A lesson for tests.
const fn lesson(
    name: &'static str,
    run: fn(&mut typednet_course::Notes) -> Result<(), typednet_course::Failed>,
) -> Lesson {
    Lesson { name, title: "<a title>", section: "a section", run }
}

/// The page has each picture with what is claimed of it and whether it held; one broken lesson does not hide the others.
#[test]
fn the_page_says_what_held() {
    let lessons = [
        lesson("right", |notes| {
            notes.claim(Claims::new().hold(true, "one is one", 1));
            notes.say(format_args!("a text & more"));
            notes.keep("drawn", "<svg>file</svg>", "<svg>inline</svg>".into())
        }),
        lesson("wrong", |notes| {
            notes.claim(Claims::new().hold(true, "two is two", 2).hold(false, "two is <three>", "2 and 3"));
            Ok(())
        }),
        lesson("failing", |_| Err("no data".into())),
        lesson("panicking", |_| panic!("at the disco")),
        lesson("silent", |_| Ok(())),
        lesson("last", |notes| {
            notes.claim(Claims::new().hold(true, "it was run", "yes"));
            Ok(())
        }),
    ];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("course-page");
    let all = page::run(&lessons, &folder);
    assert_eq!(all.iter().map(page::Done::holds).collect::<Vec<_>>(), [true, false, false, false, false, true]);
    let html = page::page(&all);
    for part in [
        "3 of 4",
        "2 of 6 lessons did not come to their end",
        "<svg>inline</svg>",
        "one is one",
        "two is &lt;three&gt;",
        "2 and 3",
        "no data",
        "at the disco",
        "&lt;a title&gt;",
        "a text &amp; more",
        "it was run",
    ] {
        assert!(html.contains(part), "`{part}` is missing");
    }
    assert!(!html.contains("<three>") && html.matches("✗").count() >= 5);
    assert_eq!(std::fs::read_to_string(folder.join("drawn.svg")).expect("the file"), "<svg>file</svg>");
    let error = page::whole(&lessons, &folder).expect_err("two lessons are right").to_string();
    assert!(error.contains("wrong, failing, panicking, silent") && !error.contains("last"), "{error}");
    assert!(folder.join("index.html").exists(), "the page is written even so");
    std::fs::remove_dir_all(folder).expect("it was made here");
}
