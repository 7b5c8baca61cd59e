//! Two networks against each other: a generative adversarial network.
fn main() -> std::process::ExitCode {
    typednet_course::gan::LESSON.main()
}
