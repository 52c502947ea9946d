//! One extension that stands on several phones with one credential, explored exhaustively: phones get the line, lose
//! it and are replaced, in every order, while the platform is told later, a server dies between telling it and giving
//! phones the renewed credential, and phones fetch when they like. `RINGFENCE_FULL=1` makes the stories longer.

use domain::{
    fence::ExtensionFacts,
    ids::DeviceId,
    shared_line::{Credential, credential, given_to, may_stand},
};
use stateright::{Checker, HasDiscoveries, Model as _, Property};
use uuid::Uuid;

const PHONES: usize = 3;
const SHUT_OUT: &str = "whoever has lost the line cannot register";

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Phone {
    line: bool,
    /// A replacement of it is under way: what its successor will have.
    successor: Option<u8>,
    /// What its file would say.
    given: u8,
    /// What it has fetched.
    holds: Option<u8>,
}

/// What the platform is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Work {
    /// What this phone is given counts.
    Given(usize),
    /// What the successor of this phone will have counts.
    Successor(usize),
    Renewed(u8),
    Withdraw,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct World {
    phones: [Phone; PHONES],
    platform: Option<u8>,
    work: Vec<Work>,
    /// What the platform was told last, before phones were given it.
    told: Option<u8>,
    made: u8,
    early: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Bind(usize),
    Lose(usize),
    Rotate(usize),
    TakeOver(usize, usize),
    CallOff(usize),
    Tell,
    Give,
    Crash,
    Fetch(usize),
}

/// With `renews: false` a lost line's credential stays as it is; with `successors: false` a renewed one is kept from
/// those that will take over.
#[derive(Clone)]
struct Model {
    /// So many credentials are made in a story.
    credentials: u8,
    renews: bool,
    successors: bool,
}

fn device(phone: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(phone as u128))
}

impl World {
    fn make(&mut self) -> u8 {
        self.made += 1;
        self.made
    }

    fn standing(&self) -> Vec<usize> {
        (0..PHONES).filter(|phone| self.phones[*phone].line).collect()
    }

    /// Those that have the line and keep it.
    fn served(&self) -> Vec<usize> {
        let replaced = |id| (0..PHONES).any(|p| device(p) == id && self.phones[p].successor.is_some());
        given_to(self.standing(), |phone| device(*phone), replaced)
    }

    /// A phone begins to have the line: with what its siblings have or, where it has none, with `own`.
    fn begin(&mut self, phone: usize, own: u8) -> Option<()> {
        let others: Vec<_> = self.standing().into_iter().map(device).collect();
        let may = may_stand(true, device(phone), &others);
        matches!(may, ExtensionFacts::Free | ExtensionFacts::Shared).then_some(())?;
        let sibling = self.served().first().map(|sibling| self.phones[*sibling].given);
        self.phones[phone].given = sibling.unwrap_or(own);
        self.phones[phone].line = true;
        self.work.push(Work::Given(phone));
        Some(())
    }

    fn counts(&self, work: &Work) -> Option<u8> {
        match work {
            Work::Given(phone) => Some(self.phones[*phone].given),
            Work::Successor(phone) => self.phones[*phone].successor,
            Work::Renewed(credential) => Some(*credential),
            Work::Withdraw => None,
        }
    }

    /// Whether it is still to be told.
    fn still(&self, work: &Work) -> bool {
        match work {
            Work::Given(phone) => self.served().contains(phone),
            Work::Successor(phone) => self.phones[*phone].successor.is_some(),
            Work::Renewed(_) | Work::Withdraw => true,
        }
    }

    fn quiet(&self) -> bool {
        self.work.is_empty() && self.told.is_none()
    }
}

impl Model {
    /// Gives what the platform was told to everybody who has the line, and to those who will.
    fn give(&self, world: &mut World, told: u8) {
        for phone in world.served() {
            world.early |= world.platform != Some(told);
            world.phones[phone].given = told;
        }
        for phone in world.phones.iter_mut().filter(|phone| phone.line) {
            // Never what the phone that goes knows.
            if self.successors && phone.given != told {
                phone.successor = phone.successor.map(|_| told);
            }
        }
    }

    fn act(&self, world: &mut World, action: &Action) -> Option<()> {
        match *action {
            Action::Bind(phone) => {
                let own = if world.served().is_empty() { world.make() } else { 0 };
                world.begin(phone, own)?;
            }
            Action::Lose(phone) => {
                (world.phones[phone].line && world.phones[phone].successor.is_none()).then_some(())?;
                world.phones[phone].line = false;
                match credential(1, world.standing().len()) {
                    Credential::Withdrawn => world.work.push(Work::Withdraw),
                    Credential::Renewed if self.renews => {
                        let made = world.make();
                        world.work.push(Work::Renewed(made));
                    }
                    Credential::Kept | Credential::Renewed => {}
                }
            }
            Action::Rotate(phone) => {
                (world.phones[phone].line && world.phones[phone].successor.is_none()).then_some(())?;
                let made = world.make();
                world.phones[phone].successor = Some(made);
                world.work.push(Work::Successor(phone));
            }
            Action::TakeOver(old, new) => {
                let own = world.phones[old].successor?;
                // The platform has been told, and whatever was asked of it before.
                (!world.phones[new].line && !world.work.contains(&Work::Successor(old))).then_some(())?;
                world.phones[old].line = false;
                world.phones[old].successor = None;
                world.begin(new, own)?;
            }
            Action::CallOff(phone) => {
                let own = world.phones[phone].successor?;
                let sibling = world.served().first().map(|sibling| world.phones[*sibling].given);
                // Never what it had: somebody else who had that may have lost the line since.
                world.phones[phone].given = sibling.unwrap_or(own);
                world.phones[phone].successor = None;
                world.work.push(Work::Given(phone));
            }
            Action::Tell => {
                (world.told.is_none()).then_some(())?;
                let work = world.work.first()?.clone();
                // Of whoever has lost the line since, or is about to, the platform is told no more.
                if !world.still(&work) {
                    world.work.remove(0);
                    return Some(());
                }
                world.platform = world.counts(&work);
                world.told = world.platform;
                if world.platform.is_none() {
                    world.work.remove(0);
                }
            }
            Action::Give => {
                let told = world.told.take()?;
                let work = world.work.remove(0);
                // What counts may have become something else meanwhile: that is told next.
                if world.still(&work) && world.counts(&work) == Some(told) {
                    self.give(world, told);
                }
            }
            Action::Crash => drop(world.told.take()?),
            Action::Fetch(phone) => {
                let phone = &mut world.phones[phone];
                let holds = phone.line.then_some(phone.given);
                (phone.holds != holds && (phone.line || phone.holds.is_some())).then_some(())?;
                // A phone that was thrown away or lost keeps what it has: nobody makes it fetch.
                phone.line.then_some(())?;
                phone.holds = holds;
            }
        }
        Some(())
    }
}

impl stateright::Model for Model {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, _: &World, actions: &mut Vec<Action>) {
        for phone in 0..PHONES {
            actions.extend([
                Action::Bind(phone),
                Action::Lose(phone),
                Action::Rotate(phone),
                Action::CallOff(phone),
                Action::Fetch(phone),
            ]);
            actions.extend((0..PHONES).filter(|new| *new != phone).map(|new| Action::TakeOver(phone, new)));
        }
        actions.extend([Action::Tell, Action::Give, Action::Crash]);
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut after = before.clone();
        self.act(&mut after, &action)?;
        (after != *before && after.made <= self.credentials && after.work.len() <= 3).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(SHUT_OUT, |_, world: &World| {
                let knows = |phone: &Phone| phone.holds.is_some() && phone.holds == world.platform;
                let lost = |phone: &&Phone| !phone.line || phone.successor.is_some();
                !world.quiet() || !world.phones.iter().filter(lost).any(knows)
            }),
            Property::always("who keeps the line is given what counts", |_, world: &World| {
                let given = |phone: usize| Some(world.phones[phone].given) == world.platform;
                !world.quiet() || world.served().into_iter().all(given)
            }),
            Property::always("nobody is given a credential before it counts", |_, world: &World| {
                !world.early
            }),
            Property::sometimes("three phones share the line", |_, world: &World| {
                world.quiet() && world.standing().len() == 3
            }),
            Property::sometimes(
                "one of three was replaced while its siblings had the line",
                |_, world: &World| world.quiet() && world.standing().len() == 2 && world.made == 2,
            ),
        ]
    }
}

#[test]
fn every_order_of_events_keeps_the_credential_of_a_shared_line() {
    let credentials = if std::env::var_os("RINGFENCE_FULL").is_some() { 4 } else { 3 };
    let model = Model { credentials, renews: true, successors: true };
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!("{} states, depth {}", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

/// The model can fail: these are the mistakes that it is there to prevent.
#[test]
fn without_renewing_or_without_successors_a_lost_phone_would_register_again() {
    for (renews, successors) in [(false, true), (true, false)] {
        let model = Model { credentials: 3, renews, successors };
        let checker =
            model.checker().finish_when(HasDiscoveries::AllOf([SHUT_OUT].into())).spawn_bfs().join();
        checker.assert_any_discovery(SHUT_OUT);
    }
}
