//! The first run: a code that is used once, and no password that anybody could know beforehand.

use crate::program::{ANY_PORTS, Data, Running};
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use std::time::Duration;

const PASSWORD: &str = "long enough to be typed";

/// What `serve` says on standard error.
struct Said {
    console: String,
    code: Option<String>,
}

fn serve(data: &Data) -> Running {
    let mut command = data.command(&["serve"]);
    Running::start(
        {
            command.args(ANY_PORTS);
            command
        },
        &data.log(),
    )
}

/// Reads the log until the console's address is in it.
async fn said(data: &Data) -> Said {
    loop {
        let log = std::fs::read_to_string(data.log()).unwrap();
        if let Some(line) = log.lines().find(|line| line.starts_with("Edge, HTTP ")) {
            assert!(line.contains("http://127.0.0.1:"), "{log}");
            let console = log.lines().find_map(|line| line.strip_prefix("Console ")).unwrap().trim();
            let code = log.lines().find(|line| line.contains("one-time code"));
            let code = code.map(|line| line.rsplit(' ').next().unwrap().to_owned());
            return Said { console: console.to_owned(), code };
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn browser() -> Client {
    Client::builder().no_proxy().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

async fn post(browser: &Client, address: String, fields: &[(&str, &str)]) -> Response {
    browser.post(address).header("Sec-Fetch-Site", "same-origin").form(fields).send().await.unwrap()
}

async fn sign_in(browser: &Client, console: &str, name: &str, password: &str) -> StatusCode {
    let fields = [("name", name), ("password", password), ("next", "/")];
    post(browser, format!("{console}/sign-in"), &fields).await.status()
}

async fn set_up(browser: &Client, console: &str, code: &str) -> Response {
    let page = browser.get(format!("{console}/setup")).send().await.unwrap().text().await.unwrap();
    let token = page.split("name=\"token\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1));
    let token = token.and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let fields = [("token", token), ("code", code), ("name", "first"), ("password", PASSWORD)];
    post(browser, format!("{console}/setup"), &fields).await
}

#[tokio::test]
async fn the_first_run_prints_a_code_that_makes_one_administrator() {
    let data = Data::new();
    let server = serve(&data);
    let Said { console, code } = said(&data).await;
    let (browser, code) = (browser(), code.unwrap());
    assert!(code.len() >= 20, "{code}");
    for (name, password) in
        [("ada", "ada-administers-42"), ("admin", "admin"), ("admin", ""), ("", ""), ("root", "root")]
    {
        let fields = [("name", name), ("password", password), ("next", "/")];
        let answer = post(&browser, format!("{console}/sign-in"), &fields).await;
        assert_eq!(answer.headers()["location"], "/setup", "{name}");
    }
    let wrong = set_up(&browser, &console, "guessed").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let right = set_up(&browser, &console, &code).await;
    assert!(right.status().is_redirection(), "{}", right.status());
    let home = browser.get(&console).send().await.unwrap();
    assert_eq!(home.status(), StatusCode::OK, "the code signs its user in");
    let again = set_up(&self::browser(), &console, &code).await;
    assert!(!again.headers().contains_key("set-cookie"), "{}", again.status());
    server.stop();

    let server = serve(&data);
    let Said { console, code } = said(&data).await;
    assert_eq!(code, None, "a code is for the first run alone");
    assert!(sign_in(&self::browser(), &console, "first", PASSWORD).await.is_redirection());
    assert_eq!(
        sign_in(&self::browser(), &console, "ada", "ada-administers-42").await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    server.stop();
}
