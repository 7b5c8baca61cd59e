//! Overfitting and its cures.
fn main() -> std::process::ExitCode {
    typednet_course::overfitting::LESSON.main()
}
