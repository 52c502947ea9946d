//! Debian's nginx with the same file, for comparison: the same certificate, an access log, sessions not resumed.

use crate::exit::Failure;
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub(super) struct Nginx {
    child: Child,
    pub(super) plain: SocketAddr,
    pub(super) tls: SocketAddr,
}

/// Where its certificates are.
pub(super) struct Certificates<'a> {
    pub(super) certificate: &'a Path,
    pub(super) key: &'a Path,
    /// Who signs the certificates of clients, if they are asked for.
    pub(super) clients: Option<&'a Path>,
}

impl Nginx {
    /// Serves `body` under every name; `None` when there is no nginx on this machine.
    pub(super) async fn start(
        folder: &Path,
        body: &[u8],
        certificates: &Certificates<'_>,
    ) -> Result<Option<Self>, Failure> {
        std::fs::create_dir_all(folder.join("www")).map_err(Failure::environment)?;
        std::fs::write(folder.join("www/file"), body).map_err(Failure::environment)?;
        let (plain, tls) = (free()?, free()?);
        let config = folder.join("nginx.conf");
        std::fs::write(&config, text(folder, plain, tls, certificates)).map_err(Failure::environment)?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(child) = command.spawn() else { return Ok(None) };
        let nginx = Self { child, plain, tls };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(tls).await.is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                let said = std::fs::read_to_string(folder.join("error.log")).unwrap_or_default();
                return Err(Failure::environment(format!("nginx does not start: {said}")));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Some(nginx))
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Killed outright it would leave its workers behind.
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().ok();
        self.child.wait().ok();
    }
}

fn free() -> Result<SocketAddr, Failure> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Failure::environment)?;
    listener.local_addr().map_err(Failure::environment)
}

fn text(folder: &Path, plain: SocketAddr, tls: SocketAddr, certificates: &Certificates<'_>) -> String {
    let folder = folder.display();
    let Certificates { certificate, key, clients } = certificates;
    let clients = clients.map_or_else(String::new, |ca| {
        format!("ssl_verify_client optional; ssl_client_certificate {};", ca.display())
    });
    // Who may read the temporary folder is who started it.
    let user = if is_root() { "user root;" } else { "" };
    format!(
        "{user} daemon off; worker_processes auto; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 16384; }}
http {{
  access_log {folder}/access.log; keepalive_requests 1000000000; keepalive_timeout 600; sendfile on;
  open_file_cache max=100; default_type text/plain;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen {plain}; listen {tls} ssl; ssl_certificate {}; ssl_certificate_key {}; {clients}
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
    root {folder}/www; location / {{ try_files /file =404; }}
  }}
}}
",
        certificate.display(),
        key.display(),
    )
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
