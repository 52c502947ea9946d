//! Somebody at the console, over HTTP.

use crate::program::Demo;
use reqwest::{Client, StatusCode, multipart::Form, redirect::Policy};

/// A browser that is signed in.
pub(crate) struct Person {
    browser: Client,
    console: String,
}

impl Person {
    /// Signs one of the demonstration's people in.
    pub(crate) async fn sign_in(demo: &Demo, name: &str) -> Self {
        let browser =
            Client::builder().no_proxy().cookie_store(true).redirect(Policy::none()).build().unwrap();
        let login = demo.facts.logins.iter().find(|login| login.name == name).unwrap();
        let console = demo.facts.console.clone();
        let fields = [("name", name), ("password", &login.password), ("next", "/")];
        let answer = browser
            .post(format!("{console}/sign-in"))
            .header("Sec-Fetch-Site", "same-origin")
            .form(&fields)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_redirection(), "{}", answer.status());
        Self { browser, console }
    }

    /// A page.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.browser.get(format!("{}{path}", self.console)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// Pastes a vendor's roots; gives the status and the page that comes of it.
    pub(crate) async fn add_roots(&self, vendor: &str, pem: &str) -> (StatusCode, String) {
        let page = self.page("/roots").await;
        let token =
            page.split("name=\"token\" value=\"").last().unwrap().split('"').next().unwrap().to_owned();
        let form =
            Form::new().text("token", token).text("vendor", vendor.to_owned()).text("pem", pem.to_owned());
        let answer = self
            .browser
            .post(format!("{}/roots", self.console))
            .header("Sec-Fetch-Site", "same-origin")
            .multipart(form)
            .send()
            .await
            .unwrap();
        (answer.status(), answer.text().await.unwrap())
    }
}
