"""What `compare.py --work sequences` times: the works, and the floating-point operations of their products. `sequences.rs` is typednet's side."""

PICTURES, ROWS, PIXELS, READER = 64, 28, 28, 128
LINES, GPT_LINES, STEPS, KINDS = 32, 12, 64, 65
EMBEDDING, UNITS = 64, 256
WIDTH, HEADS, HIDDEN, BLOCKS = 128, 4, 512, 4


def recurrent(gates, inputs, units, steps, training, input_gradient):
    """Multiplications of a layer for one sequence. Before the first step the state is 0, so that its product is none."""
    by_input, by_state = steps * inputs * gates * units, (steps - 1) * units * gates * units
    return by_input * (1 + training + (training and input_gradient)) + by_state * (3 if training else 1)


def reader(gates, training):
    """Of a network that reads the rows of a picture."""
    return recurrent(gates, PIXELS, READER, ROWS, training, False) + READER * 10 * (3 if training else 1)


def characters():
    """Of a step of the model of characters, for one line."""
    return recurrent(4, EMBEDDING, UNITS, STEPS, True, True) + 3 * STEPS * UNITS * KINDS


def transformer(steps):
    """Of the small transformer's products for steps that each look back at those before them; in training all three times."""
    looks_back = steps * (steps + 1) // 2
    block = steps * (4 * WIDTH * WIDTH + 2 * WIDTH * HIDDEN) + 2 * looks_back * WIDTH
    return BLOCKS * block + steps * WIDTH * KINDS


# Each with its title, its unit over microseconds, the digits that are shown, and the operations of its products.
WORKS = {
    "lstm": ("`Lstm<128>` over 28 rows, step of 64, ms", 1e3, 2, 2 * PICTURES * reader(4, True)),
    "gru": ("`Gru<128>` over 28 rows, step of 64, ms", 1e3, 2, 2 * PICTURES * reader(3, True)),
    "characters": ("`Lstm<256>` over 64 characters, step of 32, ms", 1e3, 1, 2 * LINES * characters()),
    "gpt": ("GPT over 64 characters, step of 12, ms", 1e3, 1, 2 * GPT_LINES * 3 * transformer(STEPS)),
    "picture": ("one picture through `Lstm<128>`, µs", 1, 0, 2 * recurrent(4, PIXELS, READER, ROWS, False, False)),
    "line": ("one line through the GPT, µs", 1, 0, 2 * transformer(STEPS)),
    "character": ("one character of a GPT's stream, µs", 1, 1, 2 * transformer(STEPS) / STEPS),
}
