//! A caller's pointers and lengths: slices of samples, or what is wrong with them.

use std::slice;

use typednet::layers::{Layer, Network};
use typednet::prelude::{Flat, Sample};
use typednet::tensor::{rows, rows_mut};

use crate::border::{Failure, call, look_at};
use crate::{Handle, Status};

/// The output for one sample.
///
/// # Safety
/// As for [`predict_many`].
pub unsafe fn predict<M>(handle: *const Handle<M>, x: *const f32, x_len: usize, y: *mut f32, y_len: usize) -> Status
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    call(|| {
        // SAFETY: by contract.
        let (model, x, y) = unsafe { borrow::<M>(handle, (x, x_len), (y, y_len), Some(1))? };
        model.predict_to(&x[0], &mut y[0]);
        Ok(())
    })
}

/// The outputs for as many samples as there are.
///
/// # Safety
/// `handle` is null or a model that is not freed while this runs. `x` is null or points to `x_len` floats that nothing changes
/// meanwhile; `y` is null or points to `y_len` floats that nothing else reads or writes meanwhile.
pub unsafe fn predict_many<M>(
    handle: *const Handle<M>,
    x: *const f32,
    x_len: usize,
    y: *mut f32,
    y_len: usize,
) -> Status
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    call(|| {
        // SAFETY: by contract.
        let (model, x, y) = unsafe { borrow::<M>(handle, (x, x_len), (y, y_len), None)? };
        y.copy_from_slice(&model.predict_many(x));
        Ok(())
    })
}

/// A model with its inputs and a place for its outputs.
type Borrowed<'a, M> = (&'a M, &'a [<M as Layer>::In], &'a mut [<M as Layer>::Out]);

/// What a caller has handed over, if it fits.
///
/// # Safety
/// As for [`predict_many`], as long as `'a`.
unsafe fn borrow<'a, M>(
    handle: *const Handle<M>,
    (x, x_len): (*const f32, usize),
    (y, y_len): (*mut f32, usize),
    count: Option<usize>,
) -> Result<Borrowed<'a, M>, Failure>
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    look_at("model", handle)?;
    // SAFETY: it is neither null nor misaligned, so by contract it is a model.
    let model = unsafe { &*handle }.model();
    let rows_of = |name, len: usize, of: usize| match count {
        Some(1) if len != of => Err(format!("one {name} of the network has {of} floats, but {len} were handed over")),
        _ if len.is_multiple_of(of) => Ok(len / of),
        _ => Err(format!("{len} floats are no whole number of {name}s, which have {of} each")),
    };
    let (inputs, outputs) = match (rows_of("input", x_len, M::In::LEN), rows_of("output", y_len, M::Out::LEN)) {
        (Ok(inputs), Ok(outputs)) => (inputs, outputs),
        (Err(text), _) | (_, Err(text)) => return Err(Failure::new(Status::WrongLength, text)),
    };
    if inputs != outputs {
        let text = format!("there are {inputs} inputs, but places for {outputs} outputs");
        return Err(Failure::new(Status::WrongLength, text));
    }
    if inputs == 0 {
        return Ok((model, &[], &mut []));
    }
    look_at("inputs", x)?;
    look_at("outputs", y)?;
    // In bytes, so that lengths which no memory has are seen too.
    let end = |at: *const f32, len: usize| len.checked_mul(size_of::<f32>())?.checked_add(at.addr());
    let too_long = || Failure::new(Status::WrongLength, "the floats reach beyond the end of all memory");
    let x_end = end(x, x_len).ok_or_else(too_long)?;
    let y_end = end(y, y_len).ok_or_else(too_long)?;
    if isize::try_from(x_end - x.addr()).is_err() || isize::try_from(y_end - y.addr()).is_err() {
        return Err(too_long());
    }
    if x.addr() < y_end && y.addr() < x_end {
        return Err(Failure::new(Status::Overlap, format!("the outputs at {y:p} lie where the inputs at {x:p} are")));
    }
    // SAFETY: neither null nor misaligned, of a length that memory can have, and of as many floats by contract, which nothing
    // writes meanwhile.
    let x = unsafe { slice::from_raw_parts(x, x_len) };
    // What comes fresh from an allocator holds no numbers yet, and may not be lent as such.
    // SAFETY: as above, apart from `x`, and by contract nothing else reads or writes them meanwhile.
    unsafe { y.write_bytes(0, y_len) };
    // SAFETY: as above, and they are numbers.
    let y = unsafe { slice::from_raw_parts_mut(y, y_len) };
    Ok((model, rows(x), rows_mut(y)))
}

#[cfg(test)]
mod tests {
    use typednet::prelude::*;

    use super::*;

    network! { struct Xor: 2 => Dense<8, Tanh> => Dense<1, Sigmoid> -> 1 }

    #[test]
    fn places_for_outputs_are_numbers_before_they_are_lent() {
        let model: &'static Model<Xor> = Box::leak(Box::new(Xor::seeded(0)));
        let (handle, x) = (Handle::<Xor>::builtin(model), [0.5_f32; 6]);
        let mut y: Vec<f32> = Vec::with_capacity(3);
        // As an allocator may leave them.
        y.spare_capacity_mut().fill(std::mem::MaybeUninit::new(f32::NAN));
        // SAFETY: a model, 6 inputs, and places for 3 outputs, which nothing else uses.
        let lent = unsafe { borrow::<Xor>(&raw const handle, (x.as_ptr(), 6), (y.as_mut_ptr(), 3), None) };
        let (_, x, y) = lent.expect("all of it fits");
        assert_eq!((x, &*y), ([[0.5; 2]; 3].as_slice(), [[0.0]; 3].as_slice()));
    }
}
