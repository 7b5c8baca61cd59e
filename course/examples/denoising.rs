//! Digits out of noise.
fn main() -> std::process::ExitCode {
    typednet_course::denoising::LESSON.main()
}
