#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Letters;
#[doc(hidden)]
#[allow(
    non_upper_case_globals,
    unused_braces,
    unreachable_code,
    reason = "its name holds that of the struct, and its value stands as it is written"
)]
const __Letters_1: __net_of_Letters::usize = {
    let __value: __net_of_Letters::usize = STEPS;
    __net_of_Letters::check::fits("layer `l1: Embedding<8>`", &[__value, 8]);
    __value
};
/// Characters of a text, and what comes behind each.
#[repr(C)]
pub struct Letters<const V: __net_of_Letters::usize> {
    /// `Embedding<8>`
    pub l1: __net_of_Letters::Each<
        { __Letters_1 },
        __net_of_Letters::Embedding<{ V }, 8, __net_of_Letters::f32>,
    >,
    /// `Each<Dense<V, Softmax>>`
    pub l2: __net_of_Letters::Each<
        { __Letters_1 },
        __net_of_Letters::Dense<
            8,
            { V },
            __net_of_Letters::Softmax,
            __net_of_Letters::f32,
        >,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl<const V: __net_of_Letters::usize> Letters<V> {
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
            __net_of_Letters::check::not_zero("the input `[Token<V>; STEPS]`", V);
            __net_of_Letters::check::not_zero("layer `l2: Dense<V, Softmax>`", V);
        };
        const __PARTS: [__net::Part; 2] = {
            let () = Self::__FITS;
            [
                __net::Part::of::<
                    __net_of_Letters::Each<
                        { __Letters_1 },
                        __net_of_Letters::Embedding<{ V }, 8, __net_of_Letters::f32>,
                    >,
                >("l1"),
                __net::Part::of::<
                    __net_of_Letters::Each<
                        { __Letters_1 },
                        __net_of_Letters::Dense<
                            8,
                            { V },
                            __net_of_Letters::Softmax,
                            __net_of_Letters::f32,
                        >,
                    >,
                >("l2"),
            ]
        };
    }
    __net::impl_flat! {
        [const V : __net_of_Letters::usize] Letters < V > : __net_of_Letters::f32 { l1 :
        __net_of_Letters::Each < { __Letters_1 }, __net_of_Letters::Embedding < { V }, 8,
        __net_of_Letters::f32 > >, l2 : __net_of_Letters::Each < { __Letters_1 },
        __net_of_Letters::Dense < 8, { V }, __net_of_Letters::Softmax,
        __net_of_Letters::f32 > >, }
    }
    #[automatically_derived]
    impl<const V: __net_of_Letters::usize> __net::Layer for Letters<V> {
        type In = [__net_of_Letters::Token<{ V }>; __Letters_1];
        type Out = [[__net_of_Letters::f32; V]; __Letters_1];
        type Head = <__net_of_Letters::Each<
            { __Letters_1 },
            __net_of_Letters::Dense<
                8,
                { V },
                __net_of_Letters::Softmax,
                __net_of_Letters::f32,
            >,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Letters",
            args: &[__net::Arg::Size(V)],
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
            __net::Layer::predict_into(&self.l2, __net::same_one(&__h1), __y);
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
            __net::Infer::last(__pass, &self.l2, __net::same(__h1), __y);
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
            __net::Show::last(__pass, &self.l2, __net::same(__h1), __y);
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
            __net::Forward::last(__pass, &self.l2, __net::same(__h1), __y);
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
    impl<const V: __net_of_Letters::usize> __net::AsChain for Letters<V> {
        type Chain = __net_of_Letters::Chain<
            __net_of_Letters::Each<
                { __Letters_1 },
                __net_of_Letters::Embedding<{ V }, 8, __net_of_Letters::f32>,
            >,
            __net_of_Letters::Each<
                { __Letters_1 },
                __net_of_Letters::Dense<
                    8,
                    { V },
                    __net_of_Letters::Softmax,
                    __net_of_Letters::f32,
                >,
            >,
        >;
    }
    const _: () = {
        __net_of_Letters::check::not_zero("the input `[Token<V>; STEPS]`", __Letters_1);
    };
};
