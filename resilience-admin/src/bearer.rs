//! Tokens that are sent with `Authorization: Bearer ..`.

use std::fmt;

use axum::http::header::AUTHORIZATION;
use subtle::{Choice, ConstantTimeEq};

use crate::access::{AccessRequest, Authorizer, InvalidPrincipal, Principal, Refusal};

/// What nobody guesses: 32 characters of a hexadecimal number have 128 bits.
const SHORTEST_TOKEN: usize = 32;

/// Lets those in who send a token that only they know, in `Authorization: Bearer TOKEN`.
///
/// Each token belongs to a principal, whose name is in the audit. They are compared in a time that does
/// not depend on what is sent. Take them from a secret, and make them with, for example,
/// `openssl rand -hex 32`.
///
/// ```
/// use resilience_admin::{Admin, BearerTokens};
/// use resilience4rs::Registry;
///
/// # let secret = "2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c";
/// let tokens = BearerTokens::new("alice", secret).unwrap();
/// let admin = Admin::builder(&Registry::new()).authorizer(tokens).build();
///
/// assert!(BearerTokens::new("alice", "hunter2").is_err(), "too short to be a secret");
/// ```
#[derive(Clone)]
pub struct BearerTokens {
    known: Vec<(Principal, Box<[u8]>)>,
}

/// A token is not one to rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeakToken {
    /// It is empty or short.
    #[error("a token has at least 32 characters")]
    TooShort,
    /// It cannot be sent as it is.
    #[error("a token is of visible ASCII characters, without spaces")]
    Unsendable,
    /// There is no such name.
    #[error(transparent)]
    Principal(#[from] InvalidPrincipal),
}

impl BearerTokens {
    /// The token of one principal.
    ///
    /// # Errors
    /// When the token has fewer than 32 characters, or one that is not visible ASCII, or when the name
    /// is none.
    pub fn new(principal: impl AsRef<str>, token: impl AsRef<str>) -> Result<Self, WeakToken> {
        Self { known: Vec::new() }.and(principal, token)
    }

    /// Adds the token of another principal, or another one of the same.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn and(
        mut self,
        principal: impl AsRef<str>,
        token: impl AsRef<str>,
    ) -> Result<Self, WeakToken> {
        let token = token.as_ref().as_bytes();
        if token.len() < SHORTEST_TOKEN {
            return Err(WeakToken::TooShort);
        }
        if !token.iter().all(u8::is_ascii_graphic) {
            return Err(WeakToken::Unsendable);
        }
        self.known.push((Principal::new(principal)?, token.into()));
        Ok(self)
    }
}

impl Authorizer for BearerTokens {
    fn authorize(&self, request: &AccessRequest<'_>) -> Result<Principal, Refusal> {
        let mut sent = request.headers().get_all(AUTHORIZATION).iter();
        // Of two, it would not be clear which one is meant.
        let (Some(sent), None) = (sent.next(), sent.next()) else {
            return Err(Refusal::Unauthenticated);
        };
        let token = bearer(sent.as_bytes()).ok_or(Refusal::Unauthenticated)?;
        let mut found = None;
        // All of them, whichever it is.
        for (principal, known) in &self.known {
            if is_same(known, token).into() {
                found = Some(principal);
            }
        }
        found.cloned().ok_or(Refusal::Unauthenticated)
    }
}

fn bearer(credentials: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = credentials.split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

/// In a time that depends on the length of `known` only.
fn is_same(known: &[u8], sent: &[u8]) -> Choice {
    let mut is_same = known.len().ct_eq(&sent.len());
    for (place, byte) in known.iter().enumerate() {
        is_same &= byte.ct_eq(sent.get(place).unwrap_or(&0));
    }
    is_same
}

/// It keeps the tokens to itself.
impl fmt::Debug for BearerTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.known.iter().map(|(principal, _)| principal.name());
        f.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_only_if_it_is_the_same_to_the_last_byte() {
        let known = b"2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c";
        assert!(bool::from(is_same(known, known)));
        for other in [
            &b""[..],
            b"2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6",
            b"2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6d",
            b"2f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c0",
            b"3f0c9e7d5b3a1f8e6d4c2b0a9f8e7d6c",
        ] {
            assert!(!bool::from(is_same(known, other)), "{other:?}");
        }
    }

    #[test]
    fn it_does_not_show_its_tokens() {
        let tokens = BearerTokens::new("alice", "s".repeat(32)).unwrap();
        assert_eq!(format!("{tokens:?}"), r#"["alice"]"#);
    }
}
