//! What happens by itself at a site, and its limits.

use crate::{
    halden::{self, EXTENSION, Halden, PHONE, codes},
    phone::Phone,
};
use domain::{Code, fence::Serve, site::Scope, time::DAY};
use services::{
    Result,
    scopes::{self, ScopeInput},
};

pub(crate) async fn set(halden: &Halden, site: &str, scope: &str, devices: &str, days: i64) -> Result<()> {
    let op = halden.by("ada").await;
    let until = op.now.plus(days * DAY).to_string();
    let input = ScopeInput { scope: scope.to_owned(), devices: devices.to_owned(), until };
    scopes::set(&halden.services, &op, site, &input, "as agreed").await
}

#[tokio::test]
async fn a_site_becomes_onboarding_only_while_no_line_stands_there() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let refused = set(&halden, "lon", "onboarding-only", "", 1).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::ScopeLines], "{}", halden.name());
        let number = halden.approved_unbind(PHONE).await;
        halden.apply(number).await.unwrap();
        set(&halden, "lon", "onboarding-only", "", 1).await.unwrap();
        // Neither written nor cleared: the phone keeps what it has, a draft says why, nothing is applied.
        let phone = Phone::of(&halden, PHONE).await;
        phone.configuration(&halden.services).await;
        assert_eq!(halden.last_serve().await.decision, Serve::Baseline);
        let number = halden.approved_bind(PHONE, 1, EXTENSION).await;
        assert_eq!(codes(&halden.apply(number).await.unwrap_err()), [Code::ScopeForbids]);
    }
}

#[tokio::test]
async fn limits_of_a_pilot_are_set_and_audited() {
    for halden in halden::open().await {
        let op = halden.by("linus").await;
        let input = ScopeInput { scope: "assisted".to_owned(), ..ScopeInput::default() };
        let refused = scopes::set(&halden.services, &op, "lon", &input, "as agreed").await;
        assert_eq!(refused.unwrap_err().code(), Code::Forbidden);
        for (scope, devices, days, expected) in [
            ("anything", "", 1, Code::StateInvalid),
            ("pilot", "", 1, Code::FieldMissing),
            ("pilot", "0", 1, Code::FormInvalid),
            ("pilot", "5", -1, Code::FormInvalid),
            ("pilot", "5", 181, Code::FormInvalid),
        ] {
            let refused = set(&halden, "lon", scope, devices, days).await.unwrap_err();
            assert_eq!(codes(&refused), [expected], "{scope} {devices} {days}");
        }
        set(&halden, "lon", "pilot", "5", 30).await.unwrap();
        let op = halden.by("grace").await;
        let (pilot, bound) = scopes::view(&halden.services, &op, "lon").await.unwrap();
        assert_eq!((pilot.unwrap().devices, bound), (5, 0));
        let site = services::sites::view(&halden.services, &op, "lon").await.unwrap().card.site;
        assert_eq!(site.scope, Scope::Pilot);
        set(&halden, "lon", "assisted", "5", 30).await.unwrap();
        assert_eq!(scopes::view(&halden.services, &op, "lon").await.unwrap().0, None);
    }
}
