//! One training on two hosts: two network namespaces of this machine, with a link between them that is slow, and then cut.

mod relay;

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use crate::check::Outcome;
use crate::shell::{Shell, output, own_program};
use relay::Relay;
pub(crate) use relay::run as relay;

/// What packets take to arrive, each way, and how many are lost.
const SLOW: [&str; 4] = ["delay", "20ms", "loss", "1%"];

/// What bytes take to arrive through a [`Relay`], each way, where the kernel cannot delay packets.
const DELAY: Duration = Duration::from_millis(20);

/// Loses one packet of a hundred that come from another host, and counts them.
const LOSE: &str = "table inet typednet {
    chain in {
        type filter hook input priority 0; policy accept;
        iifname \"lo\" accept
        numgen random mod 100 < 1 counter drop
    }
}
";

/// How long a rank waits for another one that is silent, in seconds.
const PATIENCE: u64 = 5;

/// How much later than that both have ended.
const LATER: Duration = Duration::from_secs(4);

/// Trains over TCP between two namespaces: where packets are late and lost, the weights are those of one process; with a link that is cut
/// in the middle of a step, or on which nothing arrives any more, both ranks end in time, with the number of the other one and the newest
/// checkpoint.
///
/// `netem` delays and loses packets. A kernel without it loses them by `nft`, and they are late since a [`Relay`] passes them on.
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
    shell.cargo("build --quiet -p typednet-distributed --example digits_on_ranks")?;
    let program = shell.target().join("debug/examples/digits_on_ranks");
    let folder = shell.target().join("namespaces");
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let stall = folder.join("stall");
    let netem = Hosts::slow();
    let lost = if netem.is_ok() { Ok(()) } else { Hosts::lose() };
    let _line = Line::new(&stall, if netem.is_ok() { Duration::ZERO } else { DELAY })?;

    let alone = hash(&wait(Command::new(&program).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn())?)?;
    let began = Instant::now();
    let first = if netem.is_ok() { address(0) } else { LOOPBACK.to_owned() };
    let ranks = [0, 1].map(|rank| Hosts::start(rank, &first, &program, &[]));
    let [first, second] = ranks.map(wait);
    second?;
    let here = hash(&first?)?;
    let how = match (&netem, &lost) {
        (Ok(()), _) => SLOW.join(" ") + " by netem",
        (_, Ok(())) => format!("{DELAY:?} of delay by a relay, {} packets lost by nft", Hosts::lost()?),
        _ => format!("{DELAY:?} of delay by a relay"),
    };
    println!("   two hosts, {how}: weights {here} after {:.1} s", began.elapsed().as_secs_f64());
    if here != alone {
        return Err(format!("the weights are {here} on two hosts, and {alone} on one process"));
    }
    ends(&program, &folder, LOOPBACK, "nothing arrived any more", || {
        fs::write(&stall, "").map_err(|error| format!("{}: {error}", stall.display()))
    })?;
    ends(&program, &folder, &address(0), "the link was cut", || ip(&["-n", &name(0), "link", "set", LINK, "down"]))?;
    Ok(lost.map_or_else(
        |reason| Outcome::Partly(format!("packets cannot be lost ({reason}): apt-get install nftables")),
        |()| Outcome::Done,
    ))
}

/// Does `what` to the line in the middle of a training in which rank 0 is met at `first`.
fn ends(
    program: &Path,
    folder: &Path,
    first: &str,
    what: &str,
    make: impl Fn() -> Result<(), String>,
) -> Result<(), String> {
    let folder = folder.join("run");
    _ = fs::remove_dir_all(&folder);
    let (patience, at) = (PATIENCE.to_string(), folder.display().to_string());
    let options = ["--steps", "1000000000", "--time", "--patience", &patience, "--checkpoints", &at];
    let ranks = [0, 1].map(|rank| Hosts::start(rank, first, program, &options));
    let has_file = || {
        let runs = fs::read_dir(&folder).into_iter().flatten().flatten();
        let files = runs.flat_map(|run| fs::read_dir(run.path()).into_iter().flatten().flatten());
        files.map(|file| file.path()).any(|path| path.extension().is_some_and(|end| end == "safetensors"))
    };
    let began = Instant::now();
    while !has_file() && began.elapsed() < Duration::from_mins(2) {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(123));
    make()?;
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
            return Err(format!("{took:?} after {what}, rank {rank} has ended with {status}, and said: {said}"));
        }
    }
    println!("   {what}: both ranks have ended after {:.1} s", took.as_secs_f64());
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

/// Where rank 0 is met, and the relay.
const PORT: u16 = 29500;
const LOOPBACK: &str = "127.0.0.1";

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

    /// Loses packets both ways.
    fn lose() -> Result<(), String> {
        (0..2).try_for_each(|rank| {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", &name(rank), "nft", "-f", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().map_err(|error| format!("ip: {error}"))?;
            let told = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(LOSE.as_bytes()));
            let out = child.wait_with_output().map_err(|error| error.to_string())?;
            if told.is_ok() && out.status.success() {
                return Ok(());
            }
            Err(format!("`nft` says {}", String::from_utf8_lossy(&out.stderr).trim()))
        })
    }

    /// How many packets [`lose`](Self::lose) has lost.
    fn lost() -> Result<u64, String> {
        let mut lost = 0;
        for rank in 0..2 {
            let words = ["netns", "exec", &name(rank), "nft", "list", "table", "inet", "typednet"];
            let said = output("ip", &words)?;
            let count =
                said.split("counter packets ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<u64>().ok());
            lost += count.ok_or_else(|| format!("`nft` does not say how many packets were lost: {said}"))?;
        }
        if lost == 0 { Err("no packet was lost".to_owned()) } else { Ok(lost) }
    }

    /// Starts a rank of two in its namespace; rank 0 is met at `first`, its own address or that of a relay.
    fn start(rank: usize, first: &str, program: &Path, options: &[&str]) -> std::io::Result<Child> {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &name(rank)]).arg(program).args(options);
        command.env("RANK", rank.to_string()).env("WORLD_SIZE", "2");
        let own = address(0);
        command.env("MASTER_ADDR", if rank == 0 { &own } else { first }).env("MASTER_PORT", PORT.to_string());
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

/// A relay in the namespace of rank 1, which calls rank 0.
struct Line(Child);

impl Line {
    fn new(stall: &Path, delay: Duration) -> Result<Self, String> {
        let from = format!("{LOOPBACK}:{PORT}");
        let relay = Relay { from, to: format!("{}:{PORT}", address(0)), delay, stall: stall.to_owned() };
        let own = own_program()?;
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &name(1)]).arg(own).args(relay.words());
        Ok(Self(command.spawn().map_err(|error| format!("ip: {error}"))?))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
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
