//! The dashboards that the page watches, and what the server last told of each. What was told outlives a cut of the link; after
//! it the server is asked again, so that nothing that happened meanwhile is missed.

use hailstream_protocol::ClientMessage;

use super::{Link, Output, Phase};

/// Names a watch of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchId(u32);

/// What the server told of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Its newest version.
    Version(String),
    /// There is none: it was deleted, or never was.
    Gone,
}

impl Link {
    /// Watches a dashboard: the server tells of each change of it. Watches of the same share one; each call needs its own
    /// [`Link::unwatch`].
    pub fn watch(&mut self, dashboard: &str) -> WatchId {
        if let Some(id) = self.watches.share(dashboard) {
            return id;
        }
        let id = self.watches.add(dashboard);
        if self.has_socket() {
            self.ask_to_watch(id);
        }
        id
    }

    /// Ends a watch when its last holder leaves.
    pub fn unwatch(&mut self, id: WatchId) {
        let released = self.watches.release(id);
        if let Some(id) = released.filter(|_| self.has_socket()) {
            self.outputs.push_back(Output::Send(ClientMessage::Unwatch { id }));
        }
    }

    /// The watches that were told something new since the last call, each once.
    pub fn take_told(&mut self) -> Vec<WatchId> {
        self.watches.take_told()
    }

    /// What the server last told of a watched dashboard; nothing yet before its first answer.
    #[must_use]
    pub fn told(&self, id: WatchId) -> Option<&Told> {
        self.watches.of(id)
    }

    /// Whether what is sent now reaches a server, or will once the socket is open.
    fn has_socket(&self) -> bool {
        matches!(self.phase, Phase::Opening { .. } | Phase::Open { .. })
    }

    /// On a new socket.
    pub(super) fn watch_again(&mut self) {
        for id in self.watches.ids() {
            self.ask_to_watch(id);
        }
    }

    fn ask_to_watch(&mut self, id: WatchId) {
        let wire_id = self.next_wire_id;
        self.next_wire_id = self.next_wire_id.wrapping_add(1);
        self.outputs.extend(self.watches.ask(id, wire_id).map(Output::Send));
    }
}

#[derive(Debug)]
struct Watch {
    id: WatchId,
    dashboard: String,
    told: Option<Told>,
    /// Several components may watch the same.
    holders: u32,
    /// Its id on the present socket.
    wire_id: u32,
    /// Told something else since the last [`Watches::take_told`].
    is_new: bool,
}

/// See the module's words.
#[derive(Debug, Default)]
pub(super) struct Watches {
    watches: Vec<Watch>,
    last: u32,
}

impl Watches {
    /// One more holder of a watch that there is.
    pub(super) fn share(&mut self, dashboard: &str) -> Option<WatchId> {
        let watch = self.watches.iter_mut().find(|watch| watch.dashboard == dashboard)?;
        watch.holders += 1;
        Some(watch.id)
    }

    /// A new watch, not asked for yet.
    pub(super) fn add(&mut self, dashboard: &str) -> WatchId {
        self.last += 1;
        let id = WatchId(self.last);
        let dashboard = dashboard.to_owned();
        self.watches.push(Watch {
            id,
            dashboard,
            told: None,
            holders: 1,
            wire_id: 0,
            is_new: false,
        });
        id
    }

    /// A holder leaves. After the last one the watch is gone; its id on the socket, to be told.
    pub(super) fn release(&mut self, id: WatchId) -> Option<u32> {
        let place = self.watches.iter().position(|watch| watch.id == id)?;
        let watch = &mut self.watches[place];
        watch.holders -= 1;
        (watch.holders == 0).then(|| self.watches.remove(place).wire_id)
    }

    /// The message that asks for a watch under `wire_id`.
    pub(super) fn ask(&mut self, id: WatchId, wire_id: u32) -> Option<ClientMessage> {
        let watch = self.watches.iter_mut().find(|watch| watch.id == id)?;
        watch.wire_id = wire_id;
        Some(ClientMessage::Watch { id: wire_id, dashboard: watch.dashboard.clone() })
    }

    pub(super) fn ids(&self) -> Vec<WatchId> {
        self.watches.iter().map(|watch| watch.id).collect()
    }

    /// The server told of a dashboard.
    pub(super) fn told(&mut self, dashboard: &str, version: Option<String>) {
        let told = version.map_or(Told::Gone, Told::Version);
        let watch = self.watches.iter_mut().find(|watch| watch.dashboard == dashboard);
        if let Some(watch) = watch
            && watch.told.as_ref() != Some(&told)
        {
            watch.told = Some(told);
            watch.is_new = true;
        }
    }

    pub(super) fn take_told(&mut self) -> Vec<WatchId> {
        let is_new = |watch: &mut Watch| std::mem::take(&mut watch.is_new).then_some(watch.id);
        self.watches.iter_mut().filter_map(is_new).collect()
    }

    pub(super) fn of(&self, id: WatchId) -> Option<&Told> {
        self.watches.iter().find(|watch| watch.id == id)?.told.as_ref()
    }
}
