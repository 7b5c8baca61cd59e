//! Every loss gives the same bits on any number of threads, and goes to them where there is enough to do.

use std::any::type_name;
use std::sync::LazyLock;

use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Hinge, Huber, KullbackLeibler,
    LossFor, Masked, PerStep, SoftCrossEntropy, SquaredError, SquaredHinge, WeightedCrossEntropy,
};
use typednet_layers::{Linear, Sigmoid, Softmax};
use typednet_tensor::{Class, Key, Parallel, Sample, bytes_mut, flat_mut, zeroed_samples};

use super::threads::Threads;

/// The classes, so many that a row is no whole number of vectors and the elements of all rows are no whole number of pieces.
const N: usize = 77;

type Row = [f32; N];

/// Both sums and the gradient, as bits.
type Bits = ([u64; 2], Vec<u8>);

/// The most rows of outputs, each of which may be two rows of `N`.
const MOST: usize = 9001;

/// The outputs, drawn once for all losses.
static OUTPUTS: LazyLock<Vec<f32>> =
    LazyLock::new(|| (0..2 * MOST * N).map(|place| Key::new(1).normal(place as u64)).collect());

/// For each row numbers of which many are neither 0 nor 1.
static NUMBERS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |row: usize| std::array::from_fn(|i| Key::new(2).child(row as u64).uniform(i as u64));
    (0..MOST).map(row).collect()
});

fn bits<Head, Out: Sample<Elem = f32>, L: LossFor<Head, Out>>(
    loss: &L,
    (y, targets): (&[Out], &[L::Target]),
    dy: &mut [Out],
    parallel: Parallel<'_>,
) -> Bits {
    flat_mut(dy).fill(f32::NAN);
    let sums = [loss.value(y, targets, parallel), loss.gradient(y, targets, dy, parallel)];
    (sums.map(f64::to_bits), bytes_mut(flat_mut(dy)).to_vec())
}

fn check<Head, Out: Sample<Elem = f32>, L: LossFor<Head, Out>>(loss: &L, target: impl Fn(usize) -> L::Target) {
    // Too few for a thread, enough, and so many that their numbers are added up in several rounds.
    for rows in [1, 700, MOST] {
        let (mut y, mut dy) = (zeroed_samples::<Out>(rows), zeroed_samples::<Out>(rows));
        let outputs = flat_mut(&mut y);
        outputs.copy_from_slice(&OUTPUTS[..outputs.len()]);
        let targets: Vec<L::Target> = (0..rows).map(&target).collect();
        let serial = bits(loss, (&y, &targets), &mut dy, Parallel::SERIAL);
        for threads in [2, 3, 7] {
            let pool = Threads::new(threads);
            let name = format!("{} of {rows} rows on {threads} threads", type_name::<L>());
            let cuts = pool.cuts(|| {
                let found = bits(loss, (&y, &targets), &mut dy, Parallel::on(&pool));
                assert!(
                    found == serial,
                    "{name}: {:?}, not {:?}",
                    found.0.map(f64::from_bits),
                    serial.0.map(f64::from_bits)
                );
            });
            let least = if rows == 1 { 0 } else { 2 };
            assert!(cuts >= least && (rows > 1 || cuts == 0), "{name}: work was cut {cuts} times");
        }
    }
}

fn numbers(row: usize) -> Row {
    NUMBERS[row]
}

/// Probabilities that add up to 1, of which some are 0.
fn probabilities(row: usize) -> Row {
    let numbers = numbers(row).map(|x| if x < 0.25 { 0.0 } else { x });
    let sum: f32 = numbers.iter().sum();
    numbers.map(|x| x / sum)
}

fn class(row: usize) -> Class<N> {
    Class::new(row * 31 % N).expect("a class")
}

#[test]
fn losses_of_elements() {
    check::<Linear, Row, _>(&SquaredError::Mean, numbers);
    check::<Linear, Row, _>(&AbsoluteError, numbers);
    check::<Linear, Row, _>(&Huber::default(), numbers);
    check::<Sigmoid, Row, _>(&BinaryCrossEntropy, numbers);
    check::<Linear, Row, _>(&BinaryCrossEntropyWithLogits, numbers);
}

#[test]
fn losses_of_rows() {
    check::<Softmax, Row, _>(&CrossEntropy, class);
    check::<Softmax, Row, _>(&WeightedCrossEntropy::<N>::smoothed(0.1), class);
    check::<Softmax, Row, _>(&SoftCrossEntropy, probabilities);
    check::<Softmax, Row, _>(&KullbackLeibler, probabilities);
    check::<Linear, Row, _>(&Hinge, class);
    check::<Linear, Row, _>(&SquaredHinge, class);
}

#[test]
fn losses_of_steps_and_of_what_counts() {
    let some = |row: usize| (!row.is_multiple_of(3)).then(|| class(row));
    check::<Softmax, Row, _>(&Masked(CrossEntropy), some);
    check::<Softmax, [Row; 2], _>(&PerStep(CrossEntropy), |row| [class(row), class(row + 1)]);
    check::<Softmax, [Row; 2], _>(&PerStep(Masked(CrossEntropy)), |row| [some(row), some(row + 1)]);
    check::<Linear, Row, _>(&Masked(SquaredError::Half), |row| some(row).map(|_| numbers(row)));
}
