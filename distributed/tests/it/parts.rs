//! Data of which each rank has the files of its own shards, and of no others.

use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};

use typednet::data::idx::Idx;
use typednet::data::{DataError, Dataset, InParts, OnDisk, Parts};
use typednet::prelude::*;
use typednet_distributed::Tcp;
use typednet_train::{Callback, CallbackResult, Checkpoints, Control, Data, RanksError, StepView, TopK, TrainError};

use crate::team::{Folder, Images, Made, Mlp, Of, PATIENCE, StopAfter, digits, together, trainer};

pub(crate) type Files = OnDisk<[u8; 784], Class<10>>;

/// Lengths of eight parts of the training digits. Shards have four rows of a batch: part 1 is used up in the seventh batch, part 0 in the tenth.
pub(crate) const LENGTHS: [usize; 8] = [40, 26, 33, 33, 30, 36, 33, 33];

/// And of the digits to validate with, batches of which are cut where a part ends.
pub(crate) const VALIDATION: [usize; 8] = [1, 9, 40, 1, 1, 8, 8, 8];

/// The file of a part in the folder of a rank.
fn file(folder: &Path, rank: usize, purpose: &str, part: usize) -> PathBuf {
    folder.join(format!("rank-{rank}")).join(format!("{purpose}-{part}"))
}

/// Writes the parts of rank `rank` of `size`, and no others.
fn write(folder: &Path, (rank, size): (usize, usize), purpose: &str, data: &Images, lengths: &[usize]) {
    let parts = Parts::of(lengths.iter().copied()).expect("parts");
    let own = rank * parts.count() / size..(rank + 1) * parts.count() / size;
    fs::create_dir_all(folder.join(format!("rank-{rank}"))).expect("a folder");
    for part in own {
        let rows = parts.rows(part);
        let samples = &data.samples()[rows.start as usize..rows.end as usize];
        fs::write(file(folder, rank, purpose, part), samples.as_flattened()).expect("room");
    }
}

/// All parts, of which those of other ranks are not there.
fn open(folder: &Path, rank: usize, purpose: &str, data: &Images, lengths: &[usize]) -> Files {
    let parts = Parts::of(lengths.iter().copied()).expect("parts");
    let targets = (0..parts.count()).map(|part| {
        let rows = parts.rows(part);
        let targets = data.targets()[rows.start as usize..rows.end as usize].to_vec();
        (file(folder, rank, purpose, part), targets)
    });
    OnDisk::record_parts(0, targets).expect("files")
}

/// The training and the validation digits of a rank.
pub(crate) fn own_files(folder: &Path, rank: usize, size: usize) -> (Files, Files) {
    let (train, test) = digits();
    write(folder, (rank, size), "train", &train, &LENGTHS);
    write(folder, (rank, size), "test", &test, &VALIDATION);
    (open(folder, rank, "train", &train, &LENGTHS), open(folder, rank, "test", &test, &VALIDATION))
}

/// Whole data, cut into parts of these lengths.
pub(crate) fn in_parts(data: &Images, lengths: &[usize]) -> InParts<Images> {
    InParts::new(data.clone(), Parts::of(lengths.iter().copied()).expect("parts"))
}

type Images784<'a> = &'a dyn Data<[f32; 784], Class<10>>;

fn train_on(mut trainer: Of<Mlp>, train: Images784<'_>, test: Images784<'_>) -> Made {
    trainer.fit_validated(train, test).expect("training");
    Made::by(&trainer)
}

fn until(step: u64) -> Of<Mlp> {
    trainer::<Mlp>().callback(StopAfter(step))
}

/// One training, from memory on one process and from files on several, each of which has its own only.
#[test]
fn each_rank_has_the_files_of_its_own_shards_and_the_weights_are_those_of_one_process() {
    let (train, test) = digits();
    let (whole, validation) = (in_parts(&train, &LENGTHS), in_parts(&test, &VALIDATION));
    let alone = train_on(until(50), &whole, &validation);
    assert_eq!(alone.steps, 50);
    assert!(alone != train_on(until(50), &train, &validation), "parts have an order of their own");
    assert!(alone == train_on(until(50).threads(2).gather_ahead(), &whole, &validation));
    for (size, threads) in [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1), (8, 2)] {
        let folder = Folder::new(&format!("parts-{size}-{threads}"));
        let made = together(size, PATIENCE, |rank, ranks| {
            let (train, test) = own_files(&folder.0, rank, size);
            let trainer = until(50).ranks(ranks).threads(threads);
            train_on(if threads == 2 { trainer.gather_ahead() } else { trainer }, &train, &test)
        });
        for (rank, made) in made.iter().enumerate() {
            assert!(*made == alone, "rank {rank} of {size} with {threads} threads");
        }
    }
}

/// In the third epoch, where batches have become smaller and the place is no multiple of the batch size.
#[test]
fn parts_go_on_within_an_epoch_on_another_number_of_ranks() {
    let (train, test) = digits();
    let alone = train_on(until(50), &in_parts(&train, &LENGTHS), &in_parts(&test, &VALIDATION));
    for (first, then) in [(2, 4), (8, 1), (1, 2)] {
        let folder = Folder::new(&format!("parts-resume-{first}-{then}"));
        let made = |size: usize, step: u64| {
            together(size, PATIENCE, |rank, ranks| {
                _ = fs::remove_dir_all(folder.0.join(format!("rank-{rank}")));
                let (train, test) = own_files(&folder.0, rank, size);
                let kept = Checkpoints::new(folder.0.join("runs")).every_steps(9).resume();
                train_on(until(step).ranks(ranks).checkpoints(kept), &train, &test)
            })
        };
        assert!(made(first, 28).iter().all(|made| made.steps == 28));
        assert!(made(then, 50).iter().all(|made| *made == alone), "{first} ranks, and then {then}");
    }
}

/// Metrics see all outputs and targets, of whole data to validate with and of such in parts.
#[test]
fn metrics_over_parts_are_those_of_one_process() {
    let (train, test) = digits();
    let measured = || until(20).metric(TopK::<3>::new());
    for whole in [true, false] {
        let validation = in_parts(&test, &VALIDATION);
        let validation: Images784<'_> = if whole { &test } else { &validation };
        let alone = train_on(measured(), &in_parts(&train, &LENGTHS), validation);
        for size in [2, 8] {
            let folder = Folder::new(&format!("parts-metrics-{size}-{whole}"));
            let made = together(size, PATIENCE, |rank, ranks| {
                let (train, files) = own_files(&folder.0, rank, size);
                train_on(measured().ranks(ranks), &train, if whole { &test } else { &files })
            });
            assert!(made.iter().all(|made| *made == alone), "{size} ranks");
        }
    }
}

/// What each of four ranks says of a training that cannot be.
fn errors(
    name: &str,
    change: impl Fn(usize, &Path) + Sync,
    of: impl Fn(usize, Of<Mlp>) -> Of<Mlp> + Sync,
) -> Vec<TrainError> {
    let folder = Folder::new(name);
    together(4, PATIENCE, |rank, ranks| {
        let (train, test) = own_files(&folder.0, rank, 4);
        change(rank, &folder.0);
        let error = of(rank, trainer().ranks(ranks)).fit_validated(&train, &test);
        error.expect_err("they cannot train together")
    })
}

/// Rank `of` has found that its part `part` cannot be read, and all others are told so.
fn all_know(all: &[TrainError], of: usize, part: usize, reason: &str) {
    let TrainError::Part { part: found, path: Some(path), message } = &all[of] else { panic!("{all:?}") };
    assert!(*found == part && path.ends_with(format!("rank-{of}/train-{part}")), "{}", path.display());
    let expected =
        format!("part {part} of 8, from which shard {part} draws, cannot be read here: {}: ", path.display());
    assert!(message.starts_with(&expected) && message.contains(reason), "{message}");
    for (rank, error) in all.iter().enumerate().filter(|(rank, _)| *rank != of) {
        let TrainError::Ranks { error: RanksError::Lost { rank: lost, reason }, .. } = error else { panic!("{error}") };
        assert!(*lost == of && reason.ends_with(&message[..]), "rank {rank}: {reason}");
    }
}

#[test]
fn a_part_of_ones_own_shard_that_is_missing_is_an_error_on_all() {
    let remove = |rank: usize, folder: &Path| {
        if rank == 1 {
            fs::remove_file(file(folder, 1, "train", 3)).expect("it was there");
        }
    };
    all_know(&errors("parts-missing", remove, |_, trainer| trainer), 1, 3, "cannot read: ");
}

#[test]
fn a_part_of_another_length_is_an_error_on_all() {
    let cut = |rank: usize, folder: &Path| {
        if rank == 2 {
            File::options()
                .write(true)
                .open(file(folder, 2, "train", 4))
                .and_then(|file| file.set_len(784))
                .expect("a file");
        }
    };
    let reason = "expected 23520 bytes of samples, one sample for each target, found 784";
    all_know(&errors("parts-short", cut, |_, trainer| trainer), 2, 4, reason);
}

/// Cuts a file after a step.
struct Cut(PathBuf);

impl<M: Layer> Callback<M> for Cut {
    fn every_steps(&self) -> u64 {
        5
    }

    fn after_step(&mut self, _: &StepView<'_, M>) -> CallbackResult {
        File::options().write(true).open(&self.0)?.set_len(1000)?;
        Ok(Control::Continue)
    }
}

#[test]
fn a_part_that_changes_while_it_is_read_ends_all() {
    let folder = Folder::new("parts-cut");
    let all = together(2, PATIENCE, |rank, ranks| {
        let train = own_files(&folder.0, rank, 2).0;
        // Rank 0 calls it, and rank 1 reads the file.
        let mut trainer = trainer::<Mlp>().callback(Cut(file(&folder.0, 1, "train", 6))).ranks(ranks);
        let error = trainer.fit(&train).expect_err("the file was cut");
        (error, trainer.steps())
    });
    assert!(all.iter().all(|(_, steps)| *steps == 5), "{all:?}");
    let all: Vec<TrainError> = all.into_iter().map(|(error, _)| error).collect();
    all_know(&all, 1, 6, "was written to, cut or replaced since it was opened");
}

/// What a rank does alone with all data needs all of them, and says which part is not there.
#[test]
fn measuring_parts_of_other_ranks_is_an_error_in_words() {
    let folder = Folder::new("parts-others");
    let said = together(2, PATIENCE, |rank, ranks| {
        let train = own_files(&folder.0, rank, 2).0;
        let mut trainer = until(1).ranks(ranks);
        trainer.fit(&train).expect("training");
        let error = trainer.evaluate(&train).expect_err("the other rank's parts are not here");
        let TrainError::Part { part, .. } = &error else { panic!("{error}") };
        assert_eq!(*part, [4, 0][rank]);
        error.to_string()
    });
    let expected =
        "; a process needs the parts of its own shards, and all of them only to measure or look at all data by itself";
    assert!(said.iter().all(|said| said.ends_with(expected)), "{said:?}");
}

#[test]
fn ranks_with_other_parts_are_named_on_all() {
    let (train, _) = digits();
    let says = |other: &(dyn Fn(Images) -> InParts<Images> + Sync)| {
        let all = together(4, PATIENCE, |rank, ranks| {
            let data = if rank >= 2 { other(train.clone()) } else { in_parts(&train, &LENGTHS) };
            trainer::<Mlp>().ranks(ranks).fit(&data).expect_err("they cannot train together")
        });
        assert!(all.iter().all(|error| *error == all[0]), "{all:?}");
        assert!(matches!(all[0], TrainError::Ranks { error: RanksError::Differ { rank: 2, .. }, checkpoint: None }));
        let said = all[0].to_string();
        assert!(said.contains("; training data is 264 samples in 8 parts of mark "), "{said}");
    };
    // Other lengths, with the same samples and targets; and another target of a part that neither rank 0 nor rank 2 reads.
    says(&|data| in_parts(&data, &[40, 26, 33, 33, 30, 36, 32, 34]));
    says(&|data| {
        let (samples, mut targets) = (data.samples().to_vec(), data.targets().to_vec());
        targets.swap(70, 73);
        assert!(targets[70] != targets[73]);
        in_parts(&Dataset::new(samples, targets).expect("data"), &LENGTHS)
    });
}

/// Whole data here and data in parts there.
#[test]
fn whole_data_are_not_data_in_parts() {
    let (train, _) = digits();
    let all = together(2, PATIENCE, |rank, ranks| {
        let parts = in_parts(&train, &LENGTHS);
        let data: Images784<'_> = if rank == 0 { &train } else { &parts };
        trainer::<Mlp>().ranks(ranks).fit(data).expect_err("they cannot train together").to_string()
    });
    let expected = "; training data is 264 samples of mark ";
    assert!(all[0] == all[1] && all[0].contains(expected) && all[0].contains(" and 264 samples in 8 parts"), "{all:?}");
}

#[test]
fn as_many_parts_as_shards_are_wanted_on_any_number_of_ranks() {
    let (train, test) = digits();
    let says = |shards: usize, lengths: &[usize]| {
        let data = in_parts(&train, lengths);
        trainer::<Mlp>().shards(shards).fit(&data).expect_err("no part for each shard").to_string()
    };
    assert_eq!(
        says(4, &LENGTHS),
        "each shard of a batch draws from a part of its own, but there are 4 shards and 8 parts of the training data; call \
         `Trainer::shards(8)`, or cut the data into as many parts as shards"
    );
    assert_eq!(
        says(4, &[100, 100, 64]),
        "each shard of a batch draws from a part of its own, but there are 4 shards and 3 parts of the training data; cut the data \
         into as many parts as shards"
    );
    let validation = in_parts(&test, &[38, 38]);
    let said = trainer::<Mlp>().fit_validated(&train, &validation).expect_err("two parts").to_string();
    assert!(said.contains("8 shards and 2 parts of the validation data"), "{said}");
    let error = trainer::<Mlp>()
        .fit(&InParts::new(&train, Parts::even(200, 8).expect("parts")))
        .expect_err("64 rows are in no part");
    assert!(matches!(error, TrainError::PartRows { purpose: "training", rows: 264, parts: 200 }), "{error}");
    // A batch in one piece may be of data in one part.
    let one = in_parts(&train, &[264]);
    trainer::<Mlp>().shards(1).epochs(1).fit(&one).expect("training");
}

/// No rank but its own has seen it, and the checkpoint knows.
#[test]
fn a_part_that_is_another_one_when_a_training_goes_on_is_refused() {
    let folder = Folder::new("parts-changed");
    let fit = |pixel: u8| {
        together(2, PATIENCE, |rank, ranks| {
            let train = own_files(&folder.0, rank, 2).0;
            if rank == 1 {
                let path = file(&folder.0, 1, "train", 7);
                let mut bytes = fs::read(&path).expect("a file");
                bytes[400] = pixel;
                fs::write(path, bytes).expect("room");
            }
            let kept = Checkpoints::new(folder.0.join("runs")).every_steps(3).resume();
            until(4).ranks(ranks).checkpoints(kept).fit(&train).err()
        })
    };
    assert_eq!(fit(1), [None, None]);
    let all = fit(2);
    let runs = Checkpoints::runs(folder.0.join("runs")).expect("a folder");
    assert!(all.iter().all(Option::is_none) && runs.len() == 2, "other data are another run: {all:?}");
    // The one that is chosen by hand.
    let newest = Checkpoints::newest(folder.0.join("runs")).expect("a folder").expect("a checkpoint");
    let resumed = together(2, PATIENCE, |rank, ranks: Tcp| {
        let train = own_files(&folder.0, rank, 2).0;
        let mut trainer = until(9).ranks(ranks);
        if rank == 0 {
            trainer.resume(&newest).expect("a checkpoint");
        }
        trainer.fit(&train).expect_err("part 7 is another one").to_string()
    });
    for said in resumed {
        assert!(said.contains("the training was begun with 264 samples of mark "), "{said}");
    }
}

/// The bytes of an IDX file of these digits' pixels, and of one of their labels.
pub(crate) fn idx(data: &Images, rows: Range<u32>) -> [Vec<u8>; 2] {
    let rows = rows.start as usize..rows.end as usize;
    let count = (rows.len() as u32).to_be_bytes();
    let pixels = data.samples()[rows.clone()].as_flattened();
    let labels: Vec<u8> = data.targets()[rows].iter().map(|class| class.index() as u8).collect();
    let [of_pixels, of_labels]: [&[u8]; 2] = [&[0, 0, 8, 3], &[0, 0, 8, 1]];
    [[of_pixels, &count, &[0, 0, 0, 28, 0, 0, 0, 28], pixels].concat(), [of_labels, &count, &labels].concat()]
}

/// Files of a part each, of pixels and of labels.
#[test]
fn idx_files_of_parts_are_read_as_one_is() {
    let (train, _) = digits();
    let folder = Folder::new("parts-idx");
    fs::create_dir_all(&folder.0).expect("a folder");
    let parts = Parts::of(LENGTHS).expect("parts");
    let files = |part: usize| [format!("images-{part}"), format!("labels-{part}")].map(|name| folder.0.join(name));
    for part in 0..8 {
        for (path, bytes) in files(part).into_iter().zip(idx(&train, parts.rows(part))) {
            fs::write(path, bytes).expect("room");
        }
    }
    let open = || Files::idx_parts(Idx::new(), (0..8).map(files).map(<(PathBuf, PathBuf)>::from));
    let fit = |data: Images784<'_>| {
        let mut trainer: Of<Mlp> = until(12);
        trainer.fit(data).map(|_| Made::by(&trainer))
    };
    assert!(fit(&open().expect("files")) == fit(&in_parts(&train, &LENGTHS)));
    // Images of another part, with more rows than labels.
    fs::copy(&files(0)[0], &files(5)[0]).expect("a file");
    let error = fit(&open().expect("labels")).expect_err("40 images and 36 labels");
    assert!(
        matches!(error, TrainError::Part { part: 5, .. }) && error.to_string().contains("40 samples but 36 targets"),
        "{error}"
    );
    fs::remove_file(&files(5)[1]).expect("it was there");
    assert!(matches!(open().expect_err("no labels").cause(), DataError::Io(_)));
}
