//! Lab 3: a rate that is too high.
fn main() -> std::process::ExitCode {
    typednet_course::rate_too_high::LESSON.main()
}
