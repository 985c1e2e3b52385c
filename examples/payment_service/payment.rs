//! A payment, and what makes one well-formed.

use serde::{Deserialize, Serialize};

/// More than this is a slip of the keyboard, not a payment.
const MAX_AMOUNT_CENTS: u64 = 1_000_000_000_000;

/// The id is the idempotency key, which travels as an HTTP header.
const MAX_ID_LENGTH: usize = 64;

/// How tokens of the usual card vaults begin.
const TOKEN_PREFIXES: [&str; 3] = ["tok_", "card_", "pm_"];

/// One payment to make: a well-formed row of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentRequest {
    pub(crate) id: String,
    pub(crate) amount_cents: u64,
    pub(crate) currency: String,
    /// A test card. A service that handles real ones keeps the vault's token, never the number.
    pub(crate) card: String,
}

/// Where the provider wrote the charge down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    pub(crate) receipt: u64,
}

/// What is wrong with one field of a row.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldError {
    #[error("the id is empty")]
    EmptyId,
    #[error("the id is not 1 to {MAX_ID_LENGTH} visible ASCII characters without spaces")]
    BadId,
    #[error("the amount `{0}` is not a whole number of cents")]
    BadAmount(String),
    #[error("the amount is negative")]
    NegativeAmount,
    #[error("the amount is zero")]
    ZeroAmount,
    #[error("the amount is above {MAX_AMOUNT_CENTS} cents")]
    HugeAmount,
    #[error("the currency `{0}` is not an ISO 4217 code, such as EUR")]
    UnknownCurrency(String),
    // The value stays out of the message: a mistyped card number is still nearly a card number.
    #[error("the card is neither a number of 12 to 19 digits nor a token (tok_…, card_…, pm_…)")]
    BadCard,
}

impl PaymentRequest {
    /// Checks the four fields of a row, and says everything that is wrong with it at once.
    pub(crate) fn parse(fields: [&str; 4]) -> Result<Self, Vec<FieldError>> {
        let [id, amount, currency, card] = fields;
        let mut problems = Vec::new();
        let id = parse_id(id).map_err(|problem| problems.push(problem));
        let amount = parse_amount(amount).map_err(|problem| problems.push(problem));
        let currency = parse_currency(currency).map_err(|problem| problems.push(problem));
        let card = parse_card(card).map_err(|problem| problems.push(problem));
        match (id, amount, currency, card) {
            (Ok(id), Ok(amount_cents), Ok(currency), Ok(card)) => Ok(Self {
                id,
                amount_cents,
                currency,
                card,
            }),
            _ => Err(problems),
        }
    }
}

fn parse_id(id: &str) -> Result<String, FieldError> {
    if id.is_empty() {
        return Err(FieldError::EmptyId);
    }
    if id.len() > MAX_ID_LENGTH || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(FieldError::BadId);
    }
    Ok(id.to_owned())
}

fn parse_amount(amount: &str) -> Result<u64, FieldError> {
    let digits = amount.strip_prefix('-').unwrap_or(amount);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldError::BadAmount(amount.to_owned()));
    }
    if digits.bytes().all(|byte| byte == b'0') {
        return Err(FieldError::ZeroAmount);
    }
    if digits.len() < amount.len() {
        return Err(FieldError::NegativeAmount);
    }
    // Digits only, so that the one way to fail is to be too large.
    match digits.parse() {
        Ok(cents) if cents <= MAX_AMOUNT_CENTS => Ok(cents),
        _ => Err(FieldError::HugeAmount),
    }
}

fn parse_currency(currency: &str) -> Result<String, FieldError> {
    if CURRENCIES
        .split_ascii_whitespace()
        .any(|code| code == currency)
    {
        Ok(currency.to_owned())
    } else {
        Err(FieldError::UnknownCurrency(currency.to_owned()))
    }
}

/// Looks at the shape only. Whether the number exists is for the provider to say.
fn parse_card(card: &str) -> Result<String, FieldError> {
    let token_rest = TOKEN_PREFIXES
        .iter()
        .find_map(|prefix| card.strip_prefix(prefix));
    if let Some(rest) = token_rest {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        return if !rest.is_empty() && rest.bytes().all(known) {
            Ok(card.to_owned())
        } else {
            Err(FieldError::BadCard)
        };
    }
    let number = card.replace([' ', '-'], "");
    if (12..=19).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(number)
    } else {
        Err(FieldError::BadCard)
    }
}

/// ISO 4217, the codes in circulation.
const CURRENCIES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
    GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD \
    KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
    NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP \
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES \
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";
