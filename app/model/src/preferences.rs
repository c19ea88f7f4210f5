//! What a person has chosen for themselves, on every device.

use serde::{Deserialize, Serialize};

/// A closed set of words that is chosen from: in a form's control, a cookie, a column.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them, the default first.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word that it is kept as.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What it is called.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Reads the word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.as_str() == word)
            }
        }
    };
}

choice! {
    /// Light, dark, or as the device says.
    Theme {
        /// As the device says.
        #[default]
        System = "system", "System";
        /// Light.
        Light = "light", "Light";
        /// Dark.
        Dark = "dark", "Dark";
    }
}

choice! {
    /// How a device tells workspaces apart. For people who can't distinguish hues.
    Accents {
        /// By their colours.
        #[default]
        Colour = "colour", "By colour";
        /// By a pattern on the strip at the edge, without colour.
        Pattern = "pattern", "By pattern";
        /// By name and icon, without colour.
        Mono = "mono", "By name only";
    }
}

choice! {
    /// Where `/` leads after sign-in.
    Landing {
        /// The workspace entered last; the picker if there is none.
        #[default]
        Last = "last", "The last workspace";
        /// The picker.
        Picker = "picker", "The list of workspaces";
    }
}

choice! {
    /// The order in which the picker lists workspaces.
    PickerOrder {
        /// Under their organizations, both by name.
        #[default]
        Organization = "organization", "By organization";
        /// The one opened last first, under its organization.
        Recent = "recent", "Last opened first";
        /// By name, whatever organization they belong to.
        Name = "name", "By name";
    }
}

impl Accents {
    /// The value of `<html data-accent>`. Absent for [`Accents::Colour`].
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Colour => None,
            other => Some(other.as_str()),
        }
    }
}

impl Theme {
    /// What `<html data-theme>` says: nothing for [`Theme::System`].
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            other => Some(other.as_str()),
        }
    }
}

/// All of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// Where `/` leads.
    pub landing: Landing,
    /// How the picker is ordered.
    pub order: PickerOrder,
    /// The theme on devices where none was chosen; `None` until one is.
    pub theme: Option<Theme>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_is_kept_under_a_word_of_its_own() {
        for order in PickerOrder::ALL {
            assert_eq!(PickerOrder::from_word(order.as_str()), Some(*order));
        }
        assert_eq!(Landing::from_word("picker"), Some(Landing::Picker));
        assert_eq!(Theme::from_word("neon"), None);
    }
}
