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
            let (__odd, __even, mut __pass) = __net::Infer::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
            );
            let __h1 = __net::Infer::layer(&mut __pass, &self.hidden, __x, __odd);
            let __h2 = __net::Infer::layer(&mut __pass, &self.l2, __h1, __even);
            __net::Infer::last(__pass, &self.head, __h2, __y);
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
            let (__odd, __even, mut __pass) = __net::Show::new(
                &Self::__PARTS,
                __x.len(),
                __scratch,
                __run,
                __path,
                __visit,
            );
            let __h1 = __net::Show::layer(&mut __pass, &self.hidden, __x, __odd);
            let __h2 = __net::Show::layer(&mut __pass, &self.l2, __h1, __even);
            __net::Show::last(__pass, &self.head, __h2, __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Mnist::f32],
            __scratch: &mut [__net_of_Mnist::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.hidden, __x);
            let __h2 = __net::Forward::layer(&mut __pass, &self.l2, __h1);
            __net::Forward::last(__pass, &self.head, __h2, __y);
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
                &self.head,
                &self.l2,
                __y,
                __dy,
                __even,
                &mut __grad.head,
            );
            let (__h1, __d1) = __net::Backward::layer(
                &mut __pass,
                &self.l2,
                &self.hidden,
                __h2,
                __d2,
                __odd,
                &mut __grad.l2,
            );
            __net::Backward::first(
                __pass,
                &self.hidden,
                __x,
                __h1,
                __d1,
                __dx,
                &mut __grad.hidden,
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
