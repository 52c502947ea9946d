//! Configuration: flags > `RINGFENCE_*` > file > defaults. An unknown key in the file is an error.

use crate::{
    proxy::{CertificateHeader, Proxies},
    tls::Pair,
};
use clap::Args;
use domain::time::DAY;
use ipnet::IpNet;
use serde::Deserialize;
use services::limits::{Limits, MIB};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Options of `serve` and `demo`, as flags and environment.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Options {
    /// Configuration file (TOML).
    #[arg(long, env = "RINGFENCE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of database, keys and certificates.
    #[arg(long, env = "RINGFENCE_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// postgres:// address, or path of a SQLite file; default: ringfence.db in the data folder.
    #[arg(long, env = "RINGFENCE_DATABASE", value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Address of the console.
    #[arg(long, env = "RINGFENCE_CONSOLE", value_name = "ADDR")]
    pub(crate) console: Option<SocketAddr>,
    /// Address of the edge without TLS: baselines only.
    #[arg(long, env = "RINGFENCE_EDGE_HTTP", value_name = "ADDR")]
    pub(crate) edge_http: Option<SocketAddr>,
    /// Address of the edge with TLS.
    #[arg(long, env = "RINGFENCE_EDGE_HTTPS", value_name = "ADDR")]
    pub(crate) edge_https: Option<SocketAddr>,
    /// Interfaces on which SIP PnP is answered, none by default: it proves nothing to anybody.
    #[arg(long, env = "RINGFENCE_PNP", value_name = "INTERFACE", value_delimiter = ',')]
    pub(crate) pnp: Vec<String>,
    /// Networks of proxies whose headers about the phone are believed, separated by commas.
    #[arg(long, env = "RINGFENCE_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub(crate) proxy: Vec<IpNet>,
    /// Header in which those proxies hand over the phone's certificate.
    #[arg(long, env = "RINGFENCE_PROXY_CERTIFICATE", value_name = "HEADER")]
    pub(crate) proxy_certificate: Option<CertificateHeader>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileConfig {
    data: Option<PathBuf>,
    database: Option<String>,
    console: Option<SocketAddr>,
    edge_http: Option<SocketAddr>,
    edge_https: Option<SocketAddr>,
    proxy: Option<Vec<IpNet>>,
    proxy_certificate: Option<CertificateHeader>,
    #[serde(default)]
    edge_certificates: Vec<Pair>,
    public_host: Option<String>,
    pnp: Option<Vec<String>>,
    node: Option<String>,
    firmware_max_mib: Option<u64>,
    keep_personal_uploads: Option<bool>,
    put_away_uploads_days: Option<u16>,
    artifact_cache_mib: Option<u32>,
    device_cache_mib: Option<u32>,
    call_control: Option<connectors::Config>,
}

/// What the server runs with.
#[derive(Debug)]
pub(crate) struct Config {
    /// Folder of database, keys and certificates.
    pub(crate) data: PathBuf,
    /// Address of the database.
    pub(crate) database: String,
    /// Address of the console.
    pub(crate) console: SocketAddr,
    /// Address of the edge without TLS.
    pub(crate) edge_http: SocketAddr,
    /// Address of the edge with TLS.
    pub(crate) edge_https: SocketAddr,
    /// Whom to believe about the phone behind it.
    pub(crate) proxies: Proxies,
    /// Certificates of the edge that somebody supplies; empty for its own.
    pub(crate) edge_certificates: Vec<Pair>,
    /// Host name under which phones reach the edge.
    pub(crate) public_host: String,
    /// Interfaces on which SIP PnP is answered.
    pub(crate) pnp: Vec<String>,
    /// This node's name in the ledger.
    pub(crate) node: String,
    /// Bytes that a firmware image may have.
    pub(crate) firmware_max_bytes: u64,
    /// Whether calls and contacts that phones send are kept.
    pub(crate) keep_personal_uploads: bool,
    /// What the services are limited to.
    pub(crate) limits: Limits,
    /// Call control, if there is any.
    pub(crate) call_control: Option<connectors::Config>,
}

/// What is wrong with the configuration; one sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file `{0}` cannot be read: {1}")]
    Read(String, std::io::Error),
    /// The file is wrong.
    #[error("the configuration file `{0}` is wrong: {1}")]
    Parse(String, String),
}

impl Config {
    /// Joins flags, environment, file and defaults.
    pub(crate) fn load(options: &Options) -> Result<Self, ConfigError> {
        let file = options.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let data = options.data.clone().or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let default_database = data.join("ringfence.db").display().to_string();
        let address = |flag: Option<SocketAddr>, file: Option<SocketAddr>, host: [u8; 4], port: u16| {
            flag.or(file).unwrap_or_else(|| SocketAddr::from((host, port)))
        };
        let usual = Limits::default();
        Ok(Self {
            database: options.database.clone().or(file.database).unwrap_or(default_database),
            console: address(options.console, file.console, [127, 0, 0, 1], 8080),
            edge_http: address(options.edge_http, file.edge_http, [0, 0, 0, 0], 8081),
            edge_https: address(options.edge_https, file.edge_https, [0, 0, 0, 0], 8443),
            proxies: Proxies {
                networks: if options.proxy.is_empty() {
                    file.proxy.unwrap_or_default()
                } else {
                    options.proxy.clone()
                },
                certificate: options.proxy_certificate.or(file.proxy_certificate).unwrap_or_default(),
            },
            edge_certificates: file.edge_certificates,
            public_host: file.public_host.unwrap_or_else(|| "localhost".to_owned()),
            pnp: if options.pnp.is_empty() { file.pnp.unwrap_or_default() } else { options.pnp.clone() },
            node: file.node.unwrap_or_else(|| "a".to_owned()),
            firmware_max_bytes: file
                .firmware_max_mib
                .map_or(domain::firmware::MAX_BYTES, |mib| mib.saturating_mul(MIB)),
            keep_personal_uploads: file.keep_personal_uploads.unwrap_or(false),
            limits: Limits {
                put_away: file.put_away_uploads_days.map_or(usual.put_away, |days| i64::from(days) * DAY),
                artifact_cache: file
                    .artifact_cache_mib
                    .map_or(usual.artifact_cache, |mib| u64::from(mib) * MIB),
                device_cache: file.device_cache_mib.map_or(usual.device_cache, |mib| u64::from(mib) * MIB),
                ..usual
            },
            call_control: file.call_control,
            data,
        })
    }

    /// The file of the database, unless it is a server's.
    pub(crate) fn database_file(&self) -> Option<&Path> {
        let address = self.database.as_str();
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return None;
        }
        let path = address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:"));
        Some(Path::new(path.unwrap_or(address)))
    }

    /// Folder of the key files.
    pub(crate) fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    /// Folder of the firmware images.
    pub(crate) fn firmware(&self) -> PathBuf {
        self.data.join("firmware")
    }

    /// File of the signed checkpoints.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.data.join("checkpoints.jsonl")
    }
}

fn read(path: &Path) -> Result<FileConfig, ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| ConfigError::Read(name.clone(), e))?;
    // The message alone: the excerpt that the parser would print may hold a password.
    toml::from_str(&text).map_err(|e| ConfigError::Parse(name, e.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, options: &mut Options) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ringfence.toml");
        std::fs::write(&path, text).unwrap();
        options.config = Some(path);
        Config::load(options)
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let mut options = Options { console: "127.0.0.1:1".parse().ok(), ..Options::default() };
        let config = load("console = '127.0.0.1:2'\nedge_http = '127.0.0.1:3'", &mut options).unwrap();
        assert_eq!(config.console.port(), 1);
        assert_eq!(config.edge_http.port(), 3);
        assert_eq!(config.edge_https.port(), 8443);
    }

    #[test]
    fn pnp_is_off_until_an_interface_is_named() {
        assert_eq!(load("", &mut Options::default()).unwrap().pnp, [""; 0]);
        assert_eq!(load("pnp = ['eth1']", &mut Options::default()).unwrap().pnp, ["eth1"]);
        let mut options = Options { pnp: vec!["eth2".to_owned()], ..Options::default() };
        assert_eq!(load("pnp = ['eth1']", &mut options).unwrap().pnp, ["eth2"]);
    }

    #[test]
    fn proxies_and_certificates_are_read_and_a_flag_wins() {
        let text = "proxy = ['10.0.0.5/32']\nproxy_certificate = 'client-cert'\n\
                    edge_certificates = [{ cert = 'a.pem', key = 'a.key' }]";
        let config = load(text, &mut Options::default()).unwrap();
        assert_eq!(config.proxies.networks, ["10.0.0.5/32".parse::<IpNet>().unwrap()]);
        assert_eq!(config.proxies.certificate, CertificateHeader::ClientCert);
        assert_eq!(config.edge_certificates, [Pair { cert: "a.pem".into(), key: "a.key".into() }]);
        let mut options = Options { proxy: vec!["10.9.0.0/16".parse().unwrap()], ..Options::default() };
        let config = load(text, &mut options).unwrap();
        assert_eq!(config.proxies.networks, options.proxy);
        assert!(load("proxy = ['10.0.0.5/99']", &mut Options::default()).is_err());
        assert!(Config::load(&Options::default()).unwrap().proxies.networks.is_empty());
    }

    #[test]
    fn files_of_a_former_owner_are_kept_for_ninety_days_or_as_long_as_the_file_says() {
        let kept = |text| load(text, &mut Options::default()).map(|config| config.limits.put_away / DAY);
        assert_eq!(kept("").unwrap(), 90);
        assert_eq!(kept("put_away_uploads_days = 14").unwrap(), 14);
        assert!(kept("put_away_uploads_days = -1").is_err());
    }

    #[test]
    fn caches_have_the_budgets_of_the_file() {
        let budgets = |text| {
            let limits = load(text, &mut Options::default()).unwrap().limits;
            (limits.artifact_cache / MIB, limits.device_cache / MIB)
        };
        assert_eq!(budgets(""), (256, 64));
        assert_eq!(budgets("artifact_cache_mib = 1024\ndevice_cache_mib = 0"), (1024, 0));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it_and_no_value_is_shown() {
        let error = load("edge_htps = 'hunter2'", &mut Options::default()).unwrap_err().to_string();
        assert!(error.contains("edge_htps") && !error.contains("hunter2"), "{error}");
    }
}
