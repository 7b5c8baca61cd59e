//! Capstone: malignant or benign.
fn main() -> std::process::ExitCode {
    typednet_course::breast_cancer::LESSON.main()
}
