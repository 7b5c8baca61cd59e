type Network = <::typednet::__private::Chain<
    ::typednet::__private::Dense<{ PIXELS }, 64, ::typednet::__private::Relu, f32>,
    ::typednet::__private::Chain<
        <Encoder as ::typednet::__private::LayerOf<
            { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
        >>::Itself,
        ::typednet::__private::Dense<
            {
                <Encoder as ::typednet::__private::LayerOf<
                    { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                >>::WIDTH
            },
            10,
            ::typednet::__private::Softmax,
            f32,
        >,
    >,
> as ::typednet::__private::Checked<
    {
        ::typednet::__private::check::not_zero("the input `PIXELS`", PIXELS);
        ::typednet::__private::join::follows::<
            [f32; 64],
            <Encoder as ::typednet::__private::LayerOf<
                { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
            >>::Reads,
            Encoder,
        >();
        ::typednet::__private::join::follows::<
            <Encoder as ::typednet::__private::LayerOf<
                { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
            >>::Gives,
            [f32; {
                <Encoder as ::typednet::__private::LayerOf<
                    { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                >>::WIDTH
            }],
            ::typednet::__private::Dense<
                {
                    <Encoder as ::typednet::__private::LayerOf<
                        { <Encoder as ::typednet::__private::IsLayer<f32>>::YES },
                    >>::WIDTH
                },
                10,
                ::typednet::__private::Softmax,
                f32,
            >,
        >();
        ::typednet::__private::check::gives(
            "layer `l3: Dense<10, Softmax>`",
            &[10],
            "the network is declared to give",
            &[CLASSES],
        );
        0
    },
>>::Network;
