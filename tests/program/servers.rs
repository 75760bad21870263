//! Servers that `git` speaks to, each the real one, on a free port of this machine, gone when it is dropped.
//!
//! What may be relied on: a server that was started answers for the world's repositories before [`Server::start`]
//! returns. Where its program is not installed, the test is skipped with a loud word, or fails where
//! `GIT_PLAN_REQUIRE_SERVERS=1` says that nothing may be skipped.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{Outcome, World};

/// How long a server may take until it answers, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way on which `git` reaches a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A path.
    File,
    /// `git daemon`.
    Daemon,
    /// `git http-backend` behind lighttpd.
    Http,
    /// sshd, with keys and a configuration of its own.
    Ssh,
}

/// A server that serves the repositories of a world.
#[derive(Debug)]
pub struct Server {
    child: Option<Child>,
    base: String,
    ssh: Option<String>,
}

impl Server {
    /// Starts a server; `None` where its program is not installed.
    pub fn start(world: &World, transport: Transport) -> Outcome<Option<Self>> {
        let begin = match transport {
            Transport::File => {
                let base = world.path().display().to_string();
                return Ok(Some(Self { child: None, base, ssh: None }));
            }
            Transport::Daemon => daemon,
            Transport::Http => http,
            Transport::Ssh => ssh,
        };
        let log = world.path().join("server.log");
        // Another program may take a port in the moment between its choice and its use.
        for _ in 0..5 {
            let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            let Some((mut command, base, ssh)) = begin(world, port)? else { return Ok(None) };
            let told = File::create(&log)?;
            command.stdin(Stdio::null()).stdout(told.try_clone()?).stderr(told).process_group(0);
            let mut server = Self { child: Some(command.spawn()?), base, ssh };
            if server.answers(world)? {
                return Ok(Some(server));
            }
        }
        Err(format!("{transport:?} does not answer: {}", fs::read_to_string(&log)?).into())
    }

    /// The address of a repository of the world.
    pub fn url(&self, repository: &str) -> String {
        format!("{}/{repository}", self.base)
    }

    /// The command by which `git` speaks SSH to it, where it needs one.
    pub fn ssh(&self) -> Option<&str> {
        self.ssh.as_deref()
    }

    /// Kills the server, and whatever it is doing for somebody.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            kill_group(child.id());
            let _ = child.wait();
        }
    }

    /// Waits until it answers; says whether it does.
    fn answers(&mut self, world: &World) -> Outcome<bool> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(child) = &mut self.child
                && child.try_wait()?.is_some()
            {
                return Ok(false);
            }
            let mut asked = world.command("git", world.path());
            asked.args(["ls-remote", &self.url("hub")]).envs(self.ssh().map(|ssh| ("GIT_SSH_COMMAND", ssh)));
            if asked.output()?.status.success() {
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(false)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Kills a process that leads a group, and the others of the group.
pub fn kill_group(leader: u32) {
    // Without one left there is nothing to kill.
    let _ = Command::new("sh").args(["-c", "kill -s KILL -- -$0", &leader.to_string()]).stderr(Stdio::null()).status();
}

/// How a server is started, the address of the world's directory there, and what `git` needs to speak SSH.
type Beginning = Option<(Command, String, Option<String>)>;

fn daemon(world: &World, port: u16) -> Outcome<Beginning> {
    let Some(program) = own_program("git-daemon", "git") else { return Ok(None) };
    let mut command = world.command(program, world.path());
    command.args(["--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"]);
    command.arg(format!("--port={port}")).arg(format!("--base-path={}", world.path().display()));
    Ok(Some((command, format!("git://127.0.0.1:{port}"), None)))
}

fn http(world: &World, port: u16) -> Outcome<Beginning> {
    let Some(backend) = own_program("git-http-backend", "git") else { return Ok(None) };
    let Some(program) = program("lighttpd", "lighttpd") else { return Ok(None) };
    let (directory, backend) = (world.path().display(), backend.display());
    let variable = |name: &str| format!("\"{name}\" => \"{}\"", world.env.get(name).map_or("", String::as_str));
    let configuration = format!(
        r#"server.modules = ("mod_alias", "mod_setenv", "mod_cgi")
server.document-root = "{directory}"
server.bind = "127.0.0.1"
server.port = {port}
alias.url = ("/git" => "{backend}")
cgi.assign = ("" => "")
setenv.add-environment = ("GIT_PROJECT_ROOT" => "{directory}", "GIT_HTTP_EXPORT_ALL" => "1", {}, {}, {})
"#,
        variable("PATH"),
        variable("HOME"),
        variable("GIT_CONFIG_NOSYSTEM"),
    );
    let file = world.path().join("lighttpd.conf");
    fs::write(&file, configuration)?;
    // Whoever gets here may write; without this, only those whom the server has asked for a password.
    world.git_in(&world.path().join("hub"), &["config", "http.receivepack", "true"]);
    let mut command = world.command(program, world.path());
    command.arg("-D").arg("-f").arg(file);
    Ok(Some((command, format!("http://127.0.0.1:{port}/git"), None)))
}

fn ssh(world: &World, port: u16) -> Outcome<Beginning> {
    let Some(program) = program("sshd", "openssh-server") else { return Ok(None) };
    let place = world.path().join("ssh");
    fs::create_dir_all(&place)?;
    for key in ["host", "key"].map(|key| place.join(key)).iter().filter(|key| !key.exists()) {
        let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(key).status()?;
        assert!(made.success(), "a key is made");
    }
    let host = fs::read_to_string(place.join("host.pub"))?;
    fs::write(place.join("known"), format!("[127.0.0.1]:{port} {host}"))?;
    // What is asked for runs in the world's environment, not in that of the user who runs the tests.
    let mut serve = "#!/bin/sh\n".to_owned();
    for (name, value) in &world.env {
        serve.push_str(&format!("export {name}='{value}'\n"));
    }
    serve.push_str("exec sh -c \"$SSH_ORIGINAL_COMMAND\"\n");
    fs::write(place.join("serve"), serve)?;
    let at = place.display();
    fs::write(
        place.join("config"),
        format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/key.pub\nPidFile none\n\
             UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nMaxStartups 100\nPrintMotd no\nForceCommand sh {at}/serve\n"
        ),
    )?;
    // A daemon that root runs wants this directory, which the system makes when it starts the daemon.
    let _ = fs::create_dir_all("/run/sshd");
    let mut command = world.command(program, world.path());
    command.args(["-D", "-e", "-f"]).arg(place.join("config"));
    let ssh = format!(
        "ssh -F none -i {at}/key -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile={at}/known \
         -o StrictHostKeyChecking=yes"
    );
    Ok(Some((command, format!("ssh://127.0.0.1:{port}{}", world.path().display()), Some(ssh))))
}

/// A program of git's own that is not on the search path.
fn own_program(name: &str, package: &str) -> Option<PathBuf> {
    let told = Command::new("git").arg("--exec-path").output().expect("git runs").stdout;
    let path = Path::new(String::from_utf8_lossy(&told).trim()).join(name);
    if path.exists() { Some(path) } else { absent(name, package) }
}

/// A program on the search path, or where the system keeps its servers.
fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/local/sbin:/usr/sbin:/sbin";
    let found = path.split(':').map(|directory| Path::new(directory).join(name)).find(|program| program.is_file());
    found.or_else(|| absent(name, package))
}

fn absent(name: &str, package: &str) -> Option<PathBuf> {
    let reason = format!("{name} is not installed; Debian has it in {package}");
    let required = std::env::var_os("GIT_PLAN_REQUIRE_SERVERS").is_some_and(|value| value == "1");
    assert!(!required, "no server may be missing here: {reason}");
    skipped(&reason);
    None
}

/// Says that a test is skipped, past what keeps the words of tests that pass to itself.
pub fn skipped(reason: &str) {
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(std::io::stderr(), "\n*** SKIPPED: {name}: {reason}");
}
