#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Letters;
#[repr(C)]
pub struct Letters {
    /// `Embedding<16>`
    pub l1: __net_of_Letters::Each<
        8,
        __net_of_Letters::Embedding<65, 16, __net_of_Letters::f32>,
    >,
    /// `Repeat<2, Block>`
    pub l2: <__net_of_Letters::Repeat<
        2,
        <&'static Letters as __net_of_Letters::At<1, Block>>::Layer,
    > as __net_of_Letters::Checked<
        {
            let _ = <__net_of_Letters::join::Fit as __net_of_Letters::join::GoesOn<
                [[__net_of_Letters::f32; 16]; 8],
                <&'static Letters as __net_of_Letters::At<1, Block>>::Gives,
                __net_of_Letters::Repeat<
                    2,
                    <&'static Letters as __net_of_Letters::At<1, Block>>::Layer,
                >,
            >>::YES;
            0
        },
    >>::Network,
    /// `Each<Dense<65, Softmax>>`
    pub l3: __net_of_Letters::Each<
        8,
        __net_of_Letters::Dense<16, 65, __net_of_Letters::Softmax, __net_of_Letters::f32>,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Letters {
        /// The number of trained parameters.
        pub const PARAMS: __net::usize = __net::LayerInfo::params(
            &<Self as __net::Layer>::TREE,
        );
        /// The bytes that a training step of `rows` rows works in: weights, gradient and working memory, without the
        /// optimiser's moments and the data.
        pub const fn training_bytes(__rows: __net::usize) -> __net::usize {
            __net::training_bytes::<Self>(__rows)
        }
        const __PARTS: [__net::Part; 3] = {
            [
                __net::Part::of::<
                    __net_of_Letters::Each<
                        8,
                        __net_of_Letters::Embedding<65, 16, __net_of_Letters::f32>,
                    >,
                >("l1"),
                __net::Part::of::<
                    <__net_of_Letters::Repeat<
                        2,
                        <&'static Letters as __net_of_Letters::At<1, Block>>::Layer,
                    > as __net_of_Letters::Checked<
                        {
                            let _ = <__net_of_Letters::join::Fit as __net_of_Letters::join::GoesOn<
                                [[__net_of_Letters::f32; 16]; 8],
                                <&'static Letters as __net_of_Letters::At<1, Block>>::Gives,
                                __net_of_Letters::Repeat<
                                    2,
                                    <&'static Letters as __net_of_Letters::At<1, Block>>::Layer,
                                >,
                            >>::YES;
                            0
                        },
                    >>::Network,
                >("l2"),
                __net::Part::of::<
                    __net_of_Letters::Each<
                        8,
                        __net_of_Letters::Dense<
                            16,
                            65,
                            __net_of_Letters::Softmax,
                            __net_of_Letters::f32,
                        >,
                    >,
                >("l3"),
            ]
        };
    }
    __net::impl_flat! {
        [] Letters : __net_of_Letters::f32 { l1 : __net_of_Letters::Each < 8,
        __net_of_Letters::Embedding < 65, 16, __net_of_Letters::f32 > >, l2 : <
        __net_of_Letters::Repeat < 2, < & 'static Letters as __net_of_Letters::At < 1,
        Block >> ::Layer > as __net_of_Letters::Checked < { let _ = <
        __net_of_Letters::join::Fit as __net_of_Letters::join::GoesOn <
        [[__net_of_Letters::f32; 16]; 8], < & 'static Letters as __net_of_Letters::At <
        1, Block >> ::Gives, __net_of_Letters::Repeat < 2, < & 'static Letters as
        __net_of_Letters::At < 1, Block >> ::Layer > >> ::YES; 0 } >> ::Network, l3 :
        __net_of_Letters::Each < 8, __net_of_Letters::Dense < 16, 65,
        __net_of_Letters::Softmax, __net_of_Letters::f32 > >, }
    }
    #[automatically_derived]
    impl __net::Layer for Letters {
        type In = [__net_of_Letters::Token<65>; 8];
        type Out = [[__net_of_Letters::f32; 65]; 8];
        type Head = <__net_of_Letters::Each<
            8,
            __net_of_Letters::Dense<
                16,
                65,
                __net_of_Letters::Softmax,
                __net_of_Letters::f32,
            >,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Letters",
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
            __net::Layer::predict_into(&self.l1, __x, &mut __h1);
            let mut __h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, __net::same_one(&__h1), &mut __h2);
            __net::Layer::predict_into(&self.l3, __net::same_one(&__h2), __y);
        }
        fn infer(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Letters::f32],
            __run: __net::PassContext<'_>,
        ) {
            let (__odd, __even, mut __pass) = __net::Infer::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
            );
            let __h1 = __net::Infer::layer(&mut __pass, &self.l1, __x, __odd);
            let __h2 = __net::Infer::layer(
                &mut __pass,
                &self.l2,
                __net::same(__h1),
                __even,
            );
            __net::Infer::last(__pass, &self.l3, __net::same(__h2), __y);
        }
        fn visit_outputs(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Letters::f32],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(
                __net::Output<'_, __net_of_Letters::f32>,
            ),
        ) {
            let (__odd, __even, mut __pass) = __net::Show::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
                __path,
                __visit,
            );
            let __h1 = __net::Show::layer(&mut __pass, &self.l1, __x, __odd);
            let __h2 = __net::Show::layer(
                &mut __pass,
                &self.l2,
                __net::same(__h1),
                __even,
            );
            __net::Show::last(__pass, &self.l3, __net::same(__h2), __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Letters::f32],
            __scratch: &mut [__net_of_Letters::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.l1, __x);
            let __h2 = __net::Forward::layer(&mut __pass, &self.l2, __net::same(__h1));
            __net::Forward::last(__pass, &self.l3, __net::same(__h2), __y);
        }
        fn backward(
            &self,
            __trace: __net::Trace<'_, Self>,
            __dy: &mut [Self::Out],
            __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
            __grad: &mut Self,
            __scratch: &mut [__net_of_Letters::f32],
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
            let (__h2, __d2) = __net::Backward::layer(
                &mut __pass,
                &self.l3,
                &self.l2,
                __y,
                __dy,
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
                __x,
                __h1,
                __d1,
                __dx,
                &mut __grad.l1,
            );
        }
        fn commit(&mut self, __grad: &Self) {
            __net::Layer::commit(&mut self.l1, &__grad.l1);
            __net::Layer::commit(&mut self.l2, &__grad.l2);
            __net::Layer::commit(&mut self.l3, &__grad.l3);
        }
    }
    type __Chain = __net_of_Letters::Chain<
        __net_of_Letters::Each<
            8,
            __net_of_Letters::Embedding<65, 16, __net_of_Letters::f32>,
        >,
        __net_of_Letters::Chain<
            <__net_of_Letters::Repeat<
                2,
                <&'static Letters as __net_of_Letters::At<1, Block>>::Layer,
            > as __net_of_Letters::Checked<
                {
                    let _ = <__net_of_Letters::join::Fit as __net_of_Letters::join::GoesOn<
                        [[__net_of_Letters::f32; 16]; 8],
                        <&'static Letters as __net_of_Letters::At<1, Block>>::Gives,
                        __net_of_Letters::Repeat<
                            2,
                            <&'static Letters as __net_of_Letters::At<1, Block>>::Layer,
                        >,
                    >>::YES;
                    0
                },
            >>::Network,
            __net_of_Letters::Each<
                8,
                __net_of_Letters::Dense<
                    16,
                    65,
                    __net_of_Letters::Softmax,
                    __net_of_Letters::f32,
                >,
            >,
        >,
    >;
    type __Network = Letters;
    type __Layers = __Chain;
    __net::opaque_forms! {
        __net, pub __Network, [], [], __Layers
    }
    __net::opaque_streams! {
        __net, pub Letters, [], [], __net_of_Letters::f32, [__net_of_Letters::Token < 65
        > => [__net_of_Letters::f32; 65]], __Chain
    }
    #[automatically_derived]
    impl __net_of_Letters::At<1, Block> for &'static Letters {
        type Layer = <Block as __net_of_Letters::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Letters::kind(
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_LAYER,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_SPEC,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Letters::f32,
            <[[__net_of_Letters::f32; 16]; 8] as __net_of_Letters::Checked<
                {
                    <__net_of_Letters::join::Fit as __net_of_Letters::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Letters::kind(
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_LAYER,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_SPEC,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Block,
                        __net_of_Letters::f32,
                        [[__net_of_Letters::f32; 16]; 8],
                        __net_of_Letters::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Letters::Inferred,
        >>::Layer;
        type Gives = <Block as __net_of_Letters::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Letters::kind(
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_LAYER,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_SPEC,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Letters::f32,
            <[[__net_of_Letters::f32; 16]; 8] as __net_of_Letters::Checked<
                {
                    <__net_of_Letters::join::Fit as __net_of_Letters::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Letters::kind(
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_LAYER,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_SPEC,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Block,
                        __net_of_Letters::f32,
                        [[__net_of_Letters::f32; 16]; 8],
                        __net_of_Letters::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Letters::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Letters::usize = <Block as __net_of_Letters::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Letters::kind(
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_LAYER,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_SPEC,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Letters::f32,
            <[[__net_of_Letters::f32; 16]; 8] as __net_of_Letters::Checked<
                {
                    <__net_of_Letters::join::Fit as __net_of_Letters::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Letters::kind(
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_LAYER,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_SPEC,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Block,
                        __net_of_Letters::f32,
                        [[__net_of_Letters::f32; 16]; 8],
                        __net_of_Letters::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Letters::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Letters::Complaint> = <Block as __net_of_Letters::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Letters::kind(
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_LAYER,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::IS_SPEC,
                    __net_of_Letters::Probe::<Block, __net_of_Letters::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Letters::f32,
            <[[__net_of_Letters::f32; 16]; 8] as __net_of_Letters::Checked<
                {
                    <__net_of_Letters::join::Fit as __net_of_Letters::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Letters::kind(
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_LAYER,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::IS_SPEC,
                                __net_of_Letters::Probe::<
                                    Block,
                                    __net_of_Letters::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Block,
                        __net_of_Letters::f32,
                        [[__net_of_Letters::f32; 16]; 8],
                        __net_of_Letters::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Letters::Inferred,
        >>::COMPLAINT;
    }
    const _: () = {
        __net_of_Letters::check::no_complaint(
            &<&'static Letters as __net_of_Letters::At<1, Block>>::COMPLAINT,
        );
    };
};
