//! What comes next.
fn main() -> std::process::ExitCode {
    typednet_course::characters::LESSON.main()
}
