//! Moments that fade become 0.

use typednet_optim::{Optimizer, StepInfo};
use typednet_tensor::Scalar;

use crate::table::{Case, Visitor, every_optimizer};

#[test]
fn moments_do_not_become_subnormal() {
    fn check<T: Scalar, O: Optimizer>(Case { name, optimizer, is_sum, .. }: &Case<O>, moment: f64) {
        let mut moments = [(); 3].map(|()| vec![T::zero(); 37]);
        moments[0].fill(T::of(moment));
        for count in 1..=20_000 {
            let mut views = moments.each_mut().map(Vec::as_mut_slice);
            let step = StepInfo::new(count, 0.01);
            optimizer.update(step, &mut [T::one(); 37], &[T::zero(); 37], &mut views[..O::MOMENTS]);
            for moment in &moments {
                assert!(moment[0].is_zero() || moment[0].is_normal(), "{name}: {} in step {count}", moment[0]);
            }
        }
        assert!(moments[0].iter().all(|moment| moment.is_zero() != *is_sum), "{name}");
    }

    struct Fading;

    impl Visitor for Fading {
        fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
            for sign in [1.0, -1.0] {
                // Without an ε, a gradient of 0 is divided by 0.
                if O::MOMENTS > 0 && !case.is_extreme {
                    check::<f32, O>(case, sign);
                    // From 1 on, slow means would need more steps.
                    check::<f64, O>(case, 1e-250 * sign);
                }
            }
        }
    }

    every_optimizer(&mut Fading);
}
