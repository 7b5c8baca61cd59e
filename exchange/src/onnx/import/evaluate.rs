//! Nodes whose inputs are all known: what they give is known too. Exporters compute sizes, masks and weights of others in this way.

use super::file::{Attribute, MOST_AXES, Node};
use super::shapes::{
    Cut, allows_zero, axes, axis_of, broadcast, cuts, flat_sizes, parts, permutation, positive, reshape_sizes, shape,
    squeezed, unsqueezed,
};
use super::tensor::{Data, Element, Tensor, product};

/// How many numbers may still be computed while a file is read, so that a short file takes little memory.
#[derive(Debug)]
pub(super) struct Budget(pub(super) usize);

impl Budget {
    fn take(&mut self, sizes: &[usize]) -> Result<usize, String> {
        let len = product(sizes).filter(|len| *len <= self.0).ok_or_else(|| {
            format!("it computes an array of {sizes:?} from constants, which is more than the length of the file accounts for")
        })?;
        self.0 -= len;
        Ok(len)
    }
}

type Found<'a> = Result<Tensor<'a>, String>;

/// What a node gives for constants, of which there may be none; `None` where it is no such node.
pub(super) fn evaluate<'a>(
    node: &Node<'a>,
    inputs: &[Option<&Tensor<'a>>],
    budget: &mut Budget,
) -> Option<Result<Vec<Tensor<'a>>, String>> {
    if node.operator == "Split" {
        return Some(split(node, inputs, budget));
    }
    let one =
        |place: usize| inputs.get(place).copied().flatten().ok_or_else(|| format!("it has no input {}", place + 1));
    let found = match node.operator {
        "Constant" => constant(node),
        "Identity" | "Dropout" => one(0).cloned(),
        "Cast" => one(0).and_then(|x| cast(x, Element::of(node.integer("to", 1).cast_unsigned()), budget)),
        "CastLike" => one(0).and_then(|x| cast(x, one(1)?.element, budget)),
        "Reshape" => {
            one(0).and_then(|x| Ok(x.reshaped(reshape_sizes(&x.sizes, &one(1)?.integers(), allows_zero(node))?)))
        }
        "Flatten" => one(0).and_then(|x| Ok(x.reshaped(flat_sizes(&x.sizes, node.integer("axis", 1))?.to_vec()))),
        "Unsqueeze" => {
            one(0).and_then(|x| Ok(x.reshaped(unsqueezed(&x.sizes, &axes(node, inputs.get(1).copied().flatten()))?)))
        }
        "Squeeze" => {
            one(0).and_then(|x| Ok(x.reshaped(squeezed(&x.sizes, &axes(node, inputs.get(1).copied().flatten()))?)))
        }
        "Shape" => one(0).map(|x| shape(node, &x.sizes)),
        "Transpose" => one(0).and_then(|x| transpose(node, x, budget)),
        "Concat" => concat(node, inputs, budget),
        "Gather" => one(0).and_then(|x| gather(x, one(1)?, node.integer("axis", 0), budget)),
        "Slice" => one(0).and_then(|x| {
            let cuts = cuts(node, inputs, &x.sizes)?;
            sliced(x, &cuts, budget)
        }),
        "ConstantOfShape" => one(0).and_then(|sizes| filled(node, sizes)),
        "Expand" => one(0).and_then(|x| {
            let sizes = broadcast(&x.sizes, &positive(&one(1)?.integers())?)?;
            match x.uniform() {
                Some(number) => Ok(Tensor { sizes, element: x.element, data: Data::Fill(number) }),
                None => expanded(x, sizes, budget),
            }
        }),
        "Range" => range(inputs, budget),
        "Where" => one(0).and_then(|which| {
            let (yes, no) = (one(1)?, one(2)?);
            let sizes = broadcast(&broadcast(&which.sizes, &yes.sizes)?, &no.sizes)?;
            budget.take(&sizes)?;
            let picked = places(&which.sizes, &sizes)
                .zip(places(&yes.sizes, &sizes).zip(places(&no.sizes, &sizes)))
                .map(|(at, (a, b))| if which.get(at) == 0.0 { no.get(b) } else { yes.get(a) });
            Ok(Tensor::new(sizes.clone(), yes.element, picked.collect()))
        }),
        "Trilu" => one(0).and_then(|x| {
            let (upper, k) = (
                node.integer("upper", 1) != 0,
                inputs.get(1).copied().flatten().and_then(Tensor::single).unwrap_or(0.0),
            );
            let [.., _, columns] = x.sizes[..] else { return Err("it reads no matrix".to_owned()) };
            let rows = x.sizes[x.sizes.len() - 2];
            budget.take(&x.sizes)?;
            let kept = (0..x.len()).map(|at| {
                let (row, column) = (at / columns % rows, at % columns);
                let beyond = column as f64 - row as f64 - k;
                if (upper && beyond >= 0.0) || (!upper && beyond <= 0.0) { x.get(at) } else { 0.0 }
            });
            Ok(Tensor::new(x.sizes.clone(), x.element, kept.collect()))
        }),
        operator => {
            if let Some(function) = unary(operator) {
                one(0).and_then(|x| map(x, function, operator == "Not", budget))
            } else {
                let function = binary(operator, node.integer("fmod", 0) != 0)?;
                let count = inputs.len();
                if count == 2 || (count > 0 && ["Max", "Min", "Sum"].contains(&operator)) {
                    let first = one(0).cloned();
                    (1..count).fold(first, |all, place| zip(&all?, one(place)?, function, budget))
                } else {
                    Err(format!("it has {count} inputs, and there are functions of two"))
                }
            }
        }
    };
    Some(found.map(|found| vec![found]))
}

fn constant<'a>(node: &Node<'a>) -> Found<'a> {
    let of = |sizes: Vec<usize>, element, numbers: Vec<f64>| Tensor::new(sizes, element, numbers);
    for name in ["value", "value_float", "value_int", "value_floats", "value_ints"] {
        match node.attributes.get(name) {
            Some(Attribute::Tensor(tensor)) => return Ok(tensor.clone()),
            Some(Attribute::Number(number)) => return Ok(of(vec![], Element::F32, vec![*number])),
            Some(Attribute::Integer(number)) => return Ok(of(vec![], Element::I64, vec![*number as f64])),
            Some(Attribute::Numbers(numbers)) => return Ok(of(vec![numbers.len()], Element::F32, numbers.clone())),
            Some(Attribute::Integers(numbers)) => {
                return Ok(of(vec![numbers.len()], Element::I64, numbers.iter().map(|x| *x as f64).collect()));
            }
            _ => {}
        }
    }
    Err("it is a constant of another kind than numbers".to_owned())
}

fn cast<'a>(x: &Tensor<'a>, element: Element, budget: &mut Budget) -> Found<'a> {
    if element == x.element {
        return Ok(x.clone());
    }
    if let Data::Fill(number) = x.data {
        return Ok(Tensor { sizes: x.sizes.clone(), element, data: Data::Fill(element.round(number)) });
    }
    budget.take(&x.sizes)?;
    Ok(Tensor::new(x.sizes.clone(), element, x.numbers().iter().map(|x| element.round(*x)).collect()))
}

fn strides(sizes: &[usize]) -> Vec<usize> {
    let mut strides = vec![1_usize; sizes.len()];
    for axis in (1..sizes.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(sizes[axis]);
    }
    strides
}

/// The places of an array through which steps of these sizes and strides go.
fn walk(sizes: Vec<usize>, strides: Vec<i64>, start: i64) -> impl Iterator<Item = usize> {
    let len: usize = sizes.iter().product();
    (0..len).map(move |mut at| {
        let mut place = start;
        for (size, stride) in sizes.iter().zip(&strides).rev() {
            place += (at % size) as i64 * stride;
            at /= size;
        }
        place as usize
    })
}

/// Where each element of an array of `sizes` comes from, in one of sizes that fit.
fn places(from: &[usize], sizes: &[usize]) -> impl Iterator<Item = usize> + use<> {
    let missing = sizes.len() - from.len();
    let strides: Vec<i64> =
        (strides(from).iter().zip(from)).map(|(stride, size)| if *size == 1 { 0 } else { *stride as i64 }).collect();
    walk(sizes.to_vec(), [vec![0; missing], strides].concat(), 0)
}

fn expanded<'a>(x: &Tensor<'a>, sizes: Vec<usize>, budget: &mut Budget) -> Found<'a> {
    budget.take(&sizes)?;
    let numbers = places(&x.sizes, &sizes).map(|at| x.get(at)).collect();
    Ok(Tensor::new(sizes, x.element, numbers))
}

fn transpose<'a>(node: &Node<'_>, x: &Tensor<'a>, budget: &mut Budget) -> Found<'a> {
    let rank = x.sizes.len();
    let perm = permutation(node, rank)?;
    let sizes: Vec<usize> = perm.iter().map(|axis| x.sizes[*axis]).collect();
    if let Data::Fill(number) = x.data {
        return Ok(Tensor { sizes, element: x.element, data: Data::Fill(number) });
    }
    budget.take(&sizes)?;
    let strides = strides(&x.sizes);
    let strides = perm.iter().map(|axis| strides[*axis] as i64).collect();
    let numbers = walk(sizes.clone(), strides, 0).map(|at| x.get(at)).collect();
    Ok(Tensor::new(sizes, x.element, numbers))
}

fn concat<'a>(node: &Node<'_>, inputs: &[Option<&Tensor<'a>>], budget: &mut Budget) -> Found<'a> {
    let parts: Vec<&Tensor<'a>> = inputs.iter().copied().flatten().collect();
    let Some(first) = parts.first() else { return Err("it has no inputs".to_owned()) };
    let axis = axis_of(node.integer("axis", 0), first.sizes.len())?;
    let mut sizes = first.sizes.clone();
    sizes[axis] = 0;
    for part in &parts {
        let others = |sizes: &[usize]| {
            sizes.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, size)| *size).collect::<Vec<_>>()
        };
        if part.sizes.len() != sizes.len() || others(&part.sizes) != others(&sizes) {
            return Err("its inputs do not fit".to_owned());
        }
        sizes[axis] = sizes[axis].checked_add(part.sizes[axis]).ok_or("its inputs are too large")?;
    }
    if let Some(number) = first.uniform()
        && parts.iter().all(|part| part.uniform().is_some_and(|other| other.to_bits() == number.to_bits()))
    {
        return Ok(Tensor { sizes, element: first.element, data: Data::Fill(number) });
    }
    if budget.take(&sizes)? == 0 {
        return Ok(Tensor::new(sizes, first.element, Vec::new()));
    }
    let outer: usize = sizes[..axis].iter().product();
    let mut numbers = Vec::new();
    for row in 0..outer {
        for part in &parts {
            let len: usize = part.sizes[axis..].iter().product();
            numbers.extend((row * len..(row + 1) * len).map(|at| part.get(at)));
        }
    }
    Ok(Tensor::new(sizes, first.element, numbers))
}

fn gather<'a>(x: &Tensor<'a>, indices: &Tensor<'_>, axis: i64, budget: &mut Budget) -> Found<'a> {
    let axis = axis_of(axis, x.sizes.len())?;
    let (outer, inner) = (&x.sizes[..axis], &x.sizes[axis + 1..]);
    let sizes = [outer, &indices.sizes, inner].concat();
    // What is empty has no elements to count, whose axes alone can be more than any.
    if budget.take(&sizes)? == 0 {
        return Ok(Tensor::new(sizes, x.element, Vec::new()));
    }
    let [rows, len] = [outer, inner].map(|sizes| sizes.iter().product::<usize>());
    let picked: Vec<usize> =
        (0..indices.len()).map(|at| axis_of(indices.get(at) as i64, x.sizes[axis])).collect::<Result<_, _>>()?;
    let numbers = (0..rows).flat_map(|row| picked.iter().map(move |at| row * x.sizes[axis] + at));
    let numbers = numbers.flat_map(|at| (at * len..(at + 1) * len).map(|place| x.get(place))).collect();
    Ok(Tensor::new(sizes, x.element, numbers))
}

fn sliced<'a>(x: &Tensor<'a>, cuts: &[Cut], budget: &mut Budget) -> Found<'a> {
    let mut sizes = x.sizes.clone();
    for cut in cuts {
        sizes[cut.axis] = cut.len;
    }
    if let Data::Fill(number) = x.data {
        return Ok(Tensor { sizes, element: x.element, data: Data::Fill(number) });
    }
    let len = budget.take(&sizes)?;
    let mut start = 0_i64;
    let mut strides: Vec<i64> = strides(&x.sizes).iter().map(|stride| *stride as i64).collect();
    for cut in cuts {
        start = start.saturating_add((cut.start as i64).saturating_mul(strides[cut.axis]));
        strides[cut.axis] = strides[cut.axis].saturating_mul(if cut.len > 1 { cut.step } else { 1 });
    }
    debug_assert_eq!(product(&sizes), Some(len));
    let numbers = walk(sizes.clone(), strides, start).map(|at| x.get(at)).collect();
    Ok(Tensor::new(sizes, x.element, numbers))
}

fn split<'a>(node: &Node<'a>, inputs: &[Option<&Tensor<'a>>], budget: &mut Budget) -> Result<Vec<Tensor<'a>>, String> {
    let x = inputs.first().copied().flatten().ok_or("it has no input")?;
    let axis = axis_of(node.integer("axis", 0), x.sizes.len())?;
    let mut start = 0;
    let parts = parts(node, inputs.get(1).copied().flatten(), x.sizes[axis])?;
    let cut = |len: usize| {
        let cut = Cut { axis, start, len, step: 1 };
        start += len;
        sliced(x, &[cut], budget)
    };
    parts.into_iter().map(cut).collect()
}

fn filled<'a>(node: &Node<'_>, sizes: &Tensor<'_>) -> Found<'a> {
    let (number, element) = match node.attributes.get("value") {
        Some(Attribute::Tensor(tensor)) => (tensor.single().unwrap_or(0.0), tensor.element),
        _ => (0.0, Element::F32),
    };
    let sizes = positive(&sizes.integers())?;
    match product(&sizes) {
        Some(_) if sizes.len() <= MOST_AXES => Ok(Tensor { sizes, element, data: Data::Fill(number) }),
        _ => Err("it fills more than can be counted".to_owned()),
    }
}

fn range<'a>(inputs: &[Option<&Tensor<'a>>], budget: &mut Budget) -> Found<'a> {
    let number = |place: usize| inputs.get(place).copied().flatten().and_then(Tensor::single);
    let element = inputs.first().copied().flatten().map_or(Element::I64, |x| x.element);
    let (Some(start), Some(end), Some(step)) = (number(0), number(1), number(2)) else {
        return Err("its ends are no numbers".to_owned());
    };
    let len = ((end - start) / step).ceil().max(0.0);
    if !len.is_finite() {
        return Err("it has no end".to_owned());
    }
    let len = budget.take(&[len as usize])?;
    Ok(Tensor::new(vec![len], element, (0..len).map(|at| element.round(start + at as f64 * step)).collect()))
}

fn map<'a>(x: &Tensor<'a>, function: fn(f64) -> f64, is_bool: bool, budget: &mut Budget) -> Found<'a> {
    let element = if is_bool { Element::Bool } else { x.element };
    if let Data::Fill(number) = x.data {
        return Ok(Tensor { sizes: x.sizes.clone(), element, data: Data::Fill(element.round(function(number))) });
    }
    budget.take(&x.sizes)?;
    Ok(Tensor::new(x.sizes.clone(), element, x.numbers().iter().map(|x| element.round(function(*x))).collect()))
}

fn zip<'a>(x: &Tensor<'a>, y: &Tensor<'a>, (function, is_bool): Binary, budget: &mut Budget) -> Found<'a> {
    let sizes = broadcast(&x.sizes, &y.sizes)?;
    let element = if is_bool { Element::Bool } else { x.element };
    if let (Data::Fill(a), Data::Fill(b)) = (&x.data, &y.data) {
        return Ok(Tensor { sizes, element, data: Data::Fill(element.round(function(*a, *b))) });
    }
    budget.take(&sizes)?;
    let numbers = places(&x.sizes, &sizes).zip(places(&y.sizes, &sizes));
    let numbers = numbers.map(|(a, b)| element.round(function(x.get(a), y.get(b)))).collect();
    Ok(Tensor::new(sizes, element, numbers))
}

fn unary(operator: &str) -> Option<fn(f64) -> f64> {
    Some(match operator {
        "Neg" => |x| -x,
        "Sqrt" => f64::sqrt,
        "Reciprocal" => f64::recip,
        "Exp" => f64::exp,
        "Log" => f64::ln,
        "Floor" => f64::floor,
        "Ceil" => f64::ceil,
        "Abs" => f64::abs,
        "Sin" => f64::sin,
        "Cos" => f64::cos,
        "Not" => |x| f64::from(u8::from(x == 0.0)),
        _ => return None,
    })
}

/// A function of two numbers, and whether it says yes or no.
type Binary = (fn(f64, f64) -> f64, bool);

fn binary(operator: &str, is_fmod: bool) -> Option<Binary> {
    fn yes(is: bool) -> f64 {
        f64::from(u8::from(is))
    }
    Some(match operator {
        "Add" => (|a, b| a + b, false),
        "Sub" => (|a, b| a - b, false),
        "Mul" => (|a, b| a * b, false),
        // Whole numbers are cut off towards 0 by their type.
        "Div" => (|a, b| a / b, false),
        "Pow" => (f64::powf, false),
        "Sum" => (|a, b| a + b, false),
        // With the sign of the dividend, or of the divisor.
        "Mod" if is_fmod => (|a, b| a % b, false),
        "Mod" => (|a, b| a - b * (a / b).floor(), false),
        "Min" => (|a, b| if a <= b || a.is_nan() { a } else { b }, false),
        "Max" => (|a, b| if a >= b || a.is_nan() { a } else { b }, false),
        "Equal" => (|a, b| yes(a == b), true),
        "Less" => (|a, b| yes(a < b), true),
        "LessOrEqual" => (|a, b| yes(a <= b), true),
        "Greater" => (|a, b| yes(a > b), true),
        "GreaterOrEqual" => (|a, b| yes(a >= b), true),
        "And" => (|a, b| yes(a != 0.0 && b != 0.0), true),
        "Or" => (|a, b| yes(a != 0.0 || b != 0.0), true),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 as a whole number, as what it is made like, and half of that.
    #[test]
    fn a_constant_becomes_what_it_is_made_like() {
        let whole = Tensor::new(vec![2], Element::I64, vec![3.0, -5.0]);
        for (like, halves) in [
            (Element::F32, [1.5, -2.5]),
            (Element::F16, [1.5, -2.5]),
            (Element::I32, [1.0, -2.0]),
            (Element::I64, [1.0, -2.0]),
        ] {
            let (like, two) = (Tensor::new(vec![], like, vec![9.0]), Tensor::new(vec![], like, vec![2.0]));
            let of = |operator, inputs: [&Tensor<'static>; 2]| {
                let node = Node { operator, ..Node::default() };
                let given = evaluate(&node, &inputs.map(Some), &mut Budget(100)).expect("a node of constants");
                given.expect("numbers").remove(0)
            };
            let made = of("CastLike", [&whole, &like]);
            assert_eq!((made.element, &*made.numbers()), (like.element, &[3.0, -5.0][..]));
            assert_eq!(*of("Div", [&made, &two]).numbers(), halves, "{:?}", like.element);
        }
    }
}
