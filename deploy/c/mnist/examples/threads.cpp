// Four threads read digits with one model, and get what one thread gets, to the bit.
//
//     threads WEIGHTS.safetensors
#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mnist.h"

// A model that frees itself, with errors as exceptions.
class Digits {
  public:
    explicit Digits(const char *path) {
        mnist_model *loaded = nullptr;
        check(mnist_load(path, &loaded));
        model.reset(loaded);
    }

    std::array<float, MNIST_OUTPUTS> operator()(const std::vector<float> &x) const {
        std::array<float, MNIST_OUTPUTS> y{};
        check(mnist_predict(model.get(), x.data(), x.size(), y.data(), y.size()));
        return y;
    }

  private:
    static void check(mnist_status status) {
        if (status != MNIST_STATUS_OK) {
            throw std::runtime_error(std::string(mnist_status_text(status)) + ": " + mnist_last_error());
        }
    }

    struct Free {
        void operator()(mnist_model *model) const { mnist_free(model); }
    };
    std::unique_ptr<mnist_model, Free> model;
};

int main(int argc, char **argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: threads WEIGHTS.safetensors\n");
        return 2;
    }
    try {
        const Digits digits(argv[1]);
        std::vector<std::vector<float>> x(64, std::vector<float>(MNIST_INPUTS));
        for (std::size_t row = 0; row < x.size(); row++) {
            for (std::size_t i = 0; i < x[row].size(); i++) x[row][i] = float((row * 31 + i * 7) % 256) / 255.0f;
        }
        std::vector<std::array<float, MNIST_OUTPUTS>> alone(x.size()), together(x.size());
        for (std::size_t row = 0; row < x.size(); row++) alone[row] = digits(x[row]);
        std::array<std::string, 4> errors;
        std::vector<std::thread> threads;
        for (std::size_t thread = 0; thread < 4; thread++) {
            threads.emplace_back([&, thread] {
                for (std::size_t row = thread; row < x.size(); row += 4) together[row] = digits(x[row]);
                // Each thread has an error of its own.
                try {
                    digits(std::vector<float>(thread));
                } catch (const std::runtime_error &error) {
                    errors[thread] = error.what();
                }
            });
        }
        for (auto &thread : threads) thread.join();
        if (alone != together) {
            std::fprintf(stderr, "threads give other bits than one\n");
            return 1;
        }
        for (std::size_t thread = 0; thread < 4; thread++) {
            if (errors[thread].find("but " + std::to_string(thread) + " were") == std::string::npos) {
                std::fprintf(stderr, "thread %zu has the error `%s`\n", thread, errors[thread].c_str());
                return 1;
            }
        }
        std::printf("%zu digits on 4 threads: the same bits as on one\n", x.size());
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
