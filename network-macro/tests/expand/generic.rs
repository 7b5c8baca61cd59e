#[repr(C)]
pub(crate) struct Regression<T: ::typednet::__private::Scalar, const WIDTH: usize> {
    /// `Dense<WIDTH, Tanh>`
    pub l1: ::typednet::__private::Dense<13, { WIDTH }, ::typednet::__private::Tanh, T>,
    /// `Dense<WIDTH>`
    pub l2: ::typednet::__private::Dense<
        { WIDTH },
        { WIDTH },
        ::typednet::__private::Linear,
        T,
    >,
    /// `Dense<1>`
    pub l3: ::typednet::__private::Dense<{ WIDTH }, 1, ::typednet::__private::Linear, T>,
}
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl<T: ::typednet::__private::Scalar, const WIDTH: usize> Regression<T, WIDTH> {
        /// The number of trained parameters.
        pub const PARAMS: usize = <Self as __net::Layer>::TREE.params();
        const __PARTS: [__net::Part; 3] = [
            __net::Part::of::<
                ::typednet::__private::Dense<
                    13,
                    { WIDTH },
                    ::typednet::__private::Tanh,
                    T,
                >,
            >("l1"),
            __net::Part::of::<
                ::typednet::__private::Dense<
                    { WIDTH },
                    { WIDTH },
                    ::typednet::__private::Linear,
                    T,
                >,
            >("l2"),
            __net::Part::of::<
                ::typednet::__private::Dense<
                    { WIDTH },
                    1,
                    ::typednet::__private::Linear,
                    T,
                >,
            >("l3"),
        ];
    }
    __net::impl_flat! {
        [T : ::typednet::__private::Scalar, const WIDTH : usize] Regression < T, WIDTH >
        : T { l1 : ::typednet::__private::Dense < 13, { WIDTH },
        ::typednet::__private::Tanh, T >, l2 : ::typednet::__private::Dense < { WIDTH },
        { WIDTH }, ::typednet::__private::Linear, T >, l3 : ::typednet::__private::Dense
        < { WIDTH }, 1, ::typednet::__private::Linear, T >, }
    }
    #[automatically_derived]
    impl<T: ::typednet::__private::Scalar, const WIDTH: usize> __net::Layer
    for Regression<T, WIDTH> {
        type In = [T; 13];
        type Out = [T; 1];
        type Head = <::typednet::__private::Dense<
            { WIDTH },
            1,
            ::typednet::__private::Linear,
            T,
        > as __net::Layer>::Head;
        const TREE: __net::Node = {
            ::typednet::__private::check::not_zero(
                "layer `l1: Dense<WIDTH, Tanh>`",
                WIDTH,
            );
            ::typednet::__private::check::not_zero("layer `l2: Dense<WIDTH>`", WIDTH);
            __net::Node {
                name: "Regression",
                args: &[__net::Arg::Size(WIDTH)],
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
            let mut h1 = __net::sample_of(&self.l1);
            __net::Layer::predict_into(&self.l1, x, &mut h1);
            let mut h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, &h1, &mut h2);
            __net::Layer::predict_into(&self.l3, &h2, y);
        }
        fn infer(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            scratch: &mut [T],
            run: __net::Run<'_>,
        ) {
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let h1 = __net::rows_of(&self.l1, odd, rows);
            __net::Layer::infer(&self.l1, x, h1, scratch, run.child(0));
            let h2 = __net::rows_of(&self.l2, even, rows);
            __net::Layer::infer(&self.l2, h1, h2, scratch, run.child(1));
            __net::Layer::infer(&self.l3, h2, y, scratch, run.last(2));
        }
        fn visit_outputs(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            scratch: &mut [T],
            run: __net::Run<'_>,
            path: &__net::Path<'_>,
            visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, T>),
        ) {
            let (odd, even, mut show) = __net::Show::new(
                &Self::__PARTS,
                x.len(),
                scratch,
                run,
                path,
                visit,
            );
            let h1 = show.layer(&self.l1, x, odd);
            let h2 = show.layer(&self.l2, h1, even);
            show.last(&self.l3, h2, y);
        }
        fn forward(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            saved: &mut [T],
            scratch: &mut [T],
            run: __net::Run<'_>,
        ) {
            let mut space = __net::Space::new(saved, x.len());
            let (saved1, h1) = __net::kept_of(&self.l1, &mut space);
            let (saved2, h2) = __net::kept_of(&self.l2, &mut space);
            let saved3 = space.rest();
            __net::Layer::forward(&self.l1, x, h1, saved1, scratch, run.child(0));
            __net::Layer::forward(&self.l2, h1, h2, saved2, scratch, run.child(1));
            __net::Layer::forward(&self.l3, h2, y, saved3, scratch, run.last(2));
        }
        fn backward(
            &self,
            trace: __net::Trace<'_, Self>,
            dy: &mut [Self::Out],
            dx: ::core::option::Option<&mut [Self::In]>,
            grad: &mut Self,
            scratch: &mut [T],
            run: __net::Run<'_>,
        ) {
            let __net::Trace { x, y, saved } = trace;
            let mut space = __net::Space::new(saved, x.len());
            let (saved1, h1) = __net::kept_of(&self.l1, &mut space);
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
                &self.l3,
                trace,
                dy,
                ::core::option::Option::Some(d2),
                &mut grad.l3,
                scratch,
                run.last(2),
            );
            let d1 = __net::rows_of(&self.l1, odd, rows);
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
                &self.l1,
                trace,
                d1,
                dx,
                &mut grad.l1,
                scratch,
                run.child(0),
            );
        }
        fn commit(&mut self, grad: &Self) {
            __net::Layer::commit(&mut self.l1, &grad.l1);
            __net::Layer::commit(&mut self.l2, &grad.l2);
            __net::Layer::commit(&mut self.l3, &grad.l3);
        }
    }
    #[automatically_derived]
    impl<T: ::typednet::__private::Scalar, const WIDTH: usize> __net::AsChain
    for Regression<T, WIDTH> {
        type Chain = ::typednet::__private::Chain<
            ::typednet::__private::Dense<13, { WIDTH }, ::typednet::__private::Tanh, T>,
            ::typednet::__private::Chain<
                ::typednet::__private::Dense<
                    { WIDTH },
                    { WIDTH },
                    ::typednet::__private::Linear,
                    T,
                >,
                ::typednet::__private::Dense<
                    { WIDTH },
                    1,
                    ::typednet::__private::Linear,
                    T,
                >,
            >,
        >;
    }
};
