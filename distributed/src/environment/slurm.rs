//! What Slurm tells the processes that it starts.

use std::iter;

use typednet_train::RanksError;

use super::{Value, node_list, number};

/// How many ports jobs are spread over.
const PORTS: u64 = 20_000;

/// The rank and the number of ranks where `srun` has started this process; `None` where Slurm has started it alone, or not at all.
///
/// In a batch script all tasks of the job are one process, of number 0.
pub(super) fn job(value: Value<'_>) -> Result<Option<(usize, usize)>, RanksError> {
    if let Some(step) = step(value)? {
        return Ok(Some(step));
    }
    let Some(size) = value("SLURM_PROCID").and_then(|_| value("SLURM_NTASKS")) else { return Ok(None) };
    match number("SLURM_NTASKS", &size)? {
        1 => Ok(None),
        size => Err(RanksError::Start {
            reason: format!(
                "the job has {size} tasks, but this process was not started by `srun`, which starts one for each: write `srun` before \
                 the program, or set RANK=0 and WORLD_SIZE=1 to train in one process"
            ),
        }),
    }
}

/// The rank and the number of ranks of a step of a job.
///
/// `SLURM_STEP_NUM_TASKS` is how many processes `srun` has started; `SLURM_NTASKS` is that too, unless it was told to leave it as it was
/// (`--preserve-env`): then, and in a batch script, it is how many the job may have.
pub(super) fn step(value: Value<'_>) -> Result<Option<(usize, usize)>, RanksError> {
    let Some(rank) = value("SLURM_PROCID") else { return Ok(None) };
    let rank = number("SLURM_PROCID", &rank)?;
    let (name, size) = match (value("SLURM_STEP_NUM_TASKS"), value("SLURM_NTASKS")) {
        (Some(size), _) => ("SLURM_STEP_NUM_TASKS", size),
        (None, Some(size)) if value("SLURM_STEP_ID").is_some() => ("SLURM_NTASKS", size),
        _ => return Ok(None),
    };
    Ok(Some((rank, number(name, &size)?)))
}

/// Whether what Slurm has started last above this process is a batch script, and no step of a job: its daemon there calls itself
/// `slurmstepd: [7.batch]`, and `slurmstepd: [7.0]` above a step. `read` gives the text of a file in `/proc`, where there is one.
pub(super) fn is_batch_script(read: &dyn Fn(&str) -> Option<String>) -> bool {
    let parent = |process: &str| {
        let stat = read(&format!("/proc/{process}/stat"))?;
        // The program's name stands in parentheses, and may have some itself.
        Some(stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.to_owned())
    };
    let mut above = iter::successors(parent("self"), |process| parent(process));
    let step = above
        .find_map(|process| Some(read(&format!("/proc/{process}/cmdline"))?.strip_prefix("slurmstepd: [")?.to_owned()));
    step.is_some_and(|step| step.trim_end_matches('\0').ends_with(".batch]"))
}

/// The hosts of which one has rank 0.
///
/// A step of a job may have some of its nodes. Its rank 0 is on the first of those, unless a file says what runs where, or the step is
/// made of several jobs, the first of which need not have the node that comes first in the list.
pub(super) fn hosts(value: Value<'_>) -> Option<Vec<String>> {
    let mut hosts = node_list::hosts(&value("SLURM_STEP_NODELIST").or_else(|| value("SLURM_JOB_NODELIST"))?);
    let is_by_file = value("SLURM_DISTRIBUTION").is_some_and(|how| how.starts_with("arbitrary"));
    if !is_by_file && value("SLURM_HET_SIZE").is_none() {
        hosts.truncate(1);
    }
    Some(hosts).filter(|hosts| !hosts.is_empty())
}

/// The first port that is kept for the step (`srun --resv-ports=1`), or one that follows from the numbers of the job and the step.
///
/// Two jobs on one node, and two steps of a job, have different ports, and all processes of one find the same.
pub(super) fn port(value: Value<'_>) -> Result<Option<u64>, RanksError> {
    if let Some(kept) = value("SLURM_STEP_RESV_PORTS") {
        let first = kept.split([',', '-']).next().unwrap_or_default();
        return number("SLURM_STEP_RESV_PORTS", first).map(Some);
    }
    let Some(job) = value("SLURM_JOB_ID") else { return Ok(None) };
    let step = value("SLURM_STEP_ID").map_or(Ok(0), |step| number::<u64>("SLURM_STEP_ID", &step))?;
    // Steps are few, and numbers of jobs follow each other: those of a step are far from both.
    let place = number::<u64>("SLURM_JOB_ID", &job)? % PORTS + step % PORTS * 101;
    Ok(Some(10_000 + place % PORTS))
}

/// `WORLD_SIZE` says another number of ranks than `srun` has started.
pub(super) fn other_size(size: &str, tasks: usize) -> RanksError {
    let reason = format!(
        "the environment says that `WORLD_SIZE` is `{size}`, but `srun` has started {tasks} processes: unset it"
    );
    RanksError::Start { reason }
}

/// The environments are those of processes that Slurm 22.05.8 has started on two nodes, without what says nothing of ranks.
#[cfg(test)]
mod tests {
    use super::super::tests::{at, place};
    use super::is_batch_script;

    /// `srun -N2 -n2`, rank 1.
    const STEP: &str = "
        SLURMD_NODENAME=node2
        SLURM_JOB_ID=4
        SLURM_JOB_NODELIST=node[1-2]
        SLURM_LAUNCH_NODE_IPADDR=10.213.8.1
        SLURM_LOCALID=0
        SLURM_NNODES=2
        SLURM_NODEID=1
        SLURM_NODELIST=node[1-2]
        SLURM_NPROCS=2
        SLURM_NTASKS=2
        SLURM_PROCID=1
        SLURM_STEPID=0
        SLURM_STEP_ID=0
        SLURM_STEP_LAUNCHER_PORT=33809
        SLURM_STEP_NODELIST=node[1-2]
        SLURM_STEP_NUM_NODES=2
        SLURM_STEP_NUM_TASKS=2
        SLURM_STEP_TASKS_PER_NODE=1(x2)
        SLURM_TASKS_PER_NODE=1(x2)";

    /// A script of `sbatch --nodes=2 --ntasks-per-node=4`.
    const BATCH: &str = "
        SLURMD_NODENAME=node1
        SLURM_JOB_ID=7
        SLURM_JOB_NODELIST=node[1-2]
        SLURM_LOCALID=0
        SLURM_NNODES=2
        SLURM_NODEID=0
        SLURM_NODELIST=node[1-2]
        SLURM_NPROCS=8
        SLURM_NTASKS=8
        SLURM_NTASKS_PER_NODE=4
        SLURM_PROCID=0
        SLURM_TASKS_PER_NODE=4(x2)";

    /// A shell of `salloc -N2 -n8`.
    const SHELL: &str = "
        SLURM_JOB_ID=5
        SLURM_JOB_NODELIST=node[1-2]
        SLURM_NNODES=2
        SLURM_NODELIST=node[1-2]
        SLURM_NPROCS=8
        SLURM_NTASKS=8
        SLURM_TASKS_PER_NODE=7,1";

    /// The environment with other lines before its own, which are read first.
    fn with(first: &str, environment: &str) -> String {
        format!("{first}{environment}")
    }

    #[test]
    fn steps_meet_on_their_first_node() {
        assert_eq!(place(STEP), Ok(Some(at(1, 2, &["node1"], 10_004))));
        // The second step of the job, on one of its nodes, and what `srun --preserve-env` leaves there.
        let second = with("SLURM_STEP_NODELIST=node2\nSLURM_STEP_ID=1\nSLURM_NTASKS=8", STEP);
        assert_eq!(place(&second), Ok(Some(at(1, 2, &["node2"], 10_105))));
        let alone = with("SLURM_PROCID=0\nSLURM_NTASKS=1\nSLURM_STEP_NUM_TASKS=1", STEP);
        assert_eq!(place(&alone), Ok(Some(at(0, 1, &["node1"], 10_004))));
        // `salloc` may start its shell as a step of one task, with the tasks of the job.
        let interactive =
            with("SLURM_PROCID=0\nSLURM_STEP_NUM_TASKS=1\nSLURM_STEP_ID=4294967290\nSLURM_NTASKS=8", STEP);
        assert_eq!(place(&interactive).map(|place| place.map(|place| place.size)), Ok(Some(1)));
        let older = "SLURM_PROCID=1\nSLURM_NTASKS=2\nSLURM_STEP_ID=0\nSLURM_JOB_NODELIST=n1";
        assert_eq!(place(older), Ok(Some(at(1, 2, &["n1"], 29_500))));
    }

    /// `SLURM_HOSTFILE=FILE srun -n2 --distribution=arbitrary`, whose file has node2 before node1: rank 0 is on node2. And `salloc -n1 -w node2 :
    /// -n2 -w node1 srun --het-group=0,1`, a step of two jobs: it is on node2 there too, and the list is in the order of names.
    #[test]
    fn rank_0_is_looked_for_on_all_nodes_where_it_may_be_on_any() {
        let by_file = with("SLURM_DISTRIBUTION=arbitrary\nSLURM_HOSTFILE=hosts", STEP);
        assert_eq!(place(&by_file), Ok(Some(at(1, 2, &["node1", "node2"], 10_004))));
        let of_two = "SLURM_HET_SIZE=2\nSLURM_JOB_ID=12\nSLURM_JOB_NODELIST=node[1-2]\nSLURM_JOB_NODELIST_HET_GROUP_0=node2\n\
            SLURM_JOB_NODELIST_HET_GROUP_1=node1\nSLURM_NTASKS=3\nSLURM_NTASKS_HET_GROUP_0=1\nSLURM_NTASKS_HET_GROUP_1=2\n\
            SLURM_PROCID=2\nSLURM_STEP_ID=0\nSLURM_STEP_NODELIST=node[1-2]\nSLURM_STEP_NUM_TASKS=3\nSLURM_STEP_TASKS_PER_NODE=2,1";
        assert_eq!(place(of_two), Ok(Some(at(2, 3, &["node1", "node2"], 10_012))));
        assert_eq!(place(&with("SLURM_DISTRIBUTION=block", STEP)), place(STEP));
        assert_eq!(place(&with("MASTER_ADDR=10.213.8.2\n", &by_file)), Ok(Some(at(1, 2, &["10.213.8.2"], 10_004))));
    }

    #[test]
    fn steps_and_jobs_have_ports_of_their_own() {
        let port = |job: &str, step: &str| {
            let said = place(&with(&format!("SLURM_JOB_ID={job}\nSLURM_STEP_ID={step}"), STEP));
            said.map(|place| place.map_or(0, |place| place.port))
        };
        assert_eq!(port("41239999", "0"), Ok(29_999));
        assert_eq!(port("41239999", "1"), Ok(10_100), "two steps side by side");
        assert!(port("1", "18446744073709551615").is_ok());
        // `srun --resv-ports=2`, and `=1`.
        for kept in ["12005-12006", "12005"] {
            assert_eq!(
                place(&with(&format!("SLURM_STEP_RESV_PORTS={kept}"), STEP)),
                Ok(Some(at(1, 2, &["node1"], 12_005)))
            );
        }
        let chosen = with("SLURM_STEP_RESV_PORTS=12005\nMASTER_PORT=1234", STEP);
        assert_eq!(place(&chosen), Ok(Some(at(1, 2, &["node1"], 1234))));
    }

    /// Nobody waits for ranks that were not started.
    #[test]
    fn programs_that_srun_has_not_started_are_alone() {
        assert_eq!(place(SHELL), Ok(None));
        assert_eq!(place(&with("SLURM_HET_SIZE=2", SHELL)), Ok(None));
        // `sbatch` without `--ntasks`.
        assert_eq!(place("SLURM_PROCID=0\nSLURM_JOB_ID=8\nSLURM_JOB_NODELIST=node[1-2]\nSLURM_NNODES=2"), Ok(None));
        assert_eq!(place(&with("SLURM_NTASKS=1", BATCH)), Ok(None));
        let said = place(BATCH).expect_err("the job has more tasks");
        assert!(said.contains("the job has 8 tasks, but this process was not started by `srun`"), "{said}");
        let by_hand = with("RANK=0\nWORLD_SIZE=1", BATCH);
        assert_eq!(place(&by_hand), Ok(Some(at(0, 1, &["node1"], 10_007))));
    }

    #[test]
    fn a_batch_script_is_known_by_what_is_above_it() {
        let is_batch = |daemon: &str, shell: &str| {
            let read = |file: &str| match file {
                "/proc/self/stat" => Some("90 (digits_on_ranks) S 80 90 70 0".to_owned()),
                "/proc/80/stat" => Some("80 (a) b (sh) S 70 80 70 0".to_owned()),
                "/proc/80/cmdline" => Some(shell.to_owned()),
                "/proc/70/stat" => Some("70 (slurmstepd) S 1 70 70 0".to_owned()),
                "/proc/70/cmdline" => Some(daemon.to_owned()),
                "/proc/1/stat" => Some("1 (systemd) S 0 1 1 0".to_owned()),
                "/proc/1/cmdline" => Some("/sbin/init\0".to_owned()),
                _ => None,
            };
            is_batch_script(&read)
        };
        let script = "/bin/bash\0/var/spool/slurmd/job00007/slurm_script\0";
        assert!(is_batch("slurmstepd: [7.batch]\0", script) && is_batch("slurmstepd: [7.batch]", script));
        assert!(!is_batch("slurmstepd: [7.0]\0", script) && !is_batch("slurmstepd: [7.interactive]\0", script));
        // A step that the script has started.
        assert!(!is_batch("slurmstepd: [7.batch]\0", "slurmstepd: [7.0]\0"));
        assert!(!is_batch("/usr/sbin/sshd\0", script));
        assert!(!is_batch_script(&|_| None));
    }

    /// `export WORLD_SIZE=$SLURM_NTASKS` is in many a batch script.
    #[test]
    fn a_script_may_have_said_how_many_there_are() {
        assert_eq!(place(&with("WORLD_SIZE=2", STEP)), place(STEP));
        for (environment, says) in [
            (with("WORLD_SIZE=8", STEP), "`WORLD_SIZE` is `8`, but `srun` has started 2 processes"),
            (with("WORLD_SIZE=8", BATCH), "has `WORLD_SIZE` but no `RANK`"),
            (with("SLURM_STEP_NUM_TASKS=some", STEP), "`SLURM_STEP_NUM_TASKS` is `some`"),
            (with("SLURM_STEP_NODELIST=\nSLURM_JOB_NODELIST=", STEP), "no `MASTER_ADDR`"),
        ] {
            let said = place(&environment).expect_err("refused");
            assert!(said.contains(says), "{said}");
        }
    }
}
