#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Regression;
#[repr(C)]
pub(crate) struct Regression<
    T: __net_of_Regression::Scalar,
    const WIDTH: __net_of_Regression::usize,
> {
    /// `Dense<WIDTH, Tanh>`
    pub l1: __net_of_Regression::Dense<13, { WIDTH }, __net_of_Regression::Tanh, T>,
    /// `Dense<WIDTH>`
    pub l2: __net_of_Regression::Dense<
        { WIDTH },
        { WIDTH },
        __net_of_Regression::Linear,
        T,
    >,
    /// `Dense<1>`
    pub l3: __net_of_Regression::Dense<{ WIDTH }, 1, __net_of_Regression::Linear, T>,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl<
        T: __net_of_Regression::Scalar,
        const WIDTH: __net_of_Regression::usize,
    > Regression<T, WIDTH> {
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
            __net_of_Regression::check::not_zero(
                "layer `l1: Dense<WIDTH, Tanh>`",
                WIDTH,
            );
            __net_of_Regression::check::not_zero("layer `l2: Dense<WIDTH>`", WIDTH);
        };
        const __PARTS: [__net::Part; 3] = {
            let () = Self::__FITS;
            [
                __net::Part::of::<
                    __net_of_Regression::Dense<
                        13,
                        { WIDTH },
                        __net_of_Regression::Tanh,
                        T,
                    >,
                >("l1"),
                __net::Part::of::<
                    __net_of_Regression::Dense<
                        { WIDTH },
                        { WIDTH },
                        __net_of_Regression::Linear,
                        T,
                    >,
                >("l2"),
                __net::Part::of::<
                    __net_of_Regression::Dense<
                        { WIDTH },
                        1,
                        __net_of_Regression::Linear,
                        T,
                    >,
                >("l3"),
            ]
        };
    }
    __net::impl_flat! {
        [T : __net_of_Regression::Scalar, const WIDTH : __net_of_Regression::usize]
        Regression < T, WIDTH > : T { l1 : __net_of_Regression::Dense < 13, { WIDTH },
        __net_of_Regression::Tanh, T >, l2 : __net_of_Regression::Dense < { WIDTH }, {
        WIDTH }, __net_of_Regression::Linear, T >, l3 : __net_of_Regression::Dense < {
        WIDTH }, 1, __net_of_Regression::Linear, T >, }
    }
    #[automatically_derived]
    impl<
        T: __net_of_Regression::Scalar,
        const WIDTH: __net_of_Regression::usize,
    > __net::Layer for Regression<T, WIDTH> {
        type In = [T; 13];
        type Out = [T; 1];
        type Head = <__net_of_Regression::Dense<
            { WIDTH },
            1,
            __net_of_Regression::Linear,
            T,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Regression",
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
            __net::Layer::predict_into(&self.l1, __x, &mut __h1);
            let mut __h2 = __net::sample_of(&self.l2);
            __net::Layer::predict_into(&self.l2, &__h1, &mut __h2);
            __net::Layer::predict_into(&self.l3, &__h2, __y);
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
            let __h1 = __net::Infer::layer(&mut __pass, &self.l1, __x, __odd);
            let __h2 = __net::Infer::layer(&mut __pass, &self.l2, __h1, __even);
            __net::Infer::last(__pass, &self.l3, __h2, __y);
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
            let __h1 = __net::Show::layer(&mut __pass, &self.l1, __x, __odd);
            let __h2 = __net::Show::layer(&mut __pass, &self.l2, __h1, __even);
            __net::Show::last(__pass, &self.l3, __h2, __y);
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
            let __h1 = __net::Forward::layer(&mut __pass, &self.l1, __x);
            let __h2 = __net::Forward::layer(&mut __pass, &self.l2, __h1);
            __net::Forward::last(__pass, &self.l3, __h2, __y);
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
    #[automatically_derived]
    impl<
        T: __net_of_Regression::Scalar,
        const WIDTH: __net_of_Regression::usize,
    > __net::AsChain for Regression<T, WIDTH> {
        type Chain = __net_of_Regression::Chain<
            __net_of_Regression::Dense<13, { WIDTH }, __net_of_Regression::Tanh, T>,
            __net_of_Regression::Chain<
                __net_of_Regression::Dense<
                    { WIDTH },
                    { WIDTH },
                    __net_of_Regression::Linear,
                    T,
                >,
                __net_of_Regression::Dense<{ WIDTH }, 1, __net_of_Regression::Linear, T>,
            >,
        >;
    }
};
