//! The project's own commands: `cargo xtask <command>`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]

mod compile_time;
mod fuzz;
mod instructions;
mod msrv;
mod process;
mod provide;
mod sites;
mod suite;
mod telemetry_overhead;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks everything the project promises.
    Test {
        /// Only the steps whose name contains this.
        #[arg(long)]
        only: Option<String>,
    },
    /// Runs the interleavings of the concurrent models.
    Loom {
        /// How many preemptions to explore at the most. Four take two minutes; five take long.
        #[arg(long, default_value_t = 4)]
        preemptions: u32,
    },
    /// Counts the instructions that a call takes, and fails if they have become more.
    Instructions {
        /// Makes the counts the new baseline.
        #[arg(long)]
        save: bool,
    },
    /// Measures what a call costs that somebody watches: by events, metrics, log lines and spans.
    TelemetryOverhead {
        /// Writes `docs/telemetry-overhead.md`.
        #[arg(long)]
        save: bool,
    },
    /// Looks for inputs that break the loader of configurations. `docs/fuzzing.md` has more.
    Fuzz(fuzz::Options),
    /// Measures what the attributes cost when compiling, and writes `docs/compile-time.md`.
    CompileTime,
    /// Builds the published crates with the oldest compiler that we declare to support.
    Msrv,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Test { only } => suite::run_steps(only.as_deref()),
        Command::Loom { preemptions } => suite::loom(preemptions),
        Command::Instructions { save } => instructions::check(save),
        Command::TelemetryOverhead { save } => telemetry_overhead::measure(save),
        Command::Fuzz(options) => fuzz::campaign(&options),
        Command::CompileTime => compile_time::measure(),
        Command::Msrv => msrv::check(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
