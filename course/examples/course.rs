//! The whole course, on one page.
fn main() -> std::process::ExitCode {
    typednet_course::page::main(&typednet_course::LESSONS, std::path::Path::new("target/course"))
}
