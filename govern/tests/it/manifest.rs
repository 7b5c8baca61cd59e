//! A run is made again from its manifest to the bit, and what differs is named.

use std::path::PathBuf;

use typednet_data::{Augment, Augmented, Dataset, Mixup, Noisy, Source, mnist, tabular};
use typednet_govern::{GovernError, Manifest, Value};
use typednet_layers::loss::{CrossEntropy, SoftCrossEntropy};
use typednet_layers::{Chain, Dense, Relu, Sigmoid, Softmax};
use typednet_optim::Adam;
use typednet_tensor::{Class, Key, Precision};
use typednet_train::Trainer;

type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
type Flowers = Dataset<[f32; 4], Class<3>>;

fn flowers() -> Flowers {
    let [train, _] = tabular::iris().expect("iris").split_stratified([0.8, 0.2], Key::new(3)).expect("two parts");
    train
}

/// What a run is made of, and can be read back.
#[derive(Clone, Copy)]
struct Recipe {
    seed: u64,
    rate: f64,
    batch: usize,
    epochs: usize,
    threads: usize,
}

const RECIPE: Recipe = Recipe { seed: 5, rate: 0.1 + 0.2, batch: 16, epochs: 3, threads: 1 };

fn planned(recipe: Recipe, data: &Flowers) -> (Manifest, Trainer<Net, CrossEntropy, Adam>) {
    let Recipe { seed, rate, batch, epochs, threads } = recipe;
    let trainer = Trainer::new(Net::seeded(seed), CrossEntropy, Adam::new(rate));
    let trainer = trainer.seed(seed).batch(batch).epochs(epochs).threads(threads).quiet();
    let manifest = Manifest::of("iris", &trainer).setting("learning rate", rate).data("training", data);
    (manifest, trainer)
}

fn run(recipe: Recipe, data: &Flowers) -> Manifest {
    let (manifest, mut trainer) = planned(recipe, data);
    trainer.fit(data).expect("training");
    manifest.finished(&trainer)
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("typednet-govern-{}-{name}.json", std::process::id()))
}

fn names(was: &Manifest, now: &Manifest) -> Vec<String> {
    was.differences(now).into_iter().map(|difference| difference.name).collect()
}

#[test]
fn the_precision_of_products_is_a_setting_where_it_is_not_f32() {
    let data = flowers();
    let of = |precision| Manifest::of("iris", &planned(RECIPE, &data).1.precision(precision));
    let (of_f32, rounded) = (of(Precision::F32), of(Precision::Bf16Portable));
    assert!(!of_f32.settings().contains_key("precision"));
    assert_eq!(rounded.settings()["precision"].to_string(), "bf16 portable");
    assert_eq!(names(&of_f32, &rounded), ["setting precision"]);
}

#[test]
fn a_run_is_repeated_to_the_bit_from_its_file() {
    let (path, data) = (path("repeat"), flowers());
    let first = run(RECIPE, &data);
    first.write(&path).expect("a file");
    let was = Manifest::read(&path).expect("a manifest");
    assert_eq!(was, first);
    std::fs::remove_file(path).expect("the file");

    let whole = |name| was.integer(name).expect("a whole number") as usize;
    let recipe = Recipe {
        seed: was.seed(),
        rate: was.number("learning rate").expect("a number"),
        batch: whole("batch size"),
        epochs: whole("epochs"),
        threads: 2,
    };
    assert_eq!(recipe.rate.to_bits(), RECIPE.rate.to_bits());
    was.verify(&planned(recipe, &data).0).expect("before the training nothing differs that decides");
    let again = run(recipe, &data);
    was.verify(&again).expect("the same bits");
    assert_eq!(names(&was, &again), ["the number of threads"]);
    assert_eq!(was.final_weights_hash(), again.final_weights_hash());
    assert_eq!(was.results()["steps made"], Value::Integer(3 * 8));
}

#[test]
fn every_change_is_named() {
    let data = flowers();
    let was = run(RECIPE, &data);
    let weights = ["the hash of the first weights", "the hash of the final weights"];
    assert_eq!(names(&was, &run(Recipe { seed: 6, ..RECIPE }, &data)), ["seed", weights[0], weights[1]]);

    let faster = run(Recipe { rate: 0.301, ..RECIPE }, &data);
    assert_eq!(names(&was, &faster), ["setting learning rate", "setting optimiser", weights[1]]);
    let text = was.verify(&faster).unwrap_err().to_string();
    assert!(text.contains("setting learning rate is 0.301 here and 0.30000000000000004 in the manifest"), "{text}");

    let mut other = data.clone();
    other.samples_mut()[7][2] += 1e-6;
    let on_other = run(RECIPE, &other);
    assert_eq!(names(&was, &on_other), ["data part training", weights[1]]);
    let fewer = planned(RECIPE, &data.clone().take(100).expect("samples")).0;
    assert_eq!(names(&was, &fewer), ["data part training"]);
    let more = planned(RECIPE, &data).0.data("test", &data);
    let difference = &was.differences(&more)[0];
    assert!(difference.to_string().starts_with("data part test is 120 rows with hash "), "{difference}");
    assert!(difference.to_string().ends_with(" here and missing in the manifest"), "{difference}");

    let (many, _) = planned(Recipe { batch: 15, epochs: 4, threads: 3, ..RECIPE }, &data);
    assert_eq!(names(&was, &many), ["setting batch size", "setting epochs", "the number of threads"]);
    let GovernError::OtherRun { differences } = was.verify(&many).unwrap_err() else { panic!("another error") };
    assert_eq!(differences.iter().map(|difference| difference.decides).collect::<Vec<_>>(), [true, true, false]);
}

/// A run over digits that are changed in every epoch.
fn augmented(augment: Augment<28, 28, 1>, alpha: f64, seed: u64, threads: usize) -> Manifest {
    type Digits = Chain<Dense<784, 12, Relu>, Dense<12, 10, Softmax>>;
    let (digits, _) = mnist::embedded().expect("digits").train.split_at(150).expect("there are 8,000");
    let mut trainer = Trainer::new(Digits::seeded(seed), SoftCrossEntropy, Adam::new(0.01));
    trainer = trainer.seed(seed).batch(64).epochs(2).threads(threads).quiet();
    let manifest = Manifest::of("digits", &trainer).data("training", &digits);
    let manifest = manifest.setting("augmentation", augment.to_string());
    let mixed = Mixup::new(Augmented::new(digits, augment).expect("settings"), alpha).expect("an α");
    let manifest = manifest.setting("mixup", mixed.to_string());
    trainer.fit(&mixed).expect("training");
    manifest.finished(&trainer)
}

#[test]
fn an_augmented_run_is_repeated_to_the_bit_and_another_augmentation_is_named() {
    let augment = || Augment::new().shift(0.08).rotate(12.0).elastic(1.0, 4).noise(0.1).cutout(5);
    let path = path("augmented");
    augmented(augment(), 0.3, 5, 1).write(&path).expect("a file");
    let was = Manifest::read(&path).expect("a manifest");
    std::fs::remove_file(path).expect("the file");
    assert_eq!(
        was.settings()["augmentation"].to_string(),
        "28×28×1 images: shift 0.08, rotate 12°, elastic 1 on 4×4 cells, noise 0.1, cutout 5"
    );
    let again = augmented(augment(), 0.3, was.seed(), 2);
    was.verify(&again).expect("the same bits");
    assert_eq!(was.final_weights_hash(), again.final_weights_hash());

    // The data's hash is the same: what was done to them is all that tells the runs apart.
    let weights = "the hash of the final weights";
    let turned = augmented(augment().rotate(12.000_001), 0.3, 5, 1);
    assert_eq!(names(&was, &turned), ["setting augmentation", weights]);
    let text = was.verify(&turned).unwrap_err().to_string();
    assert!(text.contains("rotate 12.000001°") && text.contains("rotate 12°,"), "{text}");
    assert_eq!(names(&was, &augmented(augment(), 0.31, 5, 1)), ["setting mixup", weights]);
}

#[test]
fn every_setting_of_an_augmentation_is_in_its_text() {
    let new = Augment::<28, 28, 1>::new;
    let all = [
        new(),
        new().shift(0.1),
        new().rotate(0.1),
        new().scale(0.1, 1.0),
        new().scale(1.0, 1.1),
        new().shear(0.1),
        new().crop(1),
        new().flip_horizontal(0.1),
        new().flip_vertical(0.1),
        new().elastic(0.1, 1),
        new().elastic(0.1, 2),
        new().noise(0.1),
        new().cutout(1),
        new().fill(0.1),
        new().range(-1.0, 1.0),
        new().range(0.0, 255.0),
    ];
    let mut texts: Vec<String> = all.iter().map(ToString::to_string).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), all.len(), "{texts:#?}");
    let noisy = Noisy::new(tabular::iris().expect("iris"), 0.05).expect("a deviation");
    assert_eq!((noisy.to_string(), Source::<[f32; 4], Class<3>>::len(&noisy)), ("noise 0.05".into(), 150));
}

#[test]
fn another_network_is_named_by_its_layers() {
    let was = Manifest::new::<Net>("iris", 1);
    let wider = Manifest::new::<Chain<Dense<4, 9, Relu>, Dense<9, 3, Softmax>>>("iris", 1);
    let text = was.verify(&wider).unwrap_err().to_string();
    assert!(text.contains("layer 1 is `first: Dense<9, Relu>` with 45 parameters here"), "{text}");
    assert!(text.contains("and `first: Dense<8, Relu>` with 40 parameters in the manifest"), "{text}");
    let double = Manifest::new::<Chain<Dense<4, 8, Relu, f64>, Dense<8, 3, Softmax, f64>>>("iris", 1);
    assert_eq!(names(&was, &double), ["the scalar"]);
    let deeper =
        Manifest::new::<Chain<Dense<4, 8, Relu>, Chain<Dense<8, 3, Softmax>, Dense<3, 3, Sigmoid>>>>("iris", 1);
    assert_eq!(names(&was, &deeper), ["layer 2", "layer 3"]);
    assert_eq!(was.network().layers[1].name, "rest");
}

#[test]
fn a_bad_file_is_a_clear_error() {
    let path = path("bad");
    let error = || Manifest::read(&path).unwrap_err().to_string();
    assert!(error().contains("typednet-govern-"), "{}", error());
    let manifest = Manifest::new::<Net>("iris", 1);
    manifest.write(&path).expect("a file");
    let good = std::fs::read_to_string(&path).expect("text");
    for (bad, expected) in [
        ("", "EOF while parsing"),
        ("{}", "does not say that it holds a run manifest"),
        (&good.replace("run manifest", "guard"), "holds a guard, but a run manifest is expected"),
        (&good.replace("\"format\": 2", "\"format\": 1"), "is of format 1, but this version reads format 2"),
        (&good.replace("\"seed\": 1", "\"seed\": 2"), "is damaged"),
    ] {
        std::fs::write(&path, bad).expect("a file");
        assert!(error().contains(expected), "{} for {expected}", error());
    }
    for (bad, expected) in [
        ("\"seed\": -1,", "invalid value"),
        ("", "missing field `seed`"),
        ("\"seed\": 1, \"sed\": 2,", "unknown field `sed`"),
    ] {
        std::fs::write(&path, good.replace("\"seed\": 1,", bad)).expect("a file");
        typednet_formats::reseal(&path).expect("a file of this form");
        assert!(error().contains(expected), "{} for {expected}", error());
    }
    for end in 0..good.trim_end().len() {
        std::fs::write(&path, &good.as_bytes()[..end]).expect("a file");
        assert!(Manifest::read(&path).is_err(), "cut at {end}");
    }
    std::fs::remove_file(&path).expect("the file");

    let error = manifest.number("learning rate").unwrap_err().to_string();
    assert!(error.starts_with("setting `learning rate`: the manifest has only"), "{error}");
    let manifest = manifest.setting("learning rate", "fast").setting("limit", f64::INFINITY).setting("half", 0.5);
    assert!(manifest.number("learning rate").is_err() && manifest.integer("half").is_err());
    assert_eq!(manifest.settings()["limit"], Value::Text("inf".into()));
}

#[test]
fn the_program_is_named() {
    let manifest = Manifest::new::<Net>("iris", 1).program("mine", "1.2.3");
    assert!(manifest.compiler().starts_with("rustc 1."), "{}", manifest.compiler());
    assert_eq!(manifest.crates()["mine"], "1.2.3");
    assert_eq!(manifest.crates()["typednet"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest.lane(), typednet_tensor::simd::lane().name());
    assert!(manifest.time().ends_with('Z') && manifest.time().len() == 20, "{}", manifest.time());

    // A folder without git, one with a revision, and one with changes.
    let folder = std::env::temp_dir().join(format!("typednet-govern-git-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    assert_eq!(manifest.clone().git_in(&folder).git(), None);
    let git = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.arg("-C").arg(&folder).args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "commit.gpgsign=false",
        ]);
        command.args(args).output().is_ok_and(|output| output.status.success())
    };
    if git(&["init", "-q"]) {
        assert_eq!(manifest.clone().git_in(&folder).git(), None, "there is no revision yet");
        assert!(git(&["commit", "-q", "--allow-empty", "-m", "one"]));
        let clean = manifest.clone().git_in(&folder);
        let (revision, dirty) = clean.git().expect("a revision");
        assert!(revision.len() >= 40 && !dirty);
        std::fs::write(folder.join("new"), "text").expect("a file");
        let dirty = manifest.clone().git_in(&folder);
        assert!(dirty.git().is_some_and(|(_, dirty)| dirty));
        let difference = clean.differences(&dirty);
        assert_eq!((difference.len(), difference[0].decides), (1, false));
        clean.verify(&dirty).expect("a revision changes no bits by itself");
    }
    std::fs::remove_dir_all(folder).expect("the folder");
}
