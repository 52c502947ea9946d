//! Work that is the same for many, shared among the processors.

use std::thread;

/// More would only take turns.
const MOST_WORKERS: usize = 8;

/// `one` of each item, in their order. `few` items and fewer are not worth a thread.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], few: usize, one: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    if workers == 1 || items.len() <= few {
        return items.iter().map(one).collect();
    }
    let one = &one;
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(workers));
        let running: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())).collect();
        let join = |handle: thread::ScopedJoinHandle<'_, Vec<R>>| match handle.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        running.into_iter().flat_map(join).collect()
    })
}
