//! The tab's end of the socket: connects after hydration, says where it is, comes back after a break.

use super::{Heard, PATH, Said, here, read_clock};
use crate::{
    browser::{self, Socket},
    reactive,
};
use model::Slug;
use std::{cell::RefCell, rc::Rc};

/// The first pause before connecting again, and the longest, in milliseconds.
const PAUSES: (u32, u32) = (400, 30_000);

/// The one connection of this tab.
#[derive(Default)]
struct Link {
    socket: Option<Socket>,
    /// Connections in a row that did not come about or broke before a word was said.
    failures: u32,
    /// Counts connections, so that what a former one still says is not taken for this one's.
    turn: u32,
    /// The document is being left: nothing is connected any more.
    closed: bool,
    here: Option<Slug>,
}

thread_local! {
    static LINK: RefCell<Link> = RefCell::default();
}

/// Begins to listen, for as long as the document lives.
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

/// Asks how things stand now.
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
            let heard = || Heard::read(&text).map_or(Said::Unknown, Said::Heard);
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
            // All tabs of everybody lose a server at once, and should not all come back at once.
            most / 2 + (f64::from(most / 2) * browser::random()) as u32
        });
        let again = Rc::clone(&again);
        browser::after(pause, move || connect(&again));
    };
    let socket = Socket::open(PATH, opened, said, closed);
    LINK.with_borrow_mut(|link| link.socket = socket);
}
