//! A caller's pointers and lengths: slices of samples, or what is wrong with them.

use std::slice;

use typednet::layers::{Layer, Network};
use typednet::prelude::{Flat, Sample};
use typednet::tensor::{rows, rows_mut};

use crate::border::{Failure, call};
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
    // SAFETY: it is null or a model by contract.
    let handle = unsafe { handle.as_ref() }.ok_or_else(|| Failure::new(Status::NullPointer, "the model is null"))?;
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
        return Ok((handle.model(), &[], &mut []));
    }
    for (name, at) in [("inputs", x), ("outputs", y.cast_const())] {
        if at.is_null() {
            return Err(Failure::new(Status::NullPointer, format!("the pointer to the {name} is null")));
        }
        if !at.is_aligned() {
            let text = format!("the pointer to the {name}, {at:p}, is no multiple of {}", align_of::<f32>());
            return Err(Failure::new(Status::Misaligned, text));
        }
    }
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
    // SAFETY: as above, apart from `x`, and by contract nothing else reads or writes them meanwhile.
    let y = unsafe { slice::from_raw_parts_mut(y, y_len) };
    Ok((handle.model(), rows(x), rows_mut(y)))
}
