type Network = (<::typednet::__private::Chain<
    ::typednet::__private::Dense<
        { PIXELS },
        64,
        ::typednet::__private::Relu,
        ::typednet::__private::f32,
    >,
    ::typednet::__private::Chain<
        <Encoder as ::typednet::__private::LayerOf<
            {
                use ::typednet::__private as __net;
                <Encoder as __net::IsLayer<::typednet::__private::f32>>::YES
            },
        >>::Itself,
        ::typednet::__private::Dense<
            {
                <Encoder as ::typednet::__private::LayerOf<
                    {
                        use ::typednet::__private as __net;
                        <Encoder as __net::IsLayer<::typednet::__private::f32>>::YES
                    },
                >>::WIDTH
            },
            10,
            ::typednet::__private::Softmax,
            ::typednet::__private::f32,
        >,
    >,
> as ::typednet::__private::Checked<
    {
        use ::typednet::__private as __net;
        __net::check::not_zero("the input `PIXELS`", PIXELS);
        __net::check::fits("layer `l1: Dense<64, Relu>`", &[64, PIXELS]);
        let _ = <__net::join::Fit as __net::join::Follows<
            [::typednet::__private::f32; 64],
            <Encoder as ::typednet::__private::LayerOf<
                {
                    use ::typednet::__private as __net;
                    <Encoder as __net::IsLayer<::typednet::__private::f32>>::YES
                },
            >>::Reads,
            Encoder,
        >>::YES;
        let _ = <__net::join::Fit as __net::join::Follows<
            <Encoder as ::typednet::__private::LayerOf<
                {
                    use ::typednet::__private as __net;
                    <Encoder as __net::IsLayer<::typednet::__private::f32>>::YES
                },
            >>::Gives,
            [::typednet::__private::f32; {
                <Encoder as ::typednet::__private::LayerOf<
                    {
                        use ::typednet::__private as __net;
                        <Encoder as __net::IsLayer<::typednet::__private::f32>>::YES
                    },
                >>::WIDTH
            }],
            ::typednet::__private::Dense<
                {
                    <Encoder as ::typednet::__private::LayerOf<
                        {
                            use ::typednet::__private as __net;
                            <Encoder as __net::IsLayer<::typednet::__private::f32>>::YES
                        },
                    >>::WIDTH
                },
                10,
                ::typednet::__private::Softmax,
                ::typednet::__private::f32,
            >,
        >>::YES;
        __net::check::gives(
            "layer `l3: Dense<10, Softmax>`",
            &[10],
            "the network is declared to give",
            &[CLASSES],
        );
        0
    },
>>::Network);
