//! An authority like a vendor's, and certificates of phones below it.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// An authority of a vendor.
pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

/// What an authority says of itself.
pub(crate) fn authority_params(name: &str, longest: Option<u8>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(longest.map_or(BasicConstraints::Unconstrained, BasicConstraints::Constrained));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = date_time_ymd(2010, 1, 1);
    params.not_after = date_time_ymd(2050, 1, 1);
    params
}

/// A root that signs itself.
pub(crate) fn root(name: &str) -> Authority {
    Authority::self_signed(authority_params(name, None), KeyPair::generate().unwrap()).unwrap()
}

/// An authority below another.
pub(crate) fn below(issuer: &Authority, params: CertificateParams) -> Authority {
    Authority::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

/// What a phone's certificate says: Yealink's form, the MAC as common name and nothing else.
pub(crate) fn phone_params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = date_time_ymd(2015, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params
}

/// The certificate, in DER.
pub(crate) fn sign(issuer: &Authority, params: &CertificateParams) -> Vec<u8> {
    params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap().der().to_vec()
}

/// The certificate of the phone with this MAC.
pub(crate) fn phone(issuer: &Authority, mac: &str) -> Vec<u8> {
    sign(issuer, &phone_params(mac))
}
