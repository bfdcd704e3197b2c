//! Subcommands that are announced but not built.

/// Whatever is said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Ignored
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _rest: Vec<String>,
}

pub(crate) fn run(name: &str) -> anyhow::Result<()> {
    anyhow::bail!("`hailstream {name}` is not built yet")
}
