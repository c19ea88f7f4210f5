//! The binary `stile`: reads its settings, runs one command, says in one line what went wrong.
//!
//! Here belongs only what happens before and after a command. What a command does is in the module of its name;
//! what the console is, in `app`; what may be seen, in `store`.

mod api;
mod assets;
mod cli;
mod client;
mod config;
mod database;
mod demo;
mod doctor;
mod error;
mod kept;
mod listener;
mod live;
mod mail;
mod middleware;
mod ops;
mod pages;
mod prometheus;
mod respond;
mod router;
mod serve;
mod services;
mod shutdown;
mod state;
mod telemetry;
mod template;
mod web_origin;

use clap::Parser as _;
use std::process::ExitCode;

/// With the system's a request takes a tenth more of the processor; with this the server some 10 MB more of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    let outcome = config::Config::from_environment().map_err(error::CommandError::from).and_then(|config| {
        telemetry::start(&config);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(error::CommandError::Runtime)?;
        runtime.block_on(cli::run(arguments, config))
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // One line, whatever a database or a library put into its message.
            eprintln!("stile: {}", error.to_string().split_whitespace().collect::<Vec<_>>().join(" "));
            error.exit_code()
        }
    }
}
