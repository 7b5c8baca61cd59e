//! Samples of 224×224 pixels in three colours through the whole public interface, each on a thread with a stack that is
//! less than half as large as one of them: a value that passed over it would end the program.

use std::path::PathBuf;
use std::slice;
use std::thread;

use typednet::data::idx::Idx;
use typednet::data::{
    Augment, Augmented, ChannelScaled, ChannelStandard, Constant, Csv, Folds, MinMax, Mixup, Noisy, Order, Source,
    Standard, from_planes, to_planes,
};
use typednet::govern::{
    DriftMonitor, DriftSettings, Guard, Manifest, Scores, Target, input_gradient, integrated_gradients,
};
use typednet::layers::{Attention, Each, Repeat, Reverse, Rnn, SwiGlu};
use typednet::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, Hinge, Huber, KullbackLeibler, LossFor,
};
use typednet::prelude::*;
use typednet::tensor::zeroed_samples;
use typednet::train::{Checkpoints, cross_validate, load_weights, save_weights, top_k};
use typednet::watch::{PictureShape, worst_mistakes};

const PIXELS: usize = 224 * 224 * 3;
const ROWS: usize = 12;
type Pixels = [f32; PIXELS];
type Bytes = [u8; PIXELS];
type Net = Dense<PIXELS, 2, Softmax>;

/// A sample for the form of 8 bits, which takes fewer inputs.
type Narrower = [f32; 65_792];

/// Runs `work` where there is little room, in a thread that is named after it.
fn on_little(name: &str, work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name(name.to_owned()).stack_size(256 << 10).spawn(work);
    thread.expect("a thread").join().unwrap_or_else(|_| panic!("{name} failed"));
}

/// Pictures that are bright or dark.
fn pictures() -> Dataset<Pixels, Class<2>> {
    let mut samples = zeroed_samples::<Pixels>(ROWS);
    for (row, sample) in samples.iter_mut().enumerate() {
        for (place, pixel) in sample.iter_mut().enumerate() {
            *pixel = (row % 2) as f32 * 0.5 + (place % 7) as f32 * 0.05 + (place * (row + 1) % 11) as f32 * 0.01;
        }
    }
    let targets: Vec<Class<2>> = (0..ROWS).map(|row| Class::new(row % 2).expect("one of two")).collect();
    Dataset::new(samples, targets).expect("as many")
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("typednet-stack-{name}-{}", std::process::id()));
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn data_sets() {
    on_little("data sets", || {
        let data = pictures();
        let hash = data.content_hash();
        let (train, test) = data.clone().split_at(10).unwrap();
        assert_eq!((train.len(), test.len(), test.iter().count()), (10, 2, 2));
        let [a, b] = data.split([0.5, 0.5], Key::new(1)).unwrap();
        let [c, d] = data.split_stratified([0.5, 0.5], Key::new(1)).unwrap();
        assert_eq!(a.len() + b.len() + c.len() + d.len(), 2 * ROWS);
        for fold in Folds::stratified(data.targets(), 2, Key::new(1)).unwrap().iter() {
            assert_eq!(fold.of(&data).unwrap().train.len(), ROWS / 2);
        }
        assert_eq!(data.select(&[7, 0]).unwrap().samples()[0][0].to_bits(), data.samples()[7][0].to_bits());
        let mut data = data.take(ROWS).unwrap();
        data.samples_mut()[0][0] += 1.0;
        assert_ne!(data.content_hash(), hash);
        let (samples, targets) = data.into_parts();
        assert_eq!((samples.len(), targets.len()), (ROWS, ROWS));
    });
}

#[test]
fn sources() {
    fn gather<S: Source<Pixels, Y>, Y: Copy>(source: &S) -> f32 {
        let mut order = Order::new(source.len()).unwrap();
        order.shuffle(Key::new(1));
        let (mut x, mut y) = (zeroed_samples::<Pixels>(4), Vec::new());
        source.targets(&[0, 1, 2, 3], &mut y);
        source.gather(&order.rows()[..4], Key::new(1), &mut x, &mut y);
        x[3][PIXELS - 1]
    }
    on_little("sources", || {
        let data = pictures();
        assert!(gather(&data) > 0.0);
        let augment = Augment::<224, 224, 3>::new().rotate(10.0).elastic(1.0, 4).noise(0.1).cutout(5).crop(2);
        assert!(gather(&Augmented::new(data.clone(), augment).unwrap()).is_finite());
        assert!(gather(&Noisy::new(&data, 0.1).unwrap()).is_finite());
        assert!(gather(&Mixup::new(&data, 0.3).unwrap()).is_finite());
        let mut bytes = zeroed_samples::<Bytes>(ROWS);
        for sample in &mut bytes {
            sample.fill(255);
        }
        let targets = bytes.clone();
        let bytes = Dataset::new(bytes, data.targets()).unwrap();
        assert_eq!(gather(&bytes).to_bits(), 1.0_f32.to_bits());
        // By channels, and as images.
        let images = bytes.reshape::<Image<224, 224, 3>>();
        let scaler = ChannelStandard::fit_with(images.samples(), Constant::Shift).unwrap();
        assert!(images.samples() == from_planes(&to_planes(images.samples())));
        let flat = ChannelScaled::new(images.reshape::<Bytes>(), scaler);
        assert_eq!(gather(&flat).to_bits(), 0.0_f32.to_bits());
        // Targets of that size too.
        assert!(gather(&Dataset::new(data.samples(), data.samples()).unwrap()) > 0.0);
        assert!(gather(&Dataset::new(data.samples(), targets).unwrap()) > 0.0);
    });
}

#[test]
fn scalers() {
    on_little("scalers", || {
        let folder = folder("scalers");
        let mut data = pictures();
        let standard = Standard::fit_with(data.samples(), Constant::Shift).unwrap();
        standard.transform(data.samples_mut());
        standard.inverse(data.samples_mut());
        assert_eq!(standard.mean().len(), standard.deviation().len());
        standard.write(folder.join("standard.json")).unwrap();
        let read = Standard::<PIXELS>::read(folder.join("standard.json")).unwrap();
        assert!(read == standard.clone() && Standard::from_parameters(read.parameters()).unwrap() == read);
        let min_max = MinMax::fit_with(data.samples(), -1.0, 1.0, Constant::Shift).unwrap();
        min_max.transform(data.samples_mut());
        min_max.inverse(data.samples_mut());
        min_max.write(folder.join("min_max.json")).unwrap();
        let read = MinMax::<PIXELS>::read(folder.join("min_max.json")).unwrap();
        assert!(MinMax::from_parameters(read.parameters(), read.range()).unwrap() == min_max);
        std::fs::remove_dir_all(folder).unwrap();
    });
}

#[test]
fn tables_and_files() {
    on_little("tables and files", || {
        let names: Vec<String> = (0..PIXELS).map(|place| format!("p{place}")).collect();
        let row = vec!["0.5"; PIXELS].join(",");
        let table = Csv::new().read(format!("{}\n{row}\n{row}\n", names.join(","))).unwrap();
        assert_eq!(table.samples::<f32, PIXELS>(&names).unwrap().len(), 2);
        assert!(table.to_string().len() > PIXELS);
        let header = [&[0, 0, 8, 2, 0, 0, 0, 2][..], &(PIXELS as u32).to_be_bytes()].concat();
        let file = [header, vec![7; 2 * PIXELS]].concat();
        assert_eq!(Idx::new().images::<PIXELS>(&file[..]).unwrap()[1][9], 7);
        assert_eq!(Idx::new().samples::<f64, PIXELS>(&file[..]).unwrap().len(), 2);
    });
}

#[test]
fn training() {
    on_little("training", || {
        let (data, folder) = (pictures(), folder("training"));
        let trainer = || Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-4)).batch(4).epochs(1).quiet();
        let checkpoints = Checkpoints::new(&folder).every_epochs(1).best();
        let mut trained = trainer().threads(2).gather_ahead().average(0.9).checkpoints(checkpoints);
        trained.fit_validated(&data, &data).unwrap();
        assert!(trained.evaluate(&data).unwrap().loss.is_finite());
        assert_eq!(trained.outputs(&data).unwrap().len(), ROWS);
        trained.confusion(&data).unwrap();
        trained.step(data.samples(), data.targets()).unwrap();
        assert!(trained.predict(&data.samples()[0])[0] >= 0.0);
        let newest = Checkpoints::newest(&folder).unwrap().expect("a checkpoint");
        load_weights::<Net>(&newest).unwrap();
        let path = folder.join("weights");
        save_weights(trained.model(), &path).unwrap();
        assert!(load_weights::<Net>(&path).unwrap().as_flat() == trained.into_model().as_flat());
        let folds = Folds::random(ROWS, 2, Key::new(1)).unwrap();
        let mean = cross_validate(&data, &folds, |_, parts| {
            let mut trainer = trainer();
            trainer.fit(&parts.train)?;
            Ok::<_, Box<dyn std::error::Error>>(trainer.evaluate(&parts.test)?)
        });
        assert_eq!(mean.unwrap().folds().len(), 2);
        let mut data = pictures();
        data.samples_mut()[0][5] = f32::NAN;
        assert!(trainer().fit(&data).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    });
}

/// Outputs and targets as large as samples, with every loss that compares such.
#[test]
fn losses() {
    fn train<A, L>(loss: L)
    where
        Dense<2, PIXELS, A>: Layer<In = [f32; 2], Out = Pixels, Elem = f32>,
        L: LossFor<<Dense<2, PIXELS, A> as Layer>::Head, Pixels, Target = Pixels> + Send + 'static,
        A: 'static,
    {
        on_little(std::any::type_name::<L>(), move || {
            let mut targets = zeroed_samples::<Pixels>(3);
            for target in &mut targets {
                target[1] = 1.0;
            }
            let data = Dataset::new([[0.0_f32, 1.0], [1.0, 0.0], [1.0, 1.0]], targets).unwrap();
            let model = Dense::<2, PIXELS, A>::seeded(0);
            let mut y = zeroed_samples::<Pixels>(1);
            model.predict_into(&[0.5, 0.5], &mut y[0]);
            assert!(y[0].iter().all(|y| y.is_finite()));
            let mut trainer = Trainer::new(model, loss, Adam::new(1e-3)).batch(2).epochs(1).quiet();
            trainer.fit_validated(&data, &data).unwrap();
            assert!(trainer.evaluate(&data).unwrap().loss.is_finite());
            let outputs = trainer.outputs(&data).unwrap();
            assert!(outputs.iter().all(|(y, target)| y[PIXELS - 1].is_finite() && target[1] > 0.0));
        });
    }
    train::<Linear, _>(SquaredError::default());
    train::<Linear, _>(AbsoluteError);
    train::<Linear, _>(Huber::default());
    train::<Linear, _>(BinaryCrossEntropyWithLogits);
    train::<Sigmoid, _>(BinaryCrossEntropy);
    train::<Softmax, _>(SoftCrossEntropy);
    train::<Softmax, _>(KullbackLeibler);
    on_little("hinge", || {
        let targets = [Class::<PIXELS>::new(1).unwrap(), Class::new(PIXELS - 1).unwrap()];
        let data = Dataset::new([[0.0_f32, 1.0], [1.0, 0.0]], targets).unwrap();
        let mut trainer = Trainer::new(Dense::<2, PIXELS>::seeded(0), Hinge, Adam::new(1e-3)).epochs(1).quiet();
        trainer.fit(&data).unwrap();
        let outputs = trainer.outputs(&data).unwrap();
        assert_eq!(top_k(&outputs, PIXELS), Some(1.0));
    });
}

/// Layers that give as much as they read, before a small output.
#[test]
fn models() {
    fn predict<M: Layer<In = Pixels, Out = [f32; 2], Elem = f32>>() {
        on_little(std::any::type_name::<M>(), || {
            let data = pictures();
            let mut model = M::seeded(1);
            let copy = model.clone();
            model.copy_from(&copy);
            assert!(model.predict(&data.samples()[0]).iter().all(|y| y.is_finite()));
            let mut trainer =
                Trainer::new(model, SquaredError::default(), GradientDescent::new(1e-9)).epochs(1).quiet();
            let targets = vec![[0.0, 1.0]; ROWS];
            trainer.fit(&Dataset::new(data.samples(), targets).unwrap()).unwrap();
            assert!(trainer.predict(&data.samples()[0]).iter().all(|y| y.is_finite()));
        });
    }
    network!(struct Normed: PIXELS => BatchNorm => Dense<2>);
    network!(struct Layered: PIXELS => LayerNorm => Dropout<0.5> => Relu => Dense<2>);
    network!(struct Noisier: PIXELS => Noise<0.1> => Add<Dropout<0.1>, Relu> => Dense<2>);
    network!(struct Whole: PIXELS => Residual<Dropout<0.2>> => Concat<Dense<1>, Dense<1>>);
    predict::<Normed>();
    predict::<Layered>();
    predict::<Noisier>();
    predict::<Whole>();
    on_little("compact forms", || {
        let (model, data) = (Dense::<PIXELS, 2>::seeded(1), pictures());
        let x = &data.samples()[0];
        assert!(model.to_bf16().predict(x)[0].is_finite());
        let samples = zeroed_samples::<Narrower>(2);
        let model = Dense::<65_792, 2>::seeded(1);
        assert!(model.to_int8(&samples).predict(&samples[0])[0].is_finite());
    });
    on_little("compact forms with wide outputs", || {
        network!(struct Wider: 2 => Dense<3, Relu> => Dense<PIXELS, Softmax>);
        let (model, x) = (Wider::seeded(1), [[0.5, 0.25], [1.0, -1.0]]);
        for form in [true, false] {
            let y = if form { model.to_bf16().predict_many(&x) } else { model.to_int8(&x).predict_many(&x) };
            let sum: f64 = y[1].iter().map(|y| f64::from(*y)).sum();
            assert!((sum - 1.0).abs() < 1e-3, "{sum}");
        }
    });
}

/// Layers of which a pass takes more than the stack has, in their forms of fewer bytes.
#[test]
fn compact_forms() {
    fn check<L: Compact<In: Sample<Elem = f32>, Out: Sample<Elem = f32>>>() {
        on_little(std::any::type_name::<L>(), || {
            let (model, mut x) = (L::seeded(1), zeroed_samples::<L::In>(2));
            for (i, x) in x.iter_mut().flat_map(Flat::as_flat_mut).enumerate() {
                *x = (i % 7) as f32 * 0.25 - 0.5;
            }
            let (half, quarter) = (model.to_bf16(), model.to_int8(&x));
            let y = [model.predict_many(&x), half.predict_many(&x), quarter.predict_many(&x)];
            let mut alone = zeroed_samples::<L::Out>(3);
            model.predict_to(&x[0], &mut alone[0]);
            half.predict_to(&x[0], &mut alone[1]);
            quarter.predict_to(&x[0], &mut alone[2]);
            let size = y[0][0].as_flat().iter().fold(0.0_f32, |size, y| size.max(y.abs()));
            for (many, alone) in y.iter().zip(&alone) {
                for ((y, exact), alone) in many[0].as_flat().iter().zip(y[0][0].as_flat()).zip(alone.as_flat()) {
                    assert!(
                        (y - exact).abs() <= 0.1 * size && (y - alone).abs() <= 1e-4 * size,
                        "{y}, {exact} and {alone}"
                    );
                }
            }
            let losses = model.losses(&quarter, &x);
            assert!(losses.outputs.decibels() > 20.0, "{losses}");
        });
    }
    check::<SwiGlu<2, 30_000>>();
    check::<Attention<160, 128, 2, 64>>();
    check::<Reverse<1000, Rnn<1000, 100, 2>>>();
    check::<Reverse<10, Repeat<2, Each<10, LayerNorm<10_000>>>>>();
    // The kernel lies over 65,536 numbers, eight pixels at a time.
    check::<Conv2d<32, 32, 64, 2, 32, 32, 64, 0, 3, 3, Strides<1, 1, 1, 1>>>();
    check::<Dense<2, PIXELS>>();
}

#[test]
fn governing_and_watching() {
    on_little("governing", || {
        let data = pictures();
        let folder = folder("governing");
        let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-4)).epochs(3).quiet();
        trainer.fit(&data).unwrap();
        let watched = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-4)).epochs(1).quiet();
        watched.callback(Monitor::new().every(1)).fit(&data).unwrap();
        let model = trainer.model();
        let gradient = input_gradient(model, &data.samples()[0], Class::<2>::default()).unwrap();
        assert!(gradient.iter().all(|x| x.is_finite()));
        let counts = integrated_gradients(model, &data.samples()[0], &data.samples()[1], Class::<2>::default(), 2);
        assert!(counts.unwrap().iter().all(|x| x.is_finite()));
        assert_eq!(Scores::of(model, &data).unwrap().iter().count(), ROWS);
        let mut guard = Guard::fit(model, &data, &data, Target::Accuracy(0.5)).unwrap();
        guard.decide(model, &data.samples()[1]);
        guard.write(folder.join("guard.json")).unwrap();
        Guard::<Net, 2>::read(folder.join("guard.json"), model).unwrap();
        let mut bytes = zeroed_samples::<Bytes>(50);
        for (row, sample) in (0..).zip(&mut bytes) {
            sample.fill(row);
        }
        let bytes = Dataset::new(bytes, vec![Class::<2>::default(); 50]).unwrap();
        let monitor = DriftMonitor::fit_inputs::<Pixels, _, _>(&bytes, DriftSettings::default()).unwrap();
        monitor.check_inputs::<Pixels, _, _>(&bytes).unwrap();
        let manifest = Manifest::of("wide", &trainer).data("all", &data).finished(&trainer);
        assert!(manifest.final_weights_hash().is_some());
        let names = ["dark", "bright"];
        let shape = PictureShape::grey(3 * 224, 224);
        worst_mistakes(model, &CrossEntropy, &data, &names, shape, 3).unwrap();
        assert!(model.predict(slice::from_ref(&data.samples()[0]).first().unwrap())[0] >= 0.0);
        std::fs::remove_dir_all(folder).unwrap();
    });
}
