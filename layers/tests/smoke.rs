//! A first network.
#![allow(missing_docs)]
use typednet_layers::{loss::CrossEntropy, *};
use typednet_tensor::*;
type Net = Chain<Dense<2, 8, Relu, f64>, Chain<Dense<8, 5, Sigmoid, f64>, Dense<5, 3, Softmax, f64>>>;
#[test]
fn gradient() {
    let mut net = Net::seeded(1);
    let x = [[0.5, -0.3], [0.1, 0.9], [-0.4, 0.2]];
    let t = [Class::<3>::new(0).unwrap(), Class::new(2).unwrap(), Class::new(1).unwrap()];
    let mut grad = Net::zeroed();
    let mut memory = vec![0.0; pass::training_need::<Net>().of(3)];
    let run = Run::new(Key::new(0));
    let _ = pass::gradient(&*net, &CrossEntropy, &x, &t, &mut *grad, &mut memory, run);
    let mut other = Net::zeroed();
    for i in 0..Net::LEN {
        let old = net.as_flat()[i];
        let mut f = |d: f64, net: &mut Net| {
            net.as_flat_mut()[i] = old + d;
            let mut m2 = vec![0.0; pass::training_need::<Net>().of(3)];
            pass::gradient(net, &CrossEntropy, &x, &t, &mut *other, &mut m2, run).0
        };
        let num = (f(1e-6, &mut net) - f(-1e-6, &mut net)) / 2e-6;
        net.as_flat_mut()[i] = old;
        assert!((num - grad.as_flat()[i]).abs() < 1e-7, "{i} {num} {}", grad.as_flat()[i]);
    }
    println!("{} {:?}", Net::PARAMS, net.predict(&x[0]));
}
