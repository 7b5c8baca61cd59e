//! The work of `ours.rs` in burn, on its own CPU backend (flex).

#[path = "../../work.rs"]
mod work;

use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::nn::{Linear, LinearConfig, Relu};
use burn::optim::{AdamConfig, GradientsParams};
use burn::prelude::*;
use burn::tensor::activation::softmax;
use work::{CLASSES, Options, PIXELS, TEST_BATCH};

const VERSION: &str = "0.22.1";

#[derive(Module, Debug)]
struct Mlp {
    l1: Linear,
    l2: Linear,
    l3: Linear,
    relu: Relu,
}

impl Mlp {
    fn new(device: &Device) -> Self {
        Self {
            l1: LinearConfig::new(PIXELS, 128).init(device),
            l2: LinearConfig::new(128, 64).init(device),
            l3: LinearConfig::new(64, CLASSES).init(device),
            relu: Relu::new(),
        }
    }

    fn logits(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.relu.forward(self.l1.forward(x));
        let x = self.relu.forward(self.l2.forward(x));
        self.l3.forward(x)
    }
}

fn main() -> Result<(), String> {
    let options = Options::parse()?;
    if options.infer {
        infer(&Device::flex());
    } else {
        train(&options, &Device::flex().autodiff());
    }
    Ok(())
}

fn train(options: &Options, device: &Device) {
    let (images, labels) = work::data(options.samples);
    let loss_of: CrossEntropyLoss = CrossEntropyLossConfig::new().init(device);
    let mut optimizer = AdamConfig::new().with_epsilon(1e-8).init();
    let batch_of = |rows: &[u32]| {
        let x = TensorData::new(work::gather(&images, rows), [rows.len(), PIXELS]);
        let targets = rows.iter().map(|&row| i64::from(labels[row as usize])).collect::<Vec<_>>();
        let targets = TensorData::new(targets, [rows.len()]);
        (Tensor::<2>::from_data(x, device), Tensor::<1, Int>::from_data(targets, device))
    };

    let mut random = work::Random(3);
    // The optimiser takes the model and gives it back.
    let mut model = Some(Mlp::new(device));
    let epoch = work::best_epoch(options.epochs, || {
        for rows in random.order(options.samples).chunks(options.batch) {
            let (x, targets) = batch_of(rows);
            let before = model.take().expect("it was put back");
            let gradients = loss_of.forward(before.logits(x), targets).backward();
            let gradients = GradientsParams::from_grads(gradients, &before);
            model = Some(optimizer.step(1e-3, before, gradients));
        }
    });
    let rows = (0..options.samples.min(10_000) as u32).collect::<Vec<_>>();
    let (x, targets) = batch_of(&rows);
    let model = model.expect("it was put back");
    let loss = loss_of.forward(model.logits(x), targets).into_scalar::<f32>();
    work::print_training(VERSION, epoch, f64::from(loss));
}

fn infer(device: &Device) {
    let model = Mlp::new(device);
    let images = work::test_images();
    let tensor = |rows: &[[f32; PIXELS]]| {
        Tensor::<2>::from_data(TensorData::new(rows.as_flattened().to_vec(), [rows.len(), PIXELS]), device)
    };
    let one = tensor(&images[..1]);
    let one = work::median_microseconds(|| softmax(model.logits(one.clone()), 1));
    let batches = images.chunks(TEST_BATCH).map(tensor).collect::<Vec<_>>();
    let many = work::best_milliseconds(|| {
        for x in &batches {
            std::hint::black_box(softmax(model.logits(x.clone()), 1));
        }
    });
    work::print_inference(VERSION, one, many);
}
