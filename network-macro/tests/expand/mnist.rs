#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Mnist;
/// Handwritten digits.
#[repr(C)]
pub struct Mnist {
    /// `Dense<128, Relu>`
    pub hidden: __net_of_Mnist::Dense<
        784,
        128,
        __net_of_Mnist::Relu,
        __net_of_Mnist::f32,
    >,
    /// `Dense<64, Relu>`
    pub l2: __net_of_Mnist::Dense<128, 64, __net_of_Mnist::Relu, __net_of_Mnist::f32>,
    /// `Dense<10, Softmax>`
    pub head: __net_of_Mnist::Dense<
        64,
        10,
        __net_of_Mnist::Softmax,
        __net_of_Mnist::f32,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Mnist {
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
                    __net_of_Mnist::Dense<
                        784,
                        128,
                        __net_of_Mnist::Relu,
                        __net_of_Mnist::f32,
                    >,
                >("hidden"),
                __net::Part::of::<
                    __net_of_Mnist::Dense<
                        128,
                        64,
                        __net_of_Mnist::Relu,
                        __net_of_Mnist::f32,
                    >,
                >("l2"),
                __net::Part::of::<
                    __net_of_Mnist::Dense<
                        64,
                        10,
                        __net_of_Mnist::Softmax,
                        __net_of_Mnist::f32,
                    >,
                >("head"),
            ]
        };
    }
    __net::impl_flat! {
        [] Mnist : __net_of_Mnist::f32 { hidden : __net_of_Mnist::Dense < 784, 128,
        __net_of_Mnist::Relu, __net_of_Mnist::f32 >, l2 : __net_of_Mnist::Dense < 128,
        64, __net_of_Mnist::Relu, __net_of_Mnist::f32 >, head : __net_of_Mnist::Dense <
        64, 10, __net_of_Mnist::Softmax, __net_of_Mnist::f32 >, }
    }
    #[automatically_derived]
    impl __net::Layer for Mnist {
        type In = [__net_of_Mnist::f32; 784];
        type Out = [__net_of_Mnist::f32; 10];
        type Head = <__net_of_Mnist::Dense<
            64,
            10,
            __net_of_Mnist::Softmax,
            __net_of_Mnist::f32,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Mnist",
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
            let mut __h1 = __net::sample_of(&self.hidden);
            __net::Layer::predict_into(&self.hidden, __x, &mut __h1);
            let mut __h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, &__h1, &mut __h2);
            __net::Layer::predict_into(&self.head, &__h2, __y);
        }
        fn infer(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Mnist::f32],
            __run: __net::PassContext<'_>,
        ) {
            let __rows = __x.len();
            let mut __space = __net::Workspace::new(__scratch, __rows);
            let __odd = __net::Workspace::take(
                &mut __space,
                const { __net::widest(&Self::__PARTS, 0) },
            );
            let __even = __net::Workspace::take(
                &mut __space,
                const { __net::widest(&Self::__PARTS, 1) },
            );
            let __scratch = __space.rest();
            let __h1 = __net::rows_of(&self.hidden, __odd, __rows);
            __net::Layer::infer(&self.hidden, __x, __h1, __scratch, __run.child(0));
            let __h2 = __net::rows_of(&self.l2, __even, __rows);
            __net::Layer::infer(&self.l2, __h1, __h2, __scratch, __run.child(1));
            __net::Layer::infer(&self.head, __h2, __y, __scratch, __run.last(2));
        }
        fn visit_outputs(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Mnist::f32],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, __net_of_Mnist::f32>),
        ) {
            let (__odd, __even, mut __show) = __net::Show::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
                __path,
                __visit,
            );
            let __h1 = __net::Show::layer(&mut __show, &self.hidden, __x, __odd);
            let __h2 = __net::Show::layer(&mut __show, &self.l2, __h1, __even);
            __net::Show::last(&mut __show, &self.head, __h2, __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Mnist::f32],
            __scratch: &mut [__net_of_Mnist::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __space = __net::Workspace::new(__saved, __x.len());
            let (__saved1, __h1) = __net::kept_of(&self.hidden, &mut __space);
            let (__saved2, __h2) = __net::kept_of(&self.l2, &mut __space);
            let __saved3 = __space.rest();
            __net::Layer::forward(
                &self.hidden,
                __x,
                __h1,
                __saved1,
                __scratch,
                __run.child(0),
            );
            __net::Layer::forward(
                &self.l2,
                __h1,
                __h2,
                __saved2,
                __scratch,
                __run.child(1),
            );
            __net::Layer::forward(
                &self.head,
                __h2,
                __y,
                __saved3,
                __scratch,
                __run.last(2),
            );
        }
        fn backward(
            &self,
            __trace: __net::Trace<'_, Self>,
            __dy: &mut [Self::Out],
            __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
            __grad: &mut Self,
            __scratch: &mut [__net_of_Mnist::f32],
            __run: __net::PassContext<'_>,
        ) {
            let __net::Trace { x: __x, y: __y, saved: __saved } = __trace;
            let mut __space = __net::Workspace::new(__saved, __x.len());
            let (__saved1, __h1) = __net::kept_of(&self.hidden, &mut __space);
            let (__saved2, __h2) = __net::kept_of(&self.l2, &mut __space);
            let __saved3 = __space.rest();
            let __rows = __x.len();
            let mut __space = __net::Workspace::new(__scratch, __rows);
            let __odd = __net::Workspace::take(
                &mut __space,
                const { __net::widest(&Self::__PARTS, 0) },
            );
            let __even = __net::Workspace::take(
                &mut __space,
                const { __net::widest(&Self::__PARTS, 1) },
            );
            let __scratch = __space.rest();
            let __d2 = __net::rows_of(&self.l2, __even, __rows);
            let __trace = __net::Trace {
                x: __h2,
                y: __y,
                saved: __saved3,
            };
            __net::Layer::backward(
                &self.head,
                __trace,
                __dy,
                __net::wanted(&Self::__PARTS, 2, &__dx, __d2),
                &mut __grad.head,
                __scratch,
                __run.last(2),
            );
            let __d1 = __net::rows_of(&self.hidden, __odd, __rows);
            let __trace = __net::Trace {
                x: __h1,
                y: __h2,
                saved: __saved2,
            };
            __net::Layer::backward(
                &self.l2,
                __trace,
                __d2,
                __net::wanted(&Self::__PARTS, 1, &__dx, __d1),
                &mut __grad.l2,
                __scratch,
                __run.child(1),
            );
            let __trace = __net::Trace {
                x: __x,
                y: __h1,
                saved: __saved1,
            };
            __net::Layer::backward(
                &self.hidden,
                __trace,
                __d1,
                __dx,
                &mut __grad.hidden,
                __scratch,
                __run.child(0),
            );
        }
        fn commit(&mut self, __grad: &Self) {
            __net::Layer::commit(&mut self.hidden, &__grad.hidden);
            __net::Layer::commit(&mut self.l2, &__grad.l2);
            __net::Layer::commit(&mut self.head, &__grad.head);
        }
    }
    #[automatically_derived]
    impl __net::AsChain for Mnist {
        type Chain = __net_of_Mnist::Chain<
            __net_of_Mnist::Dense<784, 128, __net_of_Mnist::Relu, __net_of_Mnist::f32>,
            __net_of_Mnist::Chain<
                __net_of_Mnist::Dense<
                    128,
                    64,
                    __net_of_Mnist::Relu,
                    __net_of_Mnist::f32,
                >,
                __net_of_Mnist::Dense<
                    64,
                    10,
                    __net_of_Mnist::Softmax,
                    __net_of_Mnist::f32,
                >,
            >,
        >;
    }
};
