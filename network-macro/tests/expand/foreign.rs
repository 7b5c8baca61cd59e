#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Named;
/// Names whose sizes follow, of which only rustc knows what they are.
#[repr(C)]
pub struct Named<T: __net_of_Named::Scalar, const WIDTH: __net_of_Named::usize> {
    /// `Scale`
    pub l1: <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Layer,
    /// `shapes::Maxout<WIDTH, 2>`
    pub l2: <&'static Named<
        T,
        WIDTH,
    > as __net_of_Named::At<
        2,
        __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>,
    >>::Layer,
    /// `Residual<Scale>`
    pub l3: __net_of_Named::Residual<
        <&'static Named<T, WIDTH> as __net_of_Named::At<3, Scale>>::Layer,
    >,
    /// `Scale`
    pub l4: <&'static Named<T, WIDTH> as __net_of_Named::At<4, Scale>>::Layer,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl<T: __net_of_Named::Scalar, const WIDTH: __net_of_Named::usize> Named<T, WIDTH> {
        /// The number of trained parameters.
        pub const PARAMS: __net::usize = __net::LayerInfo::params(
            &<Self as __net::Layer>::TREE,
        );
        /// The bytes that a training step of `rows` rows works in: weights, gradient and working memory, without the
        /// optimiser's moments and the data.
        pub const fn training_bytes(__rows: __net::usize) -> __net::usize {
            __net::training_bytes::<Self>(__rows)
        }
        const __FITS: () = {
            __net_of_Named::check::no_complaint(
                &<&'static Named<
                    __net_of_Named::f32,
                    WIDTH,
                > as __net_of_Named::At<
                    2,
                    __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>,
                >>::COMPLAINT,
            );
            __net_of_Named::check::no_complaint(
                &<&'static Named<
                    __net_of_Named::f32,
                    WIDTH,
                > as __net_of_Named::At<3, Scale>>::COMPLAINT,
            );
            __net_of_Named::check::no_complaint(
                &<&'static Named<
                    __net_of_Named::f32,
                    WIDTH,
                > as __net_of_Named::At<4, Scale>>::COMPLAINT,
            );
        };
        const __PARTS: [__net::Part; 4] = {
            let () = Self::__FITS;
            [
                __net::Part::of::<
                    <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Layer,
                >("l1"),
                __net::Part::of::<
                    <&'static Named<
                        T,
                        WIDTH,
                    > as __net_of_Named::At<
                        2,
                        __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>,
                    >>::Layer,
                >("l2"),
                __net::Part::of::<
                    __net_of_Named::Residual<
                        <&'static Named<T, WIDTH> as __net_of_Named::At<3, Scale>>::Layer,
                    >,
                >("l3"),
                __net::Part::of::<
                    <&'static Named<T, WIDTH> as __net_of_Named::At<4, Scale>>::Layer,
                >("l4"),
            ]
        };
    }
    __net::impl_flat! {
        [T : __net_of_Named::Scalar, const WIDTH : __net_of_Named::usize] Named < T,
        WIDTH > : T { l1 : < & 'static Named < T, 7 > as __net_of_Named::At < 1, Scale >>
        ::Layer, l2 : < & 'static Named < T, WIDTH > as __net_of_Named::At < 2,
        __net_of_Named::Behind < shapes::Maxout < WIDTH, 2 >, Scale > >> ::Layer, l3 :
        __net_of_Named::Residual < < & 'static Named < T, WIDTH > as __net_of_Named::At <
        3, Scale >> ::Layer >, l4 : < & 'static Named < T, WIDTH > as __net_of_Named::At
        < 4, Scale >> ::Layer, }
    }
    #[automatically_derived]
    impl<T: __net_of_Named::Scalar, const WIDTH: __net_of_Named::usize> __net::Layer
    for Named<T, WIDTH> {
        type In = [T; 784];
        type Out = <&'static Named<T, WIDTH> as __net_of_Named::At<4, Scale>>::Gives;
        type Head = <<&'static Named<
            T,
            WIDTH,
        > as __net_of_Named::At<4, Scale>>::Layer as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Named",
            args: &[__net::Arg::Size(WIDTH)],
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
            __scratch: &mut [T],
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
            __scratch: &mut [T],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, T>),
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
            __saved: &mut [T],
            __scratch: &mut [T],
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
            __scratch: &mut [T],
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
    type __Chain<T, const WIDTH: __net_of_Named::usize> = __net_of_Named::Chain<
        <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Layer,
        __net_of_Named::Chain<
            <&'static Named<
                T,
                WIDTH,
            > as __net_of_Named::At<
                2,
                __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>,
            >>::Layer,
            __net_of_Named::Chain<
                __net_of_Named::Residual<
                    <&'static Named<T, WIDTH> as __net_of_Named::At<3, Scale>>::Layer,
                >,
                <&'static Named<T, WIDTH> as __net_of_Named::At<4, Scale>>::Layer,
            >,
        >,
    >;
    type __Network<const WIDTH: __net_of_Named::usize> = Named<
        __net_of_Named::f32,
        WIDTH,
    >;
    type __Layers<const WIDTH: __net_of_Named::usize> = __Chain<
        __net_of_Named::f32,
        WIDTH,
    >;
    __net::opaque_forms! {
        __net, pub __Network, [const WIDTH : __net_of_Named::usize], [< WIDTH >],
        __Layers
    }
    const __KIND_1: __net_of_Named::u8 = __net_of_Named::both(
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::IS_LAYER,
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::IS_SPEC,
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::NEEDS_SHAPE,
                false,
                true,
            )
        },
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::IS_LAYER,
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::IS_SPEC,
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::NEEDS_SHAPE,
                false,
                true,
            )
        },
    );
    const __HOLDS_1: __net_of_Named::bool = {
        use ::typednet::__private::HoldsNot as _;
        __net_of_Named::holds(
            __KIND_1,
            __net_of_Named::Holds::<
                Scale,
                __net_of_Named::f32,
                [__net_of_Named::f32; 784],
                __net_of_Named::Inferred,
            >::LAYER,
            __net_of_Named::Holds::<
                Scale,
                __net_of_Named::f32,
                [__net_of_Named::f32; 784],
                __net_of_Named::Inferred,
            >::SPEC,
        )
            && __net_of_Named::holds(
                __KIND_1,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f64,
                    [__net_of_Named::f64; 784],
                    __net_of_Named::Inferred,
                >::LAYER,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f64,
                    [__net_of_Named::f64; 784],
                    __net_of_Named::Inferred,
                >::SPEC,
            )
    };
    #[automatically_derived]
    impl<
        T: __net_of_Named::Scalar,
        const WIDTH: __net_of_Named::usize,
    > __net_of_Named::At<1, Scale> for &'static Named<T, WIDTH> {
        type Layer = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_1 { __KIND_1 } else { __net_of_Named::STAND_IN } },
            T,
            [T; 784],
            __net_of_Named::Inferred,
        >>::Layer;
        type Gives = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_1 { __KIND_1 } else { __net_of_Named::STAND_IN } },
            T,
            [T; 784],
            __net_of_Named::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Named::usize = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_1 { __KIND_1 } else { __net_of_Named::STAND_IN } },
            T,
            [T; 784],
            __net_of_Named::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Named::Complaint> = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_1 { __KIND_1 } else { __net_of_Named::STAND_IN } },
            T,
            [T; 784],
            __net_of_Named::Inferred,
        >>::COMPLAINT;
    }
    const __KIND_2: __net_of_Named::u8 = __net_of_Named::both(
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<
                    shapes::Maxout<7, 2>,
                    __net_of_Named::f32,
                >::IS_LAYER,
                __net_of_Named::Probe::<
                    shapes::Maxout<7, 2>,
                    __net_of_Named::f32,
                >::IS_SPEC,
                __net_of_Named::Probe::<
                    shapes::Maxout<7, 2>,
                    __net_of_Named::f32,
                >::NEEDS_SHAPE,
                true,
                false,
            )
        },
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<
                    shapes::Maxout<11, 2>,
                    __net_of_Named::f64,
                >::IS_LAYER,
                __net_of_Named::Probe::<
                    shapes::Maxout<11, 2>,
                    __net_of_Named::f64,
                >::IS_SPEC,
                __net_of_Named::Probe::<
                    shapes::Maxout<11, 2>,
                    __net_of_Named::f64,
                >::NEEDS_SHAPE,
                true,
                false,
            )
        },
    );
    const __HOLDS_2: __net_of_Named::bool = {
        use ::typednet::__private::HoldsNot as _;
        __HOLDS_1
            && __net_of_Named::holds(
                __KIND_2,
                __net_of_Named::Holds::<
                    shapes::Maxout<7, 2>,
                    __net_of_Named::f32,
                    <&'static Named<
                        __net_of_Named::f32,
                        7,
                    > as __net_of_Named::At<1, Scale>>::Gives,
                    [__net_of_Named::f32; 7],
                >::LAYER,
                __net_of_Named::Holds::<
                    shapes::Maxout<7, 2>,
                    __net_of_Named::f32,
                    <&'static Named<
                        __net_of_Named::f32,
                        7,
                    > as __net_of_Named::At<1, Scale>>::Gives,
                    [__net_of_Named::f32; 7],
                >::SPEC,
            )
            && __net_of_Named::holds(
                __KIND_2,
                __net_of_Named::Holds::<
                    shapes::Maxout<11, 2>,
                    __net_of_Named::f64,
                    <&'static Named<
                        __net_of_Named::f64,
                        7,
                    > as __net_of_Named::At<1, Scale>>::Gives,
                    [__net_of_Named::f64; 11],
                >::LAYER,
                __net_of_Named::Holds::<
                    shapes::Maxout<11, 2>,
                    __net_of_Named::f64,
                    <&'static Named<
                        __net_of_Named::f64,
                        7,
                    > as __net_of_Named::At<1, Scale>>::Gives,
                    [__net_of_Named::f64; 11],
                >::SPEC,
            )
    };
    #[automatically_derived]
    impl<
        T: __net_of_Named::Scalar,
        const WIDTH: __net_of_Named::usize,
    > __net_of_Named::At<2, __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>>
    for &'static Named<T, WIDTH> {
        type Layer = <shapes::Maxout<
            WIDTH,
            2,
        > as __net_of_Named::LayerFrom<
            { if __HOLDS_2 { __KIND_2 } else { __net_of_Named::DECLARED_STAND_IN } },
            T,
            <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Gives,
            [T; WIDTH],
        >>::Layer;
        type Gives = <shapes::Maxout<
            WIDTH,
            2,
        > as __net_of_Named::LayerFrom<
            { if __HOLDS_2 { __KIND_2 } else { __net_of_Named::DECLARED_STAND_IN } },
            T,
            <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Gives,
            [T; WIDTH],
        >>::Gives;
        const WIDTH: __net_of_Named::usize = <shapes::Maxout<
            WIDTH,
            2,
        > as __net_of_Named::LayerFrom<
            { if __HOLDS_2 { __KIND_2 } else { __net_of_Named::DECLARED_STAND_IN } },
            T,
            <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Gives,
            [T; WIDTH],
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Named::Complaint> = <shapes::Maxout<
            WIDTH,
            2,
        > as __net_of_Named::LayerFrom<
            { if __HOLDS_2 { __KIND_2 } else { __net_of_Named::DECLARED_STAND_IN } },
            T,
            <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Gives,
            [T; WIDTH],
        >>::COMPLAINT;
    }
    const __KIND_3: __net_of_Named::u8 = __net_of_Named::both(
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::IS_LAYER,
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::IS_SPEC,
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::NEEDS_SHAPE,
                false,
                false,
            )
        },
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::IS_LAYER,
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::IS_SPEC,
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::NEEDS_SHAPE,
                false,
                false,
            )
        },
    );
    const __HOLDS_3: __net_of_Named::bool = {
        use ::typednet::__private::HoldsNot as _;
        __HOLDS_2
            && __net_of_Named::holds(
                __KIND_3,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f32,
                    [__net_of_Named::f32; 7],
                    __net_of_Named::Inferred,
                >::LAYER,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f32,
                    [__net_of_Named::f32; 7],
                    __net_of_Named::Inferred,
                >::SPEC,
            )
            && __net_of_Named::holds(
                __KIND_3,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f64,
                    [__net_of_Named::f64; 11],
                    __net_of_Named::Inferred,
                >::LAYER,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f64,
                    [__net_of_Named::f64; 11],
                    __net_of_Named::Inferred,
                >::SPEC,
            )
    };
    #[automatically_derived]
    impl<
        T: __net_of_Named::Scalar,
        const WIDTH: __net_of_Named::usize,
    > __net_of_Named::At<3, Scale> for &'static Named<T, WIDTH> {
        type Layer = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_3 { __KIND_3 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::Layer;
        type Gives = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_3 { __KIND_3 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Named::usize = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_3 { __KIND_3 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Named::Complaint> = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_3 { __KIND_3 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::COMPLAINT;
    }
    const __KIND_4: __net_of_Named::u8 = __net_of_Named::both(
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::IS_LAYER,
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::IS_SPEC,
                __net_of_Named::Probe::<Scale, __net_of_Named::f32>::NEEDS_SHAPE,
                false,
                false,
            )
        },
        {
            use ::typednet::__private::NoProbe as _;
            __net_of_Named::kind(
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::IS_LAYER,
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::IS_SPEC,
                __net_of_Named::Probe::<Scale, __net_of_Named::f64>::NEEDS_SHAPE,
                false,
                false,
            )
        },
    );
    const __HOLDS_4: __net_of_Named::bool = {
        use ::typednet::__private::HoldsNot as _;
        __HOLDS_3
            && __net_of_Named::holds(
                __KIND_4,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f32,
                    [__net_of_Named::f32; 7],
                    __net_of_Named::Inferred,
                >::LAYER,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f32,
                    [__net_of_Named::f32; 7],
                    __net_of_Named::Inferred,
                >::SPEC,
            )
            && __net_of_Named::holds(
                __KIND_4,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f64,
                    [__net_of_Named::f64; 11],
                    __net_of_Named::Inferred,
                >::LAYER,
                __net_of_Named::Holds::<
                    Scale,
                    __net_of_Named::f64,
                    [__net_of_Named::f64; 11],
                    __net_of_Named::Inferred,
                >::SPEC,
            )
    };
    #[automatically_derived]
    impl<
        T: __net_of_Named::Scalar,
        const WIDTH: __net_of_Named::usize,
    > __net_of_Named::At<4, Scale> for &'static Named<T, WIDTH> {
        type Layer = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_4 { __KIND_4 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::Layer;
        type Gives = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_4 { __KIND_4 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::Gives;
        const WIDTH: __net_of_Named::usize = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_4 { __KIND_4 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::WIDTH;
        const COMPLAINT: ::core::option::Option<__net_of_Named::Complaint> = <Scale as __net_of_Named::LayerFrom<
            { if __HOLDS_4 { __KIND_4 } else { __net_of_Named::STAND_IN } },
            T,
            [T; WIDTH],
            __net_of_Named::Inferred,
        >>::COMPLAINT;
    }
    const _: () = {
        __net_of_Named::check::no_complaint(
            &<&'static Named<
                __net_of_Named::f32,
                7,
            > as __net_of_Named::At<1, Scale>>::COMPLAINT,
        );
    };
    const _: () = {
        __net_of_Named::check::any_number(
            "layer `l1: Scale` computes with one number type, the network with any `T`: write `Scale<T>`",
            __KIND_1,
        );
    };
    const _: () = {
        __net_of_Named::check::any_number(
            "layer `l2: shapes::Maxout<WIDTH, 2>` computes with one number type, the network with any `T`: write `shapes::Maxout<WIDTH, 2><T>`",
            __KIND_2,
        );
    };
    const _: () = {
        __net_of_Named::check::any_number(
            "layer `l3: Scale` computes with one number type, the network with any `T`: write `Scale<T>`",
            __KIND_3,
        );
    };
    const _: () = {
        __net_of_Named::check::any_number(
            "layer `l4: Scale` computes with one number type, the network with any `T`: write `Scale<T>`",
            __KIND_4,
        );
    };
    const _: () = {
        #[allow(dead_code, reason = "it is there to be compiled")]
        const fn shapes_fit<
            T: __net_of_Named::Scalar,
            const WIDTH: __net_of_Named::usize,
        >() {
            let _ = <__net_of_Named::join::Fit as __net_of_Named::Ask<
                { __KIND_1 },
                Scale,
                T,
                [T; 784],
                __net_of_Named::Inferred,
            >>::YES;
            let _ = <__net_of_Named::join::Fit as __net_of_Named::Ask<
                { if __HOLDS_1 { __KIND_2 } else { __net_of_Named::SILENT } },
                shapes::Maxout<WIDTH, 2>,
                T,
                <&'static Named<T, 7> as __net_of_Named::At<1, Scale>>::Gives,
                [T; WIDTH],
            >>::YES;
            let _ = <__net_of_Named::join::Fit as __net_of_Named::join::Ends<
                <<&'static Named<
                    T,
                    WIDTH,
                > as __net_of_Named::At<
                    2,
                    __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>,
                >>::Gives as __net_of_Named::Alike<{ __HOLDS_2 }, [T; WIDTH]>>::Itself,
                [T; WIDTH],
                <&'static Named<
                    T,
                    WIDTH,
                > as __net_of_Named::At<
                    2,
                    __net_of_Named::Behind<shapes::Maxout<WIDTH, 2>, Scale>,
                >>::Layer,
            >>::YES;
            let _ = <__net_of_Named::join::Fit as __net_of_Named::Ask<
                { if __HOLDS_2 { __KIND_3 } else { __net_of_Named::SILENT } },
                Scale,
                T,
                [T; WIDTH],
                __net_of_Named::Inferred,
            >>::YES;
            let _ = <__net_of_Named::join::Fit as __net_of_Named::join::GoesAround<
                [T; WIDTH],
                <<&'static Named<
                    T,
                    WIDTH,
                > as __net_of_Named::At<
                    3,
                    Scale,
                >>::Gives as __net_of_Named::Alike<{ __HOLDS_3 }, [T; WIDTH]>>::Itself,
                __net_of_Named::Residual<
                    <&'static Named<T, WIDTH> as __net_of_Named::At<3, Scale>>::Layer,
                >,
            >>::YES;
            let _ = <__net_of_Named::join::Fit as __net_of_Named::Ask<
                { if __HOLDS_3 { __KIND_4 } else { __net_of_Named::SILENT } },
                Scale,
                T,
                [T; WIDTH],
                __net_of_Named::Inferred,
            >>::YES;
        }
    };
};
