//! The example's binary, run as a user runs it.

use std::collections::HashMap;
use std::env::{self, consts::EXE_SUFFIX};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// A program that says nothing for so long hangs. It is longer than the program's patience.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// A directory of its own for one test: the input, and the state of the program.
pub(crate) struct Program {
    directory: TempDir,
}

/// A run that is under way.
pub(crate) struct Running(Child);

/// A run that came to its end.
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn with_input(input: &[u8]) -> Self {
        let program = Self {
            directory: TempDir::new().unwrap(),
        };
        program.replace_input(input);
        program
    }

    pub(crate) fn replace_input(&self, input: &[u8]) {
        fs::write(self.input(), input).unwrap();
    }

    pub(crate) fn input(&self) -> PathBuf {
        self.directory.path().join("payments.csv")
    }

    fn state(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg("--payments").arg(self.input());
        command.arg("--data").arg(self.state());
        command
    }

    /// Runs in the test's directory, and without a state directory of its own.
    pub(crate) fn run_in_its_directory(&self) -> Finished {
        let mut command = Command::new(binary());
        command.current_dir(self.directory.path());
        command.args(["--payments", "payments.csv", "--over", "0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(command.spawn().unwrap()).finish()
    }

    /// Starts, with its payments coming up over so many seconds.
    pub(crate) fn start(&self, over_seconds: u8) -> Running {
        self.start_with(&["--over", &over_seconds.to_string()])
    }

    pub(crate) fn start_with(&self, options: &[&str]) -> Running {
        let mut command = self.command();
        command.args(options);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(command.spawn().unwrap())
    }

    /// Runs to the end.
    pub(crate) fn run(&self, over_seconds: u8) -> Finished {
        self.start(over_seconds).finish()
    }

    pub(crate) fn run_with(&self, options: &[&str]) -> Finished {
        self.start_with(options).finish()
    }

    /// Runs, and is killed once it has printed so many lines. False if it had come to its end
    /// before.
    pub(crate) fn run_and_kill(&self, over_seconds: u8, lines: usize) -> bool {
        let mut running = self.start(over_seconds);
        let read = running.read_lines(lines);
        let was_killed = running.kill();
        println!("killed after {} lines: {:?}", read.len(), read.last());
        was_killed
    }

    /// Runs, and is killed as soon as it has written anything at all into its state directory.
    pub(crate) fn run_and_kill_at_the_first_byte(&self) {
        let mut running = self.start(1);
        while !self.has_state() && running.0.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        running.kill();
    }

    fn has_state(&self) -> bool {
        let Ok(files) = fs::read_dir(self.state()) else {
            return false;
        };
        files
            .filter_map(|file| file.ok()?.metadata().ok())
            .any(|file| file.len() > 0)
    }

    pub(crate) fn forget(&self) {
        fs::remove_dir_all(self.state()).unwrap();
    }

    /// The provider's book: the charged ids with amount and currency, in order.
    pub(crate) fn charges(&self) -> Vec<(String, (u64, String))> {
        let path = self.state().join("provider-book.csv");
        let rows = csv::Reader::from_path(path).unwrap().into_deserialize();
        rows.map(|row| {
            let (_receipt, id, cents, currency): (u64, String, u64, String) = row.unwrap();
            (id, (cents, currency))
        })
        .collect()
    }

    /// What a provider leaves behind that is killed while it writes.
    pub(crate) fn append_to_book(&self, bytes: &[u8]) {
        let path = self.state().join("provider-book.csv");
        let mut book = File::options().append(true).open(path).unwrap();
        book.write_all(bytes).unwrap();
    }

    /// The rejects file: line, reason, and the row itself.
    pub(crate) fn rejects(&self) -> Vec<(usize, String, Vec<u8>)> {
        let path = self.state().join("rejects.csv");
        let rows = csv::Reader::from_path(path).unwrap().into_byte_records();
        rows.map(|row| {
            let row = row.unwrap();
            let text = |field: usize| String::from_utf8(row[field].to_vec()).unwrap();
            (text(0).parse().unwrap(), text(1), row[2].to_vec())
        })
        .collect()
    }
}

impl Running {
    /// The lines of output as they come, until the program ends.
    pub(crate) fn lines(&mut self) -> mpsc::Receiver<String> {
        let stdout = BufReader::new(self.0.stdout.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            stdout
                .lines()
                .try_for_each(|line| sender.send(line.unwrap()))
        });
        receiver
    }

    /// Waits for lines of output; fewer if the program ends before.
    pub(crate) fn read_lines(&mut self, lines: usize) -> Vec<String> {
        let receiver = self.lines();
        let mut read = Vec::new();
        while read.len() < lines {
            match receiver.recv_timeout(LONGEST_SILENCE) {
                Ok(line) => read.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("not a word for {LONGEST_SILENCE:?} after {read:#?}")
                }
            }
        }
        read
    }

    /// SIGKILL. False if the program had come to its end before.
    fn kill(mut self) -> bool {
        self.0.kill().unwrap();
        self.0.wait().unwrap().code().is_none()
    }

    fn finish(mut self) -> Finished {
        let stdout = self.read_lines(usize::MAX).join("\n");
        let mut stderr = String::new();
        let mut pipe = self.0.stderr.take().unwrap();
        pipe.read_to_string(&mut stderr).unwrap();
        Finished {
            code: self.0.wait().unwrap().code(),
            stdout,
            stderr,
        }
    }
}

/// A test that fails leaves no program behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The example, built as it is now: cargo builds examples before it runs all tests, but not before
/// it runs some of them.
pub(crate) fn binary() -> PathBuf {
    static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
        let test = env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build
            .args([
                "build",
                "--quiet",
                "--offline",
                "--example",
                "payment_service",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("CARGO_TARGET_DIR", profile.parent().unwrap());
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(
            build.status().unwrap().success(),
            "the example does not build"
        );
        profile.join(format!("examples/payment_service{EXE_SUFFIX}"))
    });
    BINARY.clone()
}

impl Finished {
    /// The figures of the ledger, by label.
    pub(crate) fn ledger(&self) -> HashMap<&str, u64> {
        let lines = self
            .stdout
            .lines()
            .skip_while(|line| !line.starts_with("Ledger of "));
        lines
            .filter_map(|line| {
                let (label, figure) = line.trim().split_once("  ")?;
                let figure = figure.split_whitespace().next()?;
                Some((label, figure.parse().ok()?))
            })
            .collect()
    }

    /// That the run could not be made, and why.
    pub(crate) fn assert_refused(&self, whys: &[&str]) {
        assert_eq!(self.code, Some(2), "{}{}", self.stdout, self.stderr);
        for why in whys {
            assert!(
                self.stderr.contains(why),
                "`{why}` is not in: {}",
                self.stderr
            );
        }
    }
}

/// Where the example's bundled input is.
pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/payments.csv")
}
