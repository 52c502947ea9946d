//! `ringfence confirm`: whoever runs the server knows whose account it is, while no second administrator does.

use super::needs_database;
use crate::{config::Config, exit::Failure, startup};
use services::users;

pub(crate) async fn run(config: &Config, name: &str) -> Result<(), Failure> {
    needs_database(config)?;
    let services = startup::services(config).await?;
    let op = startup::command_line(&services);
    let all = users::list(&services, &op).await.map_err(Failure::environment)?;
    let Some(user) = all.into_iter().find(|user| user.name == name) else {
        return Err(Failure::wrong(format!("no account is called `{name}`")));
    };
    if user.confirmed {
        return Err(Failure::wrong(format!("the account `{name}` is confirmed already")));
    }
    users::confirm_unasked(&services, &op, user.id).await.map_err(Failure::wrong)?;
    services.stop().await;
    println!("{name} is confirmed, and may do what the account's roles say.");
    Ok(())
}
