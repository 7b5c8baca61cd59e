#ifndef MNIST_H
#define MNIST_H

/* Written by cbindgen from export_c!; do not change it by hand. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 How many floats one input has.
 */
#define MNIST_INPUTS 784

/*
 How many floats one output has.
 */
#define MNIST_OUTPUTS 10

/*
 What a call returns: 0, or why it did nothing.
 */
enum mnist_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /*
     The call did what it was asked for.
     */
    MNIST_STATUS_OK = 0,
    /*
     A pointer is null.
     */
    MNIST_STATUS_NULL_POINTER = 1,
    /*
     A length is not that of the network's samples, or there are not as many outputs as inputs.
     */
    MNIST_STATUS_WRONG_LENGTH = 2,
    /*
     A pointer is not aligned as what it points to must be.
     */
    MNIST_STATUS_MISALIGNED = 3,
    /*
     The outputs lie where the inputs are.
     */
    MNIST_STATUS_OVERLAP = 4,
    /*
     A path is not UTF-8.
     */
    MNIST_STATUS_NOT_UTF8 = 5,
    /*
     A file cannot be read, is not whole, or holds the weights of another network.
     */
    MNIST_STATUS_CANNOT_LOAD = 6,
    /*
     A fault in the library; the call was ended, and the model is as it was.
     */
    MNIST_STATUS_FAULT = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mnist_status mnist_status;
#else
typedef int32_t mnist_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/*
 A network with its weights.
 */
typedef struct mnist_model mnist_model;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 Loads weights from a safetensors file and writes a new model to `*model`, which is to be freed; on failure
 `*model` is null.

 What the caller must see to:
 `path` is a text that ends with 0, and `model` a place for a pointer, or null.
 */
mnist_status mnist_load(const char *path, mnist_model **model);

/*
 Frees a model. Null, misaligned pointers, and what is part of the library, are left alone. No call may use the model
 any more.

 What the caller must see to:
 `model` is null or of this library, and not freed yet.
 */
void mnist_free(mnist_model *model);

/*
 How many floats one input has.
 */
size_t mnist_inputs(void);

/*
 How many floats one output has.
 */
size_t mnist_outputs(void);

/*
 Writes the output of the one sample at `x` to `y`. Lengths are in floats.

 All threads may call this at once, also with one model. It allocates nothing, unless the network has layers of
 more than 64 KiB between its input and its output.

 What the caller must see to:
 `model` is a model or null; `x` and `y` point to as many floats as is said, which do not change meanwhile.
 */
mnist_status mnist_predict(const mnist_model *model, const float *x, size_t x_len, float *y, size_t y_len);

/*
 Writes the outputs of all samples at `x`, one behind the other, to `y`. Lengths are in floats; there are as many
 samples as `x_len` has room for. Large numbers of samples are computed on all processors.

 What the caller must see to:
 `model` is a model or null; `x` and `y` point to as many floats as is said, which do not change meanwhile.
 */
mnist_status mnist_predict_many(const mnist_model *model, const float *x, size_t x_len, float *y, size_t y_len);

/*
 The text of a status, of any number. It is part of the library and is not freed.
 */
const char *mnist_status_text(int32_t status);

/*
 A sentence for the last call of this thread that failed, with what was expected and what was found; empty before
 the first. It is the library's, and lasts until the next call of this thread that fails.
 */
const char *mnist_last_error(void);

/*
 The model that is part of the library. It need not be freed.
 */
const mnist_model *mnist_builtin(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MNIST_H */
