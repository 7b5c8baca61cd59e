//! Everything that answers for a model.
fn main() -> std::process::ExitCode {
    typednet_course::govern::LESSON.main()
}
