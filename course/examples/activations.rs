//! The activations and their derivatives.
fn main() -> std::process::ExitCode {
    typednet_course::activations::LESSON.main()
}
