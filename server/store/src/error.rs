//! Errors of the database, in the categories that callers distinguish.

/// Error of the database layer. Its text is for logs only and must not be sent to clients.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, is shutting down or timed out. Results in 503; retry later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database is currently read-only: a standby, or set to read-only by an administrator.
    #[error("the database is read-only: {0}")]
    ReadOnly(#[source] sqlx::Error),
    /// Too many concurrent requests for one person, address or workspace. Results in 429; retry later.
    #[error(transparent)]
    Busy(#[from] crate::fair::Busy),
    /// A constraint that implements a rule rejected the write.
    #[error("refused by constraint {}", .0.0)]
    Refused(Constraint),
    /// A rule for seats rejected the change (`model::seating`).
    #[error("refused: {0:?}")]
    Seating(model::seating::Refused),
    /// The change affects a seat in a workspace or organization that requires a second factor, and this session has not
    /// verified one.
    #[error("a second factor is asked for first")]
    FactorDemanded,
    /// A later request with the same idempotency key has taken over, so this one was rolled back.
    #[error("another request with the same idempotency key has taken over")]
    Superseded,
    /// A row contains a value that the model does not know.
    #[error("the database holds {0}")]
    Inconsistent(String),
    /// A capability was used with a different workspace than it was issued for. Always a bug.
    #[error("a capability of one workspace was used in another")]
    ForeignCapability,
    /// The API key lacks the scope that the request needs.
    #[error("the API key lacks the scope {}", .0.as_str())]
    Scope(model::api_key::Scope),
    /// The operating system returned no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] crate::secret::NoRandomness),
    /// Any other database error.
    #[error(transparent)]
    Database(sqlx::Error),
}

/// Name of a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint(pub String);

impl StoreError {
    /// Returns `true` if the constraint `name` rejected the write.
    pub fn is_refused_by(&self, name: &str) -> bool {
        matches!(self, Self::Refused(constraint) if constraint.0 == name)
    }

    /// Returns `true` if a later retry can succeed.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::ReadOnly(_))
    }
}

impl From<model::seating::Refused> for StoreError {
    fn from(refused: model::seating::Refused) -> Self {
        Self::Seating(refused)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error),
            sqlx::Error::Database(database) => {
                let code = database.code();
                let class = code.as_deref().unwrap_or_default();
                // 08 connection, 53 resources, 57 operator intervention and statement timeout, 55P03 lock timeout,
                // 40P01 deadlock, 25P03 idle transaction timeout
                let unavailable = class.starts_with("08")
                    || class.starts_with("53")
                    || class.starts_with("57")
                    || matches!(class, "55P03" | "40P01" | "25P03");
                match database.constraint() {
                    _ if class == "25006" => Self::ReadOnly(error),
                    _ if unavailable => Self::Unavailable(error),
                    Some("factor_demanded") => Self::FactorDemanded,
                    Some("owner_is_left") => Self::Seating(model::seating::Refused::LastOwner),
                    Some(name) => Self::Refused(Constraint(name.to_owned())),
                    None => Self::Database(error),
                }
            }
            _ => Self::Database(error),
        }
    }
}
