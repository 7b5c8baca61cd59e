//! Layers that a file has written out in operators of arithmetic, found where the last of them joins two ways.

use typednet_layers::{Function, Operation};

use super::links::{Links, Param, Piece, Step};

/// The longest way that is a part of one layer.
const LONGEST: usize = 8;

/// How two arrays are put together, element by element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sum {
    Add,
    Sub,
    Mul,
    Div,
}

/// Why steps within parts are not turned: `Reverse` turns the outermost axis.
pub(super) const TURNED_PARTS: &str =
    "it goes from the last step to the first within parts of a sample, and the layer here turns the parts";

/// Whether numbers are the same but for the rounding of 32 bits.
pub(super) fn is_near(x: f64, y: f64) -> bool {
    (x - y).abs() <= 1e-6 * x.abs().max(y.abs())
}

fn times(step: &Step, c: f64) -> bool {
    matches!(step, Step::Piece(Piece::Times(x)) if is_near(*x, c))
}

fn plus(step: &Step, c: f64) -> bool {
    matches!(step, Step::Piece(Piece::Plus(x)) if is_near(*x, c))
}

fn is(step: &Step, piece: &Piece) -> bool {
    matches!(step, Step::Piece(found) if found == piece)
}

fn activation(step: &Step) -> Option<Function> {
    match step {
        Step::Layer { operation: Operation::OfIdentity, function, .. } => Some(*function),
        _ => None,
    }
}

/// A layer without parameters.
pub(super) fn function(function: Function) -> Step {
    Step::Layer { operation: Operation::OfIdentity, function, params: Vec::new() }
}

/// The number that is added to the mean of squares, where the way divides by the root of both.
fn divisor(way: &[&Step], inverse: bool) -> Option<f64> {
    let [square, mean, Step::Piece(Piece::Plus(epsilon)), root, rest @ ..] = way else { return None };
    let is_divisor = is(square, &Piece::Square) && is(mean, &Piece::Mean) && is(root, &Piece::Root);
    let fits = match rest {
        [] => !inverse,
        [step] => inverse && is(step, &Piece::Inverse),
        _ => false,
    };
    (is_divisor && fits).then_some(*epsilon)
}

/// What was found: the link behind which it stands, and what it is.
pub(super) type Found = (usize, Step);

/// The layer, or the piece of one, that two ways give together.
pub(super) fn joined(links: &Links, sum: Sum, [a, b]: [usize; 2]) -> Result<Option<Found>, String> {
    let common = links.common(a, b);
    let (Some(x), Some(y)) = (links.way(common, a, LONGEST), links.way(common, b, LONGEST)) else { return Ok(None) };
    let found = match sum {
        Sum::Sub if x.is_empty() && y.len() == 1 && is(y[0], &Piece::Mean) => Step::Piece(Piece::Centred),
        Sum::Sub if is_turned(&x, 0, false) && is_turned(&y, 1, true) => Step::Piece(Piece::TurnedHalf(0)),
        Sum::Div if x.is_empty() => return divided(links, common, &y, false),
        Sum::Add => match (&x[..], &y[..]) {
            ([], [cube, factor]) | ([cube, factor], []) if is(cube, &Piece::Cube) && times(factor, 0.044_715) => {
                Step::Piece(Piece::Cubic)
            }
            (b, a) if is_turned(b, 1, false) && is_turned(a, 0, true) => Step::Piece(Piece::TurnedHalf(1)),
            _ => return Ok(None),
        },
        Sum::Mul => match (&x[..], &y[..]) {
            ([], []) => Step::Piece(Piece::Square),
            ([], way) | (way, []) => match product(way) {
                Some(step) => step,
                None => return divided(links, common, way, true),
            },
            ([half], way) | (way, [half]) if times(half, 0.5) => match product(way) {
                Some(Step::Piece(Piece::TwiceGelu)) => function(Function::OfGelu),
                Some(Step::Piece(Piece::TwiceGeluTanh)) => function(Function::OfGeluTanh),
                _ => return Ok(None),
            },
            _ => match [gate(links, common, [a, b]), gate(links, common, [b, a])] {
                [Some(step), _] | [_, Some(step)] => step,
                _ => return Ok(None),
            },
        },
        _ => return Ok(None),
    };
    Ok(Some((common, found)))
}

/// A half of the columns times its cosines or sines.
fn is_turned(way: &[&Step], half: usize, sine: bool) -> bool {
    matches!(way, [first, second] if is(first, &Piece::Half(half)) && is(second, &Piece::Wave { sine }))
}

/// What x times this way is.
fn product(way: &[&Step]) -> Option<Step> {
    let root = std::f64::consts::FRAC_1_SQRT_2;
    let twice = (2.0 / std::f64::consts::PI).sqrt();
    Some(match way {
        [step] if activation(step) == Some(Function::OfSigmoid) => function(Function::OfSilu),

        [square, factor, one] if is(square, &Piece::Square) && times(factor, 0.044_715) && plus(one, 1.0) => {
            Step::Piece(Piece::Cubic)
        }
        [square] if is(square, &Piece::Square) => Step::Piece(Piece::Cube),
        [step] if is(step, &Piece::HardSigmoid) => function(Function::OfHardSwish),
        [scale, erf, one] if times(scale, root) && is(erf, &Piece::Erf) && plus(one, 1.0) => {
            Step::Piece(Piece::TwiceGelu)
        }
        [minus, scale, erfc] if times(minus, -1.0) && times(scale, root) && is(erfc, &Piece::Erfc) => {
            Step::Piece(Piece::TwiceGelu)
        }
        [scale, erf, one, half] if times(scale, root) && is(erf, &Piece::Erf) && plus(one, 1.0) && times(half, 0.5) => {
            function(Function::OfGelu)
        }
        [cubic, scale, tanh, one]
            if is(cubic, &Piece::Cubic)
                && times(scale, twice)
                && activation(tanh) == Some(Function::OfTanh)
                && plus(one, 1.0) =>
        {
            Step::Piece(Piece::TwiceGeluTanh)
        }
        [cubic, scale, tanh, one, half]
            if is(cubic, &Piece::Cubic)
                && times(scale, twice)
                && activation(tanh) == Some(Function::OfTanh)
                && plus(one, 1.0)
                && times(half, 0.5) =>
        {
            function(Function::OfGeluTanh)
        }
        _ => return None,
    })
}

/// x by the root of the mean of its squares: a normalisation, whose factors come next.
fn divided(links: &Links, common: usize, way: &[&Step], inverse: bool) -> Result<Option<Found>, String> {
    let Some(epsilon) = divisor(way, inverse) else { return Ok(None) };
    let before = links.get(common);
    if before.sizes.last().is_some_and(|size| *size > MOST_FEATURES) {
        return Err(format!("it normalises more than {MOST_FEATURES} features"));
    }
    let size = before.sizes.last().copied().unwrap_or(1);
    let ones = |name, number| Param { name, sizes: vec![size], numbers: vec![number; size] };
    let is_centred = matches!(before.step, Step::Piece(Piece::Centred));
    let params = if is_centred { vec![ones("scale", 1.0), ones("bias", 0.0)] } else { vec![ones("scale", 1.0)] };
    check_epsilon(epsilon)?;
    let operation = if is_centred {
        Operation::OfLayerNorm { epsilon: EPSILON }
    } else {
        Operation::OfRmsNorm { epsilon: EPSILON }
    };
    let start = if is_centred { before.parent } else { common };
    Ok(Some((start, Step::Layer { operation, function: Function::OfLinear, params })))
}

/// The most features of a normalisation whose factors are not in the file.
pub(super) const MOST_FEATURES: usize = 1 << 16;

/// The ε of this library's normalisations.
pub(super) const EPSILON: f64 = 1e-5;

/// # Errors
/// If a normalisation of this library would give other numbers.
pub(super) fn check_epsilon(epsilon: f64) -> Result<(), String> {
    if is_near(epsilon, EPSILON) {
        return Ok(());
    }
    Err(format!("its epsilon is {epsilon:e}, and that of the layer here is {EPSILON:e}; train it with the latter"))
}

/// silu(x·W) and x·V, both without a bias.
fn gate(links: &Links, common: usize, [opens, raised]: [usize; 2]) -> Option<Step> {
    let ([gate, silu], [up]) = (&links.links(common, opens)[..], &links.links(common, raised)[..]) else { return None };
    let is_plain = |link: usize| links.dense(link).is_some_and(|params| params.len() == 1);
    let fits = is_plain(*gate) && is_plain(*up) && links.activation(*silu) == Some(Function::OfSilu);
    fits.then_some(Step::Piece(Piece::Gate([*gate, *up])))
}
