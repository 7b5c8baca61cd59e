//! Networks that read tokens: alone, in rows and in arrays of rows, with sizes as constants and as parameters.

use typednet::layers::Embedding;
use typednet::prelude::*;

const VOCABULARY: usize = 65;
const STEPS: usize = 16;

network! {
    pub struct Letters: [Token<VOCABULARY>; STEPS] => Embedding<8> => Each<Dense<VOCABULARY, Softmax>> -> [STEPS, VOCABULARY]
}

network! { pub struct Alone: Token<7> => table: Embedding<3> => Dense<7, Softmax> -> 7 }

network! { pub struct Pages: [[Token<{ 3 * 3 }>; 4]; 2] => Each<Embedding<2> => Flatten> => Flatten => Dense<1> -> 1 }

network! { pub struct Any<T, const V: usize, const N: usize>: [Token<V>; N] => Embedding<4> => Each<Dense<V, Softmax>> }

network! { pub struct Around: [Token<5>; 6] => frozen fixed: Embedding<4> => Residual<Each<Dense<4, Tanh>>> => Flatten => Inner }

network! { pub struct Inner: 24 => Dense<2> }

type Typed = network!(f64: [Token<5>; 6] => Embedding<4> => Flatten => Dense<2>);

#[test]
fn works() {
    let text = [Token::new(64).unwrap(); STEPS];
    let y = Letters::seeded(0).predict(&text);
    assert!(y.iter().all(|step| (step.iter().sum::<f32>() - 1.0).abs() < 1e-5));

    let mut alone = Alone::seeded(0);
    alone.table = Embedding::new([[0.0; 3]; 7]);
    assert_eq!(alone.predict(&Token::new(6).unwrap()), [1.0 / 7.0; 7]);

    let [y] = Pages::seeded(0).predict(&[[Token::new(8).unwrap(); 4]; 2]);
    assert!(y.is_finite());

    let y: [[f64; 3]; 2] = Any::<f64, 3, 2>::seeded(0).predict(&[Token::default(), Token::new(2).unwrap()]);
    assert!((y[1].iter().sum::<f64>() - 1.0).abs() < 1e-12);

    assert_eq!(Around::PARAMS, 4 * 4 + 4 + 24 * 2 + 2);
    assert_eq!(Around::seeded(0).predict(&[Token::default(); 6]).len(), 2);
    assert_eq!(Typed::PARAMS, 5 * 4 + 24 * 2 + 2);
}
