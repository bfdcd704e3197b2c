//! `ip_range`: named stretches of addresses, in the order given, empty ones kept: by both ends (`from` inclusive, `to`
//! exclusive) or as a network, `10.0.0.0/25`. Version 4 addresses are version 6 addresses too, as in OpenSearch.

use core::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::range::{check_labels, label};
use crate::error::QueryError;

/// See the module's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IpRange {
    /// Column id.
    pub id: String,
    /// An `ip` field.
    pub field: String,
    /// The stretches.
    pub ranges: Vec<AddressRange>,
}

/// A stretch of addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressRange {
    /// First address inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// First address outside again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A network instead of both ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// Its key in rows; the mask or `from-to` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// An address as a number: version 4 in its place among version 6.
#[must_use]
pub fn address_number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address),
    }
}

impl AddressRange {
    /// The key in rows.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.mask {
            Some(mask) => self.key.clone().unwrap_or_else(|| mask.clone()),
            None => label(self.key.as_deref(), self.from.clone(), self.to.clone()),
        }
    }

    /// First and last address, both inside; none where nothing is.
    ///
    /// # Errors
    /// Words that say what is no address.
    pub fn ends(&self) -> Result<Option<(u128, u128)>, String> {
        if let Some(mask) = &self.mask {
            if self.from.is_some() || self.to.is_some() {
                return Err("mask goes without from and to".to_owned());
            }
            return network(mask).map(Some);
        }
        let end = |text: &Option<String>| text.as_deref().map(number).transpose();
        let (from, to) = (end(&self.from)?.unwrap_or(0), end(&self.to)?);
        let last = to.map_or(Some(u128::MAX), |to| to.checked_sub(1));
        Ok(last.filter(|last| *last >= from).map(|last| (from, last)))
    }
}

fn number(text: &str) -> Result<u128, String> {
    let address: Result<IpAddr, _> = text.parse();
    address.map(address_number).map_err(|_| format!("\"{text}\" is not an address"))
}

fn network(mask: &str) -> Result<(u128, u128), String> {
    let wrong = || format!("\"{mask}\" is not a network such as 10.0.0.0/25");
    let (address, length) = mask.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let length: u32 = length.parse().map_err(|_| wrong())?;
    let host_bits = match address {
        IpAddr::V4(_) => 32_u32.checked_sub(length),
        IpAddr::V6(_) => 128_u32.checked_sub(length),
    };
    let hosts = u128::MAX.checked_shr(128 - host_bits.ok_or_else(wrong)?).unwrap_or(0);
    let number = address_number(address);
    Ok((number & !hosts, number | hosts))
}

impl IpRange {
    pub(super) fn check(&self, at: &str) -> Result<(), QueryError> {
        for (index, range) in self.ranges.iter().enumerate() {
            let ends = range.ends();
            ends.map_err(|words| QueryError::invalid(format!("{at}.ranges[{index}]"), words))?;
        }
        check_labels(at, self.ranges.iter().map(AddressRange::label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_a_first_and_a_last_address() {
        let ends = |json: &str| -> Result<Option<(u128, u128)>, String> {
            serde_json::from_str::<AddressRange>(json).unwrap().ends()
        };
        let number = |text: &str| number(text).unwrap();
        assert_eq!(
            ends(r#"{"mask": "10.0.0.77/25"}"#),
            Ok(Some((number("10.0.0.0"), number("10.0.0.127"))))
        );
        assert_eq!(ends(r#"{"mask": "::/0"}"#), Ok(Some((0, u128::MAX))));
        assert_eq!(
            ends(r#"{"from": "10.0.0.5", "to": "10.0.1.0"}"#),
            Ok(Some((number("10.0.0.5"), number("10.0.0.255"))))
        );
        assert_eq!(ends(r#"{"from": "::2", "to": "::2"}"#), Ok(None));
        assert!(ends(r#"{"mask": "10.0.0.0/33"}"#).is_err());
        assert!(ends(r#"{"mask": "10.0.0.0/8", "from": "::1"}"#).is_err());
    }
}
