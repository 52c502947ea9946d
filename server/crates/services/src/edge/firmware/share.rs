//! A download's share of its site's line: taken whole when it is let in, and what was not sent is given back.

use crate::Services;
use domain::{Timestamp, ids::SiteId};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, ReadBuf};

/// What a download was let in for. Dropped before everything was sent, it gives the rest back: a phone that broke off
/// comes again, and must not find the line spent by what it never got.
#[must_use = "dropping it gives it back"]
pub struct Share {
    /// The services, the site, until when its line was spent by this, and its budget; `None` without a budget.
    limited: Option<(Services, SiteId, Timestamp, u32)>,
    unsent: u64,
}

impl Share {
    pub(super) const fn unlimited() -> Self {
        Self { limited: None, unsent: 0 }
    }

    pub(super) fn of(services: &Services, site: SiteId, until: Timestamp, kbps: u32, bytes: u64) -> Self {
        Self { limited: Some((services.clone(), site, until, kbps)), unsent: bytes }
    }

    /// The bytes of `reader`, each of them accounted for when it is read.
    pub const fn sending<R>(self, reader: R) -> Sending<R> {
        Sending { reader, share: self }
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("unsent", &self.unsent).finish_non_exhaustive()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let (Some((services, site, until, kbps)), true) = (&self.limited, self.unsent > 0) {
            services.0.firmware.give_back(*site, *until, self.unsent, *kbps);
        }
    }
}

/// An image on its way. What was read counts as sent: that is at most what the connection buffers too much.
#[derive(Debug)]
pub struct Sending<R> {
    reader: R,
    share: Share,
}

impl<R: AsyncRead + Unpin> AsyncRead for Sending<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = Pin::new(&mut this.reader).poll_read(cx, buf);
        let read = buf.filled().len().saturating_sub(before);
        this.share.unsent = this.share.unsent.saturating_sub(read as u64);
        polled
    }
}
