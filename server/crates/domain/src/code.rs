//! Every error and finding code of the product, once.
//!
//! A code is stable and never reused. The table in the project's README is generated from this one.

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// Worth doing something about; nothing stops.
    Warning,
    /// Stops what was asked for.
    Blocking,
}

impl Severity {
    /// The word that people see beside the colour.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Blocking => "blocks",
        }
    }
}

macro_rules! codes {
    ($($name:ident, $text:literal, $severity:ident, $says:literal, $next:literal;)*) => {
        /// A stable code for one thing that can be wrong or worth saying.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $says] #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text, as in logs, JSON and the README.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How much it weighs.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What is the case, in one sentence.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }

            /// What to do next, in one sentence.
            pub const fn next_step(self) -> &'static str {
                match self { $(Self::$name => $next,)* }
            }
        }
    };
}

codes! {
    // The fence: identity.
    ProofMissing, "proof.missing", Blocking, "The request proves nothing about which device it is.", "Fetch from the steady address over HTTPS with the device's own credential.";
    ProofWrong, "proof.wrong", Blocking, "The credential does not match.", "Check the user name and password in the phone, or issue a new provisioning credential.";
    ProofStale, "proof.stale", Note, "The nonce has expired; the answer itself was right.", "Nothing: the phone repeats the request with a fresh nonce.";
    ProofDisagrees, "proof.disagrees", Blocking, "The proven device is not the one that the file name claims.", "Find out which handset this is; release it from quarantine with a reason.";
    ProofTooWeak, "proof.too_weak", Blocking, "The proof is weaker than the site demands before a line leaves; the phone keeps what it has.", "Let the phone show its factory certificate, or change the site's policy.";
    ProofByCertificate, "proof.by_certificate", Blocking, "These phones answer no challenge, and nothing shows that they present their factory certificate when they fetch.", "Load multiplatform firmware onto it and import it as Cisco MPP, or replace it; without proof it can have no line.";
    UserAgentDisagrees, "user_agent.disagrees", Note, "The User-Agent says something else than the inventory; it proves nothing.", "Compare the handset with the inventory when you are at it.";
    SourceUnexpected, "source.unexpected", Warning, "The request came from an address that the site does not expect.", "Check where the phone is; add the address range to the site if it is right.";
    CertificateUnknownIssuer, "certificate.unknown_issuer", Note, "The phone presented a certificate of an issuer that is not among the vendor roots.", "Add the vendor's root, if these phones shall be proven by it.";
    CertificateBad, "certificate.bad", Warning, "The phone presented a certificate that proves nothing.", "Look at the reason; a phone that should have a good one may be a copy.";
    CertificateWeak, "certificate.weak", Note, "The certificate is good, and old in its making.", "Nothing; a site may ask for more than an old certificate.";
    CertificateRoot, "certificate.root", Blocking, "This cannot be a vendor root.", "Upload the certificates of the vendor's authority as PEM, without any key.";
    CertificateExpires, "certificate.expires", Warning, "A certificate of the edge expires soon.", "Replace the files; the edge reads them again without a restart.";
    TransportPlain, "transport.plain", Blocking, "The connection is not encrypted.", "Use the HTTPS address; plain HTTP gives a baseline only.";
    // Enrolment.
    EnrolmentSpent, "enrolment.spent", Blocking, "The enrolment code or address is not in force.", "If the phone was reset, reopen its enrolment with a reason.";
    EnrolmentClash, "enrolment.clash", Blocking, "Two devices used one enrolment code or address; the second got nothing.", "Find out which handset has the session; if it is the wrong one, reopen the enrolment with a reason.";
    EnrolmentMismatch, "enrolment.mismatch", Blocking, "The enrolment code or address belongs to another device than the file name claims.", "Compare the handset's label with the technician's list, and type the right code.";
    // The fence: the device.
    DeviceUnknown, "device.unknown", Blocking, "No device in the inventory has this identity.", "Import the device with serial, MAC and model.";
    DeviceQuarantined, "device.quarantined", Blocking, "The device is in quarantine.", "Open the case, find the reason, release it with a reason.";
    DeviceQuarantinedKept, "device.quarantined_kept", Warning, "The device is in quarantine; its standing line is kept, as the site's policy says.", "Open the case, find the reason, release it with a reason.";
    DeviceRetired, "device.retired", Blocking, "The device is retired, replaced or reported lost.", "Return it to stock before it is used again.";
    DeviceNoLine, "device.no_line", Note, "No line is bound to the device.", "Ask for a line with a change request.";
    DeviceModelTftp, "device.model_tftp", Blocking, "The model fetches by TFTP alone, which proves nothing about who asks.", "Replace it by a model that fetches by HTTPS; without proof it can have no line.";
    IpeiForm, "ipei.form", Blocking, "It is not the IPEI of a DECT handset.", "Write the 13 characters that the handset shows, or the 10 hexadecimal digits of its base.";
    IpeiDuplicate, "ipei.duplicate", Blocking, "The DECT handset is entered elsewhere already.", "Compare the IPEI with the handset, and take it from the other place first.";
    IpeiMissing, "ipei.missing", Warning, "The base does not know which handset this is: whichever subscribes there has the line.", "Read the IPEI from the handset and enter it on the base's page.";
    IpeiDemanded, "ipei.demanded", Blocking, "The site trusts nothing that could be copied, and the base does not know which handset this is.", "Read the IPEI from the handset and enter it on the base's page, or change the site's policy.";
    IpeiBound, "ipei.bound", Blocking, "A line is on this handset: another handset would take it unseen.", "Ask for an unbind or a replacement first; then change the IPEI.";
    DeviceModelUnknown, "device.model_unknown", Blocking, "No dialect has been tested with this model.", "Choose a supported model, or ask for the dialect to be extended.";
    EmergencyMissing, "emergency.missing", Blocking, "The device has no place with an emergency location and a callback number.", "Give the place an emergency location and a callback number.";
    EmergencyUnbound, "emergency.unbound", Warning, "An unbound phone cannot make emergency calls.", "Bind a line, or mark the desk.";
    // The fence: the gate.
    GateNotOpen, "gate.not_open", Blocking, "The gate of the device's network segment is not open.", "Enter the missing evidence and sign the segment off.";
    GateExpired, "gate.expired", Blocking, "The gate's evidence or sign-off has expired.", "Repeat the checks and sign the segment off again.";
    GateExpiredKept, "gate.expired_kept", Warning, "The gate has expired; the standing line is kept.", "Repeat the checks and sign the segment off before the next change.";
    GateNotOpenKept, "gate.not_open_kept", Warning, "The gate is not open any more; the standing line is kept.", "Mend what is named and sign the segment off before the next change.";
    GateEvidenceMissing, "gate.evidence_missing", Blocking, "A required check has no evidence.", "Run the check in the segment and enter its result.";
    GateEvidenceFailed, "gate.evidence_failed", Blocking, "A required check failed.", "Mend the network and repeat the check.";
    SegmentUnknown, "segment.unknown", Blocking, "The device belongs to no known voice segment.", "Give the device a segment of its site.";
    // The fence: the binding.
    ApprovalMissing, "approval.missing", Blocking, "Nobody other than the requester has approved this.", "Ask an approver to look at the plan.";
    ApprovalSelf, "approval.self", Blocking, "A request cannot be approved by anybody who made or edited it.", "Ask another approver.";
    ApprovalUnasked, "approval.unasked", Blocking, "This approval would fill no place that is open.", "Look at which approvals are missing, and who could give them.";
    ApprovalNoRule, "approval.no_rule", Blocking, "No rule says who may approve this, so nobody can.", "Propose an approval rule that covers it.";
    ApprovalRequired, "approval.required", Note, "A rule asks for this.", "Nothing; it says why.";
    ApprovalExpired, "approval.expired", Warning, "Approvals have expired and count no more.", "Ask for them again.";
    ApprovalEscalated, "approval.escalated", Warning, "Nobody answered in time; another role may approve as well.", "Ask somebody of either role.";
    RuleInvalid, "rule.invalid", Blocking, "An approval rule cannot be used as it is.", "Mend what is named.";
    TicketMissing, "ticket.missing", Blocking, "A rule asks for the number of a ticket.", "Edit the request and give it.";
    AdvanceOutside, "advance.outside", Blocking, "This is not what was approved in advance.", "Ask for it with a request of its own.";
    AdvanceEnded, "advance.ended", Blocking, "What was approved in advance has ended.", "Propose it anew, or ask with a request of its own.";
    AdvanceInvalid, "advance.invalid", Blocking, "This cannot be approved in advance.", "Mend what is named.";
    GlassClosed, "glass.closed", Blocking, "You have broken no glass, or its time is over.", "Ask for approval; break glass only where that cannot wait.";
    ReviewOverdue, "review.overdue", Warning, "What was applied without an approval of its own was not reviewed in time.", "Review it; somebody who had no hand in it can.";
    ExtensionUnknown, "extension.unknown", Blocking, "The extension does not exist.", "Import it, or choose another one.";
    ExtensionDisabled, "extension.disabled", Blocking, "The extension is disabled.", "Enable the extension first.";
    ExtensionForeign, "extension.foreign", Blocking, "The extension belongs to another site.", "Choose an extension of the device's site.";
    ExtensionTaken, "extension.taken", Blocking, "The exclusive line is on another device.", "Revoke it there first, or ask for a replacement.";
    EndpointTaken, "endpoint.taken", Blocking, "Another line is on this line key.", "Revoke that line first, or choose another key.";
    EndpointEmpty, "endpoint.empty", Blocking, "No line is on this line key.", "Nothing to revoke; choose another key.";
    OwnerMissing, "owner.missing", Blocking, "The extension has no owner with a contact.", "Name a person, or a place with a contact.";
    OwnerNotActive, "owner.not_active", Blocking, "The account of the line's owner is not active.", "Wait for the account, or choose another owner.";
    OwnerSuspendedKept, "owner.suspended_kept", Warning, "The owner's account is no longer active; the standing line is kept until an unbind is applied.", "Ask for an unbind if the line must go.";
    ScopeForbids, "scope.forbids", Blocking, "The site's automation scope is onboarding-only: lines are never written there.", "Change the site's scope first.";
    ScopePilot, "scope.pilot", Blocking, "The site is no pilot now, or the pilot's number of devices or its date is reached.", "Look at the site's limits; people bind there by requests of their own.";
    ScopeLines, "scope.lines", Blocking, "Lines stand at the site, and at an onboarding-only site none is written or cleared.", "Revoke the lines first.";
    RegistrarMissing, "registrar.missing", Blocking, "No registrar is set for the site.", "Set `sip.registrar.host` in the organisation's or the site's layer.";
    // Change requests.
    PlanStale, "plan.stale", Blocking, "What would be applied is no longer what was approved.", "Look at the new plan and submit it again.";
    RequestState, "request.state", Blocking, "The request is not in a state that allows this.", "Reload the page and look at its present state.";
    PlanChanged, "plan.changed", Blocking, "The plan on the page is not the plan that would be approved now.", "Reload, read the plan again, then approve.";
    // Replacement.
    ReplacementAlive, "replacement.alive", Blocking, "The old handset may still be registered with the old credential.", "Wait for the platform, rotate there by hand and say so with evidence, or let an approver answer for it.";
    ReplacementNotWiped, "replacement.not_wiped", Blocking, "The old handset may still hold its lines.", "Let it fetch the configuration that clears it, or reset it to factory settings and say so.";
    // Layers and settings.
    SettingPath, "setting.path", Blocking, "The setting path is not well formed.", "Use lower-case words with dots, such as `phone.timezone`.";
    SettingLocked, "setting.locked", Warning, "A higher layer locks this setting; the lower value is ignored.", "Remove the value, or ask the owner of the lock.";
    SettingUnknown, "setting.unknown", Blocking, "There is no such setting.", "Use a path of the table of settings, or a raw key of one vendor.";
    SettingValue, "setting.value", Blocking, "The value does not fit the setting.", "Use a value of the kind that is named.";
    SettingInexpressible, "setting.inexpressible", Blocking, "The setting, or this value of it, cannot be written for this phone.", "Take it away from this phone, choose a value that is named, or choose a model that has it.";
    SettingLeftOut, "setting.left_out", Warning, "The phone goes without this setting, which it does not have.", "Nothing; set it on the device itself if the phone must have it.";
    SettingKept, "setting.kept", Warning, "The phone keeps what an earlier file said of this setting: no file can take it back.", "Set the value that the phone should have, or reset the phone to factory settings.";
    ProvisioningKept, "provisioning.kept", Note, "The phone keeps the provisioning credential that it was set up with: no file can change it.", "Type a new credential into the phone when it is renewed.";
    TemplateError, "setting.template", Blocking, "The template in this value cannot be rendered.", "Correct the expression at the place named.";
    SettingStrands, "setting.strands", Warning, "A wrong value of this setting can cut a phone off from its server.", "Begin with one phone of each segment, and plan for hands on site.";
    LockForbids, "lock.forbids", Blocking, "A layer above locks this setting.", "Leave it out, or ask the owner of the lock to lift it.";
    LockOverrides, "lock.overrides", Warning, "A layer below sets what would be locked; its value would be ignored.", "Take it out there, or leave the setting unlocked.";
    LayerInvalid, "layer.invalid", Blocking, "A part of the layer cannot stand as it is.", "Mend what is named.";
    LayerParentStale, "layer.parent_stale", Blocking, "Another version of the layer was published since the draft was begun.", "Bring the draft up to the newest version; what both changed is named.";
    GroupInvalid, "group.invalid", Blocking, "The group's rule cannot stand as it is.", "Mend what is named.";
    DevicePinned, "device.pinned", Note, "The device is held to earlier settings of its own; changes of layers do not reach it.", "Wait until its pin ends, or end it on the page of pins.";
    PinUnlocks, "pin.unlocks", Warning, "A layer locks this setting; a return to earlier settings holds against it.", "Approve it only if the earlier value is meant.";
    ReturnFirmware, "return.firmware", Blocking, "The firmware that the phone runs cannot load these settings.", "Give the phone the firmware first, or return it to later settings.";
    ExceptionExpires, "exception.expires", Warning, "An exception to the layers ends soon.", "Nothing, or ask for it anew before it ends.";
    // Rollouts.
    RolloutRunning, "rollout.running", Blocking, "A rollout of this layer is not over.", "Let it finish, or abort it and return.";
    RolloutInvalid, "rollout.invalid", Blocking, "A rollout cannot run so.", "Mend what is named.";
    RolloutStopped, "rollout.stopped", Warning, "A rollout has stopped and waits for somebody.", "Look at the phones that failed; then retry them, skip them with a reason, resume, or abort and return.";
    // Import.
    ImportEncoding, "import.encoding", Blocking, "The file is not UTF-8.", "Save it as CSV UTF-8.";
    ImportQuoting, "import.quoting", Blocking, "The file is not well-formed CSV.", "Check quotes and the number of fields in this row.";
    ImportHeader, "import.header", Blocking, "The header row fits no known sheet.", "Use one of the header rows shown on the import page.";
    ImportTooLarge, "import.too_large", Blocking, "The file is too large.", "Split it into files of at most 8 MB.";
    ImportRepeated, "import.repeated", Note, "Exactly these files were imported before; nothing changes.", "Nothing.";
    ImportBusy, "import.busy", Blocking, "Another import is being written.", "Wait until it is done, then commit this one.";
    ImportEmpty, "import.empty", Blocking, "There is nothing to import.", "Choose at least one CSV file with rows.";
    FieldMissing, "field.missing", Blocking, "A required field is empty.", "Fill it in.";
    FieldTooLong, "field.too_long", Blocking, "The field is longer than 200 characters, or holds control characters.", "Shorten it.";
    MacInvalid, "mac.invalid", Blocking, "This is not a MAC address.", "Use twelve hexadecimal digits, such as 80:5e:c0:12:34:56.";
    MacDuplicate, "mac.duplicate", Blocking, "Another device has this MAC address.", "Check the label on both handsets.";
    SerialInvalid, "serial.invalid", Blocking, "This is not a serial number.", "Use 4 to 40 letters, digits or hyphens.";
    SerialDuplicate, "serial.duplicate", Blocking, "Another device has this serial number.", "Check the label on both handsets.";
    VendorUnknown, "vendor.unknown", Blocking, "The vendor is not known.", "Use one of: yealink, linphone.";
    SiteUnknown, "site.unknown", Blocking, "No site has this code.", "Import the site first, or in the same package.";
    SiteInvalid, "site.invalid", Blocking, "The site code or one of its fields is not valid.", "Use 2 to 12 lower-case letters, digits or hyphens for the code.";
    ZoneUnknown, "zone.unknown", Blocking, "The time zone is not an IANA name with a known offset table.", "Use a name such as `Europe/London`.";
    PlaceUnknown, "place.unknown", Blocking, "The site has no place with this code.", "Import the place first, or in the same package.";
    OwnerUnknown, "owner.unknown", Blocking, "The owner is neither a known person nor a known place.", "Write `person:REF` or `place:CODE` of the same site.";
    CidrInvalid, "cidr.invalid", Blocking, "This is not a network in CIDR notation.", "Use a form such as 10.20.0.0/24, without host bits.";
    CidrOverlap, "cidr.overlap", Blocking, "The network overlaps a segment of this or another site.", "Check the address plan.";
    VlanInvalid, "vlan.invalid", Blocking, "The VLAN is not between 1 and 4094.", "Correct it, or leave it empty.";
    NumberInvalid, "number.invalid", Blocking, "This is not a number of the kind asked for.", "Extensions have 2 to 8 digits; DIDs are written +442079460123.";
    NumberOutside, "number.outside", Blocking, "The number lies outside the ranges of its site.", "Correct the number, or import the range first.";
    NumberForeign, "number.foreign", Blocking, "The number belongs to another site.", "Choose a number of this site.";
    NumberDuplicate, "number.duplicate", Blocking, "The number is already in use.", "Choose another number.";
    NumberState, "number.state", Blocking, "The number is not in a state that allows this.", "Look at the number's page: it says what can be done now.";
    NumberInService, "number.in_service", Blocking, "The number is in service.", "Revoke its line, or give the place another callback number, first.";
    RangeInvalid, "range.invalid", Blocking, "The range does not run from a first to a last number of the same length.", "Correct its ends.";
    RangeOverlap, "range.overlap", Blocking, "The range overlaps another one.", "Correct its ends.";
    RangeInUse, "range.in_use", Blocking, "Numbers that are not free would belong to no range.", "Choose ends that hold them, or release them first.";
    ScheduleInvalid, "schedule.invalid", Blocking, "The schedule cannot be read, or a time starts after it ends.", "Write hours such as `mon-fri 09:00-17:00`, holidays such as `2026-12-25 Christmas Day`.";
    ScheduleGap, "schedule.gap", Blocking, "On a day on which the clocks are put forward, this time does not exist.", "Choose a time before or after the hour that is left out.";
    ScheduleUnknown, "schedule.unknown", Blocking, "There is no schedule of this name.", "Define or import it first.";
    GroupUnknown, "group.unknown", Blocking, "There is no hunt group of this name.", "Define or import it first.";
    GroupEmpty, "group.empty", Blocking, "The hunt group has no member.", "Name at least one extension or group.";
    GroupUncovered, "group.uncovered", Warning, "A hunt group is open while no member of it can be reached.", "Add a member, or change its hours.";
    RouteCircle, "route.circle", Blocking, "Calls would go round in a circle.", "Send one of those named elsewhere.";
    RouteInUse, "route.in_use", Blocking, "Calls are still led by it.", "Take it out of what is named first.";
    FeedHeld, "feed.held", Blocking, "The feed would end more accounts at once than is allowed.", "Let somebody else look at it, and release it with a reason or dismiss it.";
    AccountOverdue, "account.overdue", Warning, "The last day has passed and the account has not ended.", "Ask the directory, then suspend the account or correct the day.";
    DatesOrder, "dates.order", Blocking, "It ends before it starts, or on the same day.", "Correct one of the two days.";
    StateInvalid, "state.invalid", Blocking, "The word is not one of those allowed here.", "Use one of the words named.";
    RowConflict, "row.conflict", Blocking, "A record with this key exists with other values.", "Correct the row; an import never overwrites.";
    RowDuplicate, "row.duplicate", Blocking, "The same key appears twice in the package.", "Remove one of the rows.";
    // Openings of sites, and freezes.
    FreezeHolds, "freeze.holds", Blocking, "A freeze is in force: nothing is applied.", "Wait until it ends, or have it lifted with a reason.";
    FreezeExpiry, "freeze.expiry", Warning, "It ends inside a freeze.", "Nothing, if what the freeze says of it is right; otherwise decide it before the freeze begins.";
    SiteNotReady, "site.not_ready", Blocking, "The site does not have what this stage demands.", "Do what is named, then move the site on.";
    StepUnowned, "step.unowned", Warning, "An open step has nobody who does it.", "Name an owner and a day.";
    StepOverdue, "step.overdue", Warning, "An open step is past its day.", "Ask its owner, then set another day or say that it is done.";
    StepMoved, "step.moved", Warning, "A step moves with what it depends on.", "Tell its owner, or change the day of what it waits for.";
    StepCircular, "step.circular", Blocking, "Steps would wait for each other in a circle.", "Take one of the dependencies named out.";
    PackageDiffers, "package.differs", Warning, "What is there is not what the site package expects.", "Import, ship or return what is named, or make a new version of the package.";
    LineUnaccepted, "line.unaccepted", Warning, "A line that stands is not accepted.", "Make the test calls at the phone and enter what happened.";
    SegmentInUse, "segment.in_use", Blocking, "Phones are there: what they get is changed by an approved change of their layer.", "Change one thing after the other; the page makes the draft.";
    // Firmware.
    FirmwareRefused, "firmware.refused", Warning, "The wanted firmware must not be installed on this phone.", "Change `firmware.version`, or find out how the phone got what it has.";
    FirmwareUnknown, "firmware.unknown", Warning, "Which firmware the phone has is not known, and not every phone may go directly to the wanted one.", "Let it fetch its file once with its credential; then it is known.";
    FirmwareMissing, "firmware.missing", Warning, "There is no image of this firmware to send.", "Upload it, or change `firmware.version`; with several nodes, share the folder `firmware`.";
    FirmwareOld, "firmware.old", Warning, "The phone's firmware is too old for a setting.", "Give the phone a newer firmware.";
    FirmwareDuplicate, "firmware.duplicate", Blocking, "This image, or another one of this name or for this version and model, is here already.", "Use the one that is here, or withdraw it first.";
    FirmwareTooLarge, "firmware.too_large", Blocking, "The image is larger than what is accepted.", "Check that it is the right file, or raise `firmware_max_mib` in the configuration.";
    // What phones send.
    UploadRefused, "upload.refused", Warning, "A file that the phone sent was not taken.", "Look at the sizes: 1 MiB each, 16 MiB and 32 files for one phone.";
    OverrideWins, "override.wins", Warning, "A setting made at the phone wins over ours.", "Take it back at the phone, or make it the setting here.";
    // People at the console.
    SignInFailed, "sign_in.failed", Blocking, "The name and password do not match an account.", "Try again; after several failures wait a minute.";
    SignInLimited, "sign_in.limited", Blocking, "There were too many failed attempts.", "Wait a minute, then try again.";
    SetupCodeWrong, "setup.code_wrong", Blocking, "The one-time code is wrong, used or expired.", "Read it again from the server's output; restart the server for a new one.";
    PasswordWeak, "password.weak", Blocking, "The password is shorter than twelve characters.", "Choose a longer one.";
    PasswordFirst, "password.first", Blocking, "The password is still the one that whoever made the account chose.", "Choose one of your own on the page *Password*.";
    Forbidden, "forbidden", Blocking, "Your roles do not allow this.", "Ask somebody with the role named.";
    AccountUnconfirmed, "account.unconfirmed", Blocking, "The account is new, and nobody other than who made it has confirmed it.", "Ask another administrator to confirm it or, while there is none, whoever runs the server: `ringfence confirm NAME`.";
    NotFound, "not_found", Blocking, "There is nothing here.", "Check the address, or search for it.";
    FormRepeated, "form.repeated", Note, "This form was already sent; nothing was done twice.", "Look at the result below.";
    FormInvalid, "form.invalid", Blocking, "A field of the form is missing or wrong.", "Correct the fields marked.";
    CrossSite, "form.cross_site", Blocking, "The request came from another site.", "Open the console and try again there.";
    // The record.
    LedgerUnavailable, "ledger.unavailable", Blocking, "The record cannot be written now, so nothing is served.", "The phone retries by itself; look at the server's disk and database.";
    LedgerRaced, "ledger.raced", Blocking, "The facts changed while the answer was made.", "The phone retries by itself.";
    LedgerAltered, "ledger.altered", Blocking, "An entry of the record was altered.", "Compare with a backup; treat later entries as unproven.";
    LedgerMissing, "ledger.missing", Blocking, "An entry of the record is missing or out of order.", "Compare with a backup and the checkpoint file.";
    LedgerTruncated, "ledger.truncated", Blocking, "The record ends before a signed checkpoint.", "Compare with a backup.";
    CheckpointForged, "ledger.checkpoint_forged", Blocking, "A checkpoint's signature is not ours.", "Find the true checkpoint file or log.";
    // Storage and secrets.
    SecretUnreadable, "secret.unreadable", Blocking, "A sealed secret cannot be opened with the key file.", "Restore the key file that belongs to this database.";
    StorageUnavailable, "storage.unavailable", Blocking, "The database does not answer.", "Look at the server's log.";
    StorageConflict, "storage.conflict", Blocking, "Somebody else changed this at the same moment.", "Reload and try again.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// One thing that is the case: its code, what it is about, and the particulars.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// What is the case.
    pub code: Code,
    /// What it is about, for example `device 805ec0123456` or `line key 1`.
    pub subject: String,
    /// Particulars; may be empty. Never a secret.
    pub detail: String,
}

impl Finding {
    /// A finding about `subject` without particulars.
    pub fn new(code: Code, subject: impl Into<String>) -> Self {
        Self { code, subject: subject.into(), detail: String::new() }
    }

    /// The same finding with particulars.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Whether it stops what was asked for.
    pub fn blocks(&self) -> bool {
        self.code.severity() == Severity::Blocking
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.subject, self.code.says())?;
        if !self.detail.is_empty() {
            write!(f, " {}", self.detail)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_code_is_used_twice_and_each_says_what_to_do() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|c| c.text()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.says().ends_with('.') && code.next_step().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn the_table_is_reviewed_when_it_changes() {
        let table: Vec<_> =
            Code::ALL.iter().map(|c| format!("{} {}", c.text(), c.severity().word())).collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
