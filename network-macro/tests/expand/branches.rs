/// Branches of every kind.
#[repr(C)]
pub struct Branches {
    /// `Concat<deep: Dense<32, Relu> => Dense<8>, wide: Dense<WIDTH, Tanh>>`
    pub both: ::typednet::__private::Concat<
        ::typednet::__private::Chain<
            ::typednet::__private::Dense<16, 32, ::typednet::__private::Relu, f32>,
            ::typednet::__private::Dense<32, 8, ::typednet::__private::Linear, f32>,
        >,
        ::typednet::__private::Dense<16, { WIDTH }, ::typednet::__private::Tanh, f32>,
        { 8 + WIDTH },
        1885693284,
        1701079415,
    >,
    /// `Add<Dense<40>, Dropout<0.5>>`
    pub l2: ::typednet::__private::Add<
        ::typednet::__private::Dense<
            { 8 + WIDTH },
            40,
            ::typednet::__private::Linear,
            f32,
        >,
        ::typednet::__private::Dropout<[f32; 8 + WIDTH], { 0.5f64.to_bits() }>,
        1952867692,
        499967814002,
    >,
    /// `Concat<one: Encoder, Dense<2>, three: Dense<3>>`
    pub l3: <::typednet::__private::Concat<
        Encoder,
        ::typednet::__private::Concat<
            ::typednet::__private::Dense<40, 2, ::typednet::__private::Linear, f32>,
            ::typednet::__private::Dense<40, 3, ::typednet::__private::Linear, f32>,
            5,
            14188525098463842,
            435493693556,
        >,
        {
            (<Encoder as ::typednet::__private::LayerOf<
                { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
            >>::WIDTH) + 5
        },
        6647407,
        1953719666,
    > as ::typednet::__private::Checked<
        {
            ::typednet::__private::join::follows::<
                [f32; 40],
                <Encoder as ::typednet::__private::LayerOf<
                    { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                >>::Reads,
                Encoder,
            >();
            let _ = <Encoder as ::typednet::__private::IsLayer<f32>>::YES;
            ::typednet::__private::join::row::<
                <Encoder as ::typednet::__private::LayerOf<
                    { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                >>::Gives,
                Encoder,
            >();
            0
        },
    >>::Network,
    /// `Dense<10, Softmax>`
    pub l4: ::typednet::__private::Dense<
        {
            (<Encoder as ::typednet::__private::LayerOf<
                { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
            >>::WIDTH) + 5
        },
        10,
        ::typednet::__private::Softmax,
        f32,
    >,
}
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Branches {
        /// The number of trained parameters.
        pub const PARAMS: usize = <Self as __net::Layer>::TREE.params();
        const __PARTS: [__net::Part; 4] = [
            __net::Part::of::<
                ::typednet::__private::Concat<
                    ::typednet::__private::Chain<
                        ::typednet::__private::Dense<
                            16,
                            32,
                            ::typednet::__private::Relu,
                            f32,
                        >,
                        ::typednet::__private::Dense<
                            32,
                            8,
                            ::typednet::__private::Linear,
                            f32,
                        >,
                    >,
                    ::typednet::__private::Dense<
                        16,
                        { WIDTH },
                        ::typednet::__private::Tanh,
                        f32,
                    >,
                    { 8 + WIDTH },
                    1885693284,
                    1701079415,
                >,
            >("both"),
            __net::Part::of::<
                ::typednet::__private::Add<
                    ::typednet::__private::Dense<
                        { 8 + WIDTH },
                        40,
                        ::typednet::__private::Linear,
                        f32,
                    >,
                    ::typednet::__private::Dropout<
                        [f32; 8 + WIDTH],
                        { 0.5f64.to_bits() },
                    >,
                    1952867692,
                    499967814002,
                >,
            >("l2"),
            __net::Part::of::<
                <::typednet::__private::Concat<
                    Encoder,
                    ::typednet::__private::Concat<
                        ::typednet::__private::Dense<
                            40,
                            2,
                            ::typednet::__private::Linear,
                            f32,
                        >,
                        ::typednet::__private::Dense<
                            40,
                            3,
                            ::typednet::__private::Linear,
                            f32,
                        >,
                        5,
                        14188525098463842,
                        435493693556,
                    >,
                    {
                        (<Encoder as ::typednet::__private::LayerOf<
                            { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                        >>::WIDTH) + 5
                    },
                    6647407,
                    1953719666,
                > as ::typednet::__private::Checked<
                    {
                        ::typednet::__private::join::follows::<
                            [f32; 40],
                            <Encoder as ::typednet::__private::LayerOf<
                                { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                            >>::Reads,
                            Encoder,
                        >();
                        let _ = <Encoder as ::typednet::__private::IsLayer<f32>>::YES;
                        ::typednet::__private::join::row::<
                            <Encoder as ::typednet::__private::LayerOf<
                                { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                            >>::Gives,
                            Encoder,
                        >();
                        0
                    },
                >>::Network,
            >("l3"),
            __net::Part::of::<
                ::typednet::__private::Dense<
                    {
                        (<Encoder as ::typednet::__private::LayerOf<
                            { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                        >>::WIDTH) + 5
                    },
                    10,
                    ::typednet::__private::Softmax,
                    f32,
                >,
            >("l4"),
        ];
    }
    __net::impl_flat! {
        [] Branches : f32 { both : ::typednet::__private::Concat <
        ::typednet::__private::Chain < ::typednet::__private::Dense < 16, 32,
        ::typednet::__private::Relu, f32 >, ::typednet::__private::Dense < 32, 8,
        ::typednet::__private::Linear, f32 > >, ::typednet::__private::Dense < 16, {
        WIDTH }, ::typednet::__private::Tanh, f32 >, { 8 + WIDTH }, 1885693284,
        1701079415 >, l2 : ::typednet::__private::Add < ::typednet::__private::Dense < {
        8 + WIDTH }, 40, ::typednet::__private::Linear, f32 >,
        ::typednet::__private::Dropout < [f32; 8 + WIDTH], { 0.5f64.to_bits() } >,
        1952867692, 499967814002 >, l3 : < ::typednet::__private::Concat < Encoder,
        ::typednet::__private::Concat < ::typednet::__private::Dense < 40, 2,
        ::typednet::__private::Linear, f32 >, ::typednet::__private::Dense < 40, 3,
        ::typednet::__private::Linear, f32 >, 5, 14188525098463842, 435493693556 >, { (<
        Encoder as ::typednet::__private::LayerOf < { < Encoder as
        ::typednet::__private::IsLayer < f32 >> ::YES } >> ::WIDTH) + 5 }, 6647407,
        1953719666 > as ::typednet::__private::Checked < {
        ::typednet::__private::join::follows:: < [f32; 40], < Encoder as
        ::typednet::__private::LayerOf < { < Encoder as ::typednet::__private::IsLayer <
        f32 >> ::YES } >> ::Reads, Encoder > (); let _ = < Encoder as
        ::typednet::__private::IsLayer < f32 >> ::YES; ::typednet::__private::join::row::
        < < Encoder as ::typednet::__private::LayerOf < { < Encoder as
        ::typednet::__private::IsLayer < f32 >> ::YES } >> ::Gives, Encoder > (); 0 } >>
        ::Network, l4 : ::typednet::__private::Dense < { (< Encoder as
        ::typednet::__private::LayerOf < { < Encoder as ::typednet::__private::IsLayer <
        f32 >> ::YES } >> ::WIDTH) + 5 }, 10, ::typednet::__private::Softmax, f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Branches {
        type In = [f32; 16];
        type Out = [f32; 10];
        type Head = <::typednet::__private::Dense<
            {
                (<Encoder as ::typednet::__private::LayerOf<
                    { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                >>::WIDTH) + 5
            },
            10,
            ::typednet::__private::Softmax,
            f32,
        > as __net::Layer>::Head;
        const TREE: __net::Node = {
            __net::Node {
                name: "Branches",
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
            let mut h1 = __net::sample_of(&self.both);
            __net::Layer::predict_into(&self.both, __net::same_one(x), &mut h1);
            let mut h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, __net::same_one(&h1), &mut h2);
            let mut h3 = __net::sample_of(&self.l3);
            __net::Layer::predict_into(&self.l3, __net::same_one(&h2), &mut h3);
            __net::Layer::predict_into(&self.l4, __net::same_one(&h3), y);
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
            let h1 = __net::rows_of(&self.both, odd, rows);
            __net::Layer::infer(&self.both, __net::same(x), h1, scratch, run.child(0));
            let h2 = __net::rows_of(&self.l2, even, rows);
            __net::Layer::infer(&self.l2, __net::same(h1), h2, scratch, run.child(1));
            let h3 = __net::rows_of(&self.l3, odd, rows);
            __net::Layer::infer(&self.l3, __net::same(h2), h3, scratch, run.child(2));
            __net::Layer::infer(&self.l4, __net::same(h3), y, scratch, run.last(3));
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
            let h1 = show.layer(&self.both, __net::same(x), odd);
            let h2 = show.layer(&self.l2, __net::same(h1), even);
            let h3 = show.layer(&self.l3, __net::same(h2), odd);
            show.last(&self.l4, __net::same(h3), y);
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
            let (saved1, h1) = __net::kept_of(&self.both, &mut space);
            let (saved2, h2) = __net::kept_of(&self.l2, &mut space);
            let (saved3, h3) = __net::kept_of(&self.l3, &mut space);
            let saved4 = space.rest();
            __net::Layer::forward(
                &self.both,
                __net::same(x),
                h1,
                saved1,
                scratch,
                run.child(0),
            );
            __net::Layer::forward(
                &self.l2,
                __net::same(h1),
                h2,
                saved2,
                scratch,
                run.child(1),
            );
            __net::Layer::forward(
                &self.l3,
                __net::same(h2),
                h3,
                saved3,
                scratch,
                run.child(2),
            );
            __net::Layer::forward(
                &self.l4,
                __net::same(h3),
                y,
                saved4,
                scratch,
                run.last(3),
            );
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
            let (saved1, h1) = __net::kept_of(&self.both, &mut space);
            let (saved2, h2) = __net::kept_of(&self.l2, &mut space);
            let (saved3, h3) = __net::kept_of(&self.l3, &mut space);
            let saved4 = space.rest();
            let rows = x.len();
            let mut space = __net::Space::new(scratch, rows);
            let odd = space.take(const { __net::widest(&Self::__PARTS, 0) });
            let even = space.take(const { __net::widest(&Self::__PARTS, 1) });
            let scratch = space.rest();
            let d3 = __net::rows_of(&self.l3, odd, rows);
            let trace = __net::Trace {
                x: __net::same(h3),
                y,
                saved: saved4,
            };
            __net::Layer::backward(
                &self.l4,
                trace,
                dy,
                ::core::option::Option::Some(__net::same_mut(d3)),
                &mut grad.l4,
                scratch,
                run.last(3),
            );
            let d2 = __net::rows_of(&self.l2, even, rows);
            let trace = __net::Trace {
                x: __net::same(h2),
                y: h3,
                saved: saved3,
            };
            __net::Layer::backward(
                &self.l3,
                trace,
                d3,
                ::core::option::Option::Some(__net::same_mut(d2)),
                &mut grad.l3,
                scratch,
                run.child(2),
            );
            let d1 = __net::rows_of(&self.both, odd, rows);
            let trace = __net::Trace {
                x: __net::same(h1),
                y: h2,
                saved: saved2,
            };
            __net::Layer::backward(
                &self.l2,
                trace,
                d2,
                ::core::option::Option::Some(__net::same_mut(d1)),
                &mut grad.l2,
                scratch,
                run.child(1),
            );
            let trace = __net::Trace {
                x: __net::same(x),
                y: h1,
                saved: saved1,
            };
            __net::Layer::backward(
                &self.both,
                trace,
                d1,
                dx.map(__net::same_mut),
                &mut grad.both,
                scratch,
                run.child(0),
            );
        }
        fn commit(&mut self, grad: &Self) {
            __net::Layer::commit(&mut self.both, &grad.both);
            __net::Layer::commit(&mut self.l2, &grad.l2);
            __net::Layer::commit(&mut self.l3, &grad.l3);
            __net::Layer::commit(&mut self.l4, &grad.l4);
        }
    }
};
const _: () = {
    ::typednet::__private::check::not_zero("layer `both: Dense<WIDTH, Tanh>`", WIDTH);
};
const _: () = {
    ::typednet::__private::check::gives(
        "layer `l2: Add<Dense<40>, Dropout<0.5>>`: branch `Dropout<0.5>`",
        &[8 + WIDTH],
        "branch `Dense<40>` gives",
        &[40],
    );
};
