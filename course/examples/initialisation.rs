//! What the first weights do to a deep network.
fn main() -> std::process::ExitCode {
    typednet_course::initialisation::LESSON.main()
}
