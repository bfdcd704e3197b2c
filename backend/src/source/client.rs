//! What consumers and producers have in common: configuration, log lines, and errors in people's words.
//!
//! Every librdkafka property of the `kafka` section passes through, but those on which correctness rests: they are
//! ours, and naming them is an error that says so.

use std::collections::BTreeMap;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use thiserror::Error;

/// A Kafka client that cannot be started as configured.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A property librdkafka does not know, or a value it does not take.
    #[error("kafka.{key}: {detail}")]
    Property {
        /// The property.
        key: String,
        /// What is wrong with it.
        detail: String,
    },
    /// No `bootstrap.servers`.
    #[error("kafka.bootstrap.servers is missing: the address of a broker, such as 127.0.0.1:9092")]
    NoBootstrap,
    /// A topic pattern that is not a regular expression.
    #[error("topics: {pattern} is not a regular expression: {detail}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The client could not be created, e.g. a certificate file could not be read.
    #[error("kafka: {0}")]
    Client(String),
    /// The operating system refused a thread.
    #[error("no thread for the Kafka consumer: {0}")]
    Thread(#[from] std::io::Error),
}

/// A configuration of `defaults`, overridden by the user's properties, overridden by nothing but `fixed`.
///
/// # Errors
/// A fixed property named by the user, or no bootstrap servers.
pub(super) fn client_config(
    kafka: &BTreeMap<String, String>,
    defaults: &[(&str, &str)],
    fixed: &[(&str, &str)],
) -> Result<ClientConfig, SourceError> {
    if kafka.get("bootstrap.servers").is_none_or(|servers| servers.trim().is_empty()) {
        return Err(SourceError::NoBootstrap);
    }
    let mut config = ClientConfig::new();
    for (key, value) in defaults {
        config.set(*key, *value);
    }
    for (key, value) in kafka {
        if let Some((_, ours)) = fixed.iter().find(|(fixed, _)| fixed == key) {
            let detail = format!("is always {ours} here, results would not be right otherwise");
            return Err(SourceError::Property { key: key.clone(), detail });
        }
        config.set(key, value);
    }
    for (key, value) in fixed {
        config.set(*key, *value);
    }
    config.set_log_level(RDKafkaLogLevel::Info);
    Ok(config)
}

impl From<KafkaError> for SourceError {
    fn from(error: KafkaError) -> Self {
        match error {
            KafkaError::ClientConfig(_, detail, key, _) => Self::Property { key, detail },
            KafkaError::ClientCreation(detail) => Self::Client(detail),
            other => Self::Client(explain(&other)),
        }
    }
}

/// Hands a line of librdkafka's log on. Its notices that a property belongs to the other kind of client are left
/// out: one `kafka` section serves consumers and producers.
pub(super) fn log_line(level: RDKafkaLogLevel, facility: &str, line: &str) {
    if facility == "CONFWARN" && line.contains("will be ignored by this") {
        return;
    }
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", facility, "{line}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", facility, "{line}");
        }
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", facility, "{line}"),
    }
}

/// An error in people's words.
pub(super) fn explain(error: &KafkaError) -> String {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::BrokerTransportFailure) => {
            "no broker can be reached".to_owned()
        }
        Some(RDKafkaErrorCode::OperationTimedOut | RDKafkaErrorCode::RequestTimedOut) => {
            "no broker answers".to_owned()
        }
        Some(RDKafkaErrorCode::Resolve) => "the broker's name cannot be resolved".to_owned(),
        Some(RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SaslAuthenticationFailed) => {
            "the broker refused the credentials".to_owned()
        }
        Some(RDKafkaErrorCode::SSL) => "no TLS connection could be made".to_owned(),
        Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
            "not permitted to read the topic (ACL: Read and Describe)".to_owned()
        }
        Some(code) => code.to_string(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn librdkafka_is_the_bundled_one_with_tls_scram_and_compression() {
        let (number, text) = rdkafka::util::get_rdkafka_version();
        assert!(number >= 0x0206_01ff, "librdkafka {text} is older than 2.6.1");
        let config = ClientConfig::new();
        let features = config.create_native_config().unwrap().get("builtin.features").unwrap();
        for feature in ["ssl", "sasl_scram", "zstd", "lz4", "gzip", "snappy"] {
            assert!(
                features.split(',').any(|has| has.trim_end_matches('\0') == feature),
                "{feature} is missing from {features}"
            );
        }
    }

    #[test]
    fn what_correctness_rests_on_cannot_be_configured_away() {
        let fixed = [("enable.auto.commit", "false")];
        let error = client_config(
            &options(&[("bootstrap.servers", "a:1"), ("enable.auto.commit", "true")]),
            &[],
            &fixed,
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "kafka.enable.auto.commit: is always false here, results would not be right otherwise"
        );
        let error = client_config(&options(&[]), &[], &fixed).unwrap_err();
        assert!(error.to_string().starts_with("kafka.bootstrap.servers is missing"));
    }

    #[test]
    fn a_users_property_overrides_a_default() {
        let config = client_config(
            &options(&[("bootstrap.servers", "a:1"), ("linger.ms", "7")]),
            &[("linger.ms", "5"), ("client.id", "x")],
            &[],
        )
        .unwrap();
        assert_eq!((config.get("linger.ms"), config.get("client.id")), (Some("7"), Some("x")));
    }
}
