//! From the device's certificate up to a root.

use super::{
    Bad, Identity, Verdict, Weakness, name,
    root::{Anchor, Roots},
    signature::{self, Scheme},
};
use domain::{Timestamp, time::SECOND};
use x509_parser::{
    certificate::X509Certificate, extensions::ParsedExtension, prelude::FromDer as _, x509::X509Version,
};

/// Certificates of a chain that are looked at, the device's among them.
const LONGEST: usize = 4;
/// Bytes of one certificate.
const LARGEST: usize = 16 * 1024;
/// Bits below which an RSA key is a weakness, and below which it is nothing.
const SHORT: usize = 2048;
const TOO_SHORT: usize = 1024;

pub(super) fn judge<C: AsRef<[u8]>>(chain: &[C], roots: &Roots, now: Timestamp) -> Verdict {
    let Some((leaf, rest)) = chain.split_first() else { return Verdict::None };
    if rest.len() >= LONGEST {
        return Verdict::Bad(Bad::TooLong);
    }
    let Some(leaf) = parse(leaf.as_ref()) else { return Verdict::Bad(Bad::Malformed) };
    // What else a phone sends along and cannot be read is no issuer of anything.
    let rest: Vec<_> = rest.iter().filter_map(|der| parse(der.as_ref())).collect();
    let path = match build(&leaf, &rest, roots) {
        Ok(path) => path,
        Err(verdict) => return verdict,
    };
    match check(&leaf, &path, now.0.div_euclid(SECOND)) {
        Ok(identity) => Verdict::Verified(identity),
        Err(bad) => Verdict::Bad(bad),
    }
}

/// One certificate, whole, and nothing after it.
pub(super) fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    if der.len() > LARGEST {
        return None;
    }
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    is_distinguished(der, &certificate).then_some(certificate)
}

/// Whether what surrounds the signed part has its one encoding: nobody signs it, so nothing there may vary.
fn is_distinguished(der: &[u8], certificate: &X509Certificate<'_>) -> bool {
    let signed = certificate.tbs_certificate.as_ref();
    let value = &certificate.signature_value;
    let signature = [element(0x03, value.data.len() + 1), vec![0], value.data.to_vec()].concat();
    let Some(inner) = der.strip_suffix(&signature[..]) else { return false };
    let Some(content) = inner.strip_prefix(&element(0x30, 0)[..1]) else { return false };
    let Some(at) = content.windows(signed.len()).take(6).position(|bytes| bytes == signed) else {
        return false;
    };
    let (length, algorithm) = (&content[..at], &content[at + signed.len()..]);
    // The algorithm is named once more outside; the same bytes stand in the signed part.
    certificate.signature_algorithm == certificate.tbs_certificate.signature
        && !algorithm.is_empty()
        && signed.windows(algorithm.len()).any(|bytes| bytes == algorithm)
        && element(0x30, signed.len() + algorithm.len() + signature.len())[1..] == *length
}

/// Tag and length of an element, in the shortest form.
fn element(tag: u8, length: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match bytes[..] {
        [] => vec![tag, 0],
        [short] if short < 0x80 => vec![tag, short],
        // At most eight bytes of length.
        _ => [&[tag, 0x80 | u8::try_from(bytes.len()).unwrap_or(0x7f)], &bytes[..]].concat(),
    }
}

struct Path<'a> {
    intermediates: Vec<&'a X509Certificate<'a>>,
    anchor: &'a Anchor,
}

/// Who signed whom. Each step verifies a signature; nothing else is looked at yet.
fn build<'a>(
    leaf: &'a X509Certificate<'a>,
    rest: &'a [X509Certificate<'a>],
    roots: &'a Roots,
) -> Result<Path<'a>, Verdict> {
    let mut current = leaf;
    let mut unused: Vec<_> = rest.iter().collect();
    let mut intermediates = Vec::new();
    let mut named = false;
    loop {
        let Some(scheme) = Scheme::of(&current.signature_algorithm) else {
            return Err(Verdict::Bad(Bad::Algorithm));
        };
        let issuer = current.issuer().as_raw();
        let signed = |spki: &[u8]| {
            signature::verify(scheme, spki, current.tbs_certificate.as_ref(), &current.signature_value.data)
        };
        for anchor in roots.named(issuer) {
            if signed(&anchor.spki) {
                return Ok(Path { intermediates, anchor });
            }
            named = true;
        }
        let next = unused
            .iter()
            .position(|c| c.subject().as_raw() == issuer && signed(c.public_key().raw))
            .map(|at| unused.swap_remove(at));
        match next {
            Some(next) => {
                intermediates.push(next);
                current = next;
            }
            None if named => return Err(Verdict::Bad(Bad::Signature)),
            None => return Err(Verdict::UnknownIssuer(name::shown(current.issuer()))),
        }
    }
}

/// Whether everything on the path may be what it is, at `now` in seconds.
fn check(leaf: &X509Certificate<'_>, path: &Path<'_>, now: i64) -> Result<Identity, Bad> {
    let mut weak = Vec::new();
    device(leaf)?;
    if leaf.version() == X509Version::V1 {
        weak.push(Weakness::VersionOne);
    }
    if expired(leaf, now)? {
        weak.push(Weakness::Expired);
    }
    for (below, issuer) in path.intermediates.iter().enumerate() {
        authority(issuer, below)?;
        if expired(issuer, now)? {
            weak.push(Weakness::IssuerExpired);
        }
    }
    let depth = u32::try_from(path.intermediates.len()).unwrap_or(u32::MAX);
    if path.anchor.path_length.is_some_and(|longest| depth > longest) {
        return Err(Bad::Issuer);
    }
    if path.anchor.not_before > now {
        return Err(Bad::NotYetValid);
    }
    if path.anchor.not_after < now {
        weak.push(Weakness::IssuerExpired);
    }
    for certificate in std::iter::once(leaf).chain(path.intermediates.iter().copied()) {
        if Scheme::of(&certificate.signature_algorithm).is_some_and(Scheme::is_weak) {
            weak.push(Weakness::Sha1);
        }
        if short(signature::rsa_bits(certificate.public_key()))? {
            weak.push(Weakness::ShortKey);
        }
    }
    if short(path.anchor.rsa_bits)? {
        weak.push(Weakness::ShortKey);
    }
    weak.sort_unstable();
    weak.dedup();
    let (mac, serial) = name::device(leaf)?;
    Ok(Identity { vendor: path.anchor.vendor, mac, serial, root: path.anchor.fingerprint.clone(), weak })
}

/// Whether a certificate has expired; one of the future is refused.
fn expired(certificate: &X509Certificate<'_>, now: i64) -> Result<bool, Bad> {
    let validity = certificate.validity();
    if validity.not_before.timestamp() > now {
        return Err(Bad::NotYetValid);
    }
    Ok(validity.not_after.timestamp() < now)
}

fn short(bits: Option<usize>) -> Result<bool, Bad> {
    match bits {
        Some(bits) if bits < TOO_SHORT => Err(Bad::Key),
        Some(bits) => Ok(bits < SHORT),
        None => Ok(false),
    }
}

/// What a device's certificate may not be.
fn device(leaf: &X509Certificate<'_>) -> Result<(), Bad> {
    extensions(leaf)?;
    if leaf.is_ca() {
        return Err(Bad::Authority);
    }
    let usage = leaf.extended_key_usage().map_err(|_| Bad::Malformed)?;
    match usage {
        Some(usage) if !usage.value.client_auth && !usage.value.any => Err(Bad::Usage),
        _ => Ok(()),
    }
}

/// What an issuer between the device and the root has to be; `below` issuers stand between it and the device.
fn authority(issuer: &X509Certificate<'_>, below: usize) -> Result<(), Bad> {
    extensions(issuer)?;
    let constraints = issuer.basic_constraints().map_err(|_| Bad::Malformed)?.ok_or(Bad::Issuer)?.value;
    let reaches = constraints.path_len_constraint.is_none_or(|longest| below <= longest as usize);
    let usage = issuer.key_usage().map_err(|_| Bad::Malformed)?;
    let signs = usage.is_none_or(|usage| usage.value.key_cert_sign());
    // A vendor who marks phones as authorities would let each phone make certificates for the others.
    let a_phone = name::device(issuer).is_ok();
    if constraints.ca && reaches && signs && !a_phone { Ok(()) } else { Err(Bad::Issuer) }
}

/// Extensions that must be understood are; name constraints of an issuer are not, so they must not be critical.
fn extensions(certificate: &X509Certificate<'_>) -> Result<(), Bad> {
    if certificate.extensions_map().is_err() {
        return Err(Bad::Malformed);
    }
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(_)
            | ParsedExtension::KeyUsage(_)
            | ParsedExtension::ExtendedKeyUsage(_)
            | ParsedExtension::SubjectAlternativeName(_)
            | ParsedExtension::CertificatePolicies(_)
            | ParsedExtension::NSCertType(_) => {}
            ParsedExtension::ParseError { .. } => return Err(Bad::Malformed),
            _ if extension.critical => return Err(Bad::Critical),
            _ => {}
        }
    }
    Ok(())
}
