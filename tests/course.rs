//! The examples of the course come out as `course.md` says: each one's claim, without its texts and pictures.
#![allow(missing_docs, reason = "a test")]

macro_rules! example {
    ($($name:ident $path:literal;)*) => {$(
        #[allow(dead_code, unreachable_pub, reason = "a program of its own, of which the tests use parts")]
        #[path = $path]
        mod $name;
    )*};
}

example! {
    gradient_descent "../examples/gradient_descent.rs";
}

#[test]
fn section_6_gradient_descent_at_four_rates() {
    let data = gradient_descent::data().expect("pairs");
    let path = |(rate, _)| gradient_descent::path(&data, rate, data.len(), 15).expect("finite");
    gradient_descent::check_rates(&gradient_descent::RATES.map(path));
}

#[test]
fn section_6_fewer_samples_in_a_step() {
    let data = gradient_descent::data().expect("pairs");
    gradient_descent::check_batches(&data, &gradient_descent::batches(&data).expect("finite"));
}
