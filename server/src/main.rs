//! The binary `stile`: reads the configuration, runs one command, and reports an error as one line.
//!
//! Contains only the steps before and after a command. Each command is in the module of its name; the console is in
//! `app`, and access control is in `store`.

mod api;
mod assets;
mod cli;
mod client;
mod config;
mod database;
mod demo;
mod doctor;
mod error;
mod error_code;
mod error_response;
mod jobs;
mod listener;
mod live;
mod mail;
mod middleware;
mod monitoring;
mod outgoing;
mod pages;
mod prometheus;
mod route_label;
mod router;
mod secret_file;
mod serve;
mod services;
mod shutdown;
mod slots;
mod state;
mod telemetry;
mod upload;
mod web_origin;

use clap::Parser as _;
use std::process::ExitCode;

/// Compared with the system allocator, a request needs about 10 % less CPU time, and the server about 10 MB more
/// memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack of a thread that serves requests, in bytes. Futures of pages contain those of what they load, and are large
/// without optimization: the usual 2 MiB overflow in a development build.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    let outcome = config::Config::from_environment().map_err(error::CommandError::from).and_then(|config| {
        telemetry::start(&config);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_stack_size(STACK)
            .build()
            .map_err(error::CommandError::Runtime)?;
        runtime.block_on(cli::run(arguments, config))
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // Printed as one line, even if the message of a database or library contains line breaks.
            eprintln!("stile: {}", error.to_string().split_whitespace().collect::<Vec<_>>().join(" "));
            error.exit_code()
        }
    }
}
