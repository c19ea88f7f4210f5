//! Cookies that store preferences of the device.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

/// Stores a device preference in a cookie for a year, as the server does (`server::cookies`). The cookie name contains
/// the port, because cookies are shared between all ports of a host.
pub fn set_preference_cookie(name: &str, value: &str) {
    let Some(document) = document().dyn_ref::<HtmlDocument>().cloned() else { return };
    let location = window().location();
    let https = location.protocol().is_ok_and(|scheme| scheme == "https:");
    let port = location.port().ok().filter(|port| !port.is_empty());
    let port = port.as_deref().unwrap_or(if https { "443" } else { "80" });
    let secure = if https { "; Secure" } else { "" };
    let _ = document.set_cookie(&format!("{name}-{port}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}"));
}
