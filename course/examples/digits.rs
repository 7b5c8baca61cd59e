//! The whole of it: digits.
fn main() -> std::process::ExitCode {
    typednet_course::digits::LESSON.main()
}
