//! HTTP and SIP digest (RFC 7616). Pure.
