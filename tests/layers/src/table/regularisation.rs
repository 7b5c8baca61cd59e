//! Normalisations, residuals and branches, on rows and on images, are PyTorch's: in training, after the step and in use (`goldens/regularisation.py` says
//! how the numbers were made).

use serde_json::Value;
use typednet_layers::loss::SquaredError;
use typednet_layers::{
    ActivationLayer, Add, BatchNorm, Bilinear, Chain, Concat, Crop, Dense, Each, Flatten, Frozen, FrozenBatchNorm,
    GroupNorm, LayerNorm, Linear, Nearest, Pad, Relu, Residual, Silu, Tanh, Upsample,
};
use typednet_tensor::{Key, Scalar};

use super::norms;
use super::pytorch::by_name;
use super::subject::{Table, Target, subject};
use super::values::near;

static GOLDENS: &str = include_str!("../../../../goldens/regularisation.json");

/// The networks of the file.
fn networks<T: Scalar + Target>() -> Table<T> {
    type End<const I: usize, T> = Dense<I, 2, Linear, T>;
    type Around<T> = Residual<Chain<Dense<3, 5, Relu, T>, Dense<5, 3, Linear, T>>>;
    type Deep<T> = Chain<Dense<3, 5, Relu, T>, Dense<5, 4, Linear, T>>;
    type Block<T> = Residual<Chain<BatchNorm<4, Linear, T>, Dense<4, 4, Silu, T>>>;
    let mut all = norms::goldens();
    all.extend([
        subject::<Chain<Around<T>, End<3, T>>, _>(SquaredError::Mean),
        subject::<Chain<Block<T>, Block<T>>, _>(SquaredError::Mean),
        subject::<Chain<Add<Deep<T>, Dense<3, 4, Tanh, T>>, End<4, T>>, _>(SquaredError::Mean),
        subject::<
            Chain<Concat<Deep<T>, Concat<Dense<3, 2, Silu, T>, BatchNorm<3, Linear, T>, [T; 5]>, [T; 9]>, End<9, T>>,
            _,
        >(SquaredError::Mean),
    ]);
    all.extend(on_images());
    all
}

/// Those on images, and those that are not trained.
fn on_images<T: Scalar + Target>() -> Table<T> {
    macro_rules! with_mean {
        ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
    }
    type Image<T, const H: usize, const W: usize, const C: usize> = [[[T; C]; W]; H];
    type Pixels<const H: usize, const W: usize, L> = Each<H, Each<W, L>>;
    type Bent<T> =
        Chain<Pixels<3, 2, BatchNorm<4, Linear, T>>, Chain<ActivationLayer<Image<T, 3, 2, 4>, Tanh>, Row<T>>>;
    type Row<T> = Chain<Flatten<Image<T, 3, 2, 4>, 24>, Dense<24, 2, Linear, T>>;
    type Wide<T> = Pixels<2, 2, Dense<2, 4, Tanh, T>>;
    type Beside<T> = Concat<Wide<T>, Pixels<2, 2, Dense<2, 2, Silu, T>>, Image<T, 2, 2, 6>>;
    type Kept<T> = Chain<FrozenBatchNorm<5, Linear, T>, Chain<ActivationLayer<[T; 5], Tanh>, Dense<5, 2, Linear, T>>>;
    type Body<T> = Frozen<Chain<Dense<5, 4, Tanh, T>, BatchNorm<4, Linear, T>>>;
    with_mean![
        Pixels<3, 2, BatchNorm<4, Linear, T>>,
        Each<5, BatchNorm<3, Linear, T>>,
        Chain<Pixels<3, 2, Dense<2, 4, Linear, T>>, Chain<Pixels<3, 2, BatchNorm<4, Relu, T>>, Row<T>>>,
        Pixels<2, 2, LayerNorm<4, T>>,
        Chain<Pixels<3, 2, Dense<2, 4, Linear, T>>, Bent<T>>,
        GroupNorm<3, 2, 4, 2, T>,
        GroupNorm<2, 2, 3, 1, T>,
        GroupNorm<3, 2, 3, 3, T>,
        Upsample<2, 2, 2, 4, 4, Nearest, T>,
        Upsample<2, 3, 1, 4, 6, Bilinear, T>,
        Upsample<3, 2, 1, 3, 6, Bilinear, T>,
        Upsample<1, 2, 2, 2, 8, Bilinear, T>,
        Pad<2, 1, 2, 4, 5, 1, 2, T>,
        Crop<4, 5, 2, 2, 1, 1, 2, T>,
        Chain<Beside<T>, GroupNorm<2, 2, 6, 3, T>>,
        Chain<Dense<3, 5, Linear, T>, Kept<T>>,
        Chain<Dense<3, 5, Linear, T>, Chain<Body<T>, Dense<4, 2, Linear, T>>>,
    ]
}

/// Numbers, and NaN for null.
fn numbers(value: &Value) -> Vec<f64> {
    let number = |number: &Value| if number.is_null() { f64::NAN } else { number.as_f64().expect("a number") };
    value.as_array().expect("a list").iter().map(number).collect()
}

/// Numbers that the file tells as exactly as `f32` has them.
fn fill<T: Scalar>(to: &mut [T], from: &Value) {
    let from = numbers(from);
    assert_eq!(to.len(), from.len());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = T::of(f64::from(from as f32)));
}

fn check<T: Scalar + Target>(tolerance: f64) {
    let file: Value = serde_json::from_str(GOLDENS).expect("JSON");
    let rows = file["rows"].as_u64().expect("a number") as usize;
    let mut goldens = by_name(&file);
    for mut network in networks::<T>() {
        let name = network.name();
        let golden = name.strip_suffix(" | Mean").and_then(|name| goldens.remove(name));
        let golden = golden.unwrap_or_else(|| panic!("the file has no `{name}`"));
        network.draw(rows, Key::new(0));
        fill(network.params(), &golden["parameters"]);
        fill(network.x(), &golden["inputs"]);
        network.set_targets(numbers(&golden["targets"]).into_iter().map(|number| f64::from(number as f32)).collect());

        let wanted = &golden[if T::NAME == "f32" { "float32" } else { "float64" }];
        let loss = network.gradient_with_input();
        near(&format!("{name}, loss"), &[loss], &[wanted["loss"].as_f64().expect("a number")], tolerance);
        near(&format!("{name}, outputs in training"), network.y(), &numbers(&wanted["training_outputs"]), tolerance);
        near(&format!("{name}, input gradient"), network.dx(), &numbers(&wanted["input_gradient"]), tolerance);
        let (found, wanted_gradient): (Vec<T>, Vec<f64>) = network
            .grad()
            .iter()
            .zip(numbers(&wanted["gradient"]))
            .filter(|(_, wanted)| !wanted.is_nan())
            .map(|(found, wanted)| (*found, wanted))
            .unzip();
        near(&format!("{name}, gradient"), &found, &wanted_gradient, tolerance);
        network.commit();
        near(&format!("{name}, after the step"), network.params(), &numbers(&wanted["after"]), tolerance);
        network.infer();
        near(&format!("{name}, outputs"), network.y(), &numbers(&wanted["outputs"]), tolerance);
    }
    assert!(goldens.is_empty(), "not compared: {:?}", goldens.keys());
}

#[test]
fn pytorch_in_f32() {
    check::<f32>(1e-5);
}

#[test]
fn pytorch_in_f64() {
    check::<f64>(1e-10);
}
