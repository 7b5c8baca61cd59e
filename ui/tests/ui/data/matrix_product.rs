// says: mismatched types
use typednet::prelude::*;

fn main() {
    let a = Tensor::from([[1.0_f32; 128]; 4]);
    let b = Tensor::from([[1.0_f32; 10]; 64]);
    println!("{}", a.matmul(b));
}
