//! Networks on a microcontroller (`deploy/cortex-m`), in an emulator of a Cortex-M4F: what they give, and what they take.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::check::Outcome;
use crate::cross::{CORTEX, Compiler};
use crate::shell::{Shell, has, output};
use crate::weights;

const EMULATOR: &str = "qemu-system-arm";
/// With `-icount shift=0` the emulator's clock goes on by 1 ns for each instruction.
const MACHINE: &str = "-M mps2-an386 -cpu cortex-m4 -nographic -semihosting -icount shift=0 -kernel";
/// The device runs the portable kernels: the host runs them too, so that integers' outputs have the same bits.
const LANE: &[(&str, &str)] = &[("TYPEDNET_LANE", "portable")];
/// What is measured may differ by as much from what was known before.
const TOLERANCE: f64 = 0.02;
/// What the frames of functions may take of the stack beside the arrays that are known before: an allowance, since it is the compiler that
/// makes them.
const FRAMES: u64 = 1536;

/// A program of the folder, the host's outputs as bytes of `f32`, and by how much the device's may differ; where it says how unusual its
/// samples are, the host's numbers of that too.
struct Program {
    name: &'static str,
    expected: &'static str,
    difference: f32,
    errors: Option<&'static str>,
}

const PROGRAMS: [Program; 3] = [
    Program { name: "mnist_f32", expected: "outputs.bin", difference: 1e-5, errors: None },
    Program { name: "mnist_int8", expected: "outputs_int8.bin", difference: 0.0, errors: None },
    Program { name: "anomaly_int8", expected: "restored.bin", difference: 0.0, errors: Some("errors.bin") },
];

/// Builds the programs, runs them, and compares outputs with the host's, flash and RAM with the networks' consts.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    let compiler = match Compiler::find(shell, CORTEX) {
        Ok(compiler) => compiler,
        Err(missing) => return Ok(Outcome::Skipped(missing)),
    };
    let folder = shell.root.join("target/cortex");
    weights::train(shell, &folder, "", LANE)?;
    weights::make(shell, "bare_autoencoder", &folder, ("", "restored.bin"), LANE)?;
    let text = folder.to_str().ok_or("the repository's path is not UTF-8")?;
    let args = format!(
        "--quiet --release --target {CORTEX} --manifest-path deploy/cortex-m/Cargo.toml --target-dir {text}/build"
    );
    // With the code that only this processor has.
    compiler.clippy(
        shell,
        &format!("--quiet -p typednet-tensor --lib --no-default-features --features arm-dsp --target {CORTEX}"),
        &[],
    )?;
    compiler.clippy(shell, &args, &[("TYPEDNET_CORTEX", text)])?;
    compiler.cargo(shell, &format!("build {args}"), &[("TYPEDNET_CORTEX", text)])?;
    if !(has(EMULATOR) && has("readelf")) {
        let missing = "the programs were built and not run, since an emulator or readelf is missing: apt-get install qemu-system-arm binutils";
        return Ok(Outcome::Partly(missing.into()));
    }
    println!("   program         flash, of which weights      RAM    stack, of which arrays   instructions");
    for program in &PROGRAMS {
        run(program, &folder).map_err(|error| format!("{}: {error}", program.name))?;
    }
    Ok(Outcome::Done)
}

fn run(program: &Program, folder: &Path) -> Result<(), String> {
    let file = folder.join("build").join(CORTEX).join("release").join(program.name);
    let done = Command::new(EMULATOR)
        .args(MACHINE.split(' '))
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{EMULATOR}: {error}"))?;
    let text = String::from_utf8_lossy(&done.stdout);
    if !done.status.success() {
        return Err(format!("it ended with an error:\n{text}"));
    }
    let (mut said, mut outputs, mut errors, mut layers) = (HashMap::new(), Vec::new(), Vec::new(), Vec::new());
    for line in text.lines() {
        let (name, value) = line.split_once(' ').ok_or_else(|| format!("it says `{line}`"))?;
        let wrong = |error| format!("it says `{line}`: {error}");
        if name == "output" {
            outputs.push(u32::from_str_radix(value, 16).map_err(wrong)?);
        } else if name == "error" {
            errors.push(u32::from_str_radix(value, 16).map_err(wrong)?);
        } else if name == "layer" {
            layers.push(Layer::of(value).ok_or_else(|| format!("it says `{line}`"))?);
        } else {
            said.insert(name, value.parse::<u64>().map_err(wrong)?);
        }
    }
    let said = |name: &str| said.get(name).copied().ok_or_else(|| format!("it does not say its {name}"));

    let layout = Layout::of(&file)?;
    let (stack, arrays, instructions) = (said("stack")?, said("stack_bytes")?, said("instructions")?);
    println!(
        "   {:12} {:8} {:17} {:8} {stack:8} {arrays:16} {instructions:14}",
        program.name, layout.flash, layout.weights, layout.ram
    );
    for layer in &layers {
        println!("     {:24} {:8} bytes of weights, gives {:5} bytes", layer.name, layer.weights, layer.output);
    }
    let total: u64 = layers.iter().map(|layer| layer.weights).sum();
    if total != said("flash_bytes")? {
        return Err(format!("its layers have {total} bytes of weights, and it has {}", said("flash_bytes")?));
    }
    near("bytes of weights in flash", layout.weights, said("flash_bytes")?)?;
    near("bytes of RAM", layout.ram, said("ram_bytes")?)?;
    if !(arrays..=arrays + FRAMES).contains(&stack) {
        return Err(format!(
            "it takes {stack} bytes of stack, and {arrays} were known before, with at most {FRAMES} for frames"
        ));
    }
    agree(&outputs, &folder.join(program.expected), program.difference)?;
    match program.errors {
        None => Ok(()),
        Some(file) => {
            agree(&errors, &folder.join(file), 0.0)?;
            told_apart(&errors)
        }
    }
}

/// That each second sample is found to be more unusual than all others.
fn told_apart(errors: &[u32]) -> Result<(), String> {
    let errors: Vec<f32> = errors.iter().map(|bits| f32::from_bits(*bits)).collect();
    let least = errors.iter().skip(1).step_by(2).copied().fold(f32::INFINITY, f32::min);
    let most = errors.iter().step_by(2).copied().fold(0.0, f32::max);
    println!("     usual samples have errors up to {most}, unusual ones from {least} on");
    if least > most { Ok(()) } else { Err(format!("an unusual sample has the error {least}, a usual one {most}")) }
}

/// A layer, as the device says it.
struct Layer {
    name: String,
    weights: u64,
    output: u64,
}

impl Layer {
    fn of(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let (weights, output) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { weights, output, name: parts.next()?.into() })
    }
}

/// What the linker has laid out.
struct Layout {
    /// All that is in flash: code, weights, samples.
    flash: u64,
    /// The static `MODEL`.
    weights: u64,
    /// All statics that are written to.
    ram: u64,
}

impl Layout {
    fn of(file: &Path) -> Result<Self, String> {
        let file = file.to_str().ok_or("the repository's path is not UTF-8")?;
        let sections = output("readelf", &["-SW", file])?;
        let section = |name: &str| -> Result<u64, String> {
            let words = sections.lines().map(|line| line.rsplit(']').next().unwrap_or(line).split_whitespace());
            let mut sizes = words.filter_map(|mut words| (words.next()? == name).then(|| words.nth(3)));
            let size = sizes.next().flatten().ok_or_else(|| format!("{file} has no section {name}"))?;
            u64::from_str_radix(size, 16).map_err(|error| format!("{name}: {error}"))
        };
        let symbols = output("readelf", &["-sW", file])?;
        let model = symbols.lines().find(|line| line.contains(" OBJECT ") && line.contains("MODEL"));
        let size = model.and_then(|line| line.split_whitespace().nth(2)).ok_or("it has no static `MODEL`")?;
        let weights = match size.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => size.parse(),
        };
        Ok(Self {
            flash: section(".vector_table")? + section(".text")? + section(".rodata")? + section(".data")?,
            weights: weights.map_err(|error| format!("MODEL: {error}"))?,
            ram: section(".data")? + section(".bss")?,
        })
    }
}

/// That what was measured is what was known before.
fn near(what: &str, found: u64, known: u64) -> Result<(), String> {
    let difference = (found as f64 / known as f64 - 1.0).abs();
    if difference <= TOLERANCE {
        return Ok(());
    }
    Err(format!("it has {found} {what}, and {known} were known before"))
}

/// That the device gives what the host gives.
fn agree(found: &[u32], file: &Path, difference: f32) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let expected: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if found.is_empty() || found.len() > expected.len() {
        return Err(format!("it gives {} numbers, and the host {}", found.len(), expected.len()));
    }
    for (i, (bits, expected)) in found.iter().zip(&expected).enumerate() {
        let found = f32::from_bits(*bits);
        let is_near = (found - expected).abs() <= difference;
        if *bits != expected.to_bits() && !is_near {
            return Err(format!("number {i} is {found:e} there, and {expected:e} on the host"));
        }
    }
    Ok(())
}
