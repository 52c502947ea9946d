//! Vendor families: request recognition, User-Agent, file writers. Pure; builds for wasm32.
