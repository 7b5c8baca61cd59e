//! That the header that is committed is the one of the library. `UPDATE_HEADER=1 cargo test -p mnist-c` writes it.

use mnist_network::Mnist;
use typednet_c::{Header, HeaderError};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include/mnist.h");

#[test]
fn the_header_is_that_of_the_library() -> Result<(), HeaderError> {
    Header::<Mnist>::new("mnist").with_builtin().check(PATH)
}

#[test]
fn a_header_that_was_changed_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var_os("UPDATE_HEADER").is_some() {
        return Ok(());
    }
    let changed = std::env::temp_dir().join(format!("typednet-c-changed-{}.h", std::process::id()));
    std::fs::write(&changed, std::fs::read_to_string(PATH)?.replace("MNIST_INPUTS 784", "MNIST_INPUTS 785"))?;
    let checked = Header::<Mnist>::new("mnist").with_builtin().check(&changed);
    std::fs::remove_file(&changed)?;
    assert!(matches!(checked, Err(HeaderError::Stale(path)) if path == changed));
    Ok(())
}

#[test]
fn threads_that_ask_at_once_have_the_same_text() {
    let texts: Vec<_> = std::thread::scope(|scope| {
        let ask = || (0..20).map(|_| Header::<Mnist>::new("mnist").text()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a thread that ends")).collect()
    });
    let first = texts[0].as_ref().expect("a header");
    assert!(first.contains("mnist_predict"));
    assert!(texts.iter().all(|text| text.as_ref().expect("a header") == first));
}
