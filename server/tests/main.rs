//! The program from outside: the real binary, its exit statuses, its doors, and what it leaves behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod alone;
mod certificates;
mod command_line;
mod console;
mod crash;
mod edge;
mod enrolment;
mod faults;
mod first_run;
mod phone;
mod pnp;
mod program;
mod proxy;
mod tamper;
mod uploads;
mod wire;
