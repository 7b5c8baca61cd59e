#[doc(hidden)]
#[allow(unused_imports, reason = "not every network needs it")]
use ::typednet::__private as __net_of_Image;
#[repr(C)]
struct Image {
    /// `Relu`
    pub l1: __net_of_Image::ActivationLayer<
        [[[__net_of_Image::f32; 28]; 28]; 1],
        __net_of_Image::Relu,
    >,
    /// `Activation<LeakyRelu<0.2>>`
    pub l2: __net_of_Image::ActivationLayer<
        [[[__net_of_Image::f32; 28]; 28]; 1],
        __net_of_Image::LeakyRelu<{ __net_of_Image::f64::to_bits(0.2f64) }>,
    >,
    /// `Elu`
    pub curve: __net_of_Image::ActivationLayer<
        [[[__net_of_Image::f32; 28]; 28]; 1],
        __net_of_Image::Elu<{ __net_of_Image::f64::to_bits(1f64) }>,
    >,
}
#[allow(deprecated, reason = "of the struct it is said where it is used")]
const _: () = {
    use ::typednet::__private as __net;
    #[automatically_derived]
    impl Image {
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
                    __net_of_Image::ActivationLayer<
                        [[[__net_of_Image::f32; 28]; 28]; 1],
                        __net_of_Image::Relu,
                    >,
                >("l1"),
                __net::Part::of::<
                    __net_of_Image::ActivationLayer<
                        [[[__net_of_Image::f32; 28]; 28]; 1],
                        __net_of_Image::LeakyRelu<
                            { __net_of_Image::f64::to_bits(0.2f64) },
                        >,
                    >,
                >("l2"),
                __net::Part::of::<
                    __net_of_Image::ActivationLayer<
                        [[[__net_of_Image::f32; 28]; 28]; 1],
                        __net_of_Image::Elu<{ __net_of_Image::f64::to_bits(1f64) }>,
                    >,
                >("curve"),
            ]
        };
    }
    __net::impl_flat! {
        [] Image : __net_of_Image::f32 { l1 : __net_of_Image::ActivationLayer <
        [[[__net_of_Image::f32; 28]; 28]; 1], __net_of_Image::Relu >, l2 :
        __net_of_Image::ActivationLayer < [[[__net_of_Image::f32; 28]; 28]; 1],
        __net_of_Image::LeakyRelu < { __net_of_Image::f64::to_bits(0.2f64) } > >, curve :
        __net_of_Image::ActivationLayer < [[[__net_of_Image::f32; 28]; 28]; 1],
        __net_of_Image::Elu < { __net_of_Image::f64::to_bits(1f64) } > >, }
    }
    #[automatically_derived]
    impl __net::Layer for Image {
        type In = [[[__net_of_Image::f32; 28]; 28]; 1];
        type Out = [[[__net_of_Image::f32; 28]; 28]; 1];
        type Head = <__net_of_Image::ActivationLayer<
            [[[__net_of_Image::f32; 28]; 28]; 1],
            __net_of_Image::Elu<{ __net_of_Image::f64::to_bits(1f64) }>,
        > as __net::Layer>::Head;
        const TREE: __net::LayerInfo = __net::LayerInfo {
            name: "Image",
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
            __net::Layer::predict_into(&self.curve, &__h2, __y);
        }
        fn infer(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Image::f32],
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
            __net::Infer::last(__pass, &self.curve, __h2, __y);
        }
        fn visit_outputs(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __scratch: &mut [__net_of_Image::f32],
            __run: __net::PassContext<'_>,
            __path: &__net::Path<'_>,
            __visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, __net_of_Image::f32>),
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
            __net::Show::last(__pass, &self.curve, __h2, __y);
        }
        fn forward(
            &self,
            __x: &[Self::In],
            __y: &mut [Self::Out],
            __saved: &mut [__net_of_Image::f32],
            __scratch: &mut [__net_of_Image::f32],
            __run: __net::PassContext<'_>,
        ) {
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            let __h1 = __net::Forward::layer(&mut __pass, &self.l1, __x);
            let __h2 = __net::Forward::layer(&mut __pass, &self.l2, __h1);
            __net::Forward::last(__pass, &self.curve, __h2, __y);
        }
        fn backward(
            &self,
            __trace: __net::Trace<'_, Self>,
            __dy: &mut [Self::Out],
            __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
            __grad: &mut Self,
            __scratch: &mut [__net_of_Image::f32],
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
                &self.curve,
                &self.l2,
                __y,
                __dy,
                __even,
                &mut __grad.curve,
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
            __net::Layer::commit(&mut self.curve, &__grad.curve);
        }
    }
    #[automatically_derived]
    impl __net::AsChain for Image {
        type Chain = __net_of_Image::Chain<
            __net_of_Image::ActivationLayer<
                [[[__net_of_Image::f32; 28]; 28]; 1],
                __net_of_Image::Relu,
            >,
            __net_of_Image::Chain<
                __net_of_Image::ActivationLayer<
                    [[[__net_of_Image::f32; 28]; 28]; 1],
                    __net_of_Image::LeakyRelu<{ __net_of_Image::f64::to_bits(0.2f64) }>,
                >,
                __net_of_Image::ActivationLayer<
                    [[[__net_of_Image::f32; 28]; 28]; 1],
                    __net_of_Image::Elu<{ __net_of_Image::f64::to_bits(1f64) }>,
                >,
            >,
        >;
    }
};
