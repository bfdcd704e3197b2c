//! What the process uses, as Linux tells it; other systems tell nothing.

use std::fs;

/// Linux counts CPU time for programs in hundredths of a second, whatever its timer does.
const TICK_US: u64 = 10_000;

/// CPU time of all threads so far, microseconds.
pub(super) fn cpu_us() -> Option<u64> {
    of_stat(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// The fields behind the program's name, which is in parentheses and may hold anything: user and system time are the
/// twelfth and thirteenth.
fn of_stat(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let (user, system) = (fields.next()?.parse::<u64>().ok()?, fields.next()?.parse::<u64>().ok()?);
    Some((user + system) * TICK_US)
}

/// Resident memory, bytes.
pub(super) fn rss_bytes() -> Option<u64> {
    of_status(&fs::read_to_string("/proc/self/status").ok()?)
}

fn of_status(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_are_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 30 0 0 20 0 9 0 4096";
        assert_eq!(of_stat(stat), Some(2_800_000));
        assert_eq!(of_status("Name:\tx\nVmRSS:\t   12 kB\nVmData:\t1 kB\n"), Some(12_288));
        assert_eq!((of_stat("nothing"), of_status("nothing")), (None, None));
    }
}
