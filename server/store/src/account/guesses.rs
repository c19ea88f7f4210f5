//! Guesses at passwords, counted in the database for all servers together (ASVS 6.3.1).
//!
//! A try is taken before it is looked at, so that any number at the same time count too, and given back when it was
//! right. It counts for the address that it comes from and for the account that it aims at. An address or a device from
//! which the account has signed in before counts for itself, so nobody can keep a person out by guessing elsewhere.

use crate::{address::Block, error::StoreError, pool::Store};
use model::{Email, id::SessionId};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// How many tries at once, and the seconds after which there is one more.
type Quota = (i32, i32);
/// From one address.
const PER_ADDRESS: Quota = (20, 6);
/// For one account, from wherever it has not signed in before.
const PER_ACCOUNT: Quota = (10, 10);

/// Where a guess comes from.
#[derive(Debug, Clone, Copy)]
pub enum Guesser<'g> {
    /// A device that the account has signed in from before, by the name that it was given then.
    Device(&'g str),
    /// Whoever is signed in in this session, and is asked for their password again.
    Session(SessionId),
    /// Anybody else.
    Anybody,
}

/// A guess that may be made. It is lost unless it is given back.
#[derive(Debug, Clone)]
#[must_use]
pub struct Try {
    keys: Vec<Vec<u8>>,
    pace: Vec<i32>,
}

impl Store {
    /// Takes a try at the password of `email`; for unknown addresses as for known ones. The error is the seconds to wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_try(
        &self,
        email: &Email,
        ip: Option<IpAddr>,
        guesser: Guesser<'_>,
    ) -> Result<Result<Try, u32>, StoreError> {
        let mut tx = self.begin().await?;
        let known_place = match (ip, guesser) {
            (Some(ip), Guesser::Anybody) => {
                sqlx::query_scalar!(
                    r#"select door.has_signed_in_from($1, $2::text::inet) as "known!""#,
                    email.as_str(),
                    ip.to_canonical().to_string()
                )
                .fetch_one(&mut *tx)
                .await?
            }
            _ => false,
        };
        let counted = counted(email, ip, guesser, known_place);
        let keys: Vec<Vec<u8>> = counted.iter().map(|(key, _)| Sha256::digest(key.as_bytes()).to_vec()).collect();
        let (most, pace): (Vec<i32>, Vec<i32>) = counted.iter().map(|(_, quota)| *quota).unzip();
        let wait = sqlx::query_scalar!(r#"select door.take_try($1, $2, $3) as "wait!""#, &keys, &most, &pace)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(match u32::try_from(wait) {
            Ok(0) => Ok(Try { keys, pace }),
            wait => Err(wait.unwrap_or(1)),
        })
    }

    /// Gives a try back that was right.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn return_try(&self, taken: Try) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("select door.return_try($1, $2)", &taken.keys, &taken.pace).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

/// What a guess counts for.
fn counted(email: &Email, ip: Option<IpAddr>, guesser: Guesser<'_>, known_place: bool) -> Vec<(String, Quota)> {
    let from = ip.map_or_else(|| "nowhere".to_owned(), |ip| Block::from(ip).to_string());
    match guesser {
        Guesser::Device(device) => vec![(format!("device|{email}|{device}"), PER_ACCOUNT)],
        Guesser::Session(session) => vec![(format!("session|{session}"), PER_ACCOUNT)],
        Guesser::Anybody if known_place => {
            vec![(format!("address|{from}"), PER_ADDRESS), (format!("place|{email}|{from}"), PER_ACCOUNT)]
        }
        Guesser::Anybody => {
            vec![(format!("address|{from}"), PER_ADDRESS), (format!("account|{email}"), PER_ACCOUNT)]
        }
    }
}
