#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Branches;
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Branches_1: __net_of_Branches::usize = {
    let __value: __net_of_Branches::usize = WIDTH;
    __net_of_Branches::check::fits("layer `both: Dense<WIDTH, Tanh>`", &[16, __value]);
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Branches_2: __net_of_Branches::usize = {
    let __value: __net_of_Branches::usize = 8 + __Branches_1;
    __net_of_Branches::check::fits("layer `l2: Dense<40>`", &[__value, 40]);
    __value
};
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Branches_3: __net_of_Branches::usize = {
    let __value: __net_of_Branches::usize = (<&'static Branches as __net_of_Branches::At<
        1,
        Encoder,
    >>::WIDTH) + 5;
    __net_of_Branches::check::fits("layer `l4: Dense<10, Softmax>`", &[__value, 10]);
    __value
};
#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "its name holds that of the struct, and not every field is used"
)]
#[repr(C)]
pub struct __Branches_labels_1<__A = (), __B = ()> {
    pub deep: __A,
    pub wide: __B,
}
#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "its name holds that of the struct, and not every field is used"
)]
#[repr(C)]
pub struct __Branches_labels_2<__A = (), __B = ()> {
    pub left: __A,
    pub right: __B,
}
#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "its name holds that of the struct, and not every field is used"
)]
#[repr(C)]
pub struct __Branches_labels_3<__A = (), __B = ()> {
    pub branch2: __A,
    pub three: __B,
}
#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "its name holds that of the struct, and not every field is used"
)]
#[repr(C)]
pub struct __Branches_labels_4<__A = (), __B = ()> {
    pub one: __A,
    pub rest: __B,
}
/// Branches of every kind.
#[repr(C)]
pub struct Branches {
    /// `Concat<deep: Dense<32, Relu> => Dense<8>, wide: Dense<WIDTH, Tanh>>`
    pub both: __net_of_Branches::Concat<
        __net_of_Branches::Chain<
            __net_of_Branches::Dense<
                16,
                32,
                __net_of_Branches::Relu,
                __net_of_Branches::f32,
            >,
            __net_of_Branches::Dense<
                32,
                8,
                __net_of_Branches::Linear,
                __net_of_Branches::f32,
            >,
        >,
        __net_of_Branches::Dense<
            16,
            { __Branches_1 },
            __net_of_Branches::Tanh,
            __net_of_Branches::f32,
        >,
        [__net_of_Branches::f32; __Branches_2],
        __Branches_labels_1,
    >,
    /// `Add<Dense<40>, Dropout<0.5>>`
    pub l2: __net_of_Branches::Add<
        __net_of_Branches::Dense<
            { __Branches_2 },
            40,
            __net_of_Branches::Linear,
            __net_of_Branches::f32,
        >,
        __net_of_Branches::Dropout<
            [__net_of_Branches::f32; __Branches_2],
            { __net_of_Branches::f64::to_bits(0.5f64) },
        >,
        __Branches_labels_2,
    >,
    /// `Concat<one: Encoder, Dense<2>, three: Dense<3>>`
    pub l3: <__net_of_Branches::Concat<
        <&'static Branches as __net_of_Branches::At<1, Encoder>>::Layer,
        __net_of_Branches::Concat<
            __net_of_Branches::Dense<
                40,
                2,
                __net_of_Branches::Linear,
                __net_of_Branches::f32,
            >,
            __net_of_Branches::Dense<
                40,
                3,
                __net_of_Branches::Linear,
                __net_of_Branches::f32,
            >,
            [__net_of_Branches::f32; 5],
            __Branches_labels_3,
        >,
        [__net_of_Branches::f32; __Branches_3],
        __Branches_labels_4,
    > as __net_of_Branches::Checked<
        {
            let _ = <__net_of_Branches::join::Fit as __net_of_Branches::join::Joins<
                <&'static Branches as __net_of_Branches::At<1, Encoder>>::Gives,
                <&'static Branches as __net_of_Branches::At<1, Encoder>>::Layer,
            >>::YES;
            0
        },
    >>::Network,
    /// `Dense<10, Softmax>`
    pub l4: __net_of_Branches::Dense<
        { __Branches_3 },
        10,
        __net_of_Branches::Softmax,
        __net_of_Branches::f32,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Branches {
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
                    __net_of_Branches::Concat<
                        __net_of_Branches::Chain<
                            __net_of_Branches::Dense<
                                16,
                                32,
                                __net_of_Branches::Relu,
                                __net_of_Branches::f32,
                            >,
                            __net_of_Branches::Dense<
                                32,
                                8,
                                __net_of_Branches::Linear,
                                __net_of_Branches::f32,
                            >,
                        >,
                        __net_of_Branches::Dense<
                            16,
                            { __Branches_1 },
                            __net_of_Branches::Tanh,
                            __net_of_Branches::f32,
                        >,
                        [__net_of_Branches::f32; __Branches_2],
                        __Branches_labels_1,
                    >,
                >("both"),
                __net::Part::of::<
                    __net_of_Branches::Add<
                        __net_of_Branches::Dense<
                            { __Branches_2 },
                            40,
                            __net_of_Branches::Linear,
                            __net_of_Branches::f32,
                        >,
                        __net_of_Branches::Dropout<
                            [__net_of_Branches::f32; __Branches_2],
                            { __net_of_Branches::f64::to_bits(0.5f64) },
                        >,
                        __Branches_labels_2,
                    >,
                >("l2"),
                __net::Part::of::<
                    <__net_of_Branches::Concat<
                        <&'static Branches as __net_of_Branches::At<1, Encoder>>::Layer,
                        __net_of_Branches::Concat<
                            __net_of_Branches::Dense<
                                40,
                                2,
                                __net_of_Branches::Linear,
                                __net_of_Branches::f32,
                            >,
                            __net_of_Branches::Dense<
                                40,
                                3,
                                __net_of_Branches::Linear,
                                __net_of_Branches::f32,
                            >,
                            [__net_of_Branches::f32; 5],
                            __Branches_labels_3,
                        >,
                        [__net_of_Branches::f32; __Branches_3],
                        __Branches_labels_4,
                    > as __net_of_Branches::Checked<
                        {
                            let _ = <__net_of_Branches::join::Fit as __net_of_Branches::join::Joins<
                                <&'static Branches as __net_of_Branches::At<
                                    1,
                                    Encoder,
                                >>::Gives,
                                <&'static Branches as __net_of_Branches::At<
                                    1,
                                    Encoder,
                                >>::Layer,
                            >>::YES;
                            0
                        },
                    >>::Network,
                >("l3"),
                __net::Part::of::<
                    __net_of_Branches::Dense<
                        { __Branches_3 },
                        10,
                        __net_of_Branches::Softmax,
                        __net_of_Branches::f32,
                    >,
                >("l4"),
            ]
        };
    }
    __net::impl_flat! {
        [] Branches : __net_of_Branches::f32 { both : __net_of_Branches::Concat <
        __net_of_Branches::Chain < __net_of_Branches::Dense < 16, 32,
        __net_of_Branches::Relu, __net_of_Branches::f32 >, __net_of_Branches::Dense < 32,
        8, __net_of_Branches::Linear, __net_of_Branches::f32 > >,
        __net_of_Branches::Dense < 16, { __Branches_1 }, __net_of_Branches::Tanh,
        __net_of_Branches::f32 >, [__net_of_Branches::f32; __Branches_2],
        __Branches_labels_1 >, l2 : __net_of_Branches::Add < __net_of_Branches::Dense < {
        __Branches_2 }, 40, __net_of_Branches::Linear, __net_of_Branches::f32 >,
        __net_of_Branches::Dropout < [__net_of_Branches::f32; __Branches_2], {
        __net_of_Branches::f64::to_bits(0.5f64) } >, __Branches_labels_2 >, l3 : <
        __net_of_Branches::Concat < < & 'static Branches as __net_of_Branches::At < 1,
        Encoder >> ::Layer, __net_of_Branches::Concat < __net_of_Branches::Dense < 40, 2,
        __net_of_Branches::Linear, __net_of_Branches::f32 >, __net_of_Branches::Dense <
        40, 3, __net_of_Branches::Linear, __net_of_Branches::f32 >,
        [__net_of_Branches::f32; 5], __Branches_labels_3 >, [__net_of_Branches::f32;
        __Branches_3], __Branches_labels_4 > as __net_of_Branches::Checked < { let _ = <
        __net_of_Branches::join::Fit as __net_of_Branches::join::Joins < < & 'static
        Branches as __net_of_Branches::At < 1, Encoder >> ::Gives, < & 'static Branches
        as __net_of_Branches::At < 1, Encoder >> ::Layer >> ::YES; 0 } >> ::Network, l4 :
        __net_of_Branches::Dense < { __Branches_3 }, 10, __net_of_Branches::Softmax,
        __net_of_Branches::f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Branches {
        type In = [__net_of_Branches::f32; 16];
        type Out = [__net_of_Branches::f32; 10];
        type Head = <__net_of_Branches::Dense<
            { __Branches_3 },
            10,
            __net_of_Branches::Softmax,
            __net_of_Branches::f32,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Branches",
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
            let mut __h1 = __net::sample_of(&self.both);
            __net::Layer::predict_into(&self.both, __net::same_one(__x), &mut __h1);
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
            __scratch: &mut [__net_of_Branches::f32],
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
                &self.both,
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
            __scratch: &mut [__net_of_Branches::f32],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(
                __net::Output<'_, __net_of_Branches::f32>,
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
            let __h1 = __net::Show::layer(
                &mut __pass,
                &self.both,
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
            __saved: &mut [__net_of_Branches::f32],
            __scratch: &mut [__net_of_Branches::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.both, __net::same(__x));
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
            __scratch: &mut [__net_of_Branches::f32],
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
                &self.both,
                __h2,
                __d2,
                __odd,
                &mut __grad.l2,
            );
            __net::Backward::first(
                __pass,
                &self.both,
                __net::same(__x),
                __h1,
                __d1,
                __dx.map(__net::same_mut),
                &mut __grad.both,
            );
        }
        fn commit(&mut self, __grad: &Self) {
            __net::Layer::commit(&mut self.both, &__grad.both);
            __net::Layer::commit(&mut self.l2, &__grad.l2);
            __net::Layer::commit(&mut self.l3, &__grad.l3);
            __net::Layer::commit(&mut self.l4, &__grad.l4);
        }
    }
    __net::impl_flat! {
        [__A : __net::Flat, __B : __net::Flat < Elem = __A::Elem >] __Branches_labels_1 <
        __A, __B > : __A::Elem { deep : __A, wide : __B, }
    }
    #[automatically_derived]
    impl __net::Labels for __Branches_labels_1 {
        const NAMES: [&'static __net::str; 2] = ["deep", "wide"];
        type Fields<__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>> = __Branches_labels_1<
            __A,
            __B,
        >;
    }
    __net::impl_flat! {
        [__A : __net::Flat, __B : __net::Flat < Elem = __A::Elem >] __Branches_labels_2 <
        __A, __B > : __A::Elem { left : __A, right : __B, }
    }
    #[automatically_derived]
    impl __net::Labels for __Branches_labels_2 {
        const NAMES: [&'static __net::str; 2] = ["left", "right"];
        type Fields<__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>> = __Branches_labels_2<
            __A,
            __B,
        >;
    }
    __net::impl_flat! {
        [__A : __net::Flat, __B : __net::Flat < Elem = __A::Elem >] __Branches_labels_3 <
        __A, __B > : __A::Elem { branch2 : __A, three : __B, }
    }
    #[automatically_derived]
    impl __net::Labels for __Branches_labels_3 {
        const NAMES: [&'static __net::str; 2] = ["branch2", "three"];
        type Fields<__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>> = __Branches_labels_3<
            __A,
            __B,
        >;
    }
    __net::impl_flat! {
        [__A : __net::Flat, __B : __net::Flat < Elem = __A::Elem >] __Branches_labels_4 <
        __A, __B > : __A::Elem { one : __A, rest : __B, }
    }
    #[automatically_derived]
    impl __net::Labels for __Branches_labels_4 {
        const NAMES: [&'static __net::str; 2] = ["one", "rest"];
        type Fields<__A: __net::Flat, __B: __net::Flat<Elem = __A::Elem>> = __Branches_labels_4<
            __A,
            __B,
        >;
    }
    #[automatically_derived]
    impl<__A, __B> ::core::ops::Deref for __Branches_labels_4<__A, __B> {
        type Target = __B;
        fn deref(&self) -> &__B {
            &self.rest
        }
    }
    #[automatically_derived]
    impl<__A, __B> ::core::ops::DerefMut for __Branches_labels_4<__A, __B> {
        fn deref_mut(&mut self) -> &mut __B {
            &mut self.rest
        }
    }
    type __Chain = __net_of_Branches::Chain<
        __net_of_Branches::Concat<
            __net_of_Branches::Chain<
                __net_of_Branches::Dense<
                    16,
                    32,
                    __net_of_Branches::Relu,
                    __net_of_Branches::f32,
                >,
                __net_of_Branches::Dense<
                    32,
                    8,
                    __net_of_Branches::Linear,
                    __net_of_Branches::f32,
                >,
            >,
            __net_of_Branches::Dense<
                16,
                { __Branches_1 },
                __net_of_Branches::Tanh,
                __net_of_Branches::f32,
            >,
            [__net_of_Branches::f32; __Branches_2],
            __Branches_labels_1,
        >,
        __net_of_Branches::Chain<
            __net_of_Branches::Add<
                __net_of_Branches::Dense<
                    { __Branches_2 },
                    40,
                    __net_of_Branches::Linear,
                    __net_of_Branches::f32,
                >,
                __net_of_Branches::Dropout<
                    [__net_of_Branches::f32; __Branches_2],
                    { __net_of_Branches::f64::to_bits(0.5f64) },
                >,
                __Branches_labels_2,
            >,
            __net_of_Branches::Chain<
                <__net_of_Branches::Concat<
                    <&'static Branches as __net_of_Branches::At<1, Encoder>>::Layer,
                    __net_of_Branches::Concat<
                        __net_of_Branches::Dense<
                            40,
                            2,
                            __net_of_Branches::Linear,
                            __net_of_Branches::f32,
                        >,
                        __net_of_Branches::Dense<
                            40,
                            3,
                            __net_of_Branches::Linear,
                            __net_of_Branches::f32,
                        >,
                        [__net_of_Branches::f32; 5],
                        __Branches_labels_3,
                    >,
                    [__net_of_Branches::f32; __Branches_3],
                    __Branches_labels_4,
                > as __net_of_Branches::Checked<
                    {
                        let _ = <__net_of_Branches::join::Fit as __net_of_Branches::join::Joins<
                            <&'static Branches as __net_of_Branches::At<
                                1,
                                Encoder,
                            >>::Gives,
                            <&'static Branches as __net_of_Branches::At<
                                1,
                                Encoder,
                            >>::Layer,
                        >>::YES;
                        0
                    },
                >>::Network,
                __net_of_Branches::Dense<
                    { __Branches_3 },
                    10,
                    __net_of_Branches::Softmax,
                    __net_of_Branches::f32,
                >,
            >,
        >,
    >;
    type __Network = Branches;
    type __Layers = __Chain;
    __net::opaque_forms! {
        __net, pub __Network, [], [], __Layers
    }
    __net::opaque_streams! {
        __net, pub Branches, [], [], __net_of_Branches::f32, [__net_of_Branches::f32 =>
        __net_of_Branches::f32], __Chain
    }
    #[automatically_derived]
    impl __net_of_Branches::At<1, Encoder> for &'static Branches {
        type Layer = <Encoder as __net_of_Branches::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Branches::kind(
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::IS_LAYER,
                    __net_of_Branches::Probe::<Encoder, __net_of_Branches::f32>::IS_SPEC,
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Branches::f32,
            <[__net_of_Branches::f32; 40] as __net_of_Branches::Checked<
                {
                    <__net_of_Branches::join::Fit as __net_of_Branches::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Branches::kind(
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_LAYER,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_SPEC,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Branches::f32,
                        [__net_of_Branches::f32; 40],
                        __net_of_Branches::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Branches::Inferred,
        >>::Layer;
        type Gives = <Encoder as __net_of_Branches::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Branches::kind(
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::IS_LAYER,
                    __net_of_Branches::Probe::<Encoder, __net_of_Branches::f32>::IS_SPEC,
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Branches::f32,
            <[__net_of_Branches::f32; 40] as __net_of_Branches::Checked<
                {
                    <__net_of_Branches::join::Fit as __net_of_Branches::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Branches::kind(
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_LAYER,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_SPEC,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Branches::f32,
                        [__net_of_Branches::f32; 40],
                        __net_of_Branches::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Branches::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Branches::usize = <Encoder as __net_of_Branches::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Branches::kind(
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::IS_LAYER,
                    __net_of_Branches::Probe::<Encoder, __net_of_Branches::f32>::IS_SPEC,
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Branches::f32,
            <[__net_of_Branches::f32; 40] as __net_of_Branches::Checked<
                {
                    <__net_of_Branches::join::Fit as __net_of_Branches::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Branches::kind(
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_LAYER,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_SPEC,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Branches::f32,
                        [__net_of_Branches::f32; 40],
                        __net_of_Branches::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Branches::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Branches::Complaint> = <Encoder as __net_of_Branches::LayerFrom<
            {
                use ::typednet::__private::NoProbe as _;
                __net_of_Branches::kind(
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::IS_LAYER,
                    __net_of_Branches::Probe::<Encoder, __net_of_Branches::f32>::IS_SPEC,
                    __net_of_Branches::Probe::<
                        Encoder,
                        __net_of_Branches::f32,
                    >::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            __net_of_Branches::f32,
            <[__net_of_Branches::f32; 40] as __net_of_Branches::Checked<
                {
                    <__net_of_Branches::join::Fit as __net_of_Branches::Ask<
                        {
                            use ::typednet::__private::NoProbe as _;
                            __net_of_Branches::kind(
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_LAYER,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::IS_SPEC,
                                __net_of_Branches::Probe::<
                                    Encoder,
                                    __net_of_Branches::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        __net_of_Branches::f32,
                        [__net_of_Branches::f32; 40],
                        __net_of_Branches::Inferred,
                    >>::YES
                },
            >>::Network,
            __net_of_Branches::Inferred,
        >>::COMPLAINT;
    }
    const _: () = {
        __net_of_Branches::check::no_complaint(
            &<&'static Branches as __net_of_Branches::At<1, Encoder>>::COMPLAINT,
        );
    };
    const _: () = {
        __net_of_Branches::check::not_zero(
            "layer `both: Dense<WIDTH, Tanh>`",
            __Branches_1,
        );
    };
    const _: () = {
        __net_of_Branches::check::gives(
            "layer `l2: Add<Dense<40>, Dropout<0.5>>`: branch `Dropout<0.5>`",
            &[__Branches_2],
            "branch `Dense<40>` gives",
            &[40],
        );
    };
};
