//! Typed ids: a `DeviceId` cannot be passed where a `SiteId` belongs.
//!
//! Inside they are UUIDv7, made by the id source of `services`; nothing here makes one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// Something that is approved in advance; people see its number, `AP-3`.
    AdvanceId,
    /// A change request; people see its number, `CR-142`.
    ChangeRequestId,
    /// Somebody's leave to approve in another person's place.
    DelegationId,
    /// One handset or ATA.
    DeviceId,
    /// A line key, a DECT handset or an FXS port of a device.
    EndpointId,
    /// An enrolment token of a device.
    EnrolmentId,
    /// One piece of gate evidence.
    EvidenceId,
    /// An open operational case; people see its number, `EX-7`.
    ExceptionId,
    /// An extension of the numbering plan.
    ExtensionId,
    /// A feed of the people directory; people see its number.
    FeedId,
    /// A firmware image.
    FirmwareId,
    /// A time in which nothing is applied.
    FreezeId,
    /// Broken glass; people see its number, `BG-2`.
    GlassId,
    /// An item of a change request; the line that it makes has the same.
    ItemId,
    /// A hunt group.
    HuntGroupId,
    /// Another version of a layer, from its draft on; people see its number, `LC-7`.
    LayerChangeId,
    /// A layer; its versions are numbered.
    LayerId,
    /// A line: an extension's appearance on an endpoint.
    LineId,
    /// A person from the directory: the owner of an extension, not a user of the console.
    PersonId,
    /// A named place with an emergency location.
    PlaceId,
    /// A number range owned by a site.
    RangeId,
    /// One request of a person to the console; all acts of a request share it.
    RequestId,
    /// An immutable revision of a device's configuration.
    RevisionId,
    /// A change of a layer carried out in waves; people see its number, `RO-4`.
    RolloutId,
    /// A schedule of opening hours.
    ScheduleId,
    /// A sealed secret; its versions are numbered.
    SecretId,
    /// A voice segment of a site's network.
    SegmentId,
    /// A site.
    SiteId,
    /// A user of the console; never confuse with `PersonId`.
    UserId,
}
