type Network = (<::typednet::__private::Chain<
    ::typednet::__private::Dense<
        { PIXELS },
        64,
        ::typednet::__private::Relu,
        ::typednet::__private::f32,
    >,
    ::typednet::__private::Chain<
        <Encoder as ::typednet::__private::LayerFrom<
            {
                use ::typednet::__private as __net;
                use ::typednet::__private::NoProbe as _;
                __net::kind(
                    __net::Probe::<Encoder, ::typednet::__private::f32>::IS_LAYER,
                    __net::Probe::<Encoder, ::typednet::__private::f32>::IS_SPEC,
                    __net::Probe::<Encoder, ::typednet::__private::f32>::NEEDS_SHAPE,
                    false,
                    false,
                )
            },
            ::typednet::__private::f32,
            <[::typednet::__private::f32; 64] as ::typednet::__private::Checked<
                {
                    use ::typednet::__private as __net;
                    <__net::join::Fit as __net::Ask<
                        {
                            use ::typednet::__private as __net;
                            use ::typednet::__private::NoProbe as _;
                            __net::kind(
                                __net::Probe::<
                                    Encoder,
                                    ::typednet::__private::f32,
                                >::IS_LAYER,
                                __net::Probe::<
                                    Encoder,
                                    ::typednet::__private::f32,
                                >::IS_SPEC,
                                __net::Probe::<
                                    Encoder,
                                    ::typednet::__private::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        Encoder,
                        ::typednet::__private::f32,
                        [::typednet::__private::f32; 64],
                        ::typednet::__private::Inferred,
                    >>::YES
                },
            >>::Network,
            ::typednet::__private::Inferred,
        >>::Layer,
        ::typednet::__private::Dense<
            {
                <Encoder as ::typednet::__private::LayerFrom<
                    {
                        use ::typednet::__private as __net;
                        use ::typednet::__private::NoProbe as _;
                        __net::kind(
                            __net::Probe::<
                                Encoder,
                                ::typednet::__private::f32,
                            >::IS_LAYER,
                            __net::Probe::<Encoder, ::typednet::__private::f32>::IS_SPEC,
                            __net::Probe::<
                                Encoder,
                                ::typednet::__private::f32,
                            >::NEEDS_SHAPE,
                            false,
                            false,
                        )
                    },
                    ::typednet::__private::f32,
                    <[::typednet::__private::f32; 64] as ::typednet::__private::Checked<
                        {
                            use ::typednet::__private as __net;
                            <__net::join::Fit as __net::Ask<
                                {
                                    use ::typednet::__private as __net;
                                    use ::typednet::__private::NoProbe as _;
                                    __net::kind(
                                        __net::Probe::<
                                            Encoder,
                                            ::typednet::__private::f32,
                                        >::IS_LAYER,
                                        __net::Probe::<
                                            Encoder,
                                            ::typednet::__private::f32,
                                        >::IS_SPEC,
                                        __net::Probe::<
                                            Encoder,
                                            ::typednet::__private::f32,
                                        >::NEEDS_SHAPE,
                                        false,
                                        false,
                                    )
                                },
                                Encoder,
                                ::typednet::__private::f32,
                                [::typednet::__private::f32; 64],
                                ::typednet::__private::Inferred,
                            >>::YES
                        },
                    >>::Network,
                    ::typednet::__private::Inferred,
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
        __net::check::fits("layer `l1: Dense<64, Relu>`", &[PIXELS, 64]);
        __net::check::no_complaint(
            &<Encoder as ::typednet::__private::LayerFrom<
                {
                    use ::typednet::__private as __net;
                    use ::typednet::__private::NoProbe as _;
                    __net::kind(
                        __net::Probe::<Encoder, ::typednet::__private::f32>::IS_LAYER,
                        __net::Probe::<Encoder, ::typednet::__private::f32>::IS_SPEC,
                        __net::Probe::<Encoder, ::typednet::__private::f32>::NEEDS_SHAPE,
                        false,
                        false,
                    )
                },
                ::typednet::__private::f32,
                <[::typednet::__private::f32; 64] as ::typednet::__private::Checked<
                    {
                        use ::typednet::__private as __net;
                        <__net::join::Fit as __net::Ask<
                            {
                                use ::typednet::__private as __net;
                                use ::typednet::__private::NoProbe as _;
                                __net::kind(
                                    __net::Probe::<
                                        Encoder,
                                        ::typednet::__private::f32,
                                    >::IS_LAYER,
                                    __net::Probe::<
                                        Encoder,
                                        ::typednet::__private::f32,
                                    >::IS_SPEC,
                                    __net::Probe::<
                                        Encoder,
                                        ::typednet::__private::f32,
                                    >::NEEDS_SHAPE,
                                    false,
                                    false,
                                )
                            },
                            Encoder,
                            ::typednet::__private::f32,
                            [::typednet::__private::f32; 64],
                            ::typednet::__private::Inferred,
                        >>::YES
                    },
                >>::Network,
                ::typednet::__private::Inferred,
            >>::COMPLAINT,
        );
        let _ = <__net::join::Fit as __net::join::IsRead<
            <Encoder as ::typednet::__private::LayerFrom<
                {
                    use ::typednet::__private as __net;
                    use ::typednet::__private::NoProbe as _;
                    __net::kind(
                        __net::Probe::<Encoder, ::typednet::__private::f32>::IS_LAYER,
                        __net::Probe::<Encoder, ::typednet::__private::f32>::IS_SPEC,
                        __net::Probe::<Encoder, ::typednet::__private::f32>::NEEDS_SHAPE,
                        false,
                        false,
                    )
                },
                ::typednet::__private::f32,
                <[::typednet::__private::f32; 64] as ::typednet::__private::Checked<
                    {
                        use ::typednet::__private as __net;
                        <__net::join::Fit as __net::Ask<
                            {
                                use ::typednet::__private as __net;
                                use ::typednet::__private::NoProbe as _;
                                __net::kind(
                                    __net::Probe::<
                                        Encoder,
                                        ::typednet::__private::f32,
                                    >::IS_LAYER,
                                    __net::Probe::<
                                        Encoder,
                                        ::typednet::__private::f32,
                                    >::IS_SPEC,
                                    __net::Probe::<
                                        Encoder,
                                        ::typednet::__private::f32,
                                    >::NEEDS_SHAPE,
                                    false,
                                    false,
                                )
                            },
                            Encoder,
                            ::typednet::__private::f32,
                            [::typednet::__private::f32; 64],
                            ::typednet::__private::Inferred,
                        >>::YES
                    },
                >>::Network,
                ::typednet::__private::Inferred,
            >>::Gives,
            ::typednet::__private::Dense<
                {
                    <Encoder as ::typednet::__private::LayerFrom<
                        {
                            use ::typednet::__private as __net;
                            use ::typednet::__private::NoProbe as _;
                            __net::kind(
                                __net::Probe::<
                                    Encoder,
                                    ::typednet::__private::f32,
                                >::IS_LAYER,
                                __net::Probe::<
                                    Encoder,
                                    ::typednet::__private::f32,
                                >::IS_SPEC,
                                __net::Probe::<
                                    Encoder,
                                    ::typednet::__private::f32,
                                >::NEEDS_SHAPE,
                                false,
                                false,
                            )
                        },
                        ::typednet::__private::f32,
                        <[::typednet::__private::f32; 64] as ::typednet::__private::Checked<
                            {
                                use ::typednet::__private as __net;
                                <__net::join::Fit as __net::Ask<
                                    {
                                        use ::typednet::__private as __net;
                                        use ::typednet::__private::NoProbe as _;
                                        __net::kind(
                                            __net::Probe::<
                                                Encoder,
                                                ::typednet::__private::f32,
                                            >::IS_LAYER,
                                            __net::Probe::<
                                                Encoder,
                                                ::typednet::__private::f32,
                                            >::IS_SPEC,
                                            __net::Probe::<
                                                Encoder,
                                                ::typednet::__private::f32,
                                            >::NEEDS_SHAPE,
                                            false,
                                            false,
                                        )
                                    },
                                    Encoder,
                                    ::typednet::__private::f32,
                                    [::typednet::__private::f32; 64],
                                    ::typednet::__private::Inferred,
                                >>::YES
                            },
                        >>::Network,
                        ::typednet::__private::Inferred,
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
