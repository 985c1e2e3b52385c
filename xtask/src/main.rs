//! The project's own commands: `cargo xtask <command>`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]

mod compile_time;
mod deny;
mod fuzz;
mod guide;
mod instructions;
mod minimal_versions;
mod msrv;
mod package;
mod process;
mod provide;
mod published;
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
    /// Looks whether the guide for those who come from Resilience4j has every name, and whether every
    /// example of a page is compiled.
    Guide(guide::Options),
    /// Measures what the attributes cost when compiling, and writes `docs/compile-time.md`.
    CompileTime,
    /// Builds the published crates with the oldest compiler that we declare to support.
    Msrv,
    /// Builds the published crates with the oldest versions of their dependencies that we declare.
    MinimalVersions,
    /// Packs the published crates and builds them from what is packed.
    Package,
    /// Checks licences, sources and known vulnerabilities of all that the published crates depend on.
    Deny,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Test { only } => suite::run_steps(only.as_deref()),
        Command::Loom { preemptions } => suite::loom(preemptions),
        Command::Instructions { save } => instructions::check(save),
        Command::TelemetryOverhead { save } => telemetry_overhead::measure(save),
        Command::Fuzz(options) => fuzz::campaign(&options),
        Command::Guide(options) => guide::check_pages(&options),
        Command::CompileTime => compile_time::measure(),
        Command::Msrv => msrv::check(),
        Command::MinimalVersions => minimal_versions::check(),
        Command::Package => package::check(),
        Command::Deny => deny::check(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
