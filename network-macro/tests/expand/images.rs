#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Images;
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_1: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = SIDE;
    __net_of_Images::check::fits("the input `[SIDE, 28, 1]`", &[__value, 28, 1]);
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_2: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = KERNEL;
    __net_of_Images::check::fits(
        "layer `l1: Conv2d<8, [KERNEL, 5], Relu, stride = 2, bias = false>`",
        &[__value, 5, 1, 8],
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_3: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = __net_of_Images::check::size_or_one(
        &__net_of_Images::shape_rules::convolution(
            "height",
            [__Images_1, __Images_2, 2, 0, 1],
        ),
    );
    __net_of_Images::check::follows(
        "layer `l1: Conv2d<8, [KERNEL, 5], Relu, stride = 2, bias = false>`",
        &__net_of_Images::shape_rules::convolution(
            "height",
            [__Images_1, __Images_2, 2, 0, 1],
        ),
    );
    __net_of_Images::check::fits(
        "layer `l1: Conv2d<8, [KERNEL, 5], Relu, stride = 2, bias = false>`",
        &[__value, 12, 8],
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_4: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = __net_of_Images::check::size_or_one(
        &__net_of_Images::shape_rules::pooling_floor("height", [__Images_3, 2, 2, 0]),
    );
    __net_of_Images::check::follows(
        "layer `l3: MaxPool<2, floor = true>`",
        &__net_of_Images::shape_rules::pooling_floor("height", [__Images_3, 2, 2, 0]),
    );
    __net_of_Images::check::fits(
        "layer `l3: MaxPool<2, floor = true>`",
        &[__value, 6, 8],
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_5: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = __net_of_Images::check::axis::<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Gives,
    >(3usize, 0usize);
    __net_of_Images::check::rank::<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Gives,
    >(
        "layer `l5: Conv2d<8, 3, pad = 1, groups = 2>`",
        __net_of_Images::shape_rules::Reads::Image,
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_6: __net_of_Images::usize = {
    let _ = __Images_5;
    let __value: __net_of_Images::usize = __net_of_Images::check::axis::<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Gives,
    >(3usize, 1usize);
    __net_of_Images::check::rank::<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Gives,
    >(
        "layer `l5: Conv2d<8, 3, pad = 1, groups = 2>`",
        __net_of_Images::shape_rules::Reads::Image,
    );
    __net_of_Images::check::fits(
        "layer `l5: Conv2d<8, 3, pad = 1, groups = 2>`",
        &[__Images_5, __value, 8],
    );
    __net_of_Images::check::fits("layer `l6: Each<Dense<4>>`", &[__value, 4]);
    __net_of_Images::check::fits(
        "layer `l6: Each<Each<Dense<4>> => LayerNorm>`",
        &[__Images_5, __value, 4],
    );
    __net_of_Images::check::fits(
        "layer `l7: Concat<Relu, Repeat<2, Tanh>>`",
        &[__Images_5, __value, 8],
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_7: __net_of_Images::usize = {
    let _ = __Images_6;
    let __value: __net_of_Images::usize = __net_of_Images::check::axis::<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Gives,
    >(3usize, 2usize);
    __net_of_Images::check::rank::<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Gives,
    >(
        "layer `l5: Conv2d<8, 3, pad = 1, groups = 2>`",
        __net_of_Images::shape_rules::Reads::Image,
    );
    __net_of_Images::check::follows(
        "layer `l5: Conv2d<8, 3, pad = 1, groups = 2>`",
        &__net_of_Images::shape_rules::grouped("channels", [__value, 2]),
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_8: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = __net_of_Images::check::size_or_one(
        &__net_of_Images::shape_rules::grouped("channels", [__Images_7, 2]),
    );
    __net_of_Images::check::fits(
        "layer `l5: Conv2d<8, 3, pad = 1, groups = 2>`",
        &[3, 3, __value, 8],
    );
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Images_9: __net_of_Images::usize = {
    let __value: __net_of_Images::usize = __net_of_Images::check::size_or_one(
        &__net_of_Images::shape_rules::elements(&[__Images_5, __Images_6, 8]),
    );
    __net_of_Images::check::follows(
        "layer `l8: Flatten`",
        &__net_of_Images::shape_rules::elements(&[__Images_5, __Images_6, 8]),
    );
    __net_of_Images::check::follows(
        "layer `l9: Reshape<[7, 7, 16]>`",
        &__net_of_Images::shape_rules::reshaped(__value, &[7, 7, 16]),
    );
    __value
};
#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "its name holds that of the struct, and not every field is used"
)]
#[repr(C)]
pub struct __Images_labels_1<__A = (), __B = ()> {
    pub left: __A,
    pub right: __B,
}
#[repr(C)]
pub struct Images {
    /// `Conv2d<8, [KERNEL, 5], Relu, stride = 2, bias = false>`
    pub l1: __net_of_Images::Conv2d<
        { __Images_1 },
        28,
        1,
        8,
        { __Images_2 },
        5,
        1,
        0,
        { __Images_3 },
        12,
        __net_of_Images::Strides<2, 2, 0, 0, 1, 1>,
        __net_of_Images::Relu,
        __net_of_Images::f32,
    >,
    /// `BatchNorm2d`
    pub l2: __net_of_Images::Each<
        { __Images_3 },
        __net_of_Images::Each<
            12,
            __net_of_Images::BatchNorm<8, __net_of_Images::Linear, __net_of_Images::f32>,
        >,
    >,
    /// `MaxPool<2, floor = true>`
    pub l3: __net_of_Images::MaxPool<
        { __Images_3 },
        12,
        8,
        2,
        2,
        { __Images_4 },
        6,
        __net_of_Images::Strides<2, 2, 0, 0, 1, 1>,
        __net_of_Images::f32,
    >,
    /// `Encoder`
    pub body: __net_of_Images::Frozen<
        <&'static Images as __net_of_Images::At<1, Encoder>>::Layer,
    >,
    /// `Conv2d<8, 3, pad = 1, groups = 2>`
    pub l5: __net_of_Images::Conv2d<
        { __Images_5 },
        { __Images_6 },
        { __Images_7 },
        8,
        3,
        3,
        { __Images_8 },
        8,
        { __Images_5 },
        { __Images_6 },
        __net_of_Images::Strides<1, 1, 1, 1, 1, 1>,
        __net_of_Images::Linear,
        __net_of_Images::f32,
    >,
    /// `Each<Each<Dense<4>> => LayerNorm>`
    pub l6: __net_of_Images::Each<
        { __Images_5 },
        __net_of_Images::Chain<
            __net_of_Images::Each<
                { __Images_6 },
                __net_of_Images::Dense<
                    8,
                    4,
                    __net_of_Images::Linear,
                    __net_of_Images::f32,
                >,
            >,
            __net_of_Images::Each<
                { __Images_6 },
                __net_of_Images::LayerNorm<4, __net_of_Images::f32>,
            >,
        >,
    >,
    /// `Concat<Relu, Repeat<2, Tanh>>`
    pub l7: __net_of_Images::Concat<
        __net_of_Images::ActivationLayer<
            [[[__net_of_Images::f32; 4]; __Images_6]; __Images_5],
            __net_of_Images::Relu,
        >,
        __net_of_Images::Repeat<
            2,
            __net_of_Images::ActivationLayer<
                [[[__net_of_Images::f32; 4]; __Images_6]; __Images_5],
                __net_of_Images::Tanh,
            >,
        >,
        [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5],
        __Images_labels_1,
    >,
    /// `Flatten`
    pub l8: __net_of_Images::Flatten<
        [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5],
        { __Images_9 },
    >,
    /// `Reshape<[7, 7, 16]>`
    pub l9: __net_of_Images::Reshape<
        [__net_of_Images::f32; __Images_9],
        [[[__net_of_Images::f32; 16]; 7]; 7],
    >,
    /// `Upsample<2, Bilinear>`
    pub l10: __net_of_Images::Upsample<
        7,
        7,
        16,
        14,
        14,
        __net_of_Images::Bilinear,
        __net_of_Images::f32,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Images {
        /// The number of trained parameters.
        pub const PARAMS: __net::usize = __net::LayerInfo::params(
            &<Self as __net::Layer>::TREE,
        );
        /// The bytes that a training step of `rows` rows works in: weights, gradient and working memory, without the
        /// optimiser's moments and the data.
        pub const fn training_bytes(__rows: __net::usize) -> __net::usize {
            __net::training_bytes::<Self>(__rows)
        }
        const __PARTS: [__net::Part; 10] = {
            [
                __net::Part::of::<
                    __net_of_Images::Conv2d<
                        { __Images_1 },
                        28,
                        1,
                        8,
                        { __Images_2 },
                        5,
                        1,
                        0,
                        { __Images_3 },
                        12,
                        __net_of_Images::Strides<2, 2, 0, 0, 1, 1>,
                        __net_of_Images::Relu,
                        __net_of_Images::f32,
                    >,
                >("l1"),
                __net::Part::of::<
                    __net_of_Images::Each<
                        { __Images_3 },
                        __net_of_Images::Each<
                            12,
                            __net_of_Images::BatchNorm<
                                8,
                                __net_of_Images::Linear,
                                __net_of_Images::f32,
                            >,
                        >,
                    >,
                >("l2"),
                __net::Part::of::<
                    __net_of_Images::MaxPool<
                        { __Images_3 },
                        12,
                        8,
                        2,
                        2,
                        { __Images_4 },
                        6,
                        __net_of_Images::Strides<2, 2, 0, 0, 1, 1>,
                        __net_of_Images::f32,
                    >,
                >("l3"),
                __net::Part::of::<
                    __net_of_Images::Frozen<
                        <&'static Images as __net_of_Images::At<1, Encoder>>::Layer,
                    >,
                >("body"),
                __net::Part::of::<
                    __net_of_Images::Conv2d<
                        { __Images_5 },
                        { __Images_6 },
                        { __Images_7 },
                        8,
                        3,
                        3,
                        { __Images_8 },
                        8,
                        { __Images_5 },
                        { __Images_6 },
                        __net_of_Images::Strides<1, 1, 1, 1, 1, 1>,
                        __net_of_Images::Linear,
                        __net_of_Images::f32,
                    >,
                >("l5"),
                __net::Part::of::<
                    __net_of_Images::Each<
                        { __Images_5 },
                        __net_of_Images::Chain<
                            __net_of_Images::Each<
                                { __Images_6 },
                                __net_of_Images::Dense<
                                    8,
                                    4,
                                    __net_of_Images::Linear,
                                    __net_of_Images::f32,
                                >,
                            >,
                            __net_of_Images::Each<
                                { __Images_6 },
                                __net_of_Images::LayerNorm<4, __net_of_Images::f32>,
                            >,
                        >,
                    >,
                >("l6"),
                __net::Part::of::<
                    __net_of_Images::Concat<
                        __net_of_Images::ActivationLayer<
                            [[[__net_of_Images::f32; 4]; __Images_6]; __Images_5],
                            __net_of_Images::Relu,
                        >,
                        __net_of_Images::Repeat<
                            2,
                            __net_of_Images::ActivationLayer<
                                [[[__net_of_Images::f32; 4]; __Images_6]; __Images_5],
                                __net_of_Images::Tanh,
                            >,
                        >,
                        [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5],
                        __Images_labels_1,
                    >,
                >("l7"),
                __net::Part::of::<
                    __net_of_Images::Flatten<
                        [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5],
                        { __Images_9 },
                    >,
                >("l8"),
                __net::Part::of::<
                    __net_of_Images::Reshape<
                        [__net_of_Images::f32; __Images_9],
                        [[[__net_of_Images::f32; 16]; 7]; 7],
                    >,
                >("l9"),
                __net::Part::of::<
                    __net_of_Images::Upsample<
                        7,
                        7,
                        16,
                        14,
                        14,
                        __net_of_Images::Bilinear,
                        __net_of_Images::f32,
                    >,
                >("l10"),
            ]
        };
    }
    __net::impl_flat! {
        [] Images : __net_of_Images::f32 { l1 : __net_of_Images::Conv2d < { __Images_1 },
        28, 1, 8, { __Images_2 }, 5, 1, 0, { __Images_3 }, 12, __net_of_Images::Strides <
        2, 2, 0, 0, 1, 1 >, __net_of_Images::Relu, __net_of_Images::f32 >, l2 :
        __net_of_Images::Each < { __Images_3 }, __net_of_Images::Each < 12,
        __net_of_Images::BatchNorm < 8, __net_of_Images::Linear, __net_of_Images::f32 > >
        >, l3 : __net_of_Images::MaxPool < { __Images_3 }, 12, 8, 2, 2, { __Images_4 },
        6, __net_of_Images::Strides < 2, 2, 0, 0, 1, 1 >, __net_of_Images::f32 >, body :
        __net_of_Images::Frozen < < & 'static Images as __net_of_Images::At < 1, Encoder
        >> ::Layer >, l5 : __net_of_Images::Conv2d < { __Images_5 }, { __Images_6 }, {
        __Images_7 }, 8, 3, 3, { __Images_8 }, 8, { __Images_5 }, { __Images_6 },
        __net_of_Images::Strides < 1, 1, 1, 1, 1, 1 >, __net_of_Images::Linear,
        __net_of_Images::f32 >, l6 : __net_of_Images::Each < { __Images_5 },
        __net_of_Images::Chain < __net_of_Images::Each < { __Images_6 },
        __net_of_Images::Dense < 8, 4, __net_of_Images::Linear, __net_of_Images::f32 > >,
        __net_of_Images::Each < { __Images_6 }, __net_of_Images::LayerNorm < 4,
        __net_of_Images::f32 > > > >, l7 : __net_of_Images::Concat <
        __net_of_Images::ActivationLayer < [[[__net_of_Images::f32; 4]; __Images_6];
        __Images_5], __net_of_Images::Relu >, __net_of_Images::Repeat < 2,
        __net_of_Images::ActivationLayer < [[[__net_of_Images::f32; 4]; __Images_6];
        __Images_5], __net_of_Images::Tanh > >, [[[__net_of_Images::f32; 8]; __Images_6];
        __Images_5], __Images_labels_1 >, l8 : __net_of_Images::Flatten <
        [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5], { __Images_9 } >, l9 :
        __net_of_Images::Reshape < [__net_of_Images::f32; __Images_9],
        [[[__net_of_Images::f32; 16]; 7]; 7] >, l10 : __net_of_Images::Upsample < 7, 7,
        16, 14, 14, __net_of_Images::Bilinear, __net_of_Images::f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Images {
        type In = [[[__net_of_Images::f32; 1]; 28]; __Images_1];
        type Out = [[[__net_of_Images::f32; 16]; 14]; 14];
        type Head = <__net_of_Images::Upsample<
            7,
            7,
            16,
            14,
            14,
            __net_of_Images::Bilinear,
            __net_of_Images::f32,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Images",
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
            __net::Layer::predict_into(&self.l2, &__h1, &mut __h2);
            let mut __h3 = __net::sample_of(&self.l3);
            __net::Layer::predict_into(&self.l3, &__h2, &mut __h3);
            let mut __h4 = __net::sample_of(&self.body);
            __net::Layer::predict_into(&self.body, __net::same_one(&__h3), &mut __h4);
            let mut __h5 = __net::sample_of(&self.l5);
            __net::Layer::predict_into(&self.l5, __net::same_one(&__h4), &mut __h5);
            let mut __h6 = __net::sample_of(&self.l6);
            __net::Layer::predict_into(&self.l6, __net::same_one(&__h5), &mut __h6);
            let mut __h7 = __net::sample_of(&self.l7);
            __net::Layer::predict_into(&self.l7, __net::same_one(&__h6), &mut __h7);
            let mut __h8 = __net::sample_of(&self.l8);
            __net::Layer::predict_into(&self.l8, __net::same_one(&__h7), &mut __h8);
            let mut __h9 = __net::sample_of(&self.l9);
            __net::Layer::predict_into(&self.l9, &__h8, &mut __h9);
            __net::Layer::predict_into(&self.l10, &__h9, __y);
        }
        fn infer(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Images::f32],
            __run: __net::PassContext<'_>,
        ) {
            let (__odd, __even, mut __pass) = __net::Infer::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
            );
            let __h1 = __net::Infer::layer(&mut __pass, &self.l1, __x, __odd);
            let __h2 = __net::Infer::layer(&mut __pass, &self.l2, __h1, __even);
            let __h3 = __net::Infer::layer(&mut __pass, &self.l3, __h2, __odd);
            let __h4 = __net::Infer::layer(
                &mut __pass,
                &self.body,
                __net::same(__h3),
                __even,
            );
            let __h5 = __net::Infer::layer(
                &mut __pass,
                &self.l5,
                __net::same(__h4),
                __odd,
            );
            let __h6 = __net::Infer::layer(
                &mut __pass,
                &self.l6,
                __net::same(__h5),
                __even,
            );
            let __h7 = __net::Infer::layer(
                &mut __pass,
                &self.l7,
                __net::same(__h6),
                __odd,
            );
            let __h8 = __net::Infer::layer(
                &mut __pass,
                &self.l8,
                __net::same(__h7),
                __even,
            );
            let __h9 = __net::Infer::layer(&mut __pass, &self.l9, __h8, __odd);
            __net::Infer::last(__pass, &self.l10, __h9, __y);
        }
        fn visit_outputs(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Images::f32],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, __net_of_Images::f32>),
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
            let __h2 = __net::Show::layer(&mut __pass, &self.l2, __h1, __even);
            let __h3 = __net::Show::layer(&mut __pass, &self.l3, __h2, __odd);
            let __h4 = __net::Show::layer(
                &mut __pass,
                &self.body,
                __net::same(__h3),
                __even,
            );
            let __h5 = __net::Show::layer(
                &mut __pass,
                &self.l5,
                __net::same(__h4),
                __odd,
            );
            let __h6 = __net::Show::layer(
                &mut __pass,
                &self.l6,
                __net::same(__h5),
                __even,
            );
            let __h7 = __net::Show::layer(
                &mut __pass,
                &self.l7,
                __net::same(__h6),
                __odd,
            );
            let __h8 = __net::Show::layer(
                &mut __pass,
                &self.l8,
                __net::same(__h7),
                __even,
            );
            let __h9 = __net::Show::layer(&mut __pass, &self.l9, __h8, __odd);
            __net::Show::last(__pass, &self.l10, __h9, __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Images::f32],
            __scratch: &mut [__net_of_Images::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.l1, __x);
            let __h2 = __net::Forward::layer(&mut __pass, &self.l2, __h1);
            let __h3 = __net::Forward::layer(&mut __pass, &self.l3, __h2);
            let __h4 = __net::Forward::layer(&mut __pass, &self.body, __net::same(__h3));
            let __h5 = __net::Forward::layer(&mut __pass, &self.l5, __net::same(__h4));
            let __h6 = __net::Forward::layer(&mut __pass, &self.l6, __net::same(__h5));
            let __h7 = __net::Forward::layer(&mut __pass, &self.l7, __net::same(__h6));
            let __h8 = __net::Forward::layer(&mut __pass, &self.l8, __net::same(__h7));
            let __h9 = __net::Forward::layer(&mut __pass, &self.l9, __h8);
            __net::Forward::last(__pass, &self.l10, __h9, __y);
        }
        fn backward(
            &self,
            __trace: __net::Trace<'_, Self>,
            __dy: &mut [Self::Out],
            __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
            __grad: &mut Self,
            __scratch: &mut [__net_of_Images::f32],
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
            let (__h9, __d9) = __net::Backward::layer(
                &mut __pass,
                &self.l10,
                &self.l9,
                __y,
                __dy,
                __odd,
                &mut __grad.l10,
            );
            let (__h8, __d8) = __net::Backward::layer(
                &mut __pass,
                &self.l9,
                &self.l8,
                __h9,
                __d9,
                __even,
                &mut __grad.l9,
            );
            let (__h7, __d7) = __net::Backward::layer(
                &mut __pass,
                &self.l8,
                &self.l7,
                __h8,
                __d8,
                __odd,
                &mut __grad.l8,
            );
            let (__h6, __d6) = __net::Backward::layer(
                &mut __pass,
                &self.l7,
                &self.l6,
                __h7,
                __d7,
                __even,
                &mut __grad.l7,
            );
            let (__h5, __d5) = __net::Backward::layer(
                &mut __pass,
                &self.l6,
                &self.l5,
                __h6,
                __d6,
                __odd,
                &mut __grad.l6,
            );
            let (__h4, __d4) = __net::Backward::layer(
                &mut __pass,
                &self.l5,
                &self.body,
                __h5,
                __d5,
                __even,
                &mut __grad.l5,
            );
            let (__h3, __d3) = __net::Backward::layer(
                &mut __pass,
                &self.body,
                &self.l3,
                __h4,
                __d4,
                __odd,
                &mut __grad.body,
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
            __net::Layer::commit(&mut self.body, &__grad.body);
            __net::Layer::commit(&mut self.l5, &__grad.l5);
            __net::Layer::commit(&mut self.l6, &__grad.l6);
            __net::Layer::commit(&mut self.l7, &__grad.l7);
            __net::Layer::commit(&mut self.l8, &__grad.l8);
            __net::Layer::commit(&mut self.l9, &__grad.l9);
            __net::Layer::commit(&mut self.l10, &__grad.l10);
        }
    }
    __net::impl_flat! {
        [__A : __net::Flat, __B : __net::Flat < Elem = __A::Elem >] __Images_labels_1 <
        __A, __B > : __A::Elem { left : __A, right : __B, }
    }
    #[automatically_derived]
    impl __net::Labels for __Images_labels_1 {
        const NAMES: [&'static __net::str; 2] = ["left", "right"];
        type Fields<__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>> = __Images_labels_1<
            __A,
            __B,
        >;
    }
    type __Chain = __net_of_Images::Chain<
        __net_of_Images::Conv2d<
            { __Images_1 },
            28,
            1,
            8,
            { __Images_2 },
            5,
            1,
            0,
            { __Images_3 },
            12,
            __net_of_Images::Strides<2, 2, 0, 0, 1, 1>,
            __net_of_Images::Relu,
            __net_of_Images::f32,
        >,
        __net_of_Images::Chain<
            __net_of_Images::Each<
                { __Images_3 },
                __net_of_Images::Each<
                    12,
                    __net_of_Images::BatchNorm<
                        8,
                        __net_of_Images::Linear,
                        __net_of_Images::f32,
                    >,
                >,
            >,
            __net_of_Images::Chain<
                __net_of_Images::MaxPool<
                    { __Images_3 },
                    12,
                    8,
                    2,
                    2,
                    { __Images_4 },
                    6,
                    __net_of_Images::Strides<2, 2, 0, 0, 1, 1>,
                    __net_of_Images::f32,
                >,
                __net_of_Images::Chain<
                    __net_of_Images::Frozen<
                        <&'static Images as __net_of_Images::At<1, Encoder>>::Layer,
                    >,
                    __net_of_Images::Chain<
                        __net_of_Images::Conv2d<
                            { __Images_5 },
                            { __Images_6 },
                            { __Images_7 },
                            8,
                            3,
                            3,
                            { __Images_8 },
                            8,
                            { __Images_5 },
                            { __Images_6 },
                            __net_of_Images::Strides<1, 1, 1, 1, 1, 1>,
                            __net_of_Images::Linear,
                            __net_of_Images::f32,
                        >,
                        __net_of_Images::Chain<
                            __net_of_Images::Each<
                                { __Images_5 },
                                __net_of_Images::Chain<
                                    __net_of_Images::Each<
                                        { __Images_6 },
                                        __net_of_Images::Dense<
                                            8,
                                            4,
                                            __net_of_Images::Linear,
                                            __net_of_Images::f32,
                                        >,
                                    >,
                                    __net_of_Images::Each<
                                        { __Images_6 },
                                        __net_of_Images::LayerNorm<4, __net_of_Images::f32>,
                                    >,
                                >,
                            >,
                            __net_of_Images::Chain<
                                __net_of_Images::Concat<
                                    __net_of_Images::ActivationLayer<
                                        [[[__net_of_Images::f32; 4]; __Images_6]; __Images_5],
                                        __net_of_Images::Relu,
                                    >,
                                    __net_of_Images::Repeat<
                                        2,
                                        __net_of_Images::ActivationLayer<
                                            [[[__net_of_Images::f32; 4]; __Images_6]; __Images_5],
                                            __net_of_Images::Tanh,
                                        >,
                                    >,
                                    [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5],
                                    __Images_labels_1,
                                >,
                                __net_of_Images::Chain<
                                    __net_of_Images::Flatten<
                                        [[[__net_of_Images::f32; 8]; __Images_6]; __Images_5],
                                        { __Images_9 },
                                    >,
                                    __net_of_Images::Chain<
                                        __net_of_Images::Reshape<
                                            [__net_of_Images::f32; __Images_9],
                                            [[[__net_of_Images::f32; 16]; 7]; 7],
                                        >,
                                        __net_of_Images::Upsample<
                                            7,
                                            7,
                                            16,
                                            14,
                                            14,
                                            __net_of_Images::Bilinear,
                                            __net_of_Images::f32,
                                        >,
                                    >,
                                >,
                            >,
                        >,
                    >,
                >,
            >,
        >,
    >;
    type __Network = Images;
    type __Layers = __Chain;
    __net::opaque_forms! {
        __net, pub __Network, [], [], __Layers
    }
    __net::opaque_streams! {
        __net, pub Images, [], [], __net_of_Images::f32, [[[__net_of_Images::f32; 1]; 28]
        => [[__net_of_Images::f32; 16]; 14]], __Chain
    }
    #[automatically_derived]
    impl __net_of_Images::At<1, Encoder> for &'static Images {
        type Layer = <Encoder as __net_of_Images::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Images::kind(
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_LAYER,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_SPEC,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Images::f32,
            <[[[__net_of_Images::f32; 8]; 6]; __Images_4] as __net_of_Images::Checked<
                {
                    <__net_of_Images::join::Fit as __net_of_Images::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Images::kind(
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_LAYER,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_SPEC,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Images::f32,
                        [[[__net_of_Images::f32; 8]; 6]; __Images_4],
                        __net_of_Images::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Images::Inferred,
        >>::Layer;
        type Gives = <Encoder as __net_of_Images::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Images::kind(
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_LAYER,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_SPEC,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Images::f32,
            <[[[__net_of_Images::f32; 8]; 6]; __Images_4] as __net_of_Images::Checked<
                {
                    <__net_of_Images::join::Fit as __net_of_Images::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Images::kind(
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_LAYER,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_SPEC,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Images::f32,
                        [[[__net_of_Images::f32; 8]; 6]; __Images_4],
                        __net_of_Images::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Images::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Images::usize = <Encoder as __net_of_Images::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Images::kind(
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_LAYER,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_SPEC,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Images::f32,
            <[[[__net_of_Images::f32; 8]; 6]; __Images_4] as __net_of_Images::Checked<
                {
                    <__net_of_Images::join::Fit as __net_of_Images::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Images::kind(
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_LAYER,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_SPEC,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Images::f32,
                        [[[__net_of_Images::f32; 8]; 6]; __Images_4],
                        __net_of_Images::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Images::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Images::Complaint> = <Encoder as __net_of_Images::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Images::kind(
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_LAYER,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::IS_SPEC,
                    __net_of_Images::Probe::<Encoder, __net_of_Images::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Images::f32,
            <[[[__net_of_Images::f32; 8]; 6]; __Images_4] as __net_of_Images::Checked<
                {
                    <__net_of_Images::join::Fit as __net_of_Images::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Images::kind(
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_LAYER,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::IS_SPEC,
                                __net_of_Images::Probe::<
                                    Encoder,
                                    __net_of_Images::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Images::f32,
                        [[[__net_of_Images::f32; 8]; 6]; __Images_4],
                        __net_of_Images::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Images::Inferred,
        >>::COMPLAINT;
    }
    const _: () = {
        __net_of_Images::check::no_complaint(
            &<&'static Images as __net_of_Images::At<1, Encoder>>::COMPLAINT,
        );
    };
    const _: () = {
        __net_of_Images::check::not_zero("the input `[SIDE, 28, 1]`", __Images_1);
    };
};
