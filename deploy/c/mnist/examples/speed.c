/* What one digit and 256 digits take through the library, to compare with `deploy/mnist/examples/speed.rs`.
 *
 *     speed WEIGHTS.safetensors */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <time.h>

#include "mnist.h"

enum { ROWS = 256 };

static float x[ROWS * MNIST_INPUTS], y[ROWS * MNIST_OUTPUTS];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* The shortest of many times, in nanoseconds; negative where a call fails. */
static double shortest(const mnist_model *model, size_t rows, int rounds, int calls) {
    double best = 1e18;
    for (int round = 0; round < rounds; round++) {
        double begin = now();
        for (int call = 0; call < calls; call++) {
            mnist_status status = rows == 1 ? mnist_predict(model, x, MNIST_INPUTS, y, MNIST_OUTPUTS)
                                            : mnist_predict_many(model, x, rows * MNIST_INPUTS, y, rows * MNIST_OUTPUTS);
            if (status != MNIST_STATUS_OK) return -1;
        }
        double took = (now() - begin) / calls;
        if (took < best) best = took;
    }
    return best;
}

int main(int argc, char **argv) {
    mnist_model *model = NULL;
    if (argc != 2 || mnist_load(argv[1], &model) != MNIST_STATUS_OK) {
        fprintf(stderr, "usage: speed WEIGHTS.safetensors: %s\n", mnist_last_error());
        return 2;
    }
    for (size_t i = 0; i < ROWS * MNIST_INPUTS; i++) {
        x[i] = (float)((i / MNIST_INPUTS * 31 + i % MNIST_INPUTS * 7) % 256) / 255.0f;
    }
    double one = shortest(model, 1, 200, 200), many = shortest(model, ROWS, 200, 4);
    printf("C: one digit %.0f ns, %d digits %.1f us\n", one, ROWS, many / 1e3);
    mnist_free(model);
    return one < 0 || many < 0;
}
