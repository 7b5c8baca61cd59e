//! Row by row.
fn main() -> std::process::ExitCode {
    typednet_course::rows::LESSON.main()
}
