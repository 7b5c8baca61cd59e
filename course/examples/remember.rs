//! What is kept over many steps.
fn main() -> std::process::ExitCode {
    typednet_course::remember::LESSON.main()
}
