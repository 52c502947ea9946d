//! Firmware over HTTP (RFC 9110): one range, one strong validator, bytes straight from the disk.
//!
//! A phone whose download broke off goes on where it was, and one that has the image already is told so.

use super::{decode, text};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use services::{
    Services,
    edge::firmware::{self, Download, Image, Share},
};
use std::{net::IpAddr, ops::RangeInclusive};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// The folder of every image's address, under both addresses of the edge.
const FOLDER: &str = "firmware/";
/// Bytes that a download holds in memory.
const CHUNK: usize = 64 * 1024;

/// Who asks for what.
pub(super) struct Asked<'a> {
    pub(super) client: IpAddr,
    pub(super) name: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) head: bool,
}

/// The image that a path asks for, still encoded.
pub(super) fn name(path: &str) -> Option<&str> {
    path.strip_prefix('/').unwrap_or(path).strip_prefix(FOLDER)
}

pub(super) async fn serve(services: &Services, asked: Asked<'_>) -> Response {
    // A name with a slash in it is no name: the database decides what there is.
    let Some(name) = decode(asked.name) else { return text(StatusCode::NOT_FOUND, "Not found.\n") };
    let download = match firmware::image(services, &name).await {
        Image::Found(download) => download,
        Image::NotFound => return text(StatusCode::NOT_FOUND, "Not found.\n"),
        Image::Hold { retry_after } => return later(retry_after),
    };
    let etag = format!("\"{}\"", download.hash);
    let (status, range) = select(asked.headers, &etag, download.bytes, asked.head);
    let length = range.as_ref().map_or(0, |range| range.end() - range.start() + 1);
    let share = if asked.head || length == 0 {
        None
    } else {
        match firmware::admit(services, asked.client, length).await {
            Ok(share) => Some(share),
            Err(wait) => return later(wait),
        }
    };
    tracing::debug!(client = %asked.client, image = download.hash, status = status.as_u16(), length, "firmware");
    respond(download, &etag, status, range, share).await
}

fn later(seconds: u32) -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The status, and the bytes to send if any. `If-None-Match` first, then `Range` with `If-Range`; a range that cannot
/// be read, and several ranges, are answered with the whole, which RFC 9110 allows.
fn select(
    headers: &HeaderMap,
    etag: &str,
    bytes: u64,
    head: bool,
) -> (StatusCode, Option<RangeInclusive<u64>>) {
    let whole = (StatusCode::OK, (bytes > 0).then(|| 0..=bytes - 1));
    let value = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let listed = |list: &str| {
        list.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    };
    if value(header::IF_NONE_MATCH).is_some_and(listed) {
        return (StatusCode::NOT_MODIFIED, None);
    }
    // A date in `If-Range` is never ours: images have none.
    let same = value(header::IF_RANGE).is_none_or(|tag| tag.trim() == etag);
    let Some(range) = value(header::RANGE).filter(|_| same && !head) else { return whole };
    let Ok(parsed) = http_range_header::parse_range_header(range) else { return whole };
    if parsed.ranges.len() > 1 {
        return whole;
    }
    match parsed.validate(bytes).ok().and_then(|ranges| ranges.into_iter().next()) {
        Some(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        None => (StatusCode::RANGE_NOT_SATISFIABLE, None),
    }
}

async fn respond(
    download: Download,
    etag: &str,
    status: StatusCode,
    range: Option<RangeInclusive<u64>>,
    share: Option<Share>,
) -> Response {
    let Download { mut file, bytes, .. } = download;
    let (start, length) = range.as_ref().map_or((0, 0), |r| (*r.start(), r.end() - r.start() + 1));
    let body = if let Some(share) = share {
        if let Err(error) = file.seek(std::io::SeekFrom::Start(start)).await {
            tracing::error!(%error, "an image cannot be read");
            return later(60);
        }
        Body::from_stream(ReaderStream::with_capacity(share.sending(file.take(length)), CHUNK))
    } else {
        Body::empty()
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, etag.to_owned());
    set(header::ACCEPT_RANGES, "bytes".to_owned());
    // A name may be given to another image once this one is withdrawn.
    set(header::CACHE_CONTROL, "public, max-age=3600".to_owned());
    match status {
        StatusCode::NOT_MODIFIED => {}
        StatusCode::RANGE_NOT_SATISFIABLE => {
            set(header::CONTENT_RANGE, format!("bytes */{bytes}"));
            set(header::CONTENT_LENGTH, "0".to_owned());
        }
        _ => {
            set(header::CONTENT_TYPE, "application/octet-stream".to_owned());
            set(header::CONTENT_LENGTH, length.to_string());
            if status == StatusCode::PARTIAL_CONTENT {
                set(header::CONTENT_RANGE, format!("bytes {start}-{}/{bytes}", start + length - 1));
            }
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(header::HeaderName, &str)], head: bool) -> (u16, Option<(u64, u64)>) {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        let (status, range) = select(&headers, "\"abc\"", 1000, head);
        (status.as_u16(), range.map(|range| (*range.start(), *range.end())))
    }

    #[test]
    fn one_range_is_taken_at_its_word() {
        let range = |text| asked(&[(header::RANGE, text)], false);
        assert_eq!(range("bytes=0-9"), (206, Some((0, 9))));
        assert_eq!(range("bytes=990-"), (206, Some((990, 999))));
        assert_eq!(range("bytes=-1"), (206, Some((999, 999))));
        assert_eq!(range("bytes=990-5000"), (206, Some((990, 999))));
        assert_eq!(range("bytes=1000-"), (416, None));
        for ignored in ["bytes=0-1,5-6", "lines=1-2", "bytes=a-b", ""] {
            assert_eq!(range(ignored), (200, Some((0, 999))), "{ignored}");
        }
        assert_eq!(asked(&[(header::RANGE, "bytes=0-9")], true), (200, Some((0, 999))), "HEAD has no ranges");
    }

    #[test]
    fn a_phone_that_has_it_is_told_so_and_one_that_has_another_starts_anew() {
        let range = (header::RANGE, "bytes=5-");
        assert_eq!(asked(&[(header::IF_RANGE, "\"abc\""), range.clone()], false), (206, Some((5, 999))));
        assert_eq!(asked(&[(header::IF_RANGE, "\"old\""), range.clone()], false), (200, Some((0, 999))));
        assert_eq!(asked(&[(header::IF_RANGE, "W/\"abc\""), range.clone()], false), (200, Some((0, 999))));
        for tags in ["\"abc\"", "*", "\"old\", W/\"abc\""] {
            assert_eq!(asked(&[(header::IF_NONE_MATCH, tags), range.clone()], false), (304, None), "{tags}");
        }
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"old\"")], false), (200, Some((0, 999))));
    }

    #[test]
    fn an_image_is_named_by_what_follows_its_folder() {
        assert_eq!(name("/firmware/a.rom"), Some("a.rom"));
        assert_eq!(name("firmware/a.rom"), Some("a.rom"));
        assert_eq!(name("/x/firmware/a.rom"), None);
    }
}
