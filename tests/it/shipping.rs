//! A trained model goes into a file and out of it again, and is asked for many samples, without a word of the library's
//! inner parts.

use std::path::PathBuf;

use typednet::data::tabular;
use typednet::prelude::*;
use typednet::train::{load_weights, save_weights};

network! { struct Iris: 4 => hidden: Dense<8, Tanh> => Dense<3, Softmax> }
network! { struct Wider: 4 => hidden: Dense<9, Tanh> => Dense<3, Softmax> }

/// A file that goes away with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("typednet-shipping-{}-{name}.safetensors", std::process::id())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

fn bits(answers: &[[f32; 3]]) -> Vec<[u32; 3]> {
    answers.iter().map(|answer| answer.map(f32::to_bits)).collect()
}

#[test]
fn a_trained_model_says_the_same_after_a_file() {
    let place = Place::new("trained");
    let iris = tabular::iris().expect("the embedded table");
    let mut trainer = Trainer::new(Iris::seeded(0), CrossEntropy, Adam::new(0.01)).epochs(3).quiet();
    trainer.fit(&iris).expect("finite");
    trainer.model().save(&place.0).expect("a file");

    let model = Iris::load(&place.0).expect("the same network");
    assert_eq!(model.as_flat(), trainer.model().as_flat());
    let answers = model.predict_many(iris.samples());
    assert_eq!(bits(&answers), bits(&trainer.model().predict_many(iris.samples())));
    assert_eq!(answers.len(), iris.samples().len());
    for (x, many) in iris.samples().iter().zip(&answers) {
        let one = trainer.predict(x);
        assert!(one.iter().zip(many).all(|(one, many)| (one - many).abs() < 1e-6), "{one:?} is not {many:?}");
    }
}

#[test]
fn a_file_of_another_network_is_refused_by_name() {
    let place = Place::new("other");
    Wider::seeded(0).save(&place.0).expect("a file");
    let error = Iris::load(&place.0).expect_err("it is 9 wide").to_string();
    assert!(error.contains("hidden.weight") && error.contains("[4, 9]"), "{error}");
}

#[test]
fn what_a_network_needs_comes_out_of_its_file() {
    use typednet::data::{ClassNames, Columns, Fill, Table, TableEncoder};

    let place = Place::new("needs");
    let table =
        Table::from_csv("town,area,kind\nOslo,40,flat\nRome,,house\nOslo,90,flat\nParis,10,tower\n").expect("CSV");
    let columns = Columns::new().numbers(["area"]).fill_numbers(Fill::Mean).categories(["town"]);
    let encoder = TableEncoder::<4>::fit(&table, &columns).expect("four numbers");
    let kinds = ClassNames::<3>::of(&table, "kind").expect("three kinds");
    let model = Iris::seeded(5);
    model.save_with(&place.0, &(encoder.clone(), kinds.clone())).expect("a file");

    let (again, needs) = Iris::load_with::<(TableEncoder<4>, ClassNames<3>)>(&place.0).expect("all of it");
    assert_eq!(again.as_flat(), model.as_flat());
    assert_eq!(needs, (encoder, kinds));
    // The weights are there for who needs no more, and each thing by itself.
    assert_eq!(Iris::load(&place.0).expect("the weights").as_flat(), model.as_flat());
    let (_, kinds) = Iris::load_with::<ClassNames<3>>(&place.0).expect("the names");
    assert_eq!(kinds.names(), ["flat", "house", "tower"]);
    // What is not there, or is of another size, is said with the file.
    let width = Iris::load_with::<TableEncoder<5>>(&place.0).expect_err("it makes 4").to_string();
    assert!(width.contains("needs.safetensors") && width.contains('5'), "{width}");
    model.save(&place.0).expect("a file");
    let none = Iris::load_with::<ClassNames<3>>(&place.0).expect_err("only weights").to_string();
    assert!(none.contains("needs.safetensors") && none.contains("class names"), "{none}");
}

/// What reads a network takes it and its `Model` alike.
#[test]
fn a_model_is_taken_where_a_network_is() {
    let place = Place::new("alike");
    let model = Iris::seeded(3);
    save_weights(&model, &place.0).expect("a file");
    let held = std::fs::read(&place.0).expect("the file");
    save_weights(&*model, &place.0).expect("a file");
    assert_eq!(std::fs::read(&place.0).expect("the file"), held);
    assert_eq!(load_weights::<Iris>(&place.0).expect("the same network").as_flat(), model.as_flat());

    #[cfg(feature = "govern")]
    {
        use typednet::govern::{Scores, input_gradient, weights_hash};

        assert_eq!(weights_hash(&model), weights_hash(&*model));
        let class = Class::<3>::new(1).expect("below 3");
        let gradients = [input_gradient(&model, &[0.5; 4], class), input_gradient(&*model, &[0.5; 4], class)];
        let [held, alone] = gradients.map(|gradient| gradient.expect("finite").map(f32::to_bits));
        assert_eq!(held, alone);
        let iris = tabular::iris().expect("the embedded table");
        let [held, alone] =
            [Scores::of(&model, &iris), Scores::of(&*model, &iris)].map(|scores| scores.expect("finite"));
        let losses = [held, alone].map(|scores| scores.negative_log_likelihood(1.0).to_bits());
        assert_eq!(losses[0], losses[1]);
    }
}
