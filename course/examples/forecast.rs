//! A year ahead.
fn main() -> std::process::ExitCode {
    typednet_course::forecast::LESSON.main()
}
