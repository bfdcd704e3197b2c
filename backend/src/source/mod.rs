//! Kafka, read and written. Only `consumer.rs` names rdkafka's consumer, only `producer.rs` its producer.
