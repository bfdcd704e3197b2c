//! The subcommands, one file each.

pub(crate) mod basemap;
pub(crate) mod broker;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod derived;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod query;
pub(crate) mod replay;
pub(crate) mod serve;
mod server;
pub(crate) mod simulate;

use std::future::Future;

/// Runs a future on a runtime of its own, to its end.
pub(crate) fn block_on<F: Future>(future: F) -> anyhow::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let output = runtime.block_on(future);
    // What is left are sessions of viewers that did not take their leave.
    runtime.shutdown_background();
    Ok(output)
}

/// Resolves when the process is asked to end: Ctrl-C, or SIGTERM.
pub(crate) async fn asked_to_end() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
