//! What launchers tell the processes that they start.

use std::env;

use typednet_train::RanksError;

/// Where rank 0 is met, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) rank: usize,
    pub(crate) size: usize,
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// The port where nothing says another one: that of `PyTorch`.
const PORT: u16 = 29_500;

impl Place {
    /// What the environment says; `None` where it says nothing.
    pub(crate) fn from_env() -> Result<Option<Self>, RanksError> {
        Self::from(&|name| env::var(name).ok())
    }

    /// Whether there can be such a rank.
    pub(crate) fn check(&self) -> Result<(), RanksError> {
        check(self.rank, self.size)
    }

    fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, RanksError> {
        let (rank, size) = match (value("RANK"), value("WORLD_SIZE")) {
            (Some(rank), Some(size)) => (number("RANK", &rank)?, number("WORLD_SIZE", &size)?),
            (Some(_), None) => return Err(missing("RANK", "WORLD_SIZE")),
            (None, Some(_)) => return Err(missing("WORLD_SIZE", "RANK")),
            (None, None) => match of_slurm(value)? {
                Some(place) => place,
                None => return Ok(None),
            },
        };
        check(rank, size)?;
        // A step of a job may have some of its nodes, and its rank 0 is on the first of those.
        let nodes = value("SLURM_STEP_NODELIST").or_else(|| value("SLURM_JOB_NODELIST"));
        let host = match (value("MASTER_ADDR"), nodes) {
            (Some(host), _) => host,
            (None, Some(nodes)) => first_node(&nodes),
            (None, None) if size == 1 => "localhost".to_owned(),
            (None, None) => return Err(missing("RANK", "MASTER_ADDR")),
        };
        let mut port = match (value("MASTER_PORT"), value("SLURM_JOB_ID")) {
            (Some(port), _) => number("MASTER_PORT", &port)?,
            // Two jobs on one node, and two steps of a job, have different ports, and all processes of one find the same.
            (None, Some(job)) => {
                let step = value("SLURM_STEP_ID").map_or(Ok(0), |step| number::<u64>("SLURM_STEP_ID", &step))?;
                // Steps are few, and numbers of jobs follow each other: those of a step are far from both.
                let place = number::<u64>("SLURM_JOB_ID", &job)? % PORTS + step % PORTS * 101;
                10_000 + place % PORTS
            }
            (None, None) => u64::from(PORT),
        };
        // `torchrun` listens there itself; the next port is as likely to be free as that one was.
        if value("TORCHELASTIC_USE_AGENT_STORE").is_some_and(|uses| uses == "True") {
            port += 1;
        }
        let port = u16::try_from(port).map_err(|_| RanksError::Start {
            reason: format!("rank 0 is to be met at port {port}, but there is none above 65535; set MASTER_PORT"),
        })?;
        Ok(Some(Self { rank, size, host, port }))
    }
}

/// How many ports jobs of Slurm are spread over.
const PORTS: u64 = 20_000;

/// The rank and the number of ranks where `srun` has started this process.
///
/// `SLURM_STEP_NUM_TASKS` is how many processes it has started; `SLURM_NTASKS` is that too, unless it was told to leave it as it was
/// (`--preserve-env`): then, and in a batch script, it is how many the job may have. In a batch script all of them are one
/// process, of number 0.
fn of_slurm(value: &dyn Fn(&str) -> Option<String>) -> Result<Option<(usize, usize)>, RanksError> {
    let Some(rank) = value("SLURM_PROCID") else { return Ok(None) };
    let rank = number("SLURM_PROCID", &rank)?;
    if let Some(size) = value("SLURM_STEP_NUM_TASKS") {
        return Ok(Some((rank, number("SLURM_STEP_NUM_TASKS", &size)?)));
    }
    let size = value("SLURM_NTASKS").map_or(Ok(1), |size| number("SLURM_NTASKS", &size))?;
    match size {
        1 => Ok(None),
        _ if value("SLURM_STEP_ID").is_some() => Ok(Some((rank, size))),
        _ => Err(RanksError::Start {
            reason: format!(
                "the job has {size} tasks, but this process was not started by `srun`, which starts one for each: write `srun` before \
                 the program, or set RANK=0 and WORLD_SIZE=1 to train in one process"
            ),
        }),
    }
}

/// The most ranks: more than any rank could have connections to is a mistake.
const MOST: usize = 1 << 16;

fn check(rank: usize, size: usize) -> Result<(), RanksError> {
    let reason = match size {
        0 => "0 ranks were asked for, but there is at least one, of number 0".to_owned(),
        1..=MOST if rank < size => return Ok(()),
        1..=MOST => format!("this is rank {rank} of {size}, but ranks are numbered from 0 to {}", size - 1),
        _ => format!("{size} ranks were asked for, but there are at most {MOST}"),
    };
    Err(RanksError::Start { reason })
}

fn missing(there: &str, missing: &str) -> RanksError {
    RanksError::Start {
        reason: format!(
            "the environment has `{there}` but no `{missing}`: set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or start the \
             program with `torchrun --no-python` or `srun`"
        ),
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, RanksError> {
    let reason = || format!("the environment says that `{name}` is `{text}`, but it must be a number from 0");
    text.trim().parse().map_err(|_| RanksError::Start { reason: reason() })
}

/// The first host of a list of Slurm's, such as `gpu`, `node[07-09,12],login` or `rack[0-3]-blade[0-41]`.
fn first_node(nodes: &str) -> String {
    let (mut first, mut rest) = (String::new(), nodes);
    loop {
        let end = rest.find(['[', ',']).unwrap_or(rest.len());
        first.push_str(&rest[..end]);
        let Some(inner) = rest[end..].strip_prefix('[') else { return first };
        let (numbers, behind) = inner.split_once(']').unwrap_or((inner, ""));
        first.push_str(numbers.split([',', '-']).next().unwrap_or_default());
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(names: &[(&str, &str)]) -> Result<Option<Place>, String> {
        let value = |name: &str| names.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        Place::from(&value).map_err(|error| error.to_string())
    }

    fn at(rank: usize, size: usize, host: &str, port: u16) -> Place {
        Place { rank, size, host: host.to_owned(), port }
    }

    #[test]
    fn launchers_are_understood() {
        assert_eq!(place(&[]), Ok(None));
        let torch = [("RANK", "3"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", "10.0.0.1"), ("MASTER_PORT", "1234")];
        assert_eq!(place(&torch), Ok(Some(at(3, 4, "10.0.0.1", 1234))));
        let by_agent = [&torch[..], &[("TORCHELASTIC_USE_AGENT_STORE", "True")]].concat();
        assert_eq!(place(&by_agent), Ok(Some(at(3, 4, "10.0.0.1", 1235))));
        for (nodes, first) in [
            ("node7", "node7"),
            ("a,b", "a"),
            ("node[07-09,12],login", "node07"),
            ("n[3,5]", "n3"),
            ("login,node[1-2]", "login"),
            ("r[1-2]-ib", "r1-ib"),
            ("r[1-2]-ib,x", "r1-ib"),
            ("rack[00-63]-blade[3-41,50],x", "rack00-blade3"),
            ("a[1,3]b[2]c,d[4]", "a1b2c"),
            ("n[01", "n01"),
        ] {
            let slurm = [
                ("SLURM_PROCID", "1"),
                ("SLURM_STEP_NUM_TASKS", "2"),
                ("SLURM_JOB_NODELIST", nodes),
                ("SLURM_JOB_ID", "41234567"),
            ];
            assert_eq!(place(&slurm), Ok(Some(at(1, 2, first, 24_567))), "{nodes}");
        }
        let step = |id: &'static str| {
            [
                ("SLURM_PROCID", "0"),
                // What the job may have, as `srun --preserve-env` leaves it.
                ("SLURM_NTASKS", "8"),
                ("SLURM_STEP_NUM_TASKS", "2"),
                ("SLURM_JOB_NODELIST", "n[1-4]"),
                ("SLURM_STEP_NODELIST", "n[3-4]"),
                ("SLURM_STEP_ID", id),
            ]
        };
        assert_eq!(place(&step("0")), Ok(Some(at(0, 2, "n3", PORT))), "a step on some of the job's nodes");
        let of_job = |id: &'static str, job: &'static str| place(&[&step(id)[..], &[("SLURM_JOB_ID", job)]].concat());
        assert_eq!(of_job("0", "41239999"), Ok(Some(at(0, 2, "n3", 29_999))));
        assert_eq!(of_job("1", "41239999"), Ok(Some(at(0, 2, "n3", 10_100))), "two steps side by side");
        assert_eq!(of_job("18446744073709551615", "1").map(|place| place.is_some()), Ok(true));
        // Programs in a batch script, and in a shell on a node of the job: nobody else was started.
        assert_eq!(place(&[("SLURM_PROCID", "0"), ("SLURM_JOB_ID", "7"), ("SLURM_JOB_NODELIST", "n1")]), Ok(None));
        assert_eq!(place(&[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "1")]), Ok(None));
        assert_eq!(place(&[("SLURM_NTASKS", "8"), ("SLURM_JOB_NODELIST", "n1")]), Ok(None));
        let older =
            [("SLURM_PROCID", "1"), ("SLURM_NTASKS", "2"), ("SLURM_STEP_ID", "0"), ("SLURM_JOB_NODELIST", "n1")];
        assert_eq!(place(&older), Ok(Some(at(1, 2, "n1", PORT))));
        assert_eq!(place(&[("RANK", "0"), ("WORLD_SIZE", "1")]), Ok(Some(at(0, 1, "localhost", PORT))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (names, says) in [
            (&[("RANK", "1")][..], "has `RANK` but no `WORLD_SIZE`"),
            (&[("WORLD_SIZE", "1")], "has `WORLD_SIZE` but no `RANK`"),
            (&[("RANK", "1"), ("WORLD_SIZE", "2")], "has `RANK` but no `MASTER_ADDR`"),
            (&[("RANK", "2"), ("WORLD_SIZE", "2")], "this is rank 2 of 2, but ranks are numbered from 0 to 1"),
            (&[("RANK", "0"), ("WORLD_SIZE", "0")], "0 ranks were asked for"),
            (
                &[("RANK", "0"), ("WORLD_SIZE", "1000000000000")],
                "1000000000000 ranks were asked for, but there are at most 65536",
            ),
            (
                &[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "8"), ("SLURM_JOB_NODELIST", "n[1-2]")],
                "the job has 8 tasks, but this process was not started by `srun`",
            ),
            (&[("SLURM_PROCID", "0"), ("SLURM_STEP_NUM_TASKS", "some")], "`SLURM_STEP_NUM_TASKS` is `some`"),
            (&[("RANK", "-1"), ("WORLD_SIZE", "2")], "`RANK` is `-1`"),
            (&[("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "a"), ("MASTER_PORT", "70000")], "none above 65535"),
        ] {
            let said = place(names).expect_err("refused");
            assert!(said.contains(says), "{said}");
        }
    }
}
