//! What can go wrong in the database, in the few kinds that callers tell apart.

/// A failure below the doors. Its text is for the log; nothing of it goes to a caller.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached or is not serving: 503, try again.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database is currently read-only: a standby, or set so by an administrator.
    #[error("the database is read-only: {0}")]
    ReadOnly(#[source] sqlx::Error),
    /// Too many concurrent requests for one person, address or workspace: 429, try again.
    #[error(transparent)]
    Busy(#[from] crate::fair::Busy),
    /// A constraint that stands for a rule refused the write.
    #[error("refused by constraint {}", .0.0)]
    Refused(Constraint),
    /// A rule of seats refused the change (`model::seating`).
    #[error("refused: {0:?}")]
    Seating(model::seating::Refused),
    /// The change affects a seat in a place that demands a second factor, and this session has proven none.
    #[error("a second factor is asked for first")]
    FactorDemanded,
    /// A row says something that the model has no word for.
    #[error("the database holds {0}")]
    Inconsistent(String),
    /// A capability was used with another workspace than it was handed out for. A bug, never a person's doing.
    #[error("a capability of one workspace was used in another")]
    ForeignCapability,
    /// The operating system gave no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] crate::secret::NoRandomness),
    /// Anything else.
    #[error(transparent)]
    Database(sqlx::Error),
}

/// A constraint's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint(pub String);

impl StoreError {
    /// Whether the constraint `name` refused the write.
    pub fn is_refused_by(&self, name: &str) -> bool {
        matches!(self, Self::Refused(constraint) if constraint.0 == name)
    }

    /// Whether trying again later can help.
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
                // 08 connection, 53 resources, 57P operator intervention, 55P03 and 57014 time limits
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
