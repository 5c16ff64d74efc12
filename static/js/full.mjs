/** The page of a server that is full: asks again every few seconds and comes in by itself when a place is free. */
const FIRST_PAUSE = 1000; // milliseconds: the place may be that of this very page, which was loaded again
const PAUSE = 4000; // and up to as many more, so that not all ask at once

const told = document.querySelector("[role=status]");

async function ask() {
  try {
    const response = await fetch(location.pathname, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (page.getElementById("token")) {
      told.textContent = "A place is free: opening the page.";
      return location.reload();
    }
  } catch {
    told.textContent = "The server cannot be reached. Trying again.";
  }
  return setTimeout(ask, PAUSE * (1 + Math.random()));
}

setTimeout(ask, FIRST_PAUSE);
