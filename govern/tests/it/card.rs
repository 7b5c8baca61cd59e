//! A model card says everything, or says what it lacks.

use typednet_data::tabular;
use typednet_govern::{GovernError, Guard, Manifest, ModelCard, Scores, Target, Temperature};
use typednet_layers::{Chain, Dense, Relu, Softmax, loss::CrossEntropy};
use typednet_optim::Adam;
use typednet_tensor::Key;
use typednet_train::Trainer;

type Net = Chain<Dense<4, 16, Relu>, Dense<16, 3, Softmax>>;

#[test]
fn a_card_is_made_from_the_run() {
    let flowers = tabular::iris().expect("iris");
    let [train, validation, test] = flowers.split_stratified([0.5, 0.25, 0.25], Key::new(2)).expect("three parts");
    let mut trainer = Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).epochs(40).quiet();
    let manifest = Manifest::of("iris | *first*", &trainer).data("training", &train).data("test", &test);
    trainer.fit(&train).expect("training");
    let manifest = manifest.finished(&trainer);
    let guard = Guard::fit(trainer.model(), &train, &validation, Target::Coverage(0.8)).expect("a guard");
    let scores = Scores::of(trainer.model(), &test).expect("scores");

    let bare = ModelCard::new(&manifest);
    assert_eq!(bare.missing().len(), 8);
    let card = bare
        .purpose("Tells iris species apart.\nFor teaching.")
        .not_for("Anything that <b>matters</b>.")
        .data_origin("150 flowers of one place and year.")
        .evaluation(&scores, &tabular::IRIS_CLASSES, Temperature::new(guard.temperature()).expect("a temperature"))
        .guard(&guard)
        .limit("Knows three species.")
        .risk("- Takes a fourth species for one of them.")
        .oversight("A botanist looks at what it hands over.");
    let error = card.to_markdown().unwrap_err();
    assert_eq!(error, GovernError::MissingFields { fields: vec!["a contact"] });
    let blank = card.clone().contact(" \n").risk("");
    assert_eq!(blank.missing(), ["known risks", "a contact"], "blanks fill nothing");

    let page = card.contact("office_1@example.org").to_markdown().expect("a page");
    let hash = train.content_hash().to_string();
    let confusion = scores.confusion();
    let setosa = confusion.recall(typednet_tensor::Class::default()).expect("samples of the class");
    for text in [
        "# Model card: iris \\| \\*first\\*\n",
        "**For:** Tells iris species apart. For teaching.\n",
        "**Not for:** Anything that \\<b\\>matters\\</b\\>.\n",
        &format!("| training | 75 | `{hash}` |\n"),
        &format!("accuracy {:.1} %", 100.0 * confusion.accuracy().expect("samples")),
        &format!("| {:.1} % |", 100.0 * setosa),
        &format!("Expected calibration error (15 parts): {:.2} % as trained", 100.0 * scores.calibration_error(1.0)),
        "The model decides at ",
        "- \\- Takes a fourth species for one of them.\n",
        "- Knows three species.\n",
        "| `first` | `Dense<16, Relu>` | [16] | 80 |\n",
        "| batch size | 64 |\n",
        "| epochs | 40 |\n",
        manifest.final_weights_hash().expect("a hash"),
        "office\\_1@example.org",
    ] {
        assert!(page.contains(text), "{text:?} is missing in\n{page}");
    }
    for class in tabular::IRIS_CLASSES {
        assert!(page.contains(&format!("\n| {class} | ")), "{class}");
    }
    // Each line of a table has as many cells as its head.
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    for (line, next) in page.lines().zip(page.lines().skip(1)).filter(|(a, b)| a.starts_with('|') && b.starts_with('|'))
    {
        assert_eq!(cells(line), cells(next), "{line}\n{next}");
    }
}
