//! One hidden layer more: XOR.
fn main() -> std::process::ExitCode {
    typednet_course::xor::LESSON.main()
}
