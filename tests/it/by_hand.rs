//! A training without optimiser and trainer, for networks of the tests.

use typednet::layers::pass;
use typednet::loss::{CrossEntropy, LossFor};
use typednet::prelude::*;

/// Two hundred steps by hand on four points; the loss in use before and after.
pub(crate) fn train<L: Layer<In = [f32; 4], Out = [f32; 3], Elem = f32>>() -> (f64, f64)
where
    CrossEntropy: LossFor<L::Head, [f32; 3], Target = Class<3>>,
{
    let mut model = L::seeded(3);
    let mut gradient = L::zeroed();
    let x = [[0.0, 0.0, 1.0, 0.5], [0.0, 1.0, 0.0, -0.5], [1.0, 0.0, 0.0, 0.25], [1.0, 1.0, 0.5, 0.0]];
    let y = [0, 1, 2, 1].map(|label| Class::new(label).expect("a class"));
    let need = pass::training_need::<L>().of(4).max(pass::inference_need::<L>().of(4));
    let mut memory = vec![f32::NAN; need];
    let run = PassContext::new(Key::new(0));
    let (before, _) = pass::evaluate(&*model, &CrossEntropy, &x, &y, &mut memory, run);
    for step in 0..200 {
        let run = PassContext::new(Key::new(1).child(step));
        pass::gradient(&*model, &CrossEntropy, &x, &y, &mut *gradient, &mut memory, run);
        let mut trained = vec![];
        const { &L::TREE }.visit(&mut |place| {
            if place.kind.is_trained() {
                trained.extend(place.range());
            }
        });
        for place in trained {
            model.as_flat_mut()[place] -= 0.05 * gradient.as_flat()[place];
        }
        model.commit(&gradient);
    }
    let (after, _) = pass::evaluate(&*model, &CrossEntropy, &x, &y, &mut memory, run);
    (before, after)
}
