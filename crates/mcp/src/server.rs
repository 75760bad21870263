//! The server: the protocol, through the official SDK.
//!
//! What may be relied on: commands run one at a time, in the order in which they were called, since each is a whole
//! process's work on one repository; while one waits for a remote, reads of resources wait too. What a client has seen
//! of a plan is kept for its session alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::*;
use rmcp::service::{NotificationContext, RequestContext, RoleServer, SubscriptionContext};
use rmcp::{ErrorData, Peer, ServerHandler, ServiceExt};
use serde_json::{Value, json};

use crate::plans::{Answer, Failed, Line, Listed, Plans};
use crate::prompts::BEGINNINGS;
use crate::resources;
use crate::tools::{self, Given, TOOLS, Tool};

/// How often the refs are looked at for those who have subscribed.
const LOOK: Duration = Duration::from_millis(300);

/// What a client is told of the server at the beginning.
const INSTRUCTIONS: &str = "Plans of this git repository. Begin with `prime`. Every change is recorded for good, with its author and \
                            reason; give `why`. Errors say what to do next.";

/// Serves plans on standard input and output until the client hangs up.
///
/// # Errors
/// Where the streams fail, or the client does not speak the protocol.
pub fn serve(plans: Arc<dyn Plans>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let ended = runtime.block_on(async {
        let server = Server { plans, state: Arc::default() };
        let running = server.serve(rmcp::transport::stdio()).await.map_err(io::Error::other)?;
        running.waiting().await.map(drop).map_err(io::Error::other)
    });
    // A read of standard input that nobody will answer must not keep the program.
    runtime.shutdown_background();
    ended
}

#[derive(Clone)]
struct Server {
    plans: Arc<dyn Plans>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// The version of each plan that the client has seen.
    seen: Mutex<BTreeMap<String, Vec<String>>>,
    /// The addresses that the client has subscribed to.
    subscribed: Mutex<BTreeSet<String>>,
    /// One command at a time.
    turn: tokio::sync::Mutex<()>,
}

/// What is behind a lock, whoever held it when it panicked: it is whole after each change.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Runs a command line, in its turn and off the thread that speaks to the client.
    async fn run(&self, line: Line, context: &RequestContext<RoleServer>) -> Result<Answer, Failed> {
        let _turn = self.state.turn.lock().await;
        let (plans, cancelled) = (self.plans.clone(), line.cancelled.clone());
        let (told, mut progress) = tokio::sync::mpsc::unbounded_channel::<String>();
        let mut work = tokio::task::spawn_blocking(move || {
            plans.run(&line, Arc::new(move |piece: &str| drop(told.send(piece.to_owned()))))
        });
        let token = context.meta.get_progress_token();
        let mut count = 0.0;
        loop {
            tokio::select! {
                done = &mut work => return done.unwrap_or_else(|e| Err(crashed(&e.to_string()))),
                () = context.ct.cancelled(), if !cancelled.load(Ordering::Relaxed) => cancelled.store(true, Ordering::Relaxed),
                Some(piece) = progress.recv() => if let Some(token) = &token {
                    count += 1.0;
                    let message = piece.trim().to_owned();
                    let told = ProgressNotificationParam::new(token.clone(), count).with_message(message);
                    // Progress is a courtesy: the answer is what counts.
                    let _ = context.peer.notify_progress(told).await;
                },
            }
        }
    }

    /// The command line of a call, the plan and the version that was seen included.
    fn line(&self, tool: &Tool, given: &Given, agent: Option<String>) -> Result<Line, Failed> {
        let unfit = |reason: String| Failed {
            code: "usage".to_owned(),
            message: reason,
            hint: Some(format!("call {} as its schema says", tool.name)),
            retry: false,
            text: String::new(),
        };
        if let Some(unknown) =
            given.keys().find(|name| !tool.schema()["properties"].get(name.as_str()).is_some_and(Value::is_object))
        {
            return Err(unfit(format!("{unknown}: no such argument")));
        }
        let mut words = (tool.words)(given).map_err(unfit)?;
        let mut front = Vec::new();
        let named = tools::text(given, "plan").map_err(unfit)?;
        if let Some(plan) = &named {
            front.push(format!("--plan={plan}"));
        }
        if tool.based {
            let plan = self.plans.settle(named.as_deref())?;
            let seen = locked(&self.state.seen).get(&plan).cloned().unwrap_or_default();
            front = vec![format!("--plan={plan}")];
            front.extend(
                (!seen.is_empty() && !tools::is_of_now(tool, given)).then(|| format!("--base={}", seen.join(","))),
            );
            for (name, option) in [("why", "--message"), ("key", "--key")] {
                front.extend(tools::text(given, name).map_err(unfit)?.map(|value| format!("{option}={value}")));
            }
        }
        // The options go before the first `--`, which ends them.
        let at = words.iter().position(|word| word == "--" || word == "-").unwrap_or(words.len());
        words.splice(at..at, front);
        let input = match tool.name {
            "apply" => Some(lines(given).map_err(unfit)?),
            "run" => Some(tools::text(given, "input").map_err(unfit)?.unwrap_or_default()),
            _ => Some(String::new()),
        };
        Ok(Line { words, input, agent, ..Line::default() })
    }

    /// Notes what the client sees now.
    fn note(&self, answer: &Answer) {
        if let Some((plan, version)) = &answer.seen {
            locked(&self.state.seen).insert(plan.clone(), version.clone());
        }
    }

    async fn brief(&self, plan: Option<String>, context: &RequestContext<RoleServer>) -> Result<String, ErrorData> {
        let words = std::iter::once("prime".to_owned()).chain(plan.map(|plan| format!("--plan={plan}"))).collect();
        let answer = self.run(Line { words, ..Line::default() }, context).await;
        answer.inspect(|answer| self.note(answer)).map(|answer| answer.text).map_err(|failed| protocol_error(&failed))
    }

    /// The plans, off the thread that speaks to the client.
    async fn list(&self) -> BTreeMap<String, Listed> {
        let plans = self.plans.clone();
        tokio::task::spawn_blocking(move || plans.list()).await.unwrap_or_default()
    }

    /// Looks at the refs, and tells what has changed, until nobody listens any more.
    async fn watch(&self, listener: Listener) {
        let mut known = self.list().await;
        loop {
            tokio::time::sleep(LOOK).await;
            let now = self.list().await;
            if !now.keys().eq(known.keys()) && !listener.list_changed().await {
                return;
            }
            for (slug, listed) in &now {
                let changed = known.get(slug).is_none_or(|before| before.tip != listed.tip);
                if changed && !listener.updated(&self.state, &resources::address(slug)).await {
                    return;
                }
            }
            known = now;
        }
    }
}

/// Who is told of changes, by either generation of the protocol.
enum Listener {
    Peer(Peer<RoleServer>),
    Subscription(Box<SubscriptionContext>),
}

impl Listener {
    /// Tells that there are other plans than before; says whether anybody listens.
    async fn list_changed(&self) -> bool {
        match self {
            Self::Peer(peer) => peer.notify_resource_list_changed().await.is_ok(),
            Self::Subscription(context) => context.sink().notify_resource_list_changed().await.is_ok(),
        }
    }

    /// Tells that a plan has changed, if that was asked for; says whether anybody listens.
    async fn updated(&self, state: &State, uri: &str) -> bool {
        match self {
            Self::Peer(peer) => {
                let wanted = locked(&state.subscribed).contains(uri);
                !wanted || peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await.is_ok()
            }
            Self::Subscription(context) => {
                let asked = context.accepted().resource_subscriptions.as_ref();
                let wanted = asked.is_some_and(|uris| uris.iter().any(|wanted| wanted == uri));
                !wanted || context.sink().notify_resource_updated(uri).await.is_ok()
            }
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_resources_list_changed()
            .build();
        let name = Implementation::new("git-plan", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities).with_server_info(name).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |tool: &Tool| {
            let annotations = ToolAnnotations::new()
                .read_only(tool.reads)
                .destructive(tool.destructive)
                .idempotent(tool.idempotent)
                .open_world(tool.open_world);
            rmcp::model::Tool::new(tool.name, tool.about, Arc::new(tool.schema())).with_annotations(annotations)
        };
        Ok(ListToolsResult::with_all_items(TOOLS.iter().map(tool).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let unknown = || ErrorData::invalid_params(format!("there is no tool {:?}", request.name), None);
        let tool = TOOLS.iter().find(|tool| tool.name == request.name).ok_or_else(unknown)?;
        let agent = context.peer.peer_info().map(|info| info.client_info.name.clone());
        let given = request.arguments.unwrap_or_default();
        let ended = match self.line(tool, &given, agent) {
            Ok(line) => self.run(line, &context).await,
            Err(failed) => Err(failed),
        };
        let result = match ended {
            Ok(answer) => {
                self.note(&answer);
                let mut result = CallToolResult::success(vec![ContentBlock::text(answer.text)]);
                result.structured_content = answer.data;
                result
            }
            Err(failed) => refused(&failed),
        };
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resource = |(slug, listed): (String, Listed)| {
            Resource::new(resources::address(&slug), slug).with_title(listed.title).with_mime_type("text/markdown")
        };
        Ok(ListResourcesResult::with_all_items(self.list().await.into_iter().map(resource).collect()))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let template = ResourceTemplate::new(resources::TEMPLATE, "plan")
            .with_description("A plan as Markdown, as it is or as it was at an event, a commit or a time")
            .with_mime_type("text/markdown");
        Ok(ListResourceTemplatesResult::with_all_items(vec![template]))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let unknown =
            || ErrorData::resource_not_found(format!("{:?} names no plan: expected plan://SLUG", request.uri), None);
        let address = resources::read(&request.uri).ok_or_else(unknown)?;
        let words = ["show".to_owned(), "--raw".to_owned(), format!("--plan={}", address.slug)];
        let words = words.into_iter().chain(address.at.map(|at| format!("--at={at}"))).collect();
        let answer = self.run(Line { words, data_alone: true, ..Line::default() }, &context).await;
        let answer = answer.map_err(|failed| protocol_error(&failed))?;
        self.note(&answer);
        let contents = ResourceContents::text(answer.text, request.uri).with_mime_type("text/markdown");
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let plan = || {
            PromptArgument::new("plan")
                .with_description("Slug; needed only where several plans are active")
                .with_required(false)
        };
        let prompts =
            BEGINNINGS.iter().map(|beginning| Prompt::new(beginning.name, Some(beginning.about), Some(vec![plan()])));
        Ok(ListPromptsResult::with_all_items(prompts.collect()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let unknown = || ErrorData::invalid_params(format!("there is no prompt {:?}", request.name), None);
        let beginning = BEGINNINGS.iter().find(|beginning| beginning.name == request.name).ok_or_else(unknown)?;
        let given = request.arguments.unwrap_or_default();
        let plan = tools::text(&given, "plan").map_err(|reason| ErrorData::invalid_params(reason, None))?;
        let brief = self.brief(plan, &context).await?;
        let message = PromptMessage::new_text(Role::User, format!("{}\n\n{brief}", beginning.ask));
        Ok(GetPromptResult::new(vec![message]).with_description(beginning.about).into())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let (server, peer) = (self.clone(), context.peer);
        tokio::spawn(async move { server.watch(Listener::Peer(peer)).await });
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let unknown =
            || ErrorData::resource_not_found(format!("{:?} names no plan: expected plan://SLUG", request.uri), None);
        let address = resources::read(&request.uri).ok_or_else(unknown)?;
        locked(&self.state.subscribed).insert(resources::address(&address.slug));
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if let Some(address) = resources::read(&request.uri) {
            locked(&self.state.subscribed).remove(&resources::address(&address.slug));
        }
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let ended = context.request_context().ct.clone();
        tokio::select! {
            () = ended.cancelled() => {}
            () = self.watch(Listener::Subscription(Box::new(context))) => {}
        }
        Ok(())
    }
}

/// The lines of a batch, as its command reads them.
fn lines(given: &Given) -> Result<String, String> {
    match given.get("lines") {
        Some(Value::Array(lines)) if lines.iter().all(Value::is_object) => {
            Ok(lines.iter().map(|line| format!("{line}\n")).collect())
        }
        _ => Err("lines: expected a list of objects".to_owned()),
    }
}

/// A failure as a tool's error, with what to do next.
fn refused(failed: &Failed) -> CallToolResult {
    let hint = failed.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    let before = if failed.text.is_empty() { String::new() } else { format!("{}\n", failed.text.trim_end()) };
    let text = format!("{before}error ({}): {}{hint}", failed.code, failed.message);
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    let error = json!({ "code": failed.code, "message": failed.message, "hint": failed.hint, "retry": failed.retry });
    result.structured_content = Some(json!({ "error": error }));
    result
}

/// A failure where the protocol has no tool to blame.
fn protocol_error(failed: &Failed) -> ErrorData {
    let data = json!({ "code": failed.code, "hint": failed.hint, "retry": failed.retry });
    match failed.code.as_str() {
        "no-such-plan" | "no-such-point" => ErrorData::resource_not_found(failed.message.clone(), Some(data)),
        _ => ErrorData::invalid_request(failed.message.clone(), Some(data)),
    }
}

fn crashed(reason: &str) -> Failed {
    Failed {
        code: "internal".to_owned(),
        message: format!("the command broke off: {reason}"),
        hint: Some("this is a fault of git-plan; `read` shows what was recorded".to_owned()),
        retry: false,
        text: String::new(),
    }
}
