//! Currencies by ISO 4217 code.

mod names;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Codes of list one of ISO 4217 that state a number of decimal places, in alphabetical order. Metals, special drawing
/// rights and test codes do not, so amounts in them have no minor unit.
const CODES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
    CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL \
    GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW \
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD \
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP \
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS \
    VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// Currency of an amount: an ISO 4217 code for which ISO 4217 states the number of decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(&'static str);

/// The text is not the code of a supported currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code")]
pub struct UnknownCurrency;

impl Currency {
    /// US dollar.
    pub const USD: Self = Self("USD");
    /// Euro.
    pub const EUR: Self = Self("EUR");
    /// Pound sterling.
    pub const GBP: Self = Self("GBP");
    /// Japanese yen, whose amounts have no decimal places.
    pub const JPY: Self = Self("JPY");

    /// Returns all currencies, sorted by code.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.split(' ').map(Self)
    }

    /// Returns the ISO 4217 code.
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// Returns the English name: `Swiss franc`.
    pub fn name(self) -> &'static str {
        names::NAMES.iter().find(|(code, _)| *code == self.0).map_or(self.0, |(_, name)| *name)
    }

    /// Parses an ISO 4217 code in uppercase. Returns `None` if the currency is not supported.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|currency| currency.0 == code)
    }

    /// Returns the number of decimal places of an amount, 0 to 4.
    pub fn exponent(self) -> u32 {
        match self.0 {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }

    /// Returns the text before an amount: a symbol for US dollar, euro, pound sterling and yen, and the code with a
    /// no-break space for all other currencies, also for those that share one of these symbols.
    pub fn prefix(self) -> String {
        match self.0 {
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "GBP" => "£".to_owned(),
            "JPY" => "¥".to_owned(),
            code => format!("{code}\u{a0}"),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code).ok_or(UnknownCurrency)
    }
}

// Derived implementations would borrow the code from the input.
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iso_currency::{Currency as Iso, IntoEnumIterator};

    #[test]
    fn the_list_is_that_of_iso_4217() {
        for currency in Currency::all() {
            let iso = Iso::from_code(currency.code()).unwrap_or_else(|| panic!("{currency:?} is not in ISO 4217"));
            assert_eq!(iso.exponent(), u16::try_from(currency.exponent()).ok(), "{currency:?}");
        }
        // The reference lists the bolívar (VES) as superseded. ISO 4217 lists it beside VED.
        let missing: Vec<_> = Iso::iter()
            .filter(|iso| iso.exponent().is_some())
            .filter(|iso| !iso.is_special() && iso.is_superseded().is_none())
            .filter(|iso| Currency::from_code(iso.code()).is_none())
            .collect();
        assert!(missing.is_empty(), "missing: {missing:?}");
        assert_eq!(Currency::all().count(), 164);
    }

    #[test]
    fn every_currency_has_a_name() {
        let named: Vec<_> = names::NAMES.iter().map(|(code, _)| *code).collect();
        assert_eq!(named, Currency::all().map(Currency::code).collect::<Vec<_>>());
        assert_eq!(Currency::EUR.name(), "Euro");
    }

    #[test]
    fn codes_are_exact() {
        assert_eq!(Currency::from_code("EUR"), Some(Currency::EUR));
        for code in ["eur", "EU", "EUR ", "", "XTS", "XAU", "HRK", "A D", "AED AFN"] {
            assert_eq!(Currency::from_code(code), None, "{code:?}");
        }
    }

    #[test]
    fn a_currency_is_its_code_in_json() {
        assert_eq!(serde_json::to_string(&Currency::JPY).unwrap(), "\"JPY\"");
        assert_eq!(serde_json::from_str::<Currency>("\"KWD\"").unwrap().exponent(), 3);
        assert!(serde_json::from_str::<Currency>("\"usd\"").is_err());
    }
}
