//! WebSocket connection to the document's own server.

use super::timers::after;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, WebSocket};

/// Handlers of the open, message and close events. They must live as long as the socket.
type Handlers = (Closure<dyn Fn()>, Closure<dyn Fn(MessageEvent)>, Closure<dyn Fn()>);

/// Open or connecting WebSocket. Dropping it closes the connection; its handlers are not called afterwards.
pub struct Socket {
    socket: WebSocket,
    _handlers: Handlers,
}

impl Socket {
    /// Connects to `path`. `on_close` is called once, also if the connection could not be established. Returns `None`
    /// if the browser refuses to connect.
    pub fn open(
        path: &str,
        on_open: impl Fn() + 'static,
        on_message: impl Fn(String) + 'static,
        on_close: impl Fn() + 'static,
    ) -> Option<Self> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}{path}", location.host().ok()?)).ok()?;
        let on_open = Closure::<dyn Fn()>::new(on_open);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                on_message(text);
            }
        });
        // The handler drops the socket that owns it, so it is deferred to a later task.
        let on_close = std::rc::Rc::new(on_close);
        let on_close = Closure::<dyn Fn()>::new(move || {
            let on_close = std::rc::Rc::clone(&on_close);
            after(0, move || on_close());
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _handlers: (on_open, on_message, on_close) })
    }

    /// Sends a message if the connection is open.
    pub fn send(&self, text: &str) {
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_str(text);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}
