//! Everything else that goes on in a layer.
fn main() -> std::process::ExitCode {
    typednet_course::watched::LESSON.main()
}
