//! `ringfence serve`

use crate::{config::Config, exit::Failure, startup::Server};

pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let server = Server::start(config, None).await?;
    server.announce_setup().await?;
    eprintln!("Console        http://{}", server.console);
    eprintln!("Edge, HTTPS    https://{}  (authority: {})", server.edge_https, server.ca.display());
    eprintln!("Edge, HTTP     http://{}  (baselines only)", server.edge_http);
    for interface in &config.pnp {
        eprintln!("SIP PnP        answered on {interface}");
    }
    server.run(None).await
}
