//! The work of `ours.rs` in dfdx: sizes of the layers in the types, the batch known at run time.

#[path = "../../work.rs"]
mod work;

use dfdx::optim::{Adam, AdamConfig};
use dfdx::prelude::*;
use work::{CLASSES, Options, PIXELS, TEST_BATCH};

const VERSION: &str = "0.13.0";

type Mlp = ((Linear<PIXELS, 128>, ReLU), (Linear<128, 64>, ReLU), Linear<64, CLASSES>);

fn main() -> Result<(), String> {
    let options = Options::parse()?;
    dfdx::flush_denormals_to_zero();
    let device = Cpu::seed_from_u64(0);
    if options.infer {
        infer(&device);
    } else {
        train(&options, &device);
    }
    Ok(())
}

fn train(options: &Options, device: &Cpu) {
    let (images, labels) = work::data(options.samples);
    let mut model = device.build_module::<Mlp, f32>();
    let mut gradients = model.alloc_grads();
    let mut optimizer = Adam::new(&model, AdamConfig { lr: 1e-3, ..AdamConfig::default() });
    let batch_of = |rows: &[u32]| {
        let x = device.tensor_from_vec(work::gather(&images, rows), (rows.len(), Const::<PIXELS>));
        let mut targets = vec![0.0; rows.len() * CLASSES];
        for (target, &row) in targets.chunks_exact_mut(CLASSES).zip(rows) {
            target[usize::from(labels[row as usize])] = 1.0;
        }
        (x, device.tensor_from_vec(targets, (rows.len(), Const::<CLASSES>)))
    };

    let mut random = work::Random(3);
    let epoch = work::best_epoch(options.epochs, || {
        for rows in random.order(options.samples).chunks(options.batch) {
            let (x, targets) = batch_of(rows);
            let traced = std::mem::replace(&mut gradients, Gradients::leaky());
            let loss = cross_entropy_with_logits_loss(model.forward_mut(x.traced(traced)), targets);
            gradients = loss.backward();
            optimizer.update(&mut model, &gradients).expect("every parameter has a gradient");
            model.zero_grads(&mut gradients);
        }
    });
    let rows = (0..options.samples.min(10_000) as u32).collect::<Vec<_>>();
    let (x, targets) = batch_of(&rows);
    let loss = cross_entropy_with_logits_loss(model.forward(x), targets).array();
    work::print_training(VERSION, epoch, f64::from(loss));
}

fn infer(device: &Cpu) {
    let model = device.build_module::<Mlp, f32>();
    let images = work::test_images();
    let one = device.tensor(images[0]);
    let one = work::median_microseconds(|| model.forward(one.clone()).softmax::<Axis<0>>());
    // Batches are tensors of their own: dfdx copies what it cuts from a larger one.
    let batches = images
        .chunks(TEST_BATCH)
        .map(|rows| device.tensor_from_vec(rows.as_flattened().to_vec(), (rows.len(), Const::<PIXELS>)))
        .collect::<Vec<_>>();
    let many = work::best_milliseconds(|| {
        for x in &batches {
            std::hint::black_box(model.forward(x.clone()).softmax::<Axis<1>>());
        }
    });
    work::print_inference(VERSION, one, many);
}
