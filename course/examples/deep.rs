//! Twenty-four layers.
fn main() -> std::process::ExitCode {
    typednet_course::deep::LESSON.main()
}
