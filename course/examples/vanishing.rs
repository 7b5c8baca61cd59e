//! Vanishing and exploding gradients.
fn main() -> std::process::ExitCode {
    typednet_course::vanishing::LESSON.main()
}
