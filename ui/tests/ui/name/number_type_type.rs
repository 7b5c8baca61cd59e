// says: expected `struct i32: …`, or a number type, `f32` or `f64`, before the colon
use typednet::prelude::*;

type Wrong = network!(i32: 784 => Dense<10>);

fn main() {
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
