//! Old phones behind nginx, with the very file that the README shows.

use crate::{
    console::Person,
    program::{Data, Demo},
    wire::Wire,
};
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const EXAMPLE: &str = include_str!("../examples/nginx.conf");

#[test]
fn the_readme_shows_the_file_that_is_tested() {
    assert!(
        include_str!("../../README.md").contains(EXAMPLE),
        "the README's example is not server/examples/nginx.conf"
    );
}

/// `None`, said loudly, where there is no nginx.
fn nginx() -> Option<&'static str> {
    let found = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "nginx is not installed");
    if found.is_none() {
        eprintln!("SKIPPED: nginx is not installed");
    }
    found
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, a phone's certificate as old as they come, and one of the server.
fn certificates(folder: &Path, mac: &str) {
    let subject = format!("/CN={}", mac.replace(':', ""));
    let authority = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha1", "-days", "9000", "-keyout"];
    openssl(
        folder,
        &[&authority[..], &["vendor.key", "-out", "vendor.pem", "-subj", "/CN=Old Vendor CA"]].concat(),
    );
    openssl(folder, &[&authority[..], &["rsa.key", "-out", "rsa.pem", "-subj", "/CN=localhost"]].concat());
    let request =
        ["req", "-newkey", "rsa:1024", "-nodes", "-keyout", "phone.key", "-out", "phone.csr", "-subj"];
    openssl(folder, &[&request[..], &[&subject]].concat());
    let sign =
        ["x509", "-req", "-in", "phone.csr", "-CA", "vendor.pem", "-CAkey", "vendor.key", "-CAcreateserial"];
    // Without extensions it is of version 1.
    openssl(folder, &[&sign[..], &["-sha1", "-days", "9000", "-out", "phone.pem"]].concat());
}

/// nginx with the example, at a free port, with its files in `folder`.
struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    fn start(program: &str, folder: &Path, upstream: SocketAddr) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut site = EXAMPLE.to_owned();
        for (example, here) in [
            ("127.0.0.1:8081", upstream.to_string()),
            ("listen 443 ssl", format!("listen {address} ssl")),
            ("/etc/ssl/phones", folder.display().to_string()),
        ] {
            assert!(site.contains(example), "{example}");
            site = site.replace(example, &here);
        }
        std::fs::write(folder.join("site.conf"), site).unwrap();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {}/{kind};\n", folder.display()))
            .concat();
        let whole = format!(
            "daemon off; pid {0}/pid; error_log stderr; events {{}} \
             http {{ access_log off; {temporary} include {0}/site.conf; }}",
            folder.display()
        );
        std::fs::write(folder.join("nginx.conf"), whole).unwrap();
        let log = std::fs::File::create(folder.join("nginx.log")).unwrap();
        let child = Command::new(program)
            .args(["-e", "stderr", "-p"])
            .arg(folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut nginx = Self { child, address };
        while TcpStream::connect(address).is_err() {
            let ended = nginx.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}", std::fs::read_to_string(folder.join("nginx.log")).unwrap());
            std::thread::yield_now();
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked, not killed: otherwise its workers stay.
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().ok();
        self.child.wait().ok();
    }
}

/// What an old phone is answered that speaks one version of TLS.
fn ask(
    address: SocketAddr,
    folder: &Path,
    version: &str,
    certified: bool,
    headers: &[&str],
    path: &str,
) -> String {
    use std::io::Write as _;
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(["s_client", "-quiet", "-verify_quiet", "-ign_eof", version, "-cipher", "DEFAULT@SECLEVEL=0"])
        .args(["-connect", &address.to_string()]);
    if certified {
        command.args(["-cert", "phone.pem", "-key", "phone.key"]);
    }
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let headers: String = headers.iter().flat_map(|header| [*header, "\r\n"]).collect();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    child.stdin.as_mut().unwrap().write_all(request.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        answer.starts_with("HTTP/1.1 "),
        "{version}: {answer} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    answer
}

#[tokio::test]
async fn an_old_phone_is_known_through_nginx_and_a_stranger_is_not() {
    let Some(program) = nginx() else { return };
    let demo = Demo::start_with(Data::new(), &["--proxy", "127.0.0.1/32,10.0.0.5/32"]);
    let folder = tempfile::tempdir().unwrap();
    let (folder, phone) = (folder.path(), demo.bound().clone());
    certificates(folder, &phone.mac);
    let nginx = Nginx::start(program, folder, demo.http());
    let versions = ["-tls1", "-tls1_1", "-tls1_2"];
    let status = |version: &str, certified: bool, headers: &[&str]| {
        let answer = ask(nginx.address, folder, version, certified, headers, &phone.steady_path);
        answer.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    for version in versions {
        assert_eq!(status(version, true, &[]), 401, "{version}: nobody said that this authority counts");
    }
    let ada = Person::sign_in(&demo, "ada").await;
    let pem = std::fs::read_to_string(folder.join("vendor.pem")).unwrap();
    assert!(ada.add_roots("yealink", &pem).await.0.is_redirection());
    for version in versions {
        let answer = ask(nginx.address, folder, version, true, &[], &phone.steady_path);
        assert!(answer.contains("\naccount.1.enable = 1\n"), "{version}: {answer}");
        assert_eq!(status(version, false, &[]), 401, "{version}");
    }
    // One that has expired is handed on, and named in the record.
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, phone.mac.as_str());
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let vendor =
        rcgen::KeyPair::from_pem(&std::fs::read_to_string(folder.join("vendor.key")).unwrap()).unwrap();
    let vendor = rcgen::Issuer::from_ca_cert_pem(&pem, vendor).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    std::fs::write(folder.join("phone.pem"), params.signed_by(&key, &vendor).unwrap().pem()).unwrap();
    std::fs::write(folder.join("phone.key"), key.serialize_pem()).unwrap();
    assert_eq!(status("-tls1_2", true, &[]), 200);
    // The headers of a phone are not the proxy's.
    let leaf = std::fs::read_to_string(folder.join("phone.pem")).unwrap();
    let body: String = leaf.lines().filter(|line| !line.starts_with('-')).collect();
    let escaped =
        format!("X-SSL-Client-Cert: {}", leaf.replace('\n', "%0A").replace('+', "%2B").replace(' ', "%20"));
    let rfc = format!("Client-Cert: :{body}:");
    for header in [&escaped, &rfc] {
        assert_eq!(status("-tls1_2", false, &[header]), 401);
    }
    // The record says by what, and how old it is.
    let trace = ada.page(&format!("/trace/{}", phone.mac.replace(':', ""))).await;
    assert!(trace.contains("certificate.weak"), "{trace}");

    // Without a proxy in between: at the edge with TLS and without, from an address that is believed, the phone's
    // own word counts for nothing unless it says that it came over TLS; that word is the proxy's to give.
    let (name, value) = escaped.split_once(": ").unwrap();
    let mut plain = Wire::http(&demo).await;
    let answer = plain.ask("GET", &phone.steady_path, &[(name, value)]).await;
    assert_eq!((answer.status(), answer.text().contains("account.")), (200, false));
    assert_eq!(Wire::https(&demo).await.ask("GET", &phone.steady_path, &[(name, value)]).await.status(), 200);
}

#[tokio::test]
async fn nobody_is_believed_who_is_no_configured_proxy() {
    let demo = Demo::start_with(Data::new(), &["--proxy", "10.0.0.5/32"]);
    let folder = tempfile::tempdir().unwrap();
    let (folder, phone): (PathBuf, _) = (folder.path().to_owned(), demo.bound().clone());
    std::fs::create_dir_all(&folder).unwrap();
    certificates(&folder, &phone.mac);
    let ada = Person::sign_in(&demo, "ada").await;
    let pem = std::fs::read_to_string(folder.join("vendor.pem")).unwrap();
    assert!(ada.add_roots("yealink", &pem).await.0.is_redirection());
    let leaf = std::fs::read_to_string(folder.join("phone.pem")).unwrap();
    let leaf = leaf.replace('\n', "%0A").replace('+', "%2B").replace(' ', "%20");
    let headers = [
        ("X-SSL-Client-Cert", leaf.as_str()),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-For", "10.1.2.3"),
    ];
    let answer = Wire::http(&demo).await.ask("GET", &phone.steady_path, &headers).await;
    assert_eq!((answer.status(), answer.text().contains("account.")), (200, false));
    assert_eq!(Wire::https(&demo).await.ask("GET", &phone.steady_path, &headers).await.status(), 401);
}

/// What rustls can speak needs no proxy, however old the certificate is.
#[tokio::test]
async fn an_old_certificate_is_taken_directly_with_tls_1_2() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    let (folder, phone) = (folder.path(), demo.bound().clone());
    certificates(folder, &phone.mac);
    let ada = Person::sign_in(&demo, "ada").await;
    let pem = std::fs::read_to_string(folder.join("vendor.pem")).unwrap();
    assert!(ada.add_roots("yealink", &pem).await.0.is_redirection());
    let answer = ask(demo.https(), folder, "-tls1_2", true, &[], &phone.steady_path);
    assert!(answer.contains("\naccount.1.enable = 1\n"), "{answer}");
    assert!(ask(demo.https(), folder, "-tls1_2", false, &[], &phone.steady_path).contains(" 401 "));
}
