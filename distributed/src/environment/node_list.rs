//! Lists of hosts as Slurm writes them.

/// The most hosts that are read of a list; it has no more nodes than a cluster, unless something else than Slurm has written it.
const MOST: usize = 1 << 16;

/// The hosts of a list such as `gpu`, `node[07-09,12],login` or `rack[0-3]-blade[0-41]`, in its order.
pub(crate) fn hosts(list: &str) -> Vec<String> {
    let mut hosts = Vec::new();
    for word in words(list) {
        let mut begun = vec![String::new()];
        let mut rest = word;
        while let Some((before, inner)) = rest.split_once('[') {
            let (inner, behind) = inner.split_once(']').unwrap_or((inner, ""));
            let numbers = numbers(inner);
            let longer =
                begun.iter().flat_map(|begun| numbers.iter().map(move |number| format!("{begun}{before}{number}")));
            begun = longer.take(MOST).collect();
            rest = behind;
        }
        hosts.extend(begun.into_iter().map(|begun| begun + rest));
        hosts.truncate(MOST);
    }
    hosts
}

/// What stands between commas that are in no brackets.
fn words(list: &str) -> impl Iterator<Item = &str> {
    let mut is_inside = false;
    let words = list.split(move |letter| {
        is_inside = letter == '[' || is_inside && letter != ']';
        letter == ',' && !is_inside
    });
    words.filter(|word| !word.is_empty())
}

/// The numbers of `07-09,12`, each as long as the first of its range.
fn numbers(ranges: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    for range in ranges.split(',') {
        let bounds = range.split_once('-').and_then(|(first, last)| {
            let (from, to) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
            Some((from, to, first.len()))
        });
        match bounds {
            Some((from, to, width)) => numbers.extend((from..=to).take(MOST).map(|number| format!("{number:0width$}"))),
            None => numbers.push(range.to_owned()),
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_in_their_order() {
        for (list, expected) in [
            ("node7", "node7"),
            ("a,b", "a b"),
            ("node[07-09,12],login", "node07 node08 node09 node12 login"),
            ("node[098-101]", "node098 node099 node100 node101"),
            ("n[3,5]", "n3 n5"),
            ("login,node[1-2]", "login node1 node2"),
            ("r[1-2]-ib,x", "r1-ib r2-ib x"),
            (
                "rack[00-01]-blade[3-4,50],x",
                "rack00-blade3 rack00-blade4 rack00-blade50 rack01-blade3 rack01-blade4 rack01-blade50 x",
            ),
            ("a[1,3]b[2]c,d[4]", "a1b2c a3b2c d4"),
            // As `scontrol show hostnames` lists them too.
            ("n[9-10]", "n9 n10"),
            // What is no list of Slurm's is a name that nobody has.
            ("n[01", "n01"),
            ("n[x-y]", "nx-y"),
            ("n[2-1]", ""),
            ("", ""),
        ] {
            assert_eq!(hosts(list).join(" "), expected, "{list}");
        }
    }

    #[test]
    fn a_list_without_end_is_cut() {
        for list in ["n[0-18446744073709551615]", "a[0-99999]b[0-99999]c[0-99999]", "a[0-40000],b[0-40000]"] {
            assert_eq!(hosts(list).len(), MOST, "{list}");
        }
    }
}
