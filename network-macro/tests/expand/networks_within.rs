#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Auto;
#[repr(C)]
pub struct Auto {
    /// `Encoder`
    pub l1: <&'static Auto as __net_of_Auto::At<1, Encoder>>::Layer,
    /// `Whiten<32>`
    pub l2: <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Layer,
    /// `parts::Decoder`
    pub l3: <&'static Auto as __net_of_Auto::At<
        3,
        __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
    >>::Layer,
    /// `Dense<10, Softmax>`
    pub l4: __net_of_Auto::Dense<
        {
            <&'static Auto as __net_of_Auto::At<
                3,
                __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
            >>::WIDTH
        },
        10,
        __net_of_Auto::Softmax,
        __net_of_Auto::f32,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Auto {
        /// The number of trained parameters.
        pub const PARAMS: __net::usize = __net::LayerInfo::params(
            &<Self as __net::Layer>::TREE,
        );
        /// The bytes that a training step of `rows` rows works in: weights, gradient and working memory, without the
        /// optimiser's moments and the data.
        pub const fn training_bytes(__rows: __net::usize) -> __net::usize {
            __net::training_bytes::<Self>(__rows)
        }
        const __PARTS: [__net::Part; 4] = {
            [
                __net::Part::of::<
                    <&'static Auto as __net_of_Auto::At<1, Encoder>>::Layer,
                >("l1"),
                __net::Part::of::<
                    <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Layer,
                >("l2"),
                __net::Part::of::<
                    <&'static Auto as __net_of_Auto::At<
                        3,
                        __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
                    >>::Layer,
                >("l3"),
                __net::Part::of::<
                    __net_of_Auto::Dense<
                        {
                            <&'static Auto as __net_of_Auto::At<
                                3,
                                __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
                            >>::WIDTH
                        },
                        10,
                        __net_of_Auto::Softmax,
                        __net_of_Auto::f32,
                    >,
                >("l4"),
            ]
        };
    }
    __net::impl_flat! {
        [] Auto : __net_of_Auto::f32 { l1 : < & 'static Auto as __net_of_Auto::At < 1,
        Encoder >> ::Layer, l2 : < & 'static Auto as __net_of_Auto::At < 2, Whiten < 32 >
        >> ::Layer, l3 : < & 'static Auto as __net_of_Auto::At < 3, __net_of_Auto::Behind
        < parts::Decoder, Whiten < 32 > > >> ::Layer, l4 : __net_of_Auto::Dense < { < &
        'static Auto as __net_of_Auto::At < 3, __net_of_Auto::Behind < parts::Decoder,
        Whiten < 32 > > >> ::WIDTH }, 10, __net_of_Auto::Softmax, __net_of_Auto::f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Auto {
        type In = [__net_of_Auto::f32; 784];
        type Out = [__net_of_Auto::f32; 10];
        type Head = <__net_of_Auto::Dense<
            {
                <&'static Auto as __net_of_Auto::At<
                    3,
                    __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
                >>::WIDTH
            },
            10,
            __net_of_Auto::Softmax,
            __net_of_Auto::f32,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Auto",
            args: &[],
            input: <Self::In as __net::Sample>::SHAPE,
            output: <Self::Out as __net::Sample>::SHAPE,
            params: &[],
            children: &__net::children(&Self::__PARTS),
            flops: 0,
            behaviour: __net::Behaviour::IN_ORDER,
        };
        const SAVED: __net::WorkspaceSize = __net::saved(&Self::__PARTS);
        const SCRATCH: __net::WorkspaceSize = __net::scratch(&Self::__PARTS);
        const INFER: __net::WorkspaceSize = __net::inference(&Self::__PARTS);
        fn predict_into(&self, __x: &Self::In, __y: &mut Self::Out) {
            let mut __h1 = __net::sample_of(&self.l1);
            __net::Layer::predict_into(&self.l1, __net::same_one(__x), &mut __h1);
            let mut __h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, __net::same_one(&__h1), &mut __h2);
            let mut __h3 = __net::sample_of(&self.l3);
            __net::Layer::predict_into(&self.l3, __net::same_one(&__h2), &mut __h3);
            __net::Layer::predict_into(&self.l4, __net::same_one(&__h3), __y);
        }
        fn infer(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Auto::f32],
            __run: __net::PassContext<'_>,
        ) {
            let (__odd, __even, mut __pass) = __net::Infer::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
            );
            let __h1 = __net::Infer::layer(
                &mut __pass,
                &self.l1,
                __net::same(__x),
                __odd,
            );
            let __h2 = __net::Infer::layer(
                &mut __pass,
                &self.l2,
                __net::same(__h1),
                __even,
            );
            let __h3 = __net::Infer::layer(
                &mut __pass,
                &self.l3,
                __net::same(__h2),
                __odd,
            );
            __net::Infer::last(__pass, &self.l4, __net::same(__h3), __y);
        }
        fn visit_outputs(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Auto::f32],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, __net_of_Auto::f32>),
        ) {
            let (__odd, __even, mut __pass) = __net::Show::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
                __path,
                __visit,
            );
            let __h1 = __net::Show::layer(
                &mut __pass,
                &self.l1,
                __net::same(__x),
                __odd,
            );
            let __h2 = __net::Show::layer(
                &mut __pass,
                &self.l2,
                __net::same(__h1),
                __even,
            );
            let __h3 = __net::Show::layer(
                &mut __pass,
                &self.l3,
                __net::same(__h2),
                __odd,
            );
            __net::Show::last(__pass, &self.l4, __net::same(__h3), __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Auto::f32],
            __scratch: &mut [__net_of_Auto::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.l1, __net::same(__x));
            let __h2 = __net::Forward::layer(&mut __pass, &self.l2, __net::same(__h1));
            let __h3 = __net::Forward::layer(&mut __pass, &self.l3, __net::same(__h2));
            __net::Forward::last(__pass, &self.l4, __net::same(__h3), __y);
        }
        fn backward(
            &self,
            __trace: __net::Trace<'_, Self>,
            __dy: &mut [Self::Out],
            __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
            __grad: &mut Self,
            __scratch: &mut [__net_of_Auto::f32],
            __run: __net::PassContext<'_>,
        ) {
            let __net::Trace { x: __x, y: __y, saved: __saved } = __trace;
            let (__odd, __even, mut __pass) = __net::Backward::new(
                &Self::__PARTS,
                __x.len(),
                __saved,
                __scratch,
                __run,
                __net::Option::is_some(&__dx),
            );
            let (__h3, __d3) = __net::Backward::layer(
                &mut __pass,
                &self.l4,
                &self.l3,
                __y,
                __dy,
                __odd,
                &mut __grad.l4,
            );
            let (__h2, __d2) = __net::Backward::layer(
                &mut __pass,
                &self.l3,
                &self.l2,
                __h3,
                __d3,
                __even,
                &mut __grad.l3,
            );
            let (__h1, __d1) = __net::Backward::layer(
                &mut __pass,
                &self.l2,
                &self.l1,
                __h2,
                __d2,
                __odd,
                &mut __grad.l2,
            );
            __net::Backward::first(
                __pass,
                &self.l1,
                __net::same(__x),
                __h1,
                __d1,
                __dx.map(__net::same_mut),
                &mut __grad.l1,
            );
        }
        fn commit(&mut self, __grad: &Self) {
            __net::Layer::commit(&mut self.l1, &__grad.l1);
            __net::Layer::commit(&mut self.l2, &__grad.l2);
            __net::Layer::commit(&mut self.l3, &__grad.l3);
            __net::Layer::commit(&mut self.l4, &__grad.l4);
        }
    }
    type __Chain = __net_of_Auto::Chain<
        <&'static Auto as __net_of_Auto::At<1, Encoder>>::Layer,
        __net_of_Auto::Chain<
            <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Layer,
            __net_of_Auto::Chain<
                <&'static Auto as __net_of_Auto::At<
                    3,
                    __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
                >>::Layer,
                __net_of_Auto::Dense<
                    {
                        <&'static Auto as __net_of_Auto::At<
                            3,
                            __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
                        >>::WIDTH
                    },
                    10,
                    __net_of_Auto::Softmax,
                    __net_of_Auto::f32,
                >,
            >,
        >,
    >;
    type __Network = Auto;
    type __Layers = __Chain;
    __net::opaque_forms! {
        __net, pub __Network, [], [], __Layers
    }
    __net::opaque_streams! {
        __net, pub Auto, [], [], __net_of_Auto::f32, [__net_of_Auto::f32 =>
        __net_of_Auto::f32], __Chain
    }
    #[automatically_derived]
    impl __net_of_Auto::At<1, Encoder> for &'static Auto {
        type Layer = <Encoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::NEEDS_SHAPE,
                    true,
                    true,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 784] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                true,
                                true,
                            )
                        },
                        Encoder,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 784],
                        [__net_of_Auto::f32; 32],
                    >>::YES
                },
            >>::Network,
            [__net_of_Auto::f32; 32],
        >>::Layer;
        type Gives = <Encoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::NEEDS_SHAPE,
                    true,
                    true,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 784] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                true,
                                true,
                            )
                        },
                        Encoder,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 784],
                        [__net_of_Auto::f32; 32],
                    >>::YES
                },
            >>::Network,
            [__net_of_Auto::f32; 32],
        >>::Gives;
        const WIDTH: __net_of_Auto::usize = <Encoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::NEEDS_SHAPE,
                    true,
                    true,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 784] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                true,
                                true,
                            )
                        },
                        Encoder,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 784],
                        [__net_of_Auto::f32; 32],
                    >>::YES
                },
            >>::Network,
            [__net_of_Auto::f32; 32],
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Auto::Complaint> = <Encoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Encoder, __net_of_Auto::f32>::NEEDS_SHAPE,
                    true,
                    true,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 784] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Encoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                true,
                                true,
                            )
                        },
                        Encoder,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 784],
                        [__net_of_Auto::f32; 32],
                    >>::YES
                },
            >>::Network,
            [__net_of_Auto::f32; 32],
        >>::COMPLAINT;
    }
    #[automatically_derived]
    impl __net_of_Auto::At<2, Whiten<32>> for &'static Auto {
        type Layer = <Whiten<
            32,
        > as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 32] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Whiten<32>,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 32],
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::Layer;
        type Gives = <Whiten<
            32,
        > as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 32] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Whiten<32>,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 32],
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Auto::usize = <Whiten<
            32,
        > as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 32] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Whiten<32>,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 32],
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Auto::Complaint> = <Whiten<
            32,
        > as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<Whiten<32>, __net_of_Auto::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <[__net_of_Auto::f32; 32] as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    Whiten<32>,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Whiten<32>,
                        __net_of_Auto::f32,
                        [__net_of_Auto::f32; 32],
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::COMPLAINT;
    }
    #[automatically_derived]
    impl __net_of_Auto::At<3, __net_of_Auto::Behind<parts::Decoder, Whiten<32>>>
    for &'static Auto {
        type Layer = <parts::Decoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<
                        parts::Decoder,
                        __net_of_Auto::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <<&'static Auto as __net_of_Auto::At<
                2,
                Whiten<32>,
            >>::Gives as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        parts::Decoder,
                        __net_of_Auto::f32,
                        <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Gives,
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::Layer;
        type Gives = <parts::Decoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<
                        parts::Decoder,
                        __net_of_Auto::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <<&'static Auto as __net_of_Auto::At<
                2,
                Whiten<32>,
            >>::Gives as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        parts::Decoder,
                        __net_of_Auto::f32,
                        <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Gives,
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Auto::usize = <parts::Decoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<
                        parts::Decoder,
                        __net_of_Auto::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <<&'static Auto as __net_of_Auto::At<
                2,
                Whiten<32>,
            >>::Gives as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        parts::Decoder,
                        __net_of_Auto::f32,
                        <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Gives,
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Auto::Complaint> = <parts::Decoder as __net_of_Auto::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Auto::kind(
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_LAYER,
                    __net_of_Auto::Probe::<parts::Decoder, __net_of_Auto::f32>::IS_SPEC,
                    __net_of_Auto::Probe::<
                        parts::Decoder,
                        __net_of_Auto::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Auto::f32,
            <<&'static Auto as __net_of_Auto::At<
                2,
                Whiten<32>,
            >>::Gives as __net_of_Auto::Checked<
                {
                    <__net_of_Auto::join::Fit as __net_of_Auto::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Auto::kind(
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_LAYER,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::IS_SPEC,
                                __net_of_Auto::Probe::<
                                    parts::Decoder,
                                    __net_of_Auto::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        parts::Decoder,
                        __net_of_Auto::f32,
                        <&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::Gives,
                        __net_of_Auto::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Auto::Inferred,
        >>::COMPLAINT;
    }
    const _: () = {
        __net_of_Auto::check::no_complaint(
            &<&'static Auto as __net_of_Auto::At<1, Encoder>>::COMPLAINT,
        );
        __net_of_Auto::check::no_complaint(
            &<&'static Auto as __net_of_Auto::At<2, Whiten<32>>>::COMPLAINT,
        );
        __net_of_Auto::check::no_complaint(
            &<&'static Auto as __net_of_Auto::At<
                3,
                __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
            >>::COMPLAINT,
        );
    };
    const _: () = {
        let _ = <__net_of_Auto::join::Fit as __net_of_Auto::join::Ends<
            <&'static Auto as __net_of_Auto::At<1, Encoder>>::Gives,
            [__net_of_Auto::f32; 32],
            <&'static Auto as __net_of_Auto::At<1, Encoder>>::Layer,
        >>::YES;
    };
    const _: () = {
        let _ = <__net_of_Auto::join::Fit as __net_of_Auto::join::IsRead<
            <&'static Auto as __net_of_Auto::At<
                3,
                __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
            >>::Gives,
            __net_of_Auto::Dense<
                {
                    <&'static Auto as __net_of_Auto::At<
                        3,
                        __net_of_Auto::Behind<parts::Decoder, Whiten<32>>,
                    >>::WIDTH
                },
                10,
                __net_of_Auto::Softmax,
                __net_of_Auto::f32,
            >,
        >>::YES;
    };
};
