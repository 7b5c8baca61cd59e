/* Reads digits by the network that is part of the library, and by one whose weights come from a file.
 *
 *     digits WEIGHTS.safetensors
 *
 * It prints what it finds and ends with 0 if all of it is as it should be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mnist.h"

enum { ROWS = 300 };

/* Ends the program where a call fails, with the sentence of the library. */
static void check(mnist_status status, const char *what) {
    if (status != MNIST_STATUS_OK) {
        fprintf(stderr, "%s: %s: %s\n", what, mnist_status_text(status), mnist_last_error());
        exit(1);
    }
}

/* Ends the program where a call does not fail as it should. */
static void refused(mnist_status found, mnist_status expected) {
    if (found != expected) {
        fprintf(stderr, "expected `%s`, found `%s`\n", mnist_status_text(expected), mnist_status_text(found));
        exit(1);
    }
    printf("refused: %s\n", mnist_last_error());
}

static size_t largest(const float *y) {
    size_t best = 0;
    for (size_t i = 1; i < MNIST_OUTPUTS; i++) {
        if (y[i] > y[best]) best = i;
    }
    return best;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: digits WEIGHTS.safetensors\n");
        return 2;
    }
    if (mnist_inputs() != MNIST_INPUTS || mnist_outputs() != MNIST_OUTPUTS) {
        fprintf(stderr, "the header is of another library\n");
        return 1;
    }

    /* A one, drawn with a ruler. */
    float x[MNIST_INPUTS] = {0};
    for (size_t row = 4; row < 24; row++) {
        x[28 * row + 13] = x[28 * row + 14] = 1.0f;
    }
    const mnist_model *builtin = mnist_builtin();
    float y[MNIST_OUTPUTS];
    check(mnist_predict(builtin, x, MNIST_INPUTS, y, MNIST_OUTPUTS), "one digit");
    printf("built in: %zu with %.1f %%\n", largest(y), 100.0 * y[largest(y)]);
    if (largest(y) != 1) return 1;

    mnist_model *model = NULL;
    check(mnist_load(argv[1], &model), "the weights");
    float *many = malloc(sizeof(float) * ROWS * MNIST_INPUTS);
    float *answers = malloc(sizeof(float) * ROWS * MNIST_OUTPUTS);
    if (!many || !answers) return 1;
    for (size_t row = 0; row < ROWS; row++) memcpy(many + row * MNIST_INPUTS, x, sizeof x);
    check(mnist_predict_many(model, many, ROWS * MNIST_INPUTS, answers, ROWS * MNIST_OUTPUTS), "many digits");
    for (size_t i = 0; i < ROWS * MNIST_OUTPUTS; i++) {
        if (fabsf(answers[i] - y[i % MNIST_OUTPUTS]) > 1e-5f) {
            fprintf(stderr, "row %zu is not what one digit gives\n", i / MNIST_OUTPUTS);
            return 1;
        }
    }
    printf("of the file, %d at once: %zu\n", ROWS, largest(answers));

    refused(mnist_predict(model, x, 10, y, MNIST_OUTPUTS), MNIST_STATUS_WRONG_LENGTH);
    refused(mnist_predict(NULL, x, MNIST_INPUTS, y, MNIST_OUTPUTS), MNIST_STATUS_NULL_POINTER);
    refused(mnist_predict(model, NULL, MNIST_INPUTS, y, MNIST_OUTPUTS), MNIST_STATUS_NULL_POINTER);
    refused(mnist_predict(model, x, MNIST_INPUTS, x, MNIST_OUTPUTS), MNIST_STATUS_OVERLAP);
    mnist_model *none = NULL;
    refused(mnist_load("no-such-file.safetensors", &none), MNIST_STATUS_CANNOT_LOAD);
    refused(mnist_load(NULL, &none), MNIST_STATUS_NULL_POINTER);
    if (none) return 1;

    free(many);
    free(answers);
    mnist_free(model);
    mnist_free(NULL);
    return 0;
}
