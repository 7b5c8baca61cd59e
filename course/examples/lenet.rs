//! What a convolution sees.
fn main() -> std::process::ExitCode {
    typednet_course::lenet::LESSON.main()
}
