//! User preferences: some are stored in the account, others on the device.

use serde::{Deserialize, Serialize};

/// Defines an enum of choices with names for form controls, cookies and database columns.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All choices, the default first.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name stored in cookies and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns the display name.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Parses a stored name. Returns `None` if it is unknown.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.as_str() == word)
            }
        }
    };
}

choice! {
    /// Colour theme.
    Theme {
        /// Follows the setting of the operating system.
        #[default]
        System = "system", "System";
        /// Light theme.
        Light = "light", "Light";
        /// Dark theme.
        Dark = "dark", "Dark";
    }
}

choice! {
    /// Visual distinction of workspaces on a device. The alternatives are for users who can't distinguish hues.
    Accents {
        /// By accent colour.
        #[default]
        Colour = "colour", "By colour";
        /// By a pattern on the edge strip, without colour.
        Pattern = "pattern", "By pattern";
        /// By name and icon, without colour.
        Mono = "mono", "By name only";
    }
}

choice! {
    /// Target of `/` for signed-in users.
    Landing {
        /// The workspace opened last, or the picker if there is none.
        #[default]
        Last = "last", "Last workspace";
        /// The workspace picker.
        Picker = "picker", "Workspace list";
    }
}

choice! {
    /// Sort order of the workspace picker.
    PickerOrder {
        /// Grouped by organization, both sorted by name.
        #[default]
        Organization = "organization", "By organization";
        /// Grouped by organization, the most recently opened first.
        Recent = "recent", "Recently opened first";
        /// Sorted by name, regardless of the organization.
        Name = "name", "By name";
    }
}

impl Accents {
    /// Returns the value of the attribute `<html data-accent>`. The attribute is absent for [`Accents::Colour`].
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Colour => None,
            other => Some(other.as_str()),
        }
    }
}

impl Theme {
    /// Returns the value of the attribute `<html data-theme>`. The attribute is absent for [`Theme::System`].
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            other => Some(other.as_str()),
        }
    }
}

/// Preferences stored in the user's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// Target of `/` for signed-in users.
    pub landing: Landing,
    /// Sort order of the workspace picker.
    pub order: PickerOrder,
    /// Theme for devices on which none was chosen. `None` if the user never chose one.
    pub theme: Option<Theme>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_round_trip_through_their_names() {
        for order in PickerOrder::ALL {
            assert_eq!(PickerOrder::from_word(order.as_str()), Some(*order));
        }
        assert_eq!(Landing::from_word("picker"), Some(Landing::Picker));
        assert_eq!(Theme::from_word("neon"), None);
    }
}
