//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::provider::script::Outage;

const AFTER_HELP: &str = "\
What you will see:
  The payments come up one after the other and are paid over HTTP. Then the provider (a server that
  this program runs on 127.0.0.1) becomes slow: attempts time out, some of them charged, and are made
  again. Later it fails, and then it hangs. The circuit breaker opens, and the payments go to a queue
  on disk instead. When the provider is well, the breaker closes, the queue is paid, and the ledger
  shows that nothing was lost and nothing was paid twice, and what each policy did.

The input:
  A CSV file with the header `id,amount_cents,currency,card`. Rows that are not payments are written
  to rejects.csv in the state directory, with their line and the reason; the others are paid.
    id            1 to 64 visible ASCII characters without spaces, once per file; it is the
                  idempotency key
    amount_cents  a whole number above 0
    currency      an ISO 4217 code, such as EUR
    card          a test number of 12 to 19 digits, or a token that begins with tok_, card_ or pm_
  The provider declines 4000000000000002, 4000000000009995 and 4000000000000069.

The state directory:
  journal.redb       the durable queue, and what became of each payment
  provider-book.csv  the charges that the provider made
  rejects.csv        the rows that are not payments
  Kill the program whenever you like and run it again with the same arguments in the same directory:
  it goes on where it was. A file that is paid stays paid, and a further run has nothing to do. The
  bundled sample is a demonstration, and starts over once it is paid.

Exit codes:
  0  every payment was paid once or declined, and the provider's book agrees
  1  a payment was lost or paid twice
  2  the run could not be made or finished; what was accepted is safe in the state directory, and
     the next run goes on with it

Try also an outage that outlasts the run, and the day after:
  payment_service --payments FILE --outage 25,40,never --patience 3
  payment_service --payments FILE --outage none";

/// Few payments should not take as long as many.
const SLOWEST_PACE: Duration = Duration::from_millis(20);

/// Pays the payments of a CSV file through a retry, a circuit breaker, a bulkhead and a time limit,
/// while the payment provider has a bad day.
#[derive(Debug, Parser)]
#[command(name = "payment_service", after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The payments to make [default: the bundled sample of 500]
    #[arg(long, value_name = "FILE")]
    pub(crate) payments: Option<PathBuf>,

    /// The state directory [default: one per input file under `target/payment_service` in the
    /// current directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Forget what earlier runs did, and start over
    #[arg(long)]
    pub(crate) fresh: bool,

    /// When the provider becomes slow (may be left out), when errors begin, when calls begin to hang,
    /// and when all is well again (or `never`), in percent of the payments; or `none`
    #[arg(
        long,
        value_name = "S,E,H,W",
        default_value = "10,25,40,70",
        allow_hyphen_values = true
    )]
    pub(crate) outage: Outage,

    /// The shortest time over which the payments come up (a payment each 20 ms, if that is less)
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = whole_number::<0>, allow_hyphen_values = true)]
    pub(crate) over: u16,

    /// How many payments are under way at once, at most
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = whole_number::<1>, allow_hyphen_values = true)]
    pub(crate) concurrency: u16,

    /// How long to go on with the queue while nothing of it can be paid
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = whole_number::<0>, allow_hyphen_values = true)]
    pub(crate) patience: u16,

    /// How long an attempt may wait for the provider's answer
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 400, value_parser = whole_number::<1>, allow_hyphen_values = true)]
    pub(crate) timeout: u16,

    /// Serve what operators want to see, under `/actuator`: state, events, health, metrics. It goes on
    /// when the payments are made, until it is interrupted
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) serve: Option<SocketAddr>,

    /// List the attributes in this program, and do nothing else
    #[arg(long)]
    pub(crate) sites: bool,
}

/// The text is not a number that an option takes.
#[derive(Debug, thiserror::Error)]
#[error("expected a whole number from {least} to {}", u16::MAX)]
struct NumberError {
    least: u16,
}

fn whole_number<const LEAST: u16>(text: &str) -> Result<u16, NumberError> {
    let number = text.parse().ok().filter(|&number| number >= LEAST);
    number.ok_or(NumberError { least: LEAST })
}

impl Arguments {
    /// The time from one payment to the next.
    pub(crate) fn pace(&self, payments: usize) -> Duration {
        let over = Duration::from_secs(self.over.into());
        let payments = u32::try_from(payments).unwrap_or(u32::MAX);
        (over / payments.max(1)).min(SLOWEST_PACE)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience.into())
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout.into())
    }
}
