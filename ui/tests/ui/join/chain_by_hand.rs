// says: `Dense<64, 10, Softmax>` reads `[f32; 64]`, but the layer before it gives `[f32; 128]`
use typednet::layers::{Chain, Dense};
use typednet::prelude::{Network, Relu, Softmax};

type Net = Chain<Dense<784, 128, Relu>, Dense<64, 10, Softmax>>;

fn main() {
    let model = Net::seeded(0);
    let y = model.predict(&[0.0; 784]);
    println!("{:?} {}", y, model.hidden.weight[0][0]);
}
