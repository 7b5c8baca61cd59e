//! The work of `ours.rs` in candle: its layers, its loss and its AdamW without decay, which is Adam.

#[path = "../../work.rs"]
mod work;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{AdamW, Linear, Module, Optimizer, ParamsAdamW, VarBuilder, VarMap, linear, loss, ops};
use work::{Options, PIXELS, TEST_BATCH};

const VERSION: &str = "0.11.1";

struct Mlp {
    layers: [Linear; 3],
}

impl Mlp {
    fn new(vars: &VarBuilder) -> Result<Self> {
        Ok(Self {
            layers: [
                linear(PIXELS, 128, vars.pp("l1"))?,
                linear(128, 64, vars.pp("l2"))?,
                linear(64, 10, vars.pp("l3"))?,
            ],
        })
    }

    fn logits(&self, x: &Tensor) -> Result<Tensor> {
        let [l1, l2, l3] = &self.layers;
        l3.forward(&l2.forward(&l1.forward(x)?.relu()?)?.relu()?)
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse()?;
    let device = Device::Cpu;
    let vars = VarMap::new();
    let model = Mlp::new(&VarBuilder::from_varmap(&vars, DType::F32, &device))?;
    if options.infer {
        infer(&model, &device)?
    } else {
        train(&options, &vars, &model, &device)?
    }
    Ok(())
}

fn train(options: &Options, vars: &VarMap, model: &Mlp, device: &Device) -> Result<()> {
    let (images, labels) = work::data(options.samples);
    let adam = ParamsAdamW { lr: 1e-3, weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(vars.all_vars(), adam)?;
    let batch_of = |rows: &[u32]| -> Result<(Tensor, Tensor)> {
        let x = Tensor::from_vec(work::gather(&images, rows), (rows.len(), PIXELS), device)?;
        let targets = rows.iter().map(|&row| u32::from(labels[row as usize])).collect::<Vec<_>>();
        Ok((x, Tensor::from_vec(targets, rows.len(), device)?))
    };

    let mut random = work::Random(3);
    let mut outcome = Ok(());
    let epoch = work::best_epoch(options.epochs, || {
        for rows in random.order(options.samples).chunks(options.batch) {
            let step = batch_of(rows)
                .and_then(|(x, targets)| optimizer.backward_step(&loss::cross_entropy(&model.logits(&x)?, &targets)?));
            if step.is_err() {
                outcome = step;
            }
        }
    });
    outcome?;
    let rows = (0..options.samples.min(10_000) as u32).collect::<Vec<_>>();
    let (x, targets) = batch_of(&rows)?;
    let loss = loss::cross_entropy(&model.logits(&x)?, &targets)?.to_scalar::<f32>()?;
    work::print_training(VERSION, epoch, f64::from(loss));
    Ok(())
}

fn infer(model: &Mlp, device: &Device) -> Result<()> {
    // Weights without gradients: the tensors behind the variables.
    let layers =
        model.layers.each_ref().map(|layer| Linear::new(layer.weight().detach(), layer.bias().map(Tensor::detach)));
    let model = Mlp { layers };
    let predict =
        |x: &Tensor| ops::softmax_last_dim(&model.logits(x).expect("the shapes fit")).expect("two dimensions");

    let images = work::test_images();
    let one = Tensor::from_slice(&images[0], (1, PIXELS), device)?;
    let one = work::median_microseconds(|| predict(&one));
    let all = Tensor::from_slice(images.as_flattened(), (images.len(), PIXELS), device)?;
    let many = work::best_milliseconds(|| {
        for first in (0..images.len()).step_by(TEST_BATCH) {
            let rows = TEST_BATCH.min(images.len() - first);
            std::hint::black_box(predict(&all.narrow(0, first, rows).expect("within the images")));
        }
    });
    work::print_inference(VERSION, one, many);
    Ok(())
}
