//! From one sequence to another.
fn main() -> std::process::ExitCode {
    typednet_course::dates::LESSON.main()
}
