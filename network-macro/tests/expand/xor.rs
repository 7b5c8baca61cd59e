#[repr(C)]
struct Xor {
    /// `Dense<8, Relu>`
    pub hidden: ::typednet::__private::Dense<2, 8, ::typednet::__private::Relu, f32>,
    /// `Dense<1, Sigmoid>`
    pub answer: ::typednet::__private::Dense<8, 1, ::typednet::__private::Sigmoid, f32>,
}
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Xor {
        /// The number of trained parameters.
        pub const PARAMS: usize = <Self as __net::Layer>::TREE.params();
        const __PARTS: [__net::Part; 2] = [
            __net::Part::of::<
                ::typednet::__private::Dense<2, 8, ::typednet::__private::Relu, f32>,
            >("hidden"),
            __net::Part::of::<
                ::typednet::__private::Dense<8, 1, ::typednet::__private::Sigmoid, f32>,
            >("answer"),
        ];
    }
    __net::impl_flat! {
        [] Xor : f32 { hidden : ::typednet::__private::Dense < 2, 8,
        ::typednet::__private::Relu, f32 >, answer : ::typednet::__private::Dense < 8, 1,
        ::typednet::__private::Sigmoid, f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Xor {
        type In = [f32; 2];
        type Out = [f32; 1];
        type Head = <::typednet::__private::Dense<
            8,
            1,
            ::typednet::__private::Sigmoid,
            f32,
        > as __net::Layer>::Head;
        const TREE: __net::Node = {
            __net::Node {
                name: "Xor",
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
            __net::Layer::predict_into(&self.answer, &h1, y);
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
            __net::Layer::infer(&self.answer, h1, y, scratch, run.last(1));
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
            show.last(&self.answer, h1, y);
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
            let saved2 = space.rest();
            __net::Layer::forward(&self.hidden, x, h1, saved1, scratch, run.child(0));
            __net::Layer::forward(&self.answer, h1, y, saved2, scratch, run.last(1));
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
            let saved2 = space.rest();
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let d1 = __net::rows_of(&self.hidden, odd, rows);
            let trace = __net::Trace {
                x: h1,
                y,
                saved: saved2,
            };
            __net::Layer::backward(
                &self.answer,
                trace,
                dy,
                ::core::option::Option::Some(d1),
                &mut grad.answer,
                scratch,
                run.last(1),
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
            __net::Layer::commit(&mut self.answer, &grad.answer);
        }
    }
    #[automatically_derived]
    impl __net::AsChain for Xor {
        type Chain = ::typednet::__private::Chain<
            ::typednet::__private::Dense<2, 8, ::typednet::__private::Relu, f32>,
            ::typednet::__private::Dense<8, 1, ::typednet::__private::Sigmoid, f32>,
        >;
    }
};
