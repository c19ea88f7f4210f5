//! Browser side of the socket: connects after hydration, reports the workspace on screen, and reconnects after a
//! failure.

use super::{LiveMessage, PATH, Said, here, read_clock};
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
    turn: u32,
    /// `true` once the user leaves the document. No further connections are opened.
    closed: bool,
    here: Option<Slug>,
}

thread_local! {
    static LINK: RefCell<Link> = RefCell::default();
}

/// Starts listening, for the lifetime of the document. `shown` returns the workspace on screen; `hear` handles
/// messages.
pub fn start(shown: impl Fn() -> Option<Slug> + 'static, hear: Rc<dyn Fn(Said)>) {
    reactive::effect(move || {
        let shown = shown();
        LINK.with_borrow_mut(|link| {
            if link.here != shown {
                link.here = shown;
                link.say();
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
    let online = Rc::clone(&hear);
    browser::on_window(
        "online",
        Box::new(move |_| {
            LINK.with_borrow_mut(|link| link.failures = 0);
            connect(&online);
            ask();
        }),
    );
    connect(&hear);
}

/// Requests the current state.
pub fn ask() {
    LINK.with_borrow(Link::say);
}

impl Link {
    fn say(&self) {
        if let Some(socket) = &self.socket {
            socket.send(&here(self.here.as_ref()));
        }
    }
}

fn connect(hear: &Rc<dyn Fn(Said)>) {
    let Some(turn) = LINK.with_borrow_mut(|link| {
        if link.closed || link.socket.is_some() {
            return None;
        }
        link.turn += 1;
        Some(link.turn)
    }) else {
        return;
    };
    let is_current = move || LINK.with_borrow(|link| link.turn == turn && !link.closed);
    let opened = move || {
        LINK.with_borrow(|link| {
            if link.turn == turn {
                link.say()
            }
        })
    };
    let told = Rc::clone(hear);
    let said = move |text: String| {
        if is_current() {
            LINK.with_borrow_mut(|link| link.failures = 0);
            let heard = || LiveMessage::read(&text).map_or(Said::Unknown, Said::LiveMessage);
            told(read_clock(&text).map_or_else(heard, Said::Clock));
        }
    };
    let again = Rc::clone(hear);
    let closed = move || {
        if !is_current() {
            return;
        }
        let pause = LINK.with_borrow_mut(|link| {
            link.socket = None;
            link.failures += 1;
            let most = PAUSES.0.saturating_mul(1 << link.failures.min(10)).min(PAUSES.1);
            // Randomized delay: all tabs lose a server at once, and must not all reconnect at once.
            most / 2 + (f64::from(most / 2) * browser::random()) as u32
        });
        let again = Rc::clone(&again);
        browser::after(pause, move || connect(&again));
    };
    let socket = Socket::open(PATH, opened, said, closed);
    LINK.with_borrow_mut(|link| link.socket = socket);
}
