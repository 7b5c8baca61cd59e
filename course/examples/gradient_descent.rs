//! Gradient descent down the bowl.
fn main() -> std::process::ExitCode {
    typednet_course::gradient_descent::LESSON.main()
}
