//! Samples that are mixed with others, and their targets with them.

use typednet::data::{Mixup, Source};
use typednet::loss::SoftCrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_train::{Data, MeanAbsoluteError, TopK};

use crate::parts::{LENGTHS, VALIDATION, in_parts, own_files};
use crate::team::{Folder, Images, Made, Mlp, Of, PATIENCE, digits, together, trainer as of_digits};

type Soft = Trainer<Mlp, SoftCrossEntropy, Adam>;
type Mixed<'a> = &'a dyn Data<[f32; 784], [f32; 10]>;

/// Two epochs with a metric, which sees all targets.
fn trainer() -> Soft {
    let trainer = Trainer::new(Mlp::seeded(7), SoftCrossEntropy, Adam::new(2e-3)).batch(32).shards(8);
    trainer.epochs(2).seed(5).metric(MeanAbsoluteError::new()).quiet()
}

fn train_on(mut trainer: Soft, train: Mixed<'_>, validation: Mixed<'_>) -> Made {
    trainer.fit_validated(train, validation).expect("training");
    Made::by(&trainer)
}

/// The loss and the metrics are of the mixed targets on any number of ranks.
#[test]
fn what_is_mixed_is_learnt_alike_on_any_number_of_ranks() {
    let (train, test) = digits();
    let (train, test) = (Mixup::new(&train, 0.4).expect("an α"), test.map_targets(Class::one_hot::<f32>));
    let alone = train_on(trainer(), &train, &test);
    for (size, ahead) in [(1, true), (2, false), (4, true), (8, false)] {
        let made = together(size, PATIENCE, |_, ranks| {
            let trainer = trainer().ranks(ranks);
            train_on(if ahead { trainer.gather_ahead() } else { trainer }, &train, &test)
        });
        assert!(made.iter().all(|made| *made == alone), "{size} ranks");
    }
}

/// A rank knows how the rows of other parts are mixed, whose samples it does not have.
#[test]
fn parts_are_mixed_alike_on_any_number_of_ranks() {
    let mixed = |data| Mixup::new(data, 0.4).expect("an α");
    let (train, test) = digits();
    let alone = train_on(
        trainer(),
        &Mixup::new(in_parts(&train, &LENGTHS), 0.4).expect("an α"),
        &Mixup::new(in_parts(&test, &VALIDATION), 0.4).expect("an α"),
    );
    for size in [2, 8] {
        let folder = Folder::new(&format!("mixup-{size}"));
        let made = together(size, PATIENCE, |rank, ranks| {
            let (train, test) = own_files(&folder.0, rank, size);
            train_on(trainer().ranks(ranks), &mixed(train), &mixed(test))
        });
        assert!(made.iter().all(|made| *made == alone), "{size} ranks");
    }
}

/// Digits whose classes are others in each epoch, which only what is gathered says.
struct Moved(Images);

impl Source<[f32; 784], Class<10>> for Moved {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn target(&self, row: u32) -> Class<10> {
        self.0.targets()[row as usize]
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [[f32; 784]], y: &mut [Class<10>]) {
        self.0.gather(rows, key, x, y);
        let by = key.below(0, 10) as usize;
        for y in y {
            *y = Class::new((y.index() + by) % 10).expect("a class");
        }
    }
}

/// Metrics on several ranks are told of such targets by `gathered_targets` alone, and the loss by what is gathered.
#[test]
fn a_loss_compares_with_what_was_gathered() {
    let data = Moved(digits().0);
    let made = |mut trainer: Of<Mlp>| {
        trainer.fit(&data).expect("training");
        Made::by(&trainer).weights
    };
    let trainer = || of_digits::<Mlp>().epochs(3).metric(TopK::<3>::new());
    let alone = made(trainer());
    for ahead in [false, true] {
        let all = together(2, PATIENCE, |_, ranks| {
            let trainer = trainer().ranks(ranks);
            made(if ahead { trainer.gather_ahead() } else { trainer })
        });
        assert!(all.iter().all(|made| *made == alone), "ahead: {ahead}");
    }
}
