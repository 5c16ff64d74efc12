"""A browser window whose pages share one Python, as several embeds of one page do, because Python takes seconds to start."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Error, Page

PATIENCE = 60  # seconds: what comes at all may come late on a busy machine
# What a page starts as a worker of its own becomes a part of the one that all pages of the window share.
SHARE_PYTHON = """
  const Own = window.Worker;
  window.Worker = class {
    constructor(url, options) {
      if (origin === "null" || String(url).startsWith("blob:")) return new Own(url, options); // a sandboxed frame
      const { port } = new SharedWorker(url, { ...options, name: "tests" });
      addEventListener("pagehide", () => port.postMessage({ type: "leave" }));
      port.terminate = () => port.postMessage({ type: "leave" });
      return port;
    }
  };
"""
KEEP_PYTHON = """async (url) => {
  const text = await (await fetch(url)).text();
  const [assets] = text.match(/assets-[0-9a-f]+/);
  window.kept = new SharedWorker(`${url}${assets}/static/js/worker.js`, { type: "module", name: "tests" });
}"""
FORGET = """async () => {
  if (!/native code/.test(setTimeout)) throw new Error("a test that installs a clock needs the fixture own_python");
  localStorage.clear();
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }
}"""
SILENT_WORKERS = """
  window.Worker = class { postMessage() {} terminate() {} };
  window.SharedWorker = class { port = new Worker() };
"""


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """A browser window of its own, as patient as every test should be."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context


class SharedWindow:
    """One browser window after the other, each for the tests whose options are the same: their pages share one Python.

    Python takes seconds to start. Here it runs in a SharedWorker, as for several embeds of one page (static/js/worker.mjs):
    each page has settings of its own, and what pages keep in the browser is cleared after each test.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.options: dict | None = None

    @contextlib.contextmanager
    def page(self, options: dict) -> Iterator[Page]:
        if options != self.options:
            self.close()
            self.options, self.context = options, new_context(self.browser, **options)
            self.keeper = self.context.new_page()  # while it is open, the SharedWorker lives
            self.keeper.goto(self.url + "icon.svg")
            self.keeper.evaluate(KEEP_PYTHON, self.url)
        page = self.context.new_page()
        page.add_init_script(SHARE_PYTHON)
        yield page
        for other in self.context.pages:
            if other != self.keeper:
                other.close()
        self.context.set_offline(False)
        self.context.clear_cookies()
        try:
            self.keeper.evaluate(FORGET)
        except Error:
            self.close()
            raise

    def close(self) -> None:
        if self.options is not None:
            self.context.close()
        self.options = None
