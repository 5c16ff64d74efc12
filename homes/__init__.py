"""Where the views live: the static site, the Panel server, and the runtime that the site carries."""
