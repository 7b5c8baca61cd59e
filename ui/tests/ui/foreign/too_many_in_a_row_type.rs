// says: layer `l7: Scale`: as a type a network has at most 6 layers in a row whose sizes only rustc knows
use typednet::prelude::*;
use typednet_foreign::Scale;

type One = network!(8 => Scale);
type Wrong = network!(8 => Scale => Scale => Scale => Scale => Scale => Scale => Scale);

fn main() {
    println!("{}", One::PARAMS);
    let model = Wrong::seeded(0);
    let y = model.predict(&[0.0; 8]);
    println!("{} {} {:?}", Wrong::PARAMS, Wrong::summary(), y);
}
