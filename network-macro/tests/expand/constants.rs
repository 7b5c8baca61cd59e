#[repr(C)]
pub struct Constants {
    /// `Dense<HIDDEN, LeakyRelu>`
    pub l1: ::typednet::__private::Dense<
        { 28 * 28 },
        { HIDDEN },
        ::typednet::__private::LeakyRelu<{ 0.01f64.to_bits() }>,
        f64,
    >,
    /// `Dense<{ CLASSES }, LogSoftmax>`
    pub l2: ::typednet::__private::Dense<
        { HIDDEN },
        { CLASSES },
        ::typednet::__private::LogSoftmax,
        f64,
    >,
}
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Constants {
        /// The number of trained parameters.
        pub const PARAMS: usize = <Self as __net::Layer>::TREE.params();
        const __PARTS: [__net::Part; 2] = [
            __net::Part::of::<
                ::typednet::__private::Dense<
                    { 28 * 28 },
                    { HIDDEN },
                    ::typednet::__private::LeakyRelu<{ 0.01f64.to_bits() }>,
                    f64,
                >,
            >("l1"),
            __net::Part::of::<
                ::typednet::__private::Dense<
                    { HIDDEN },
                    { CLASSES },
                    ::typednet::__private::LogSoftmax,
                    f64,
                >,
            >("l2"),
        ];
    }
    __net::impl_flat! {
        [] Constants : f64 { l1 : ::typednet::__private::Dense < { 28 * 28 }, { HIDDEN },
        ::typednet::__private::LeakyRelu < { 0.01f64.to_bits() } >, f64 >, l2 :
        ::typednet::__private::Dense < { HIDDEN }, { CLASSES },
        ::typednet::__private::LogSoftmax, f64 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Constants {
        type In = [f64; 28 * 28];
        type Out = [f64; CLASSES];
        type Head = <::typednet::__private::Dense<
            { HIDDEN },
            { CLASSES },
            ::typednet::__private::LogSoftmax,
            f64,
        > as __net::Layer>::Head;
        const TREE: __net::Node = {
            __net::Node {
                name: "Constants",
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
            let mut h1 = __net::sample_of(&self.l1);
            __net::Layer::predict_into(&self.l1, x, &mut h1);
            __net::Layer::predict_into(&self.l2, &h1, y);
        }
        fn infer(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            scratch: &mut [f64],
            run: __net::Run<'_>,
        ) {
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let h1 = __net::rows_of(&self.l1, odd, rows);
            __net::Layer::infer(&self.l1, x, h1, scratch, run.child(0));
            __net::Layer::infer(&self.l2, h1, y, scratch, run.last(1));
        }
        fn visit_outputs(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            scratch: &mut [f64],
            run: __net::Run<'_>,
            path: &__net::Path<'_>,
            visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, f64>),
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
            show.last(&self.l2, h1, y);
        }
        fn forward(
            &self,
            x: &[Self::In],
            y: &mut [Self::Out],
            saved: &mut [f64],
            scratch: &mut [f64],
            run: __net::Run<'_>,
        ) {
            let mut space = __net::Space::new(saved, x.len());
            let (saved1, h1) = __net::kept_of(&self.l1, &mut space);
            let saved2 = space.rest();
            __net::Layer::forward(&self.l1, x, h1, saved1, scratch, run.child(0));
            __net::Layer::forward(&self.l2, h1, y, saved2, scratch, run.last(1));
        }
        fn backward(
            &self,
            trace: __net::Trace<'_, Self>,
            dy: &mut [Self::Out],
            dx: ::core::option::Option<&mut [Self::In]>,
            grad: &mut Self,
            scratch: &mut [f64],
            run: __net::Run<'_>,
        ) {
            let __net::Trace { x, y, saved } = trace;
            let mut space = __net::Space::new(saved, x.len());
            let (saved1, h1) = __net::kept_of(&self.l1, &mut space);
            let saved2 = space.rest();
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let d1 = __net::rows_of(&self.l1, odd, rows);
            let trace = __net::Trace {
                x: h1,
                y,
                saved: saved2,
            };
            __net::Layer::backward(
                &self.l2,
                trace,
                dy,
                ::core::option::Option::Some(d1),
                &mut grad.l2,
                scratch,
                run.last(1),
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
        }
    }
    #[automatically_derived]
    impl __net::AsChain for Constants {
        type Chain = ::typednet::__private::Chain<
            ::typednet::__private::Dense<
                { 28 * 28 },
                { HIDDEN },
                ::typednet::__private::LeakyRelu<{ 0.01f64.to_bits() }>,
                f64,
            >,
            ::typednet::__private::Dense<
                { HIDDEN },
                { CLASSES },
                ::typednet::__private::LogSoftmax,
                f64,
            >,
        >;
    }
};
const _: () = {
    ::typednet::__private::check::not_zero("the input `28 * 28`", 28 * 28);
};
const _: () = {
    ::typednet::__private::check::not_zero(
        "layer `l1: Dense<HIDDEN, LeakyRelu>`",
        HIDDEN,
    );
};
const _: () = {
    ::typednet::__private::check::not_zero(
        "layer `l2: Dense<{ CLASSES }, LogSoftmax>`",
        CLASSES,
    );
};
