//! Rates that change.
fn main() -> std::process::ExitCode {
    typednet_course::schedules::LESSON.main()
}
