//! The race of the optimisers.
fn main() -> std::process::ExitCode {
    typednet_course::optimisers::LESSON.main()
}
