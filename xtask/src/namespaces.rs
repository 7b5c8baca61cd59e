//! One training on two hosts: two network namespaces of this machine, with a link between them that is slow, and then cut.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use crate::check::Outcome;
use crate::shell::Shell;

/// What packets take to arrive, each way, and how many are lost.
const SLOW: [&str; 4] = ["delay", "20ms", "loss", "1%"];

/// How long a rank waits for another one that is silent, in seconds.
const PATIENCE: u64 = 5;

/// How much later than that both have ended.
const LATER: Duration = Duration::from_secs(4);

/// Trains over TCP between two namespaces: with [`SLOW`] packets, the weights are those of one process; and with a link that is cut in the
/// middle of a step both ranks end in time, with the number of the other one and the newest checkpoint.
pub(crate) fn check(shell: &Shell) -> Result<Outcome, String> {
    if Command::new("ip").arg("-V").output().is_err() {
        return Ok(Outcome::Skipped("`ip` is missing: apt-get install iproute2".to_owned()));
    }
    let _hosts = match Hosts::new() {
        Ok(hosts) => hosts,
        Err(reason) => {
            return Ok(Outcome::Skipped(format!("no network namespaces: {reason}; run it on Linux, as root")));
        }
    };
    shell.cargo("build --quiet -p typednet-distributed --example digits")?;
    let program = shell.target().join("debug/examples/digits");
    let slow = Hosts::slow();
    let alone = hash(&wait(Command::new(&program).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn())?)?;
    let began = Instant::now();
    let ranks = [0, 1].map(|rank| Hosts::start(rank, &program, &[]));
    let [first, second] = ranks.map(wait);
    second?;
    let here = hash(&first?)?;
    let how = if slow.is_ok() { SLOW.join(" ") } else { "without delay".to_owned() };
    println!("   two hosts, {how}: weights {here} after {:.1} s", began.elapsed().as_secs_f64());
    if here != alone {
        return Err(format!("the weights are {here} on two hosts, and {alone} on one process"));
    }
    cut(&program, &shell.target().join("namespaces"))?;
    Ok(slow.map_or_else(
        |reason| Outcome::Partly(format!("packets cannot be delayed and lost ({reason}): a kernel with sch_netem")),
        |()| Outcome::Done,
    ))
}

/// Cuts the link in the middle of a training.
fn cut(program: &Path, folder: &Path) -> Result<(), String> {
    _ = fs::remove_dir_all(folder);
    let (patience, at) = (PATIENCE.to_string(), folder.display().to_string());
    let options = ["--steps", "1000000000", "--time", "--patience", &patience, "--checkpoints", &at];
    let ranks = [0, 1].map(|rank| Hosts::start(rank, program, &options));
    let has_file = || {
        let runs = fs::read_dir(folder).into_iter().flatten().flatten();
        let files = runs.flat_map(|run| fs::read_dir(run.path()).into_iter().flatten().flatten());
        files.map(|file| file.path()).any(|path| path.extension().is_some_and(|end| end == "safetensors"))
    };
    let began = Instant::now();
    while !has_file() && began.elapsed() < Duration::from_mins(2) {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(123));
    ip(&["-n", &name(0), "link", "set", LINK, "down"])?;
    let limit = Duration::from_secs(PATIENCE) + LATER;
    let began = Instant::now();
    let mut ranks = ranks.map(|rank| rank.map_err(|error| error.to_string()));
    let all_have_ended = |ranks: &mut [Result<Child, String>; 2]| {
        ranks.iter_mut().flatten().all(|rank| matches!(rank.try_wait(), Ok(Some(_))))
    };
    while !all_have_ended(&mut ranks) && began.elapsed() < limit {
        thread::sleep(Duration::from_millis(10));
    }
    let (is_in_time, took) = (all_have_ended(&mut ranks), began.elapsed());
    for (rank, child) in ranks.into_iter().enumerate() {
        let mut child = child?;
        _ = child.kill();
        let Output { stderr, status, .. } = child.wait_with_output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&stderr);
        let other = format!("rank {} ", 1 - rank);
        let is_said = said.contains(&other) && said.contains("goes on from `") && said.contains(".safetensors`");
        if !is_in_time || status.success() || !is_said {
            return Err(format!(
                "{took:?} after the link was cut, rank {rank} has ended with {status}, and said: {said}"
            ));
        }
    }
    println!("   the link was cut: both ranks have ended after {:.1} s", took.as_secs_f64());
    Ok(())
}

/// What the example says of its weights.
fn hash(out: &Output) -> Result<String, String> {
    let said = String::from_utf8_lossy(&out.stdout);
    let hash = said.split("weights ").nth(1).and_then(|rest| rest.split(',').next());
    hash.map(ToOwned::to_owned).ok_or_else(|| format!("{}: {said}{}", out.status, String::from_utf8_lossy(&out.stderr)))
}

fn wait(child: std::io::Result<Child>) -> Result<Output, String> {
    let out = child.and_then(Child::wait_with_output).map_err(|error| error.to_string())?;
    if out.status.success() {
        return Ok(out);
    }
    Err(format!("{}: {}", out.status, String::from_utf8_lossy(&out.stderr)))
}

/// The name of the link in either namespace.
const LINK: &str = "typednet";

/// Two namespaces with a link between them, which go with it; no other interface is in them.
struct Hosts;

impl Hosts {
    fn new() -> Result<Self, String> {
        let hosts = Self;
        let [first, second] = [0, 1].map(name);
        ip(&["netns", "add", &first])?;
        ip(&["netns", "add", &second])?;
        ip(&["-n", &first, "link", "add", LINK, "type", "veth", "peer", "name", LINK, "netns", &second])?;
        for rank in 0..2 {
            let (name, address) = (name(rank), format!("{}/24", address(rank)));
            ip(&["-n", &name, "address", "add", &address, "dev", LINK])?;
            ip(&["-n", &name, "link", "set", LINK, "up"])?;
            ip(&["-n", &name, "link", "set", "lo", "up"])?;
        }
        Ok(hosts)
    }

    /// Delays packets both ways, and loses some.
    fn slow() -> Result<(), String> {
        (0..2).try_for_each(|rank| {
            let name = name(rank);
            let words = ["netns", "exec", &name, "tc", "qdisc", "add", "dev", LINK, "root", "netem"];
            ip(&[&words[..], &SLOW[..]].concat())
        })
    }

    /// Starts a rank of two in its namespace.
    fn start(rank: usize, program: &Path, options: &[&str]) -> std::io::Result<Child> {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &name(rank)]).arg(program).args(options);
        command.env("RANK", rank.to_string()).env("WORLD_SIZE", "2");
        command.env("MASTER_ADDR", address(0)).env("MASTER_PORT", "29500");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for rank in 0..2 {
            _ = ip(&["netns", "delete", &name(rank)]);
        }
    }
}

fn address(rank: usize) -> String {
    format!("10.213.7.{}", rank + 1)
}

/// The name of a namespace, which no other program has.
fn name(rank: usize) -> String {
    format!("typednet-{}-{rank}", process::id())
}

fn ip(words: &[&str]) -> Result<(), String> {
    let out = Command::new("ip").args(words).output().map_err(|error| format!("ip: {error}"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("`ip {}` says {}", words.join(" "), String::from_utf8_lossy(&out.stderr).trim()))
}
