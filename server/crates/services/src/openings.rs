//! The opening of a site: where it is, what it lacks for the next stage, and who answers for the service.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    cutovers, freezes, reason, users,
};
use domain::{
    Code, Finding, Timestamp,
    account::Day,
    authz::{Action, authorise, authorise_at},
    enrolment::SiteDate,
    gate::GateStatus,
    ids::SiteId,
    number::State,
    site::{
        Site,
        cutover::{Cutover, Pace},
        stage::{self, Facts, SignOff, Stage},
        step::{self, Expected, Step, StepKind},
    },
};
use std::collections::BTreeMap;
pub use storage::site_opening::{Named, Opening};
use storage::{Tx, gate, number, site, site_opening, site_package, user};

/// A site's opening.
#[derive(Clone, Debug)]
pub struct OpeningView {
    /// The site.
    pub site: Site,
    /// Where it is and who answers for what.
    pub opening: Opening,
    /// What its stages are judged by.
    pub facts: Facts,
    /// When each open step is to be expected.
    pub expected: BTreeMap<StepKind, Expected>,
    /// What is the matter with the steps.
    pub findings: Vec<Finding>,
    /// What it lacks for the stage in which it is; nothing when all is well.
    pub lacking: Vec<Finding>,
    /// The next stage, and what stands against it.
    pub next: Option<(Stage, Vec<Finding>)>,
    /// The stage to which it can be taken back.
    pub back: Option<Stage>,
    /// Why nothing is applied there now.
    pub frozen: Option<Finding>,
    /// Names of the users of the console, and whether they approve: for the forms.
    pub users: Vec<(String, bool)>,
}

/// A site's opening on the board over all sites.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct OpeningCard {
    /// Where it is.
    pub stage: Stage,
    /// Open steps.
    pub open: usize,
    /// Those of them that nobody does.
    pub unowned: usize,
    /// What is the matter with the steps that somebody does: late, or moved.
    pub findings: Vec<Finding>,
    /// Whether it lacks anything for the stage in which it is.
    pub lacking: bool,
}

/// What is known of the openings of many sites, loaded in a constant number of queries.
pub(crate) struct Board {
    openings: BTreeMap<SiteId, Opening>,
    steps: BTreeMap<SiteId, Vec<Step>>,
    cutovers: BTreeMap<SiteId, Cutover>,
    lines: BTreeMap<SiteId, (usize, usize)>,
    cases: BTreeMap<SiteId, i64>,
    portings: BTreeMap<SiteId, Vec<(String, Day)>>,
}

impl Board {
    /// Everything about all sites. Six queries.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        let mut steps = BTreeMap::<_, Vec<_>>::new();
        for (site, step) in site_opening::all_steps(tx).await? {
            steps.entry(site).or_default().push(step);
        }
        let mut cutovers = BTreeMap::<_, Cutover>::new();
        for (site, timed) in site_opening::all_timed(tx).await? {
            cutovers.entry(site).or_default().steps.push(timed);
        }
        let lines = site_package::accepted(tx).await?.into_iter();
        Ok(Self {
            openings: site_opening::list(tx).await?.into_iter().collect(),
            steps,
            cutovers,
            lines: lines.map(|(site, lines, accepted)| (site, (lines, accepted))).collect(),
            cases: site_package::unowned_cases(tx).await?.into_iter().collect(),
            portings: portings(tx).await?,
        })
    }

    /// Everything about one site. Six queries.
    async fn of(tx: &mut Tx, site: SiteId) -> Result<Self> {
        let cutover = Cutover { steps: site_opening::timed(tx, site).await?, ..Cutover::default() };
        Ok(Self {
            openings: [(site, site_opening::of_site(tx, site).await?)].into(),
            steps: [(site, site_opening::steps(tx, site).await?)].into(),
            cutovers: [(site, cutover)].into(),
            lines: [(site, site_package::accepted_of(tx, site).await?)].into(),
            cases: site_package::unowned_cases(tx).await?.into_iter().collect(),
            portings: portings(tx).await?,
        })
    }

    fn opening(&self, site: SiteId) -> Opening {
        self.openings.get(&site).cloned().unwrap_or_default()
    }

    fn portings(&self, site: SiteId) -> &[(String, Day)] {
        self.portings.get(&site).map_or(&[], Vec::as_slice)
    }

    fn facts(&self, site: SiteId, gates: Vec<(String, GateStatus)>) -> Facts {
        let opening = self.opening(site);
        let (lines, accepted) = self.lines.get(&site).copied().unwrap_or_default();
        let service_owner = opening.service_owner.map(|named| named.name).unwrap_or_default();
        let cutover = Cutover {
            on_call: opening.on_call.map(|named| named.name).unwrap_or_default(),
            decision: opening.decision,
            ..self.cutovers.get(&site).cloned().unwrap_or_default()
        };
        Facts {
            steps: step::all(self.steps.get(&site).cloned().unwrap_or_default()),
            gates,
            cutover,
            lines,
            accepted,
            share: opening.share,
            unowned_cases: self.cases.get(&site).copied().unwrap_or_default(),
            signed: opening.signed_at.map(|at| SignOff { by: service_owner.clone(), at }),
            service_owner,
        }
    }

    /// A site as the board over all of them shows it.
    pub(crate) fn card(&self, site: SiteId, gates: Vec<(String, GateStatus)>, now: Timestamp) -> OpeningCard {
        let (stage, facts) = (self.opening(site).stage, self.facts(site, gates));
        let all = step::findings(&facts.steps, self.portings(site), Day::of(now));
        let (unowned, findings): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|finding| finding.code == Code::StepUnowned);
        OpeningCard {
            stage,
            open: facts.steps.iter().filter(|step| step.is_open()).count(),
            unowned: unowned.len(),
            findings,
            lacking: !stage::can(stage, &facts).is_empty(),
        }
    }
}

/// The carriers' dates of the numbers that come to each site.
async fn portings(tx: &mut Tx) -> Result<BTreeMap<SiteId, Vec<(String, Day)>>> {
    let mut portings = BTreeMap::<_, Vec<_>>::new();
    for record in number::porting_in(tx).await? {
        if let State::PortingIn { on, .. } = record.state {
            portings.entry(record.site).or_default().push((record.number.to_string(), Day::of(on)));
        }
    }
    Ok(portings)
}

/// By when the phones of a site are to work. Three queries.
pub(crate) async fn date(tx: &mut Tx, site: SiteId) -> Result<Option<SiteDate>> {
    let cutover = Cutover { steps: site_opening::timed(tx, site).await?, ..Cutover::default() };
    let steps = step::all(site_opening::steps(tx, site).await?);
    let portings = portings(tx).await?.remove(&site).unwrap_or_default();
    Ok(SiteDate::of(&cutover, &step::schedule(&steps, &portings)))
}

/// Finds a site by its code.
pub(crate) async fn site_of(tx: &mut Tx, code: &str) -> Result<Site> {
    site::by_code(tx, code).await?.ok_or_else(|| Problem::not_found("site"))
}

/// A site's opening with everything that it is judged by.
pub(crate) async fn load(tx: &mut Tx, site: Site, now: Timestamp) -> Result<OpeningView> {
    let mut gates = Vec::new();
    for segment in site::segments(tx).await?.into_iter().filter(|segment| segment.site == site.id) {
        gates.push((segment.code, gate::load(tx, segment.id).await?.status(now)));
    }
    let board = Board::of(tx, site.id).await?;
    let (opening, facts) = (board.opening(site.id), board.facts(site.id, gates));
    let portings = board.portings(site.id);
    let users = user::list(tx).await?.into_iter().map(|user| {
        let approves = authorise_at(&user.actor, Action::Approve, site.id).is_ok();
        (user.actor.name, approves)
    });
    Ok(OpeningView {
        expected: step::schedule(&facts.steps, portings),
        findings: step::findings(&facts.steps, portings, Day::of(now)),
        lacking: stage::can(opening.stage, &facts),
        next: opening.stage.next().map(|next| (next, stage::can(next, &facts))),
        back: stage::back(opening.stage, &facts).ok(),
        frozen: freezes::against(tx, site.id, now).await?,
        users: users.collect(),
        opening,
        facts,
        site,
    })
}

/// A site's opening. Some fifteen queries, and two per segment of the site.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<OpeningView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let site = site_of(&mut tx, code).await?;
    load(&mut tx, site, op.now).await
}

/// Moves a site on to its next stage, when nothing stands against it.
pub async fn advance(services: &Services, op: &Operation, code: &str, why: &str) -> Result<Stage> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let view = load(&mut act.tx, site, op.now).await?;
    let next = stage::advance(view.opening.stage, &view.facts).map_err(Problem::blocked)?;
    moved(&mut act, &view, next, "site.advance", why).await?;
    act.commit().await?;
    Ok(next)
}

/// Takes a site back to the stage before. Out of a cutover that is backing out: what was decided and how far the steps
/// had come is in the record alone from here on.
pub async fn back(services: &Services, op: &Operation, code: &str, why: &str) -> Result<Stage> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let mut view = load(&mut act.tx, site, op.now).await?;
    let previous = stage::back(view.opening.stage, &view.facts)?;
    if view.opening.stage == Stage::Cutover {
        view.opening.decision = None;
        for mut timed in view.facts.cutover.steps.clone() {
            if timed.pace == Pace::Waiting {
                continue;
            }
            let before = cutovers::described(&timed);
            timed.pace = Pace::Waiting;
            site_opening::save_timed(&mut act.tx, view.site.id, &timed).await?;
            act.note(Note {
                action: "cutover.back_out",
                subject: format!("{} step {}", view.site.code, timed.number),
                site: Some(view.site.id),
                before: Some(before),
                after: Some(cutovers::described(&timed)),
                reason: why.to_owned(),
                ..Note::default()
            });
        }
    }
    moved(&mut act, &view, previous, "site.back", why).await?;
    act.commit().await?;
    Ok(previous)
}

async fn moved(act: &mut Act<'_>, view: &OpeningView, to: Stage, action: &str, why: &str) -> Result<()> {
    let opening = Opening { stage: to, ..view.opening.clone() };
    site_opening::save(&mut act.tx, view.site.id, &opening).await?;
    note(act, &view.site, action, view.opening.stage.title(), to.title(), why);
    Ok(())
}

pub(crate) fn note(act: &mut Act<'_>, site: &Site, action: &str, before: &str, after: &str, why: &str) {
    act.note(Note {
        action,
        subject: site.code.clone(),
        site: Some(site.id),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
        reason: why.to_owned(),
        ..Note::default()
    });
}

/// Finds a user by name, and whether they approve at a site; `field` is where the name was typed.
pub(crate) async fn named(tx: &mut Tx, name: &str, field: &str, site: SiteId) -> Result<(Named, bool)> {
    let user = user::by_name(tx, name.trim()).await?.ok_or_else(|| {
        let detail = format!("Nobody of this console is called `{}`.", name.trim());
        Problem::from(Finding::new(Code::FormInvalid, field).detail(detail))
    })?;
    let approves = authorise_at(&user.actor, Action::Approve, site).is_ok();
    Ok((Named { id: user.actor.id, name: user.actor.name }, approves))
}

/// Says who answers for the service, and how much of it has to be accepted. Another owner has to sign off anew.
pub async fn answer_for(
    services: &Services,
    op: &Operation,
    code: &str,
    owner: &str,
    share: &str,
    why: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let why = reason::within(why, 200)?;
    let share: u8 = share.trim().parse().ok().filter(|share| (1..=100).contains(share)).ok_or_else(|| {
        Problem::from(Finding::new(Code::FormInvalid, "share").detail("It is 1 to 100 percent."))
    })?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let before = site_opening::of_site(&mut act.tx, site.id).await?;
    let owner = match owner.trim() {
        "" => None,
        name => Some(named(&mut act.tx, name, "owner", site.id).await?.0),
    };
    let signed_at = before.signed_at.filter(|_| owner == before.service_owner);
    let after = Opening { service_owner: owner, share, signed_at, ..before.clone() };
    site_opening::save(&mut act.tx, site.id, &after).await?;
    let (was, is) = (answers(&before), answers(&after));
    note(&mut act, &site, "site.answer_for", &was, &is, why);
    act.commit().await
}

fn answers(opening: &Opening) -> String {
    let owner = opening.service_owner.as_ref().map_or("nobody", |named| &named.name);
    format!("service owner: {owner}; {} % accepted", opening.share)
}

/// The service owner says that the site can go live, with their password. Nobody else can say it for them.
pub async fn sign_off(services: &Services, op: &Operation, code: &str, password: &str) -> Result<()> {
    authorise(&op.actor, Action::Read)?;
    // Whoever names the owner may have made the account.
    if !op.actor.confirmed {
        return Err(Finding::new(Code::AccountUnconfirmed, "sign off").into());
    }
    if op.actor.password_since.is_none() {
        return Err(Finding::new(Code::PasswordFirst, "sign off").into());
    }
    owned(&mut services.0.store.read().await?, op, code).await?;
    users::reauthenticate(services, op, password).await?;
    let mut act = Act::begin(services, op).await?;
    let (site, before) = owned(&mut act.tx, op, code).await?;
    let after = Opening { signed_at: Some(op.now), ..before.clone() };
    site_opening::save(&mut act.tx, site.id, &after).await?;
    let was = before.signed_at.map_or_else(|| "not signed off".to_owned(), |at| format!("signed off {at}"));
    note(&mut act, &site, "site.sign_off", &was, &format!("signed off {}", op.now), "");
    act.commit().await
}

/// A site's opening, if the service there is theirs.
async fn owned(tx: &mut Tx, op: &Operation, code: &str) -> Result<(Site, Opening)> {
    let site = site_of(tx, code).await?;
    let opening = site_opening::of_site(tx, site.id).await?;
    match &opening.service_owner {
        Some(owner) if owner.id == op.actor.id => Ok((site, opening)),
        owner => {
            let who = owner.as_ref().map_or("nobody yet", |named| &named.name);
            let detail = format!("The service owner is {who}.");
            Err(Finding::new(Code::Forbidden, "sign off").detail(detail).into())
        }
    }
}
