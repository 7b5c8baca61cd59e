//! A cluster of Slurm on this machine: two hosts, namespaces with an address and a name each.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::NAMESPACES;

/// A file system in memory that goes with the namespaces: keys, states and logs are in it, and what the check itself writes.
pub(super) const FOLDER: &str = "/run";

const CONF: &str = "/run/slurm.conf";

/// How long one command may take; most take a second.
const LIMIT: &str = "100";

/// More tasks run than there are processors, without control groups. A node is lost when it has been silent for a few seconds.
const CONFIGURATION: &str = "ClusterName=typednet
SlurmctldHost=node1
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=/run/munge.socket,cred_expire=5
StateSaveLocation=/run/state
SlurmdSpoolDir=/run/spool-%n
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
MpiParams=ports=12000-12999
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1
SlurmdParameters=config_overrides
SlurmdTimeout=6
MailProg=/bin/true
NodeName=node[1-2] CPUs=8 RealMemory=1
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
";

const HOSTS: &str = "127.0.0.1 localhost\n10.213.8.1 node1\n10.213.8.2 node2\n";

/// The name of the link between the hosts on either, and the second host's namespace.
pub(super) const LINK: &str = "typednet";
const SECOND: &str = "node2";

/// Makes the second host.
const MAKE: &str =
    "mount -t tmpfs tmpfs /run && ip netns add node2 && ip link add typednet type veth peer name typednet netns node2";

/// Whether there can be such a cluster here.
pub(super) fn may_be_made() -> Result<(), String> {
    done(Command::new("unshare").args(NAMESPACES).args(["sh", "-c", MAKE]))
}

/// Makes this host the first one of two, and starts what Slurm consists of.
pub(super) fn start() -> Result<(), String> {
    let shell = |text: &str| done(Command::new("sh").args(["-c", text]));
    shell(MAKE)?;
    for (file, text) in [("hosts", HOSTS), ("slurm.conf", CONFIGURATION), ("cgroup.conf", "CgroupPlugin=cgroup/v1\n")] {
        write(file, text.as_bytes())?;
    }
    shell("mkdir /run/state && hostname node1 && mount --bind /run/hosts /etc/hosts && ip link set lo up")?;
    shell("ip address add 10.213.8.1/24 dev typednet && ip link set typednet up")?;
    shell(
        "ip -n node2 address add 10.213.8.2/24 dev typednet && ip -n node2 link set typednet up && ip -n node2 link set lo up",
    )?;
    shell("umask 077 && head -c 128 /dev/urandom > /run/munge.key")?;
    fs::set_permissions(FOLDER, fs::Permissions::from_mode(0o755)).map_err(|error| error.to_string())?;
    let mut munged = Command::new("munged");
    for (name, file) in
        [("key-file", "key"), ("socket", "socket"), ("pid-file", "pid"), ("log-file", "log"), ("seed-file", "seed")]
    {
        munged.arg(format!("--{name}=/run/munge.{file}"));
    }
    daemon("munged", munged.args(["--foreground", "--force"]))?;
    wait("munged has no socket", || Path::new("/run/munge.socket").exists())?;
    daemon("slurmctld", Command::new("slurmctld").arg("-D"))?;
    daemon("slurmd-1", Command::new("slurmd").arg("-D"))?;
    let second = ["netns", "exec", SECOND, "unshare", "--uts", "sh", "-c", "hostname node2 && exec slurmd -D"];
    daemon("slurmd-2", Command::new("ip").args(second))?;
    let states = || output("sinfo", &["--noheader", "--Node", "--format=%T"]).unwrap_or_default();
    wait("the nodes are not ready", || states() == "idle\nidle\n")
}

/// A command of Slurm's, such as `srun`, which is ended when it takes too long.
pub(super) fn command(name: &str, words: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", LIMIT, name]).args(words).current_dir(FOLDER).env("SLURM_CONF", CONF);
    command.stdin(Stdio::null());
    command
}

/// What a command prints.
pub(super) fn output(name: &str, words: &[&str]) -> Result<String, String> {
    let (said, wrong, is_good) = said(command(name, words))?;
    if is_good { Ok(said) } else { Err(format!("{name} {}: {said}{wrong}", words.join(" "))) }
}

/// What a command prints on its outputs, and whether it has ended well.
pub(super) fn said(mut command: Command) -> Result<(String, String, bool), String> {
    let out = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&out.stdout), text(&out.stderr), out.status.success()))
}

/// The ends of what its daemons have said.
pub(super) fn log() -> String {
    let end = |name: &str| {
        let text = fs::read_to_string(format!("{FOLDER}/{name}.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        format!("{name}: {}\n", lines[lines.len().saturating_sub(6)..].join("\n   "))
    };
    ["munged", "slurmctld", "slurmd-1", "slurmd-2"].map(end).concat()
}

/// A process that was started with `words` as its rank `rank`.
pub(super) fn task(words: &str, rank: usize) -> Option<u32> {
    let is_it = |process: u32| {
        let read = |name: &str| String::from_utf8(fs::read(format!("/proc/{process}/{name}")).ok()?).ok();
        let (command, names) = (read("cmdline")?.replace('\0', " "), read("environ")?);
        let is_rank = names.split('\0').any(|name| name == format!("SLURM_PROCID={rank}"));
        // Not `srun` and what else has these words.
        Some(is_rank && command.starts_with('/') && command.contains(words))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.find(|process| is_it(*process) == Some(true))
}

/// The step of the newest checkpoint in a folder.
pub(super) fn newest(folder: &str) -> Option<u64> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = entries(folder.as_ref()).flat_map(|run| entries(&run).collect::<Vec<_>>());
    let step =
        |path: PathBuf| path.file_name()?.to_str()?.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok();
    files.filter_map(step).max()
}

/// Waits until something is so, for half a minute.
pub(super) fn wait(what_else: &str, is_so: impl Fn() -> bool) -> Result<(), String> {
    let began = Instant::now();
    while !is_so() {
        if began.elapsed() > Duration::from_secs(30) {
            return Err(format!("{what_else} after {:?}", began.elapsed()));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

pub(super) fn write(file: &str, text: &[u8]) -> Result<(), String> {
    fs::write(Path::new(FOLDER).join(file), text).map_err(|error| format!("{file}: {error}"))
}

/// Starts what runs as long as the namespaces do.
fn daemon(name: &str, command: &mut Command) -> Result<(), String> {
    let file = File::create(format!("{FOLDER}/{name}.log"));
    let start = |log: File| {
        command.env("SLURM_CONF", CONF).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn()
    };
    file.and_then(start).map(drop).map_err(|error| format!("{name}: {error}"))
}

/// Runs a command that says nothing.
pub(super) fn done(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&out.stderr).trim().replace('\n', "; "))
}
