//! The page with networks in it (`deploy/web`): how it is put together, and its own test in a browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check::Outcome;
use crate::cross::{Compiler, WASM};
use crate::shell::{Shell, has};
use crate::weights;

/// The page's size in bytes must be below this.
const MOST_BYTES: usize = 700_000;
/// As many epochs over changed images make weights that read what is drawn by hand.
const EPOCHS: &str = "40";
/// The scripts, in the order in which they use each other.
const SCRIPTS: [&str; 6] = ["module.js", "digits.js", "problems.js", "pictures.js", "playground.js", "start.js"];
/// Under these names there is a browser that runs without a screen.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// `cargo xtask web`: the page, and where it lies.
pub(crate) fn page(shell: &Shell) -> Result<(), String> {
    let compiler = Compiler::find(shell, WASM)?;
    let page = build(shell, &compiler, false)?;
    println!("open {} in a browser", page.display());
    Ok(())
}

/// Builds the page, and lets a browser run its test: digits are drawn and read, networks are trained, and what goes wrong is said.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    let compiler = match Compiler::find(shell, WASM) {
        Ok(compiler) => compiler,
        Err(missing) => return Ok(Outcome::Skipped(missing)),
    };
    let page = build(shell, &compiler, true)?;
    let Some(browser) = BROWSERS.into_iter().find(|browser| has(browser)) else {
        let missing = "the page was built and not opened, since a browser is missing: apt-get install chromium";
        return Ok(Outcome::Partly(missing.into()));
    };
    let profile = shell.target().join("web/profile");
    let output = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom", "--timeout=60000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}#test", page.display()))
        .output()
        .map_err(|error| format!("{browser}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let report = text.split_once("<pre id=\"test\">").and_then(|(_, after)| after.split_once("</pre>"));
    let Some((report, _)) = report else {
        return Err(format!("{} has not come to the end of its test in {browser}", page.display()));
    };
    for line in report.lines() {
        println!("   {line}");
    }
    match report.lines().find(|line| !line.starts_with("ok ")) {
        None => Ok(Outcome::Done),
        Some(wrong) => Err(format!("in {browser}: {wrong}")),
    }
}

/// The page as one file; the lints of what it is made of are looked at before, where that is asked for.
fn build(shell: &Shell, compiler: &Compiler, lint: bool) -> Result<PathBuf, String> {
    let folder = shell.root.join("target/web");
    weights::train(shell, &folder, EPOCHS, &[])?;
    let build = folder.join("build");
    let args = format!(
        "--quiet --release --target {WASM} --manifest-path deploy/web/Cargo.toml --target-dir {}",
        build.display()
    );
    let weights = folder.to_str().ok_or("the repository's path is not UTF-8")?;
    // The portable kernels are plain arrays, of which the compiler makes vectors.
    let flags = ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Ctarget-feature=+simd128");
    let vars = [("TYPEDNET_WEB", weights), flags];
    if lint {
        compiler.clippy(shell, &args, &vars)?;
    }
    compiler.cargo(shell, &format!("build {args}"), &vars)?;

    let module = build.join(WASM).join("release/web.wasm");
    let module = fs::read(&module).map_err(|error| format!("{}: {error}", module.display()))?;
    let source = shell.root.join("deploy/web/page");
    let mut script = format!("const MODULE = \"{}\";\n", base64(&module));
    for name in SCRIPTS {
        script += &read(&source.join(name))?;
    }
    let page = read(&source.join("index.html"))?
        .replace("/*styles*/", &read(&source.join("page.css"))?)
        .replace("/*scripts*/", &script);
    let path = folder.join("index.html");
    println!("   {}: {} bytes, of which the module is {}", path.display(), page.len(), module.len());
    if page.len() >= MOST_BYTES {
        return Err(format!("the page has {} bytes, and was to have less than {MOST_BYTES}", page.len()));
    }
    fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Bytes as text (RFC 4648), as a page can hold them.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let of = |i: usize| u32::from(three.get(i).copied().unwrap_or_default());
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for letter in 0..4 {
            let is_used = letter <= three.len();
            let index = bits >> (18 - 6 * letter) & 63;
            text.push(if is_used { char::from(LETTERS[index as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_text_that_the_standard_gives() {
        // RFC 4648, section 10.
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(texts, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}
