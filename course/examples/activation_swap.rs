//! Labs 1 and 2: sigmoid, tanh and ReLU in the hidden layer.
fn main() -> std::process::ExitCode {
    typednet_course::activation_swap::LESSON.main()
}
