//! Data before a network sees them.
fn main() -> std::process::ExitCode {
    typednet_course::data::LESSON.main()
}
