//! `ringfence bench serve`: what proof, fence and record cost, as a ratio to a bare handler that returns the
//! same bytes. Both run in one process, over plain sockets without TLS, so that the ratio is ours alone.

use crate::exit::Failure;

pub(crate) async fn run() -> Result<(), Failure> {
    Err(Failure::usage("not measured yet"))
}
