//! How the program ends: 0, 1 for checked and found wrong, 2 for usage, 3 for the environment.

use std::process::ExitCode;

/// Why the program ends badly: a status and one sentence.
#[derive(Debug)]
pub(crate) struct Failure {
    status: u8,
    sentence: String,
}

impl Failure {
    /// Something was checked and is wrong.
    pub(crate) fn wrong(sentence: impl ToString) -> Self {
        Self { status: 1, sentence: sentence.to_string() }
    }

    /// The command was not given as it should be.
    pub(crate) fn usage(sentence: impl ToString) -> Self {
        Self { status: 2, sentence: sentence.to_string() }
    }

    /// Something that the program needs is not there.
    pub(crate) fn environment(sentence: impl ToString) -> Self {
        Self { status: 3, sentence: sentence.to_string() }
    }

    /// The database is not there.
    pub(crate) fn database(error: storage::Error) -> Self {
        use std::error::Error as _;
        let cause = error.source().map(|e| format!(": {e}")).unwrap_or_default();
        Self::environment(format!("{error}{cause}"))
    }

    /// Prints the sentence and gives the status.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.sentence.is_empty() {
            eprintln!("ringfence: {}", self.sentence);
        }
        ExitCode::from(self.status)
    }
}
