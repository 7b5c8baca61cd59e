//! A search for a network.
fn main() -> std::process::ExitCode {
    typednet_course::search::LESSON.main()
}
