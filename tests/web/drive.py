#!/usr/bin/env python3
"""Drives the page of `git plan export --format html` in a real Chromium.

    drive.py PROGRAM [SCREENSHOTS]

The plan tries all it can to be run, to load something and to lead astray. Nothing of it may: no dialog, no request, no
message of the browser, nothing executed.
"""

import os
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
HOSTILE = [
    "<script>window.hit = 1; alert(1)</script>",
    "</script><script>window.hit = 1</script>",
    "<img src=x onerror=\"window.hit = 1\">",
    "<svg onload=\"window.hit = 1\"><a xlink:href=\"javascript:window.hit=1\">x</a></svg>",
    "[a link](javascript:window.hit=1) [another](data:text/html,<script>1</script>) <javascript:window.hit=1>",
    "![image](https://example.org/x.png) ![other](file:///etc/passwd)",
    "<iframe src=\"https://example.org\"></iframe><style>*{display:none}</style><link rel=stylesheet href=https://example.org/x.css>",
    "<meta http-equiv=refresh content=\"0;url=https://example.org\"><base href=https://example.org/>",
    "\x1b[31mred\u202edesrever\u202c \u2066isolated",
    "שלום עולם abc 123",
    "<!-- --><!--> <![CDATA[ ]]> &lt;b&gt; &#x3c;b&#x3e;",
]


def build(program, directory):
    environment = {**os.environ, "GIT_AUTHOR_NAME": "Ada <b>", "GIT_AUTHOR_EMAIL": "ada@example.org",
                   "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}

    def run(*arguments, **more):
        done = subprocess.run([program, *arguments], cwd=directory, capture_output=True, env={**environment, **more})
        assert done.returncode == 0, f"{arguments}: {done.stderr.decode()}"
        return done.stdout.decode()

    subprocess.run(["git", "init", "--quiet", directory], check=True)
    run("new", "Hostile </title><script>window.hit = 1</script>", "--slug", "hostile", "--objective", HOSTILE[2])
    run("step", "add", "First step", "Second step", "Third step")
    version = run("log", "--json", "-n", "1").split('"version":["')[1][:64]
    for text in HOSTILE:
        run("step", "add", "--", text)
        run("discover", "-m", text, "--", text)
    run("set", "context", "\n\n".join(HOSTILE) + "\n\n| a | b |\n|---|---|\n| <b>c</b> | [d](javascript:hit) |\n\n```html\n<script>1</script>\n```")
    run("step", "edit", "1", "One side")
    run("step", "edit", "1", "Another side", "--base", version, GIT_PLAN_AGENT="claude <script>")
    run("step", "done", "2", "-m", "<script>window.hit = 1</script>")
    run("decide", "Use MySQL " + HOSTILE[0], "--because", HOSTILE[2], "--option", HOSTILE[3], "--trade-off", HOSTILE[4])
    run("decide", "Use PostgreSQL", "--because", "JSON columns", "--option", "SQLite", "--supersedes", "1")
    run("decide", "Write it in Rust", "--because", "We know it")
    path = os.path.join(directory, "page.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(run("export", "--format", "html"))
    return path, run("show", "--raw"), run


class Browser:
    """A page in which nothing may go wrong."""

    def __init__(self, chromium, path, **options):
        self.path = "file://" + path
        self.context = chromium.new_context(viewport={"width": 1100, "height": 900}, **options)
        self.page = self.context.new_page()
        self.wrong = []
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda request: request.url.split("#")[0] == self.path or self.wrong.append(f"request: {request.url}"))
        self.page.goto(self.path)

    def close(self):
        if self.context is not None:
            self.page.wait_for_timeout(100)
            assert self.wrong == [], f"nothing runs, loads or complains: {self.wrong}"
            self.context.close()


def lines_shown(page):
    return page.locator("#view > div:not(.del)").all_text_contents()


def settle(page):
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def check_timeline(page, view, run):
    count = page.locator("#events > li").count()
    assert page.input_value("#slider") == str(count), "the slider begins at the newest event"
    shown = [line for line in lines_shown(page)]
    assert "\n".join(shown).count("Another side") >= 1 and len(shown) == len(view.splitlines()), "the newest view is shown whole"
    page.focus("#slider")
    page.keyboard.press("Home")
    settle(page)
    assert page.input_value("#slider") == "1" and page.locator("#view .del").count() == 0, "the first event takes nothing away"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.input_value("#slider") == "3", "arrow keys move the slider"
    assert page.locator("#view .add", has_text="First step").count() == 1, "what the event changed is marked"
    assert "First step" in page.locator("#now").inner_text(), "and told"
    assert page.get_attribute("#slider", "aria-valuetext").startswith("Event 3 of"), "and said to who cannot see it"
    page.click("#later")
    settle(page)
    assert page.input_value("#slider") == "4" and page.locator("#events > li.at").get_attribute("id") == "e4", "buttons move it"
    page.click("#events > li:nth-child(5) a")
    settle(page)
    assert page.input_value("#slider") == "5", "an event in the list can be chosen"
    page.locator("#dots circle").nth(6).click()
    settle(page)
    assert page.input_value("#slider") == "7", "and one in the graph"
    # Every version that the page shows is what the program says.
    ids = [line.split('"id":"')[1][:64] for line in run("log", "--reverse", "--json").splitlines()]
    for number in (3, 4, count // 2, count):
        page.evaluate("(n) => { location.hash = '#e' + n }", number)
        settle(page)
        if number <= 4:
            at = run("show", "--raw", "--at", ids[number - 1])
            assert lines_shown(page) == at.splitlines(), f"event {number}: the page shows what `show --at` does"
    for number in range(count, 0, -1):
        page.keyboard.press("ArrowLeft")
    page.evaluate("(n) => { location.hash = '#e' + n }", count)
    settle(page)


def check_search(page):
    page.keyboard.press("/")
    page.fill("#search", "postgresql")
    assert page.locator("#events > li:visible").count() == 1, "events that have the word are left"
    assert page.locator("#decisions .found", has_text="PostgreSQL").count() == 1, "and places are marked"
    assert page.inner_text("#search-said").startswith("1 of"), page.inner_text("#search-said")
    page.keyboard.press("Escape")
    assert page.locator("#events > li:visible").count() == page.locator("#events > li").count(), "Escape brings all back"


def check_keyboard(page):
    page.goto(page.url.split("#")[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop skips to the plan"
    assert page.locator(".skip").bounding_box()["x"] >= 0, "and is to be seen"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "what has the focus shows it"


def check_content(page):
    assert page.evaluate("window.hit") is None, "nothing of the plan ran"
    assert page.locator("script").count() == 2 and page.locator("style").count() == 1, "no script or style but the page's own"
    assert page.locator("img, iframe, object, embed, link, base, form, video, audio").count() == 0, "nothing that loads"
    for link in page.locator("a").all():
        assert link.get_attribute("href").startswith(("#", "https://", "mailto:")), link.get_attribute("href")
    attributes = page.evaluate("[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes].map((a) => a.name)).filter((n) => n.startsWith('on') || n === 'style')")
    assert attributes == [], f"no handlers, no styles: {attributes}"
    text = page.inner_text("body")
    assert not any(c in text for c in "\x1b\u202e\u2066"), "what acts on the reader is shown, not obeyed"
    assert "U+202E" in text and "<script>window.hit = 1; alert(1)</script>" in text, "and nothing is hidden"
    assert page.locator("#decisions > ul > li").count() == 2, "two decisions stand"
    assert page.locator("#decisions ul ul .decision .superseded").count() == 1, "the one that gave way is below its successor"
    assert page.locator("#dots circle").count() == page.locator("#events > li").count(), "each event is in the graph"
    assert page.locator("#people tbody tr").count() == 2, "a person, and her agent"


def main(program, pictures=None):
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        path, view, run = build(os.path.abspath(program), directory)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            browser = Browser(chromium, path, color_scheme=scheme)
            page = browser.page
            if scheme == "light":
                check_content(page)
                check_timeline(page, view, run)
                check_search(page)
                check_keyboard(page)
                check_content(page)
                pdf = page.pdf(path=pictures and os.path.join(pictures, "page.pdf"))
                assert pdf.startswith(b"%PDF") and len(pdf) > 10_000, "it prints"
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (colour == "rgb(255, 255, 255)") == (scheme == "light"), f"{scheme}: {colour}"
            if pictures:
                os.makedirs(pictures, exist_ok=True)
                page.screenshot(path=os.path.join(pictures, f"{scheme}.png"), full_page=True)
                page.locator("#timeline").scroll_into_view_if_needed()
                page.evaluate("location.hash = '#timeline'")
                page.screenshot(path=os.path.join(pictures, f"{scheme}-timeline.png"))
            browser.close()
        browser = Browser(chromium, path, java_script_enabled=False)
        for words in ("Another side", "Use PostgreSQL", "git-plan-commitment v1", "Complete step: Second step"):
            assert browser.page.get_by_text(words).first.is_visible(), f"without scripts, {words!r} can be read"
        assert not browser.page.locator("#slider").is_visible(), "and what would do nothing is not there"
        if pictures:
            browser.page.screenshot(path=os.path.join(pictures, "no-script.png"))
        browser.close()
        chromium.close()
    print("Chromium: slider, search, keyboard, schemes, print, without scripts; nothing of the plan ran")


main(*sys.argv[1:])
