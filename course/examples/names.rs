//! Names of different lengths.
fn main() -> std::process::ExitCode {
    typednet_course::names::LESSON.main()
}
