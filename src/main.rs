//! The `bouton` command.

fn main() -> std::process::ExitCode {
    bouton::cli::main()
}
