//! The `bouton` command.

fn main() -> std::process::ExitCode {
    // `bouton models | head` ends quietly, as other commands do; Rust would panic at the closed pipe.
    #[cfg(unix)]
    // SAFETY: called before any other thread exists, with a signal and a disposition that the system defines.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
    bouton::cli::main()
}
