//! A neuron, and what it cannot do.
fn main() -> std::process::ExitCode {
    typednet_course::perceptron::LESSON.main()
}
