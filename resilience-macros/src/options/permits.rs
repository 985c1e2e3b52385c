//! `permits = <expression>`.

use darling::FromMeta;
use resilience_settings::rate_limiter as rules;
use syn::{Expr, ExprLit, Lit, Meta};

use super::value::{as_written, assigned, error_at};
use crate::settings::Settings;

/// How many permits of a rate limiter a call takes.
#[derive(Debug)]
pub(crate) struct Permits(pub(crate) Expr);

impl FromMeta for Permits {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let expression = assigned(meta, "permits = 1")?;
        let written = as_written(expression);
        match expression {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) => {
                if number
                    .base10_parse::<u32>()
                    .is_ok_and(|permits| permits > 0)
                {
                    Ok(Self(expression.clone()))
                } else {
                    Err(error_at(
                        number,
                        format!(
                            "a call takes at least 1 permit and at most {}, not {written}: give another number, or remove `permits` for one permit",
                            u32::MAX
                        ),
                    ))
                }
            }
            Expr::Lit(_) | Expr::Unary(_) => Err(error_at(
                expression,
                format!(
                    "`permits` takes a whole number or an expression of type `u32`, such as `permits = request.weight`, and not {written}"
                ),
            )),
            _ => Ok(Self(expression.clone())),
        }
    }
}

impl Permits {
    /// Refuses more permits than can ever come together while a call waits.
    pub(super) fn check(&self, settings: &Settings) -> darling::Result<()> {
        let Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) = &self.0
        else {
            return Ok(());
        };
        let limit = settings.count(rules::LIMIT_FOR_PERIOD);
        let period = settings.duration(rules::LIMIT_REFRESH_PERIOD);
        let (Some(limit), Some(period)) = (limit, period) else {
            return Ok(());
        };
        let timeout = settings.duration(rules::TIMEOUT_DURATION);
        let permits = number.base10_parse()?;
        rules::check_permits(permits, limit, period, timeout)
            .map_err(|message| error_at(number, message))
    }
}
