//! A plane of digits: a variational autoencoder.
fn main() -> std::process::ExitCode {
    typednet_course::vae::LESSON.main()
}
