//! Inputs that coverage guides, against the loader of configurations: the targets in `fuzz/`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;

use crate::process::{Failed, cargo, output, root, run, shown};

/// What to fuzz, and how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long each target runs, in seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Only this target.
    #[arg(long)]
    target: Option<Target>,
    /// Runs this input of the target again, and nothing else.
    #[arg(long, requires = "target")]
    input: Option<PathBuf>,
    /// Looks for a smaller input that fails, too.
    #[arg(long, requires = "input")]
    minimize: bool,
}

/// A program in `fuzz/fuzz_targets/`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Any text as YAML.
    Yaml,
    /// A text in any format, with profiles and environment variables.
    Sources,
}

/// How long a target runs among the checks on a change: it still builds, holds for its seeds, and
/// learns from there.
const SHORT: u32 = 20;

/// What libFuzzer wants of the compiler, on a stable one. No sanitizer, as there is no unsafe code of
/// ours; and no `trace-compares`, by which it would see what is compared: the comparing of each key with
/// all that there are then takes most of the time, and less is covered in the end.
const INSTRUMENTATION: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
];

/// Limits that no load comes near.
const LIMITS: &[&str] = &["-rss_limit_mb=2048", "-timeout=10"];

/// Runs what the options ask for.
pub(crate) fn campaign(options: &Options) -> Result<(), Failed> {
    let programs = build()?;
    if let (Some(target), Some(input)) = (options.target, &options.input) {
        let program = programs.join(target.name());
        return if options.minimize {
            minimize(&program, input, options.seconds)
        } else {
            again(target, &program, input)
        };
    }
    for target in Target::value_variants() {
        if options.target.is_none_or(|only| only == *target) {
            target.explore(&programs.join(target.name()), options.seconds)?;
        }
    }
    Ok(())
}

/// Builds the targets, and runs each for a short time.
pub(crate) fn check() -> Result<(), Failed> {
    campaign(&Options {
        seconds: SHORT,
        target: None,
        input: None,
        minimize: false,
    })
}

/// The package of the targets, which is none of the workspace's, is formatted as the others are.
pub(crate) fn check_format() -> Result<(), Failed> {
    run(cargo(&["fmt", "--manifest-path", MANIFEST]).arg("--check"))
}

/// Its lints; instrumented, so that what is compiled for them is compiled for the targets.
pub(crate) fn lint() -> Result<(), Failed> {
    let mut lint = instrumented("clippy", &host()?);
    run(lint.args(["--", "-D", "warnings"]))
}

const MANIFEST: &str = "fuzz/Cargo.toml";

/// The directory of the programs.
fn build() -> Result<PathBuf, Failed> {
    let host = host()?;
    run(&mut instrumented("build", &host))?;
    Ok(directory().join(host).join("release"))
}

fn directory() -> PathBuf {
    root().join("target/fuzz")
}

/// A command of cargo on the package of the targets. That it names the host is what keeps the
/// instrumentation out of build scripts and macros, which nothing could run with it.
fn instrumented(command: &str, host: &str) -> Command {
    let mut command = cargo(&[command, "--manifest-path", MANIFEST]);
    command
        .args(["--release", "--locked", "--target", host])
        .env("RUSTFLAGS", INSTRUMENTATION.join(" "))
        .env("CARGO_TARGET_DIR", directory());
    command
}

fn host() -> Result<String, Failed> {
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    Ok(host.trim().to_owned())
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Sources => "sources",
        }
    }

    /// Lets libFuzzer look for inputs that break a promise, beginning with the seeds and what earlier
    /// runs have found to be worth keeping.
    fn explore(self, program: &Path, seconds: u32) -> Result<(), Failed> {
        let name = self.name();
        let corpus = format!("fuzz/corpus/{name}");
        let artifacts = format!("fuzz/artifacts/{name}/");
        for directory in [&corpus, &artifacts] {
            fs::create_dir_all(root().join(directory))
                .map_err(|error| Failed::Finding(format!("{directory}: {error}")))?;
        }
        println!("fuzz: {name}, for {seconds} s");
        let mut fuzzer = Command::new(program);
        fuzzer.current_dir(root()).args(LIMITS).args([
            "-max_len=16384".to_owned(),
            "-dict=fuzz/yaml.dict".to_owned(),
            "-print_final_stats=1".to_owned(),
            format!("-max_total_time={seconds}"),
            format!("-artifact_prefix={artifacts}"),
            corpus.clone(),
        ]);
        match self {
            Self::Yaml => fuzzer.arg("fuzz/seeds/yaml"),
            // Its inputs are no texts; the target itself makes them of the seeds.
            Self::Sources => fuzzer.env("FUZZ_SEEDS", corpus),
        };
        self.watch(&mut fuzzer)
    }

    /// Shows how it goes on, and says what to do with an input that fails.
    fn watch(self, fuzzer: &mut Command) -> Result<(), Failed> {
        let not_started = |source| Failed::NotStarted {
            command: self.name().to_owned(),
            source,
        };
        let mut running = fuzzer.stderr(Stdio::piped()).spawn().map_err(not_started)?;
        let said = running.stderr.take().map(BufReader::new);
        let lines = said.into_iter().flat_map(|said| said.split(b'\n'));
        let mut written = None;
        for line in lines.map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if let Some((_, path)) = line.split_once("Test unit written to ") {
                written = Some(path.trim().to_owned());
            }
            if !is_of_each_input(&line) {
                println!("{line}");
            }
        }
        let status = running.wait().map_err(not_started)?;
        match written {
            Some(input) => Err(Failed::Finding(format!(
                "an input that fails is in {input}\nto run it again: cargo xtask fuzz --target {name} --input {input}\nto make it smaller: the same with --minimize",
                name = self.name(),
            ))),
            None if status.success() => Ok(()),
            None => Err(Failed::Status {
                command: shown(fuzzer),
                status,
            }),
        }
    }
}

/// Whether it is one of the lines that libFuzzer writes for each input it keeps, of its advice for a
/// dictionary, or about sanitizers, of which there is none.
fn is_of_each_input(line: &str) -> bool {
    let event = line.split_whitespace().nth(1);
    line.starts_with('#') && matches!(event, Some("NEW" | "REDUCE"))
        || line.starts_with("\tNEW_FUNC")
        || line.starts_with("######")
        || line.contains(" # Uses: ")
        || line.starts_with("WARNING: Failed to find function")
}

/// Runs one input, and first shows what it stands for where it is no text.
fn again(target: Target, program: &Path, input: &Path) -> Result<(), Failed> {
    if target == Target::Sources {
        let mut show = Command::new(program);
        show.arg(input)
            .env("RUST_LIBFUZZER_DEBUG_PATH", "/dev/stdout");
        run(&mut show)?;
    }
    run(Command::new(program).args(LIMITS).arg(input))
}

fn minimize(program: &Path, input: &Path, seconds: u32) -> Result<(), Failed> {
    let smaller = input.with_extension("small");
    let mut minimize = Command::new(program);
    minimize.args(LIMITS).args([
        "-minimize_crash=1".to_owned(),
        format!("-max_total_time={seconds}"),
        format!("-exact_artifact_path={}", smaller.display()),
    ]);
    run(minimize.arg(input))?;
    println!("the smaller input is in {}", smaller.display());
    Ok(())
}
