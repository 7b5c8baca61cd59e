#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Constants;
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Constants_1: __net_of_Constants::usize = 28 * 28;
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Constants_2: __net_of_Constants::usize = {
    let __value: __net_of_Constants::usize = HIDDEN;
    __net_of_Constants::check::fits(
        "layer `l1: Dense<HIDDEN, LeakyRelu>`",
        &[__Constants_1, __value],
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
const __Constants_3: __net_of_Constants::usize = {
    let __value: __net_of_Constants::usize = CLASSES;
    __net_of_Constants::check::fits(
        "layer `l2: Dense<{ CLASSES }, LogSoftmax>`",
        &[__Constants_2, __value],
    );
    __value
};
#[repr(C)]
pub struct Constants {
    /// `Dense<HIDDEN, LeakyRelu>`
    pub l1: __net_of_Constants::Dense<
        { __Constants_1 },
        { __Constants_2 },
        __net_of_Constants::LeakyRelu<{ __net_of_Constants::f64::to_bits(0.01f64) }>,
        __net_of_Constants::f64,
    >,
    /// `Dense<{ CLASSES }, LogSoftmax>`
    pub l2: __net_of_Constants::Dense<
        { __Constants_2 },
        { __Constants_3 },
        __net_of_Constants::LogSoftmax,
        __net_of_Constants::f64,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Constants {
        /// The number of trained parameters.
        pub const PARAMS: __net::usize = __net::LayerInfo::params(
            &<Self as __net::Layer>::TREE,
        );
        /// The bytes that a training step of `rows` rows works in: weights, gradient and working memory, without the
        /// optimiser's moments and the data.
        pub const fn training_bytes(__rows: __net::usize) -> __net::usize {
            __net::training_bytes::<Self>(__rows)
        }
        const __PARTS: [__net::Part; 2] = {
            [
                __net::Part::of::<
                    __net_of_Constants::Dense<
                        { __Constants_1 },
                        { __Constants_2 },
                        __net_of_Constants::LeakyRelu<
                            { __net_of_Constants::f64::to_bits(0.01f64) },
                        >,
                        __net_of_Constants::f64,
                    >,
                >("l1"),
                __net::Part::of::<
                    __net_of_Constants::Dense<
                        { __Constants_2 },
                        { __Constants_3 },
                        __net_of_Constants::LogSoftmax,
                        __net_of_Constants::f64,
                    >,
                >("l2"),
            ]
        };
    }
    __net::impl_flat! {
        [] Constants : __net_of_Constants::f64 { l1 : __net_of_Constants::Dense < {
        __Constants_1 }, { __Constants_2 }, __net_of_Constants::LeakyRelu < {
        __net_of_Constants::f64::to_bits(0.01f64) } >, __net_of_Constants::f64 >, l2 :
        __net_of_Constants::Dense < { __Constants_2 }, { __Constants_3 },
        __net_of_Constants::LogSoftmax, __net_of_Constants::f64 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Constants {
        type In = [__net_of_Constants::f64; __Constants_1];
        type Out = [__net_of_Constants::f64; __Constants_3];
        type Head = <__net_of_Constants::Dense<
            { __Constants_2 },
            { __Constants_3 },
            __net_of_Constants::LogSoftmax,
            __net_of_Constants::f64,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Constants",
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
            __net::Layer::predict_into(&self.l2, &__h1, __y);
        }
        fn infer(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Constants::f64],
            __run: __net::PassContext<'_>,
        ) {
            let (__odd, __even, mut __pass) = __net::Infer::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
            );
            let __h1 = __net::Infer::layer(&mut __pass, &self.l1, __x, __odd);
            __net::Infer::last(__pass, &self.l2, __h1, __y);
        }
        fn visit_outputs(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Constants::f64],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(
                __net::Output<'_, __net_of_Constants::f64>,
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
            __net::Show::last(__pass, &self.l2, __h1, __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Constants::f64],
            __scratch: &mut [__net_of_Constants::f64],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.l1, __x);
            __net::Forward::last(__pass, &self.l2, __h1, __y);
        }
        fn backward(
            &self,
            __trace: __net::Trace<'_, Self>,
            __dy: &mut [Self::Out],
            __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
            __grad: &mut Self,
            __scratch: &mut [__net_of_Constants::f64],
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
            let (__h1, __d1) = __net::Backward::layer(
                &mut __pass,
                &self.l2,
                &self.l1,
                __y,
                __dy,
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
        }
    }
    #[automatically_derived]
    impl __net::AsChain for Constants {
        type Chain = __net_of_Constants::Chain<
            __net_of_Constants::Dense<
                { __Constants_1 },
                { __Constants_2 },
                __net_of_Constants::LeakyRelu<
                    { __net_of_Constants::f64::to_bits(0.01f64) },
                >,
                __net_of_Constants::f64,
            >,
            __net_of_Constants::Dense<
                { __Constants_2 },
                { __Constants_3 },
                __net_of_Constants::LogSoftmax,
                __net_of_Constants::f64,
            >,
        >;
    }
    const _: () = {
        __net_of_Constants::check::not_zero("the input `28 * 28`", __Constants_1);
    };
    const _: () = {
        __net_of_Constants::check::not_zero(
            "layer `l1: Dense<HIDDEN, LeakyRelu>`",
            __Constants_2,
        );
    };
    const _: () = {
        __net_of_Constants::check::not_zero(
            "layer `l2: Dense<{ CLASSES }, LogSoftmax>`",
            __Constants_3,
        );
    };
};
