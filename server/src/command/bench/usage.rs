//! What a process has used, from `/proc`.

/// Clock ticks of `/proc/PID/stat` per second: USER_HZ, which is 100 on every Linux that we build for.
const TICKS: f64 = 100.0;

/// Seconds of processor time, in user and kernel mode, of a process and what it has not reaped.
pub(super) fn cpu(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name before the last bracket may hold anything.
    let fields: Vec<_> =
        text.rsplit_once(')').map(|(_, f)| f.split_whitespace().collect()).unwrap_or_default();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS
}

/// The same for a process with its children: nginx and its workers.
pub(super) fn cpu_of_family(process: u32) -> f64 {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = std::fs::read_to_string(path).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    cpu(process) + children.map(cpu).sum::<f64>()
}

/// Bytes of this process that are resident.
pub(super) fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
