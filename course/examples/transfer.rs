//! What was learnt elsewhere.
fn main() -> std::process::ExitCode {
    typednet_course::transfer::LESSON.main()
}
