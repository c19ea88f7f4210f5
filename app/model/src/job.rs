//! Jobs: work that the server does in one workspace at a time, without a person.

use crate::capability::{Capability, CapabilitySet};

/// The name under which the audit log shows what jobs did.
pub const JOB_ACTOR: &str = "Stile";

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    /// Sends the messages of webhooks.
    Deliver,
    /// Drafts invoices after their grace, and notes which are overdue.
    Invoice,
}

impl Job {
    /// All jobs.
    pub const ALL: [Self; 2] = [Self::Deliver, Self::Invoice];

    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Invoice => "invoice",
        }
    }

    /// Returns the capabilities of the job in each workspace.
    pub const fn capabilities(self) -> CapabilitySet {
        match self {
            Self::Deliver => CapabilitySet::of(&[Capability::ManageSettings]),
            Self::Invoice => {
                CapabilitySet::of(&[Capability::ReadShared, Capability::ReadAll, Capability::ManageInvoices])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_job_may_manage_people_or_own_the_workspace() {
        for job in Job::ALL {
            for capability in [Capability::ManageMembers, Capability::OwnWorkspace, Capability::ManageBilling] {
                assert!(!job.capabilities().has(capability), "{job:?} {capability:?}");
            }
        }
        assert!(Job::Deliver.capabilities().has(Capability::ManageSettings), "control");
        assert!(!Job::Deliver.capabilities().has(Capability::ManageInvoices));
        assert!(!Job::Invoice.capabilities().has(Capability::ManageSettings));
    }
}
