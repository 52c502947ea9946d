//! Phones with factory certificates, over real TLS.

use crate::{
    console::Person,
    program::{Data, Demo},
    wire::Wire,
};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _};

type Authority = CertifiedIssuer<'static, KeyPair>;
type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What a phone holds: its certificate and the key of it.
fn phone(issuer: &Authority, mac: &str, key: KeyPair) -> Pair {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, mac.replace(':', ""));
    let certificate = params.signed_by(&key, issuer).unwrap();
    (vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

fn ecdsa() -> KeyPair {
    KeyPair::generate().unwrap()
}

#[tokio::test]
async fn a_phone_is_known_by_its_certificate_and_no_certificate_breaks_a_handshake() {
    let demo = Demo::start();
    let (one, other) = (demo.bound().clone(), demo.yealinks("bound")[1].clone());
    let vendor = authority("Yealink Root CA");
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    assert_eq!(rsa.algorithm(), &PKCS_RSA_SHA256);
    let own = phone(&vendor, &one.mac, rsa);
    let status = async |pair: Option<&Pair>, version| {
        let mut wire = Wire::certified(&demo, pair, version).await;
        wire.get(&one.steady_path).await.status()
    };
    let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
    for version in versions {
        assert_eq!(status(None, version).await, 401);
        assert_eq!(status(Some(&own), version).await, 401, "nobody has said yet that this authority counts");
    }
    let ada = Person::sign_in(&demo, "ada").await;
    assert!(ada.add_roots("yealink", &vendor.pem()).await.0.is_redirection());
    assert!(ada.page("/roots").await.contains("CN=Yealink Root CA"));
    for version in versions {
        assert_eq!(status(Some(&own), version).await, 200);
        let unknown = phone(&authority("Fanvil CA"), &one.mac, ecdsa());
        assert_eq!(status(Some(&unknown), version).await, 401);
        // Neither another's key nor a chain of rubbish: the first cannot finish its handshake, the second can.
        let stolen = (own.0.clone(), phone(&vendor, &one.mac, ecdsa()).1);
        assert!(Wire::try_certified(&demo, Some(&stolen), version).await.is_err());
        let mut long = own.clone_pair();
        long.0.extend(vec![long.0[0].clone(); 6]);
        assert_eq!(status(Some(&long), version).await, 401);
    }
    // One connection, judged once, several requests.
    let mut wire = Wire::certified(&demo, Some(&own), &rustls::version::TLS13).await;
    for _ in 0..3 {
        let answer = wire.get(&one.steady_path).await;
        assert!(answer.text().contains("\naccount.1.enable = 1\n"));
    }
    assert_eq!(wire.get(&other.steady_path).await.status(), 403);
    assert!(ada.page(&format!("/devices/{}", one.mac.replace(':', ""))).await.contains("quarantined"));
}

trait ClonePair {
    fn clone_pair(&self) -> Pair;
}

impl ClonePair for Pair {
    fn clone_pair(&self) -> Pair {
        (self.0.clone(), self.1.clone_key())
    }
}

#[tokio::test]
async fn a_pasted_key_is_refused_and_is_in_no_page_no_log_and_no_file() {
    let demo = Demo::start();
    let vendor = authority("Yealink Root CA");
    let pem = vendor.key().serialize_pem();
    let ada = Person::sign_in(&demo, "ada").await;
    let (status, page) = ada.add_roots("yealink", &format!("{}{pem}", vendor.pem())).await;
    assert_eq!(status.as_u16(), 422);
    assert!(page.contains("There is a private key in it."), "{page}");
    let secret = pem.lines().nth(1).unwrap();
    assert!(!page.contains(secret));
    let data = demo.stop();
    for file in [data.log(), data.path().join("ringfence.db"), data.path().join("ringfence.db-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{}", file.display());
    }
}

/// Certificates that somebody supplies are shown, and read again when they are told to.
#[tokio::test]
async fn supplied_certificates_are_read_again_without_a_restart() {
    let data = Data::new();
    let folder = data.folder.path().join("certificates");
    std::fs::create_dir(&folder).unwrap();
    let issuer = authority("Halden CA");
    let issue = || {
        let key = ecdsa();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        std::fs::write(folder.join("edge.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.join("edge.key"), key.serialize_pem()).unwrap();
        certificate.der().clone()
    };
    let first = issue();
    let pair = |name: &str| folder.join(name).display().to_string();
    let config = data.folder.path().join("ringfence.toml");
    let text =
        format!("edge_certificates = [{{ cert = '{}', key = '{}' }}]", pair("edge.pem"), pair("edge.key"));
    std::fs::write(&config, text).unwrap();
    let demo = Demo::start_with(data, &["--config", &config.display().to_string()]);
    let authority = CertificateDer::from_pem_slice(issuer.pem().as_bytes()).unwrap();
    let shown = async || Wire::shown_certificate(&demo, &authority).await;
    assert_eq!(shown().await, first);
    let second = issue();
    demo.signal("HUP");
    // Handshakes go on meanwhile, with one or the other.
    while shown().await != second {}
    assert!(!demo.data.path().join("tls/ca.pem").exists(), "no authority of its own");

    // Half of a pair is nothing: what there was is kept.
    std::fs::write(folder.join("edge.key"), ecdsa().serialize_pem()).unwrap();
    demo.signal("HUP");
    let kept = "the edge keeps the certificates that it has";
    while !std::fs::read_to_string(demo.data.log()).unwrap().contains(kept) {
        assert_eq!(shown().await, second);
    }
    assert_eq!(shown().await, second);
}
