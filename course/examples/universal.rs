//! Universal approximation.
fn main() -> std::process::ExitCode {
    typednet_course::universal::LESSON.main()
}
