//! What can go wrong between us and call control.

/// An error of a connector. Its text holds no address of a database, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// A key of the configuration cannot be used.
    #[error("`call_control.{key}`: {what}")]
    Config {
        /// Which key.
        key: &'static str,
        /// What it has to be.
        what: &'static str,
    },
    /// The platform's database does not answer, is missing, or refuses.
    #[error("the database of call control cannot be used")]
    Database(#[from] sqlx::Error),
}
