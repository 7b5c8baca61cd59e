type Network = (<::typednet::__private::Chain<
    ::typednet::__private::Conv2d<
        { SIDE },
        28,
        1,
        8,
        { KERNEL },
        { KERNEL },
        1,
        8,
        {
            ::typednet::__private::check::size_or_one(
                &::typednet::__private::shape_rules::convolution(
                    "height",
                    [SIDE, KERNEL, 1, 0, 1],
                ),
            )
        },
        {
            ::typednet::__private::check::size_or_one(
                &::typednet::__private::shape_rules::convolution(
                    "width",
                    [28, KERNEL, 1, 0, 1],
                ),
            )
        },
        ::typednet::__private::Strides<1, 1, 0, 0, 1, 1>,
        ::typednet::__private::Relu,
        ::typednet::__private::f32,
    >,
    ::typednet::__private::Chain<
        ::typednet::__private::Residual<
            ::typednet::__private::Conv2d<
                {
                    ::typednet::__private::check::size_or_one(
                        &::typednet::__private::shape_rules::convolution(
                            "height",
                            [SIDE, KERNEL, 1, 0, 1],
                        ),
                    )
                },
                {
                    ::typednet::__private::check::size_or_one(
                        &::typednet::__private::shape_rules::convolution(
                            "width",
                            [28, KERNEL, 1, 0, 1],
                        ),
                    )
                },
                8,
                8,
                3,
                3,
                8,
                8,
                {
                    ::typednet::__private::check::size_or_one(
                        &::typednet::__private::shape_rules::convolution(
                            "height",
                            [SIDE, KERNEL, 1, 0, 1],
                        ),
                    )
                },
                {
                    ::typednet::__private::check::size_or_one(
                        &::typednet::__private::shape_rules::convolution(
                            "width",
                            [28, KERNEL, 1, 0, 1],
                        ),
                    )
                },
                ::typednet::__private::Strides<1, 1, 1, 1, 1, 1>,
                ::typednet::__private::Linear,
                ::typednet::__private::f32,
            >,
        >,
        ::typednet::__private::Chain<
            ::typednet::__private::GlobalAvgPool<
                {
                    ::typednet::__private::check::size_or_one(
                        &::typednet::__private::shape_rules::convolution(
                            "height",
                            [SIDE, KERNEL, 1, 0, 1],
                        ),
                    )
                },
                {
                    ::typednet::__private::check::size_or_one(
                        &::typednet::__private::shape_rules::convolution(
                            "width",
                            [28, KERNEL, 1, 0, 1],
                        ),
                    )
                },
                8,
                ::typednet::__private::f32,
            >,
            ::typednet::__private::Dense<
                8,
                10,
                ::typednet::__private::Linear,
                ::typednet::__private::f32,
            >,
        >,
    >,
> as ::typednet::__private::Checked<
    {
        use ::typednet::__private as __net;
        __net::check::not_zero("the input `[SIDE, 28, 1]`", SIDE);
        __net::check::fits("the input `[SIDE, 28, 1]`", &[SIDE, 28, 1]);
        __net::check::follows(
            "layer `l1: Conv2d<8, KERNEL, Relu>`",
            &__net::shape_rules::convolution("height", [SIDE, KERNEL, 1, 0, 1]),
        );
        __net::check::follows(
            "layer `l1: Conv2d<8, KERNEL, Relu>`",
            &__net::shape_rules::convolution("width", [28, KERNEL, 1, 0, 1]),
        );
        __net::check::fits(
            "layer `l1: Conv2d<8, KERNEL, Relu>`",
            &[KERNEL, KERNEL, 1, 8],
        );
        __net::check::fits(
            "layer `l1: Conv2d<8, KERNEL, Relu>`",
            &[
                ::typednet::__private::check::size_or_one(
                    &::typednet::__private::shape_rules::convolution(
                        "height",
                        [SIDE, KERNEL, 1, 0, 1],
                    ),
                ),
                ::typednet::__private::check::size_or_one(
                    &::typednet::__private::shape_rules::convolution(
                        "width",
                        [28, KERNEL, 1, 0, 1],
                    ),
                ),
                8,
            ],
        );
        0
    },
>>::Network);
