//! Browser side of the socket: connects after hydration, reports the workspace on screen, and reconnects after a
//! failure.

use super::{LiveMessage, PATH, ServerMessage, here, read_clock};
use crate::{
    browser::{self, Socket},
    reactive,
};
use model::Slug;
use std::{cell::RefCell, rc::Rc};

/// Initial and maximum reconnect delay, in milliseconds.
const PAUSES: (u32, u32) = (400, 30_000);

/// Connection of this tab.
#[derive(Default)]
struct Link {
    socket: Option<Socket>,
    /// Consecutive connections that failed or broke before the first message.
    failures: u32,
    /// Sequence number of the connection, by which messages of earlier connections are ignored.
    generation: u32,
    /// `true` once the user leaves the document. No further connections are opened.
    closed: bool,
    here: Option<Slug>,
}

thread_local! {
    static LINK: RefCell<Link> = RefCell::default();
}

/// Starts listening, for the lifetime of the document. `workspace` returns the workspace on screen; `on_message`
/// handles messages.
pub fn start(workspace: impl Fn() -> Option<Slug> + 'static, on_message: Rc<dyn Fn(ServerMessage)>) {
    reactive::effect(move || {
        let workspace = workspace();
        LINK.with_borrow_mut(|link| {
            if link.here != workspace {
                link.here = workspace;
                link.report();
            }
        });
    });
    browser::on_leave(|| {
        // An open socket would keep the document out of the back-forward cache.
        LINK.with_borrow_mut(|link| {
            link.closed = true;
            link.socket = None;
        });
    });
    let online = Rc::clone(&on_message);
    browser::on_window(
        "online",
        Box::new(move |_| {
            LINK.with_borrow_mut(|link| link.failures = 0);
            connect(&online);
            ask();
        }),
    );
    connect(&on_message);
}

/// Requests the current state.
pub fn ask() {
    LINK.with_borrow(Link::report);
}

impl Link {
    fn report(&self) {
        if let Some(socket) = &self.socket {
            socket.send(&here(self.here.as_ref()));
        }
    }
}

fn connect(on_message: &Rc<dyn Fn(ServerMessage)>) {
    let Some(generation) = LINK.with_borrow_mut(|link| {
        if link.closed || link.socket.is_some() {
            return None;
        }
        link.generation += 1;
        Some(link.generation)
    }) else {
        return;
    };
    let is_current = move || LINK.with_borrow(|link| link.generation == generation && !link.closed);
    let opened = move || {
        LINK.with_borrow(|link| {
            if link.generation == generation {
                link.report()
            }
        })
    };
    let handler = Rc::clone(on_message);
    let on_text = move |text: String| {
        if is_current() {
            LINK.with_borrow_mut(|link| link.failures = 0);
            let state = || LiveMessage::read(&text).map_or(ServerMessage::Unknown, ServerMessage::State);
            handler(read_clock(&text).map_or_else(state, ServerMessage::Clock));
        }
    };
    let retry = Rc::clone(on_message);
    let closed = move || {
        if !is_current() {
            return;
        }
        let pause = LINK.with_borrow_mut(|link| {
            link.socket = None;
            link.failures += 1;
            let max_pause = PAUSES.0.saturating_mul(1 << link.failures.min(10)).min(PAUSES.1);
            // Randomized delay: all tabs lose a server at once, and must not all reconnect at once.
            max_pause / 2 + (f64::from(max_pause / 2) * browser::random()) as u32
        });
        let retry = Rc::clone(&retry);
        browser::after(pause, move || connect(&retry));
    };
    let socket = Socket::open(PATH, opened, on_text, closed);
    LINK.with_borrow_mut(|link| link.socket = socket);
}
