/// Handwritten digits.
#[repr(C)]
pub struct Mnist {
    /// `Dense<128, Relu>`
    pub hidden: ::typednet::__private::Dense<784, 128, ::typednet::__private::Relu, f32>,
    /// `Dense<64, Relu>`
    pub l2: ::typednet::__private::Dense<128, 64, ::typednet::__private::Relu, f32>,
    /// `Dense<10, Softmax>`
    pub head: ::typednet::__private::Dense<64, 10, ::typednet::__private::Softmax, f32>,
}
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Mnist {
        /// The number of trained parameters.
        pub const PARAMS: usize = <Self as __net::Layer>::TREE.params();
        const __PARTS: [__net::Part; 3] = [
            __net::Part::of::<
                ::typednet::__private::Dense<784, 128, ::typednet::__private::Relu, f32>,
            >("hidden"),
            __net::Part::of::<
                ::typednet::__private::Dense<128, 64, ::typednet::__private::Relu, f32>,
            >("l2"),
            __net::Part::of::<
                ::typednet::__private::Dense<64, 10, ::typednet::__private::Softmax, f32>,
            >("head"),
        ];
    }
    __net::impl_flat! {
        [] Mnist : f32 { hidden : ::typednet::__private::Dense < 784, 128,
        ::typednet::__private::Relu, f32 >, l2 : ::typednet::__private::Dense < 128, 64,
        ::typednet::__private::Relu, f32 >, head : ::typednet::__private::Dense < 64, 10,
        ::typednet::__private::Softmax, f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Mnist {
        type In = [f32; 784];
        type Out = [f32; 10];
        type Head = <::typednet::__private::Dense<
            64,
            10,
            ::typednet::__private::Softmax,
            f32,
        > as __net::Layer>::Head;
        const TREE: __net::Node = {
            __net::Node {
                name: "Mnist",
                args: &[],
                input: <Self::In as __net::Sample>::SHAPE,
                output: <Self::Out as __net::Sample>::SHAPE,
                params: &[],
                children: &__net::children(&Self::__PARTS),
                flops: 0,
            }
        };
        const SAVED: __net::Need = __net::saved(&Self::__PARTS);
        const SCRATCH: __net::Need = __net::scratch(&Self::__PARTS);
        const INFER: __net::Need = __net::inference(&Self::__PARTS);
        fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
            let mut h1 = __net::sample_of(&self.hidden);
            __net::Layer::predict_into(&self.hidden, x, &mut h1);
            let mut h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, &h1, &mut h2);
            __net::Layer::predict_into(&self.head, &h2, y);
        }
        fn infer(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            scratch: &mut [f32],
            run: __net::Run<'_>,
        ) {
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let h1 = __net::rows_of(&self.hidden, odd, rows);
            __net::Layer::infer(&self.hidden, x, h1, scratch, run.child(0));
            let h2 = __net::rows_of(&self.l2, even, rows);
            __net::Layer::infer(&self.l2, h1, h2, scratch, run.child(1));
            __net::Layer::infer(&self.head, h2, y, scratch, run.last(2));
        }
        fn visit_outputs(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            scratch: &mut [f32],
            run: __net::Run<'_>,
            path: &__net::Path<'_>,
            visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, f32>),
        ) {
            let (odd, even, mut show) = __net::Show::new(
                &Self::__PARTS,
                x.len(),
                scratch,
                run,
                path,
                visit,
            );
            let h1 = show.layer(&self.hidden, x, odd);
            let h2 = show.layer(&self.l2, h1, even);
            show.last(&self.head, h2, y);
        }
        fn forward(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            saved: &mut [f32],
            scratch: &mut [f32],
            run: __net::Run<'_>,
        ) {
            let mut space = __net::Space::new(saved, x.len());
            let (saved1, h1) = __net::kept_of(&self.hidden, &mut space);
            let (saved2, h2) = __net::kept_of(&self.l2, &mut space);
            let saved3 = space.rest();
            __net::Layer::forward(&self.hidden, x, h1, saved1, scratch, run.child(0));
            __net::Layer::forward(&self.l2, h1, h2, saved2, scratch, run.child(1));
            __net::Layer::forward(&self.head, h2, y, saved3, scratch, run.last(2));
        }
        fn backward(
            &self,
            trace: __net::Trace<'_, Self>,
            dy: &mut [Self::Out],
            dx: ::core::option::Option<&mut [Self::In]>,
            grad: &mut Self,
            scratch: &mut [f32],
            run: __net::Run<'_>,
        ) {
            let __net::Trace { x, y, saved } = trace;
            let mut space = __net::Space::new(saved, x.len());
            let (saved1, h1) = __net::kept_of(&self.hidden, &mut space);
            let (saved2, h2) = __net::kept_of(&self.l2, &mut space);
            let saved3 = space.rest();
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let d2 = __net::rows_of(&self.l2, even, rows);
            let trace = __net::Trace {
                x: h2,
                y,
                saved: saved3,
            };
            __net::Layer::backward(
                &self.head,
                trace,
                dy,
                ::core::option::Option::Some(d2),
                &mut grad.head,
                scratch,
                run.last(2),
            );
            let d1 = __net::rows_of(&self.hidden, odd, rows);
            let trace = __net::Trace {
                x: h1,
                y: h2,
                saved: saved2,
            };
            __net::Layer::backward(
                &self.l2,
                trace,
                d2,
                ::core::option::Option::Some(d1),
                &mut grad.l2,
                scratch,
                run.child(1),
            );
            let trace = __net::Trace {
                x,
                y: h1,
                saved: saved1,
            };
            __net::Layer::backward(
                &self.hidden,
                trace,
                d1,
                dx,
                &mut grad.hidden,
                scratch,
                run.child(0),
            );
        }
        fn commit(&mut self, grad: &Self) {
            __net::Layer::commit(&mut self.hidden, &grad.hidden);
            __net::Layer::commit(&mut self.l2, &grad.l2);
            __net::Layer::commit(&mut self.head, &grad.head);
        }
    }
    #[automatically_derived]
    impl __net::AsChain for Mnist {
        type Chain = ::typednet::__private::Chain<
            ::typednet::__private::Dense<784, 128, ::typednet::__private::Relu, f32>,
            ::typednet::__private::Chain<
                ::typednet::__private::Dense<128, 64, ::typednet::__private::Relu, f32>,
                ::typednet::__private::Dense<64, 10, ::typednet::__private::Softmax, f32>,
            >,
        >;
    }
};
